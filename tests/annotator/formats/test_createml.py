"""Create ML: the contract, the variants that programs write, and what is wrong in real files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from annotator.core.errors import FormatError
from annotator.core.geometry.measures import bounds
from annotator.core.geometry.types import Box, Geometry, Keypoints, Polygon, PolygonPart, Polyline, Tag
from annotator.core.progress import SilentProgress
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.createml.plugin import CreateMlFormat
from annotator.plugins.listing import Listing
from annotator.plugins.testing import DatasetFormatContract

Read = Callable[..., tuple[list[ImageRecord], list[str]]]


class TestContract(DatasetFormatContract):
    plugin = CreateMlFormat


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write a list (text or value) beside a picture of 60 × 40 and read it."""

    def run(content: Any, file: str = "_annotations.createml.json") -> tuple[list[ImageRecord], list[str]]:
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        Image.new("RGB", (60, 40)).save(path.parent / "x.png")
        issues: list[Issue] = []
        images = list(CreateMlFormat().read(tmp_path, options=CreateMlFormat.Options(), report=issues.append))
        return images, sorted({issue.code for issue in issues if issue.severity != "info"})

    return run


def entry(*annotations: Any, **more: Any) -> dict[str, Any]:
    return {"image": "x.png", "annotations": list(annotations), **more}


CAT = {"label": "cat", "coordinates": {"x": 6, "y": 12, "width": 10, "height": 20}}
DOG = {"label": "dog", "coordinates": {"x": "30", "y": 20.5, "width": 4, "height": 3}}


def test_boxes_are_given_by_their_centres(read: Read) -> None:
    images, codes = read([entry(CAT, DOG)])
    assert [a.geometry for a in images[0].annotations] == [Box(x=1, y=2, w=10, h=20), Box(x=28, y=19, w=4, h=3)]
    assert [(i.width, i.height, i.split) for i in images] == [(60, 40, None)]
    assert codes == []


@pytest.mark.parametrize(
    "content",
    [
        {"imagefilename": "x.png", "annotation": [CAT]},
        {"image": "x.png", "annotations": CAT},
        {"image": "./x.png", "annotation": [CAT]},
        {"annotations": [CAT], "image": "x.png"},
    ],
)
def test_the_names_of_the_members_vary(read: Read, content: dict[str, Any]) -> None:
    images, codes = read([content], "list.json")
    assert [(a.label, a.geometry) for a in images[0].annotations] == [("cat", Box(x=1, y=2, w=10, h=20))]
    assert codes == []


@pytest.mark.parametrize("value", ["cat", ["cat"], [{"label": "cat"}], {"label": "cat"}])
@pytest.mark.parametrize("key", ["annotation", "annotations"])
def test_classifiers_have_labels_without_coordinates(read: Read, tmp_path: Path, key: str, value: Any) -> None:
    images, codes = read([{"image": "x.png", key: value}])
    assert [(a.label, a.geometry) for a in images[0].annotations] == [("cat", Tag())]
    assert codes == []
    assert CreateMlFormat().recognises(Listing(tmp_path)).confidence > 0.9


def test_a_split_per_folder_and_one_name_in_two_of_them(read: Read, tmp_path: Path) -> None:
    read([entry(CAT)], "train/_annotations.createml.json")
    images, codes = read([entry(DOG)], "valid/_annotations.createml.json")
    assert [(i.name, i.split, i.annotations[0].label) for i in images] == [
        ("train/x.png", "train", "cat"),
        ("val/x.png", "val", "dog"),
    ]
    assert [image.path for image in images] == [tmp_path / "train" / "x.png", tmp_path / "valid" / "x.png"]
    assert codes == []


def test_labels_come_in_order_of_appearance(read: Read, tmp_path: Path) -> None:
    read([entry(DOG), {"image": "y.png", "annotations": [CAT, DOG]}])
    labels = CreateMlFormat().labels(tmp_path, options=CreateMlFormat.Options(), report=lambda issue: None)
    assert [label.name for label in labels] == ["dog", "cat"]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({"label": "cat", "coordinates": {**CAT["coordinates"], "width": 0}}, "zero_area"),  # type: ignore[dict-item]
        ({"label": "cat", "coordinates": {"x": 1, "y": 2}}, "missing_geometry"),
        ({"label": "cat", "coordinates": {"x": float("nan"), "y": 2, "width": 1, "height": 1}}, "not_finite"),
        ({"label": "cat", "coordinates": {"x": 10**400, "y": 2, "width": 1, "height": 1}}, "not_finite"),
        ({"label": "cat", "coordinates": [1, 2, 3, 4]}, "missing_geometry"),
        ({"label": " ", "coordinates": CAT["coordinates"]}, "missing_label"),
        ({"coordinates": CAT["coordinates"]}, "missing_label"),
        (None, "missing_label"),
        ([[[]]], "missing_label"),
    ],
)
def test_one_bad_record_costs_one_record(read: Read, bad: Any, code: str) -> None:
    images, codes = read([entry(bad, DOG)])
    assert [a.label for a in images[0].annotations] == ["dog"]
    assert codes == [code]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({"annotations": [CAT]}, "image_not_found"),
        ({"image": 7, "annotations": [CAT]}, "image_not_found"),
        ({"image": "../../etc/passwd", "annotations": [CAT]}, "unsafe_path"),
        (7, "image_not_found"),
        ({"image": "gone.png", "annotations": [CAT]}, "image_not_found"),
    ],
)
def test_one_bad_entry_costs_one_picture(read: Read, bad: Any, code: str) -> None:
    images, codes = read([bad, entry(DOG)])
    assert [a.label for a in images[-1].annotations] == ["dog"]
    assert codes == [code]


