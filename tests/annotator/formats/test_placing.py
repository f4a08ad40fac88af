"""From stated names and sizes to pictures."""

from pathlib import Path

import pytest
from PIL import Image

from annotator.core.geometry.types import Box, Points
from annotator.core.records import AnnotationRecord, Issue
from annotator.formats.shared.placing import Placer


def turned_picture(path: Path) -> None:
    """Stored as 60 × 40, shown as 40 × 60 (a quarter turn clockwise)."""
    exif = Image.Exif()
    exif[274] = 6
    Image.new("RGB", (60, 40)).save(path, exif=exif)


@pytest.mark.parametrize(
    ("stated", "box", "codes"),
    [
        ((40, 60), Box(x=1, y=2, w=3, h=4), []),
        ((60, 40), Box(x=34, y=1, w=4, h=3), ["exif_orientation"]),
        (None, Box(x=1, y=2, w=3, h=4), ["size_missing_read_from_image"]),
        ((7, 7), Box(x=1, y=2, w=3, h=4), ["size_disagrees_with_image"]),
    ],
)
def test_pictures_that_exif_turns(tmp_path: Path, stated: tuple[int, int] | None, box: Box, codes: list[str]) -> None:
    turned_picture(tmp_path / "a.jpg")
    issues: list[Issue] = []
    placer = Placer(tmp_path, issues.append)
    place = placer.place("a.jpg", stated, file="x.json")
    drawn = AnnotationRecord("cat", Box(x=1, y=2, w=3, h=4))
    image = placer.record(place, [drawn], predictions=[drawn], source={"id": 1}, id="7")
    assert (image.width, image.height, image.path, image.id) == (40, 60, tmp_path / "a.jpg", "7")
    assert [a.geometry for a in (*image.annotations, *image.predictions)] == [box, box]
    assert [issue.code for issue in issues] == codes
    assert placer.used == {tmp_path / "a.jpg"}


def test_pictures_that_are_not_here(tmp_path: Path) -> None:
    issues: list[Issue] = []
    placer = Placer(tmp_path, issues.append)
    outside = AnnotationRecord("cat", Points(points=[99, 99]))
    known = placer.record(placer.place("a.jpg", (60, 40), file="x"), [outside])
    unknown = placer.record(placer.place("a.jpg", None, file="x", split="val"), [outside])
    assert [(i.name, i.width, i.height, i.path) for i in (known, unknown)] == [
        ("a.jpg", 60, 40, None),
        ("val/a.jpg", 0, 0, None),
    ]
    assert [issue.code for issue in issues] == ["image_not_found", "out_of_bounds", "image_not_found"]
    assert {issue.severity for issue in issues} == {"info"}
