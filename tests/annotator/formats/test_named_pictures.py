"""Pictures that tables call by name."""

from pathlib import Path

import pytest
from PIL import Image

from annotator.core.records import Issue
from annotator.formats.shared.named_pictures import NamedPicture, NamedPictures, place


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("labels/images/a.png", "images/b.png", "images/sub/c.PNG", "one/d.png", "two/d.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (30, 20)).save(tmp_path / name)
    return tmp_path


@pytest.mark.parametrize(
    ("stated", "name", "found", "codes"),
    [
        ("a.png", "a.png", "labels/images/a.png", []),
        ("images/a.png", "images/a.png", "labels/images/a.png", []),
        ("../images/b.png", "images/b.png", "images/b.png", []),
        ("b", "b.png", "images/b.png", []),
        ("sub\\c.png", "sub/c.png", "images/sub/c.PNG", ["filename_case"]),
        ("b.jpg", "b.jpg", "images/b.png", ["filename_disagrees"]),
        ("/home/you/images/sub/c.PNG", "images/sub/c.PNG", "images/sub/c.PNG", []),
        ("C:\\data\\b.png", "images/b.png", "images/b.png", []),
        ("/home/you/e.png", "e.png", None, ["image_not_found"]),
        ("e.png", "e.png", None, ["image_not_found"]),
        ("d.png", "d.png", None, ["ambiguous_image_match"]),
        ("/data/two/d.png", "two/d.png", "two/d.png", []),
    ],
)
def test_names(folder: Path, stated: str, name: str, found: str | None, codes: list[str]) -> None:
    issues: list[Issue] = []
    bases = ["labels", "labels/images"]
    picture = NamedPictures(folder).find(stated, bases, file="labels/t.csv", where="line 2", report=issues.append)
    assert picture == NamedPicture(name, folder / found if found else None)
    assert [issue.code for issue in issues] == codes


@pytest.mark.parametrize("stated", ["../../b.png", "/etc/../passwd", "a\0.png", "C:\\..\\b.png", "/"])
def test_names_that_lead_outside(folder: Path, stated: str) -> None:
    issues: list[Issue] = []
    assert NamedPictures(folder).find(stated, ["labels"], file="t.csv", where="line 2", report=issues.append) is None
    assert [(issue.code, issue.where) for issue in issues] == [("unsafe_path", "line 2")]


def test_sizes(folder: Path) -> None:
    issues: list[Issue] = []
    here = NamedPicture("b.png", folder / "images" / "b.png")
    placed = place(here, None, report=issues.append, says_sizes=False)
    assert ((placed.width, placed.height, placed.orientation), issues) == ((30, 20, 1), [])
    assert place(here, None, report=issues.append).width == 30
    assert [issue.code for issue in issues] == ["size_missing_read_from_image"]
    assert place(NamedPicture("e.png", None), (5, 6), report=issues.append).height == 6
    assert place(NamedPicture("e.png", None), None, report=issues.append).width == 0