def test_a_negative_size_is_turned_round_and_two_entries_are_joined(read: Read) -> None:
    turned = {"label": "cat", "coordinates": {"x": 6, "y": 12, "width": -10, "height": 20}}
    images, codes = read([entry(turned), entry(DOG)])
    assert images[0].annotations[0].geometry == Box(x=1, y=2, w=10, h=20)
    assert [a.label for a in images[0].annotations] == ["cat", "dog"]
    assert codes == ["duplicate_file_name"]


def test_a_byte_order_mark_is_no_harm(read: Read) -> None:
    images, codes = read(b"\xef\xbb\xbf" + json.dumps([entry(CAT)], indent=2).encode())
    assert (len(images[0].annotations), codes) == (1, [])


def test_a_picture_that_is_not_here_has_no_size(read: Read, tmp_path: Path) -> None:
    read([entry(CAT)])
    (tmp_path / "x.png").unlink()
    found = list(CreateMlFormat().read(tmp_path, options=CreateMlFormat.Options(), report=lambda issue: None))
    assert [(i.name, i.width, i.height, i.path) for i in found] == [("x.png", 0, 0, None)]
    assert found[0].annotations[0].geometry == Box(x=1, y=2, w=10, h=20)


def test_a_file_cut_off_anywhere_adds_nothing(read: Read) -> None:
    data = json.dumps([entry(CAT), entry(DOG)]).encode()
    for end in range(1, len(data) - 1, 5):
        with pytest.raises(FormatError):
            read(data[:end])


@pytest.mark.parametrize("bomb", [b"[" * 200_000, b'[{"image":' * 50_000, b"", b"{}", b'[{"image": "x.png"'])
def test_what_is_no_list_is_refused(read: Read, bomb: bytes) -> None:
    with pytest.raises(FormatError):
        read(bomb)


def test_a_torn_file_costs_its_split_only(read: Read) -> None:
    read([entry(CAT)], "train/_annotations.createml.json")
    images, codes = read(b"[{", "valid/_annotations.createml.json")
    assert [image.split for image in images] == ["train"]
    assert codes == ["unparsable_file"]


def test_other_members_and_the_score_survive_the_way_back(read: Read, tmp_path: Path) -> None:
    images, _ = read([entry({**CAT, "confidence": 0.5, "note": {"a": 1}})])
    assert images[0].annotations[0].score == 0.5
    assert images[0].annotations[0].attributes == {"createml:note": {"a": 1}}
    kit = TestContract()
    kit.write(images, tmp_path / "out")
    written = json.loads((tmp_path / "out" / "_annotations.createml.json").read_bytes())
    assert written[0]["annotations"][0] == {**CAT, "confidence": 0.5, "note": {"a": 1}}


def test_other_shapes_become_boxes_or_are_left_out_by_name(tmp_path: Path) -> None:
    shapes: list[Geometry] = [
        Polygon(parts=[PolygonPart(outer=[1, 2, 11, 2, 11, 22])]),
        Polyline(points=[1, 2, 11, 2]),
        Keypoints(points=[0, 0, 0]),
    ]
    record = ImageRecord("a.png", 60, 40, tuple(AnnotationRecord("cat", shape) for shape in shapes))
    issues = TestContract().write([record], tmp_path / "out")
    written = json.loads((tmp_path / "out" / "_annotations.createml.json").read_bytes())
    assert written == [{"image": "a.png", "annotations": [{**CAT, "coordinates": CAT["coordinates"]}]}]
    assert [issue.code for issue in issues] == ["unsupported_shape"] * 2


@pytest.mark.parametrize(
    "foreign",
    [
        {"images": [], "annotations": [], "categories": []},
        [{"id": 1, "data": {"image": "/x.png"}, "annotations": [{"result": []}]}],
        [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}],
        [{"image": "x.png", "label": [{"x": 1, "rectanglelabels": ["cat"]}], "annotation_id": 3}],
    ],
)
def test_other_lists_are_not_taken_for_it(tmp_path: Path, foreign: Any) -> None:
    (tmp_path / "a.json").write_text(json.dumps(foreign))
    assert CreateMlFormat().recognises(Listing(tmp_path)).confidence == 0


@pytest.mark.parametrize(
    ("options", "coordinates"),
    [
        ({"anchor": "top_left"}, (1, 2, 10, 20)),
        ({"anchor": "bottom_left"}, (1, 22, 10, 20)),
        ({"origin": "bottom_left"}, (6, 28, 10, 20)),
        ({"anchor": "bottom_left", "origin": "bottom_left"}, (1, 18, 10, 20)),
        ({"units": "normalised"}, (6 / 60, 12 / 40, 10 / 60, 20 / 40)),
        ({}, (6 / 60, 12 / 40, 10 / 60, 20 / 40)),
    ],
)
def test_boxes_as_the_trainer_may_be_told(
    tmp_path: Path, options: dict[str, str], coordinates: tuple[float, ...]
) -> None:
    parsed = CreateMlFormat.Options(**options)
    place = dict(zip(("x", "y", "width", "height"), coordinates, strict=True))
    content = [entry({"label": "cat", "coordinates": place})]
    (tmp_path / "in.json").write_text(json.dumps(content))
    Image.new("RGB", (60, 40)).save(tmp_path / "x.png")
    images = list(CreateMlFormat().read(tmp_path, options=parsed, report=lambda issue: None))
    found = bounds(images[0].annotations[0].geometry)
    assert found == pytest.approx((1, 2, 11, 22))
    CreateMlFormat().write(
        images,
        tmp_path / "out",
        labels=[LabelRecord("cat")],
        options=parsed,
        report=lambda issue: None,
        progress=SilentProgress(),
    )
    written = json.loads((tmp_path / "out" / "_annotations.createml.json").read_text())
    expected = place if options else {"x": 6, "y": 12, "width": 10, "height": 20}
    assert written[0]["annotations"][0]["coordinates"] == pytest.approx(expected)


def test_parts_of_an_unknown_size_are_left_out_and_named(tmp_path: Path) -> None:
    small = {"label": "cat", "coordinates": {"x": 0.5, "y": 0.5, "width": 0.2, "height": 0.2}}
    (tmp_path / "in.json").write_text(json.dumps([{"image": "gone.png", "annotations": [small]}]))
    issues: list[Issue] = []
    images = list(CreateMlFormat().read(tmp_path, options=CreateMlFormat.Options(), report=issues.append))
    assert images[0].annotations == ()
    assert [issue.code for issue in issues if issue.severity == "error"] == ["image_not_found"]


@pytest.mark.parametrize(("second", "names"), [("a.png", ["train/a.png", "val/a.png"]), ("b.png", ["a.png", "b.png"])])
def test_splits_that_share_a_name_stand_before_all_names(tmp_path: Path, second: str, names: list[str]) -> None:
    for folder, name in (("train", "a.png"), ("valid", second)):
        (tmp_path / folder).mkdir()
        Image.new("RGB", (60, 40)).save(tmp_path / folder / name)
        content = [{"image": name, "annotations": [CAT]}]
        (tmp_path / folder / "_annotations.createml.json").write_text(json.dumps(content))
    images = list(CreateMlFormat().read(tmp_path, options=CreateMlFormat.Options(), report=lambda issue: None))
    assert [image.name for image in images] == names
    assert [(image.split, image.path) for image in images] == [
        ("train", tmp_path / "train" / "a.png"),
        ("val", tmp_path / "valid" / second),
    ]


@pytest.mark.parametrize("path", ["/Users/bob/set/x.png", "C:\\set\\x.png", "C:/set/x.png"])
def test_paths_of_another_machine_are_found_by_their_end(read: Read, path: str) -> None:
    images, codes = read([{"image": path, "annotations": [CAT]}])
    assert ([(i.name, len(i.annotations)) for i in images], codes) == ([("x.png", 1)], [])


@pytest.mark.parametrize("path", ["/Users/bob/gone.png", "/set/../x.png", "../x.png", "C:\\..\\x.png"])
def test_paths_that_lead_elsewhere_are_left_out(read: Read, path: str) -> None:
    images, codes = read([{"image": path, "annotations": [CAT]}, entry(DOG)])
    assert ([(i.name, i.annotations[0].label) for i in images], codes) == ([("x.png", "dog")], ["unsafe_path"])


def test_labels_of_objects_that_cannot_be_used_are_listed(read: Read, tmp_path: Path) -> None:
    read([entry({"label": "gone", "coordinates": {"x": 1, "y": 2, "width": 0, "height": 3}}, CAT, {"label": ""})])
    labels = CreateMlFormat().labels(tmp_path, options=CreateMlFormat.Options(), report=lambda issue: None)
    assert [label.name for label in labels] == ["gone", "cat"]


@pytest.mark.parametrize("annotation", [{"label": "cat"}, CAT])
def test_the_order_of_members_does_not_matter(read: Read, tmp_path: Path, annotation: dict[str, Any]) -> None:
    images, codes = read([{"annotations": [annotation], "image": "x.png"}], "list.json")
    assert ([a.label for a in images[0].annotations], codes) == (["cat"], [])
    assert CreateMlFormat().recognises(Listing(tmp_path)).confidence >= 0.6
