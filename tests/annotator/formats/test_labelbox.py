"""Labelbox: the contract, the three dialects, and what is wrong in real files."""

import base64
import csv
import json
import uuid
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from annotator.core.errors import FormatError
from annotator.core.geometry.masks import mask_area
from annotator.core.geometry.types import (
    Box,
    Geometry,
    Keypoints,
    Mask,
    Points,
    Polygon,
    PolygonPart,
    Polyline,
    RotatedBox,
    Tag,
)
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.labelbox.plugin import LabelboxFormat, LabelboxOptions
from annotator.plugins.listing import Listing
from annotator.plugins.testing import DatasetFormatContract
from tests.annotator.formats.kits import write


class TestContract(DatasetFormatContract):
    plugin = LabelboxFormat


class TestExport(DatasetFormatContract):
    plugin = LabelboxFormat
    options = {"write_as": "export"}
    kinds = LabelboxFormat.kinds - {"tag"}  # image tags stand in a list of their own, behind the shapes


Read = Callable[..., tuple[list[ImageRecord], list[str]]]
OPTIONS = LabelboxOptions()


def noted(folder: Path) -> tuple[list[ImageRecord], list[Issue]]:
    issues: list[Issue] = []
    return list(LabelboxFormat().read(folder, options=OPTIONS, report=issues.append)), issues


def names(folder: Path) -> list[str]:
    return [label.name for label in LabelboxFormat().labels(folder, options=OPTIONS, report=lambda issue: None)]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write one file beside a picture of 60 × 40 and read it; lists become lines unless the name ends in .json."""

    def run(content: Any, file: str = "rows.ndjson") -> tuple[list[ImageRecord], list[str]]:
        Image.new("RGB", (60, 40)).save(tmp_path / "x.png")
        if isinstance(content, list) and file.endswith(".ndjson"):
            content = "\n".join(json.dumps(entry) for entry in content).encode()
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        (tmp_path / file).write_bytes(data)
        images, issues = noted(tmp_path)
        return images, sorted({issue.code for issue in issues if issue.severity != "info"})

    return run


def labels(folder: Path) -> list[str]:
    found = LabelboxFormat().labels(folder, options=LabelboxFormat.Options(), report=lambda issue: None)
    return [label.name for label in found]


def row(picture: str = "x.png", name: str = "cat", **more: Any) -> dict[str, Any]:
    return {"uuid": "u1", "name": name, "dataRow": {"globalKey": picture}, **more}


def export(*objects: dict[str, Any], classifications: Any = (), **more: Any) -> dict[str, Any]:
    label = {"annotations": {"objects": list(objects), "classifications": list(classifications), "relationships": []}}
    return {
        "data_row": {"id": "d1", "global_key": "k1", "external_id": "x.png", "row_data": "https://h/p/abc.png?t=1"},
        "media_attributes": {"width": 60, "height": 40, "exif_rotation": "1"},
        "projects": {"p1": {"name": "P", "labels": [label]}},
        **more,
    }


def png(array: Any) -> bytes:
    file = BytesIO()
    Image.fromarray(array).save(file, "PNG")
    return file.getvalue()


BBOX = {"top": 2, "left": 1, "height": 20, "width": 10}
BOX = Box(x=1, y=2, w=10, h=20)
PAIRS = [{"x": 1, "y": 1}, {"x": 9, "y": 1}, {"x": 9, "y": 9}]
TRIANGLE = Polygon(parts=[PolygonPart(outer=[1, 1, 9, 1, 9, 9])])
FIELD = np.zeros((40, 60), dtype=np.uint8)
FIELD[5:9, 10:20] = 255
COLOURS = np.dstack([FIELD, FIELD // 2, np.zeros_like(FIELD)])
GOOD = row(name="dog", bbox={"top": 6, "left": 5, "height": 8, "width": 7})


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ({"bbox": BBOX}, BOX),
        ({"bbox": {"top": "22", "left": 11, "height": -20, "width": -10}}, BOX),
        ({"polygon": [*PAIRS, PAIRS[0]]}, TRIANGLE),
        ({"polygon": PAIRS}, TRIANGLE),
        ({"line": PAIRS[:2]}, Polyline(points=[1, 1, 9, 1])),
        ({"point": {"x": 1.5, "y": 2}}, Points(points=[1.5, 2])),
    ],
)
def test_every_shape_of_a_row_and_of_an_export(read: Read, shape: dict[str, Any], expected: Geometry) -> None:
    images, codes = read([row(**shape)])
    assert [(a.label, a.geometry, a.id) for a in images[0].annotations] == [("cat", expected, "u1")]
    assert codes == []
    named = {("bounding_box" if key == "bbox" else key): value for key, value in shape.items()}
    images, codes = read([export({"feature_id": "f1", "name": "cat", "value": "cat", **named})])
    assert [(a.label, a.geometry, a.id) for a in images[0].annotations] == [("cat", expected, "f1")]
    assert codes == []


@pytest.mark.parametrize("file", ["rows.ndjson", "rows.json", "rows.jsonl"])
def test_lines_and_lists(read: Read, tmp_path: Path, file: str) -> None:
    records = [row(bbox=BBOX), GOOD]
    lines = "\r\n\r\n".join(json.dumps(record) for record in records)
    images, codes = read(records if file.endswith("json") and "nd" not in file else lines.encode(), file)
    assert [a.label for a in images[0].annotations] == ["cat", "dog"]
    assert names(tmp_path) == ["cat", "dog"]
    assert codes == []
    assert LabelboxFormat().recognises(Listing(tmp_path)).confidence > 0.9


def test_one_export_alone_may_be_written_over_several_lines(read: Read) -> None:
    images, codes = read(json.dumps(export({"name": "cat", "bounding_box": BBOX}), indent=2).encode(), "one.json")
    assert [a.geometry for a in images[0].annotations] == [BOX]
    assert codes == []


def test_rows_of_a_picture_may_lie_anywhere(read: Read, tmp_path: Path) -> None:
    Image.new("RGB", (30, 20)).save(tmp_path / "b.png")
    rows = [row("b.png", bbox=BBOX), GOOD, row("b.png", "bird", bbox=BBOX)]
    images, codes = read(rows)
    assert [(i.name, i.width, [a.label for a in i.annotations]) for i in images] == [
        ("b.png", 30, ["cat", "bird"]),
        ("x.png", 60, ["dog"]),
    ]
    assert codes == []


@pytest.mark.parametrize(
    ("data_row", "name"),
    [
        ({"globalKey": "x.png"}, "x.png"),
        ({"globalKey": "x"}, "x.png"),
        ({"id": "x"}, "x.png"),
        ({"globalKey": "https://storage/bucket/x.png?sig=1"}, "x.png"),
        ({"globalKey": "X.PNG"}, "X.PNG"),
        ({"globalKey": "k1", "externalId": "x.png"}, "x.png"),
    ],
)
def test_how_a_picture_is_named(read: Read, data_row: dict[str, Any], name: str) -> None:
    images, codes = read([{**row(bbox=BBOX), "dataRow": data_row}])
    assert [(i.name, i.width, len(i.annotations)) for i in images] == [(name, 60, 1)]
    assert codes == []


def test_a_schema_id_stands_in_for_a_name(read: Read, tmp_path: Path) -> None:
    record = {"schemaId": "ck123", "dataRow": {"id": "x"}, "bbox": BBOX}
    images, codes = read([record])
    assert [a.label for a in images[0].annotations] == ["ck123"]
    assert codes == []


def test_confidence_makes_a_suggestion(read: Read) -> None:
    images, _ = read([row(bbox=BBOX, confidence=0.7), GOOD])
    assert [a.label for a in images[0].annotations] == ["dog"]
    assert [(a.label, a.score) for a in images[0].predictions] == [("cat", 0.7)]


@pytest.mark.parametrize(
    "mask",
    [
        {"mask": {"png": base64.b64encode(png(FIELD)).decode()}},
        {"mask": {"instanceURI": "data:image/png;base64," + base64.b64encode(png(FIELD)).decode()}},
        {"mask": {"png": base64.b64encode(png(COLOURS)).decode(), "colorRGB": [255, 127, 0]}},
        {"mask": {"png": base64.b64encode(png(FIELD)).decode(), "colorRGB": [1, 2, 3]}},
        {"mask": {"instanceURI": "https://h/m/one%20mask.png?t=1", "colorRGB": [255, 255, 255]}},
        {"composite_mask": {"url": "https://h/m/many.png", "color_rgb": [255, 127, 0]}},
        {"instanceURI": "https://h/m/one%20mask.png"},
    ],
    ids=["bytes", "data address", "colour", "another colour", "beside", "composite beside", "legacy beside"],
)
def test_masks_that_are_in_the_file_or_beside_it(read: Read, tmp_path: Path, mask: dict[str, Any]) -> None:
    (tmp_path / "masks").mkdir()
    (tmp_path / "masks" / "one mask.png").write_bytes(png(FIELD))
    (tmp_path / "masks" / "many.png").write_bytes(png(COLOURS))
    images, codes = read([row(**mask)])
    geometry = images[0].annotations[0].geometry
    assert isinstance(geometry, Mask)
    assert (geometry.bbox, mask_area(geometry)) == ((10, 5, 10, 4), 40)
    assert len(images) == 1
    assert codes == []


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({"mask": {"instanceURI": "https://h/gone.png", "colorRGB": [1, 2, 3]}}, "needs_download"),
        ({"composite_mask": {"url": "https://h/gone", "color_rgb": [1, 2, 3]}}, "needs_download"),
        ({"mask": {"url": "https://h/../"}}, "needs_download"),
        ({"mask": {"png": "!!!"}}, "mask_size_mismatch"),
        ({"mask": {"png": "AAAA"}}, "mask_size_mismatch"),
        ({"mask": {"png": 7}}, "mask_size_mismatch"),
        ({"mask": {"png": base64.b64encode(png(FIELD * 0)).decode()}}, "zero_area"),
        ({"mask": {}}, "missing_geometry"),
        ({"bbox": {**BBOX, "width": 0}}, "zero_area"),
        ({"bbox": {"top": 1}}, "missing_geometry"),
        ({"bbox": {**BBOX, "top": float("nan")}}, "not_finite"),
        ({"bbox": "wide"}, "missing_geometry"),
        ({"polygon": PAIRS[:2]}, "degenerate_polygon"),
        ({"polygon": [{"x": 1}]}, "not_finite"),
        ({"polygon": 7}, "not_finite"),
        ({"line": PAIRS[:1]}, "degenerate_polygon"),
        ({"line": [7]}, "not_finite"),
        ({"point": {"x": "a", "y": 1}}, "not_finite"),
        ({"segments": [{"keyframes": []}]}, "unsupported_shape"),
        ({"relationship": {"source": "a", "target": "b"}}, "unsupported_shape"),
        ({}, "missing_geometry"),
        ({"name": "", "bbox": BBOX}, "missing_label"),
        ({"answer": {}}, "missing_label"),
        ({"dataRow": {}, "bbox": BBOX}, "unknown_image_id"),
        ({"dataRow": 7, "bbox": BBOX}, "unknown_image_id"),
        ({"dataRow": {"globalKey": "../../etc/passwd"}, "bbox": BBOX}, "unsafe_path"),
    ],
)
def test_one_bad_record_costs_one_record(read: Read, bad: dict[str, Any], code: str) -> None:
    images, codes = read([{**row(), **bad}, GOOD])
    assert [a.label for image in images for a in image.annotations] == ["dog"]
    assert codes == [code]


def test_a_mask_of_another_size_is_cut_with_a_word(read: Read) -> None:
    wide = np.full((50, 70), 255, dtype=np.uint8)
    images, codes = read([row(mask={"png": base64.b64encode(png(wide)).decode()})])
    geometry = images[0].annotations[0].geometry
    assert isinstance(geometry, Mask)
    assert geometry.bbox == (0, 0, 60, 40)
    assert codes == ["mask_size_mismatch"]


def test_answers_about_objects_are_attributes(read: Read) -> None:
    nested = {"name": "torn", "answer": "a bit"}
    asked = [
        {"name": "coat", "answer": {"name": "red", "classifications": [nested]}},
        {"name": "parts", "answer": [{"name": "head"}, {"name": "tail"}]},
        {"name": "old", "answers": [{"schemaId": "s1"}]},
        {"name": "note", "answer": "free text"},
        {"name": "empty"},
    ]
    images, codes = read([row(bbox=BBOX, classifications=asked)])
    expected = {"coat": "red", "torn": "a bit", "parts": ["head", "tail"], "old": ["s1"], "note": "free text"}
    assert images[0].annotations[0].attributes == expected
    assert codes == []


def test_answers_about_pictures_are_tags(read: Read, tmp_path: Path) -> None:
    rows = [
        row(
            name="weather",
            answer={"name": "rain", "classifications": [{"name": "how much", "answer": {"name": "a lot"}}]},
        ),
        row(name="seen", answer=[{"name": "cat"}, {"name": "dog"}]),
        row(name="note", answer="free text"),
    ]
    images, codes = read(rows)
    assert [(a.label, a.geometry, a.attributes) for a in images[0].annotations] == [
        ("rain", Tag(), {"labelbox:classification": "weather", "how much": "a lot"}),
        ("cat", Tag(), {"labelbox:classification": "seen"}),
        ("dog", Tag(), {"labelbox:classification": "seen"}),
        ("note", Tag(), {"value": "free text"}),
    ]
    assert names(tmp_path) == ["rain", "cat", "dog", "note"]
    assert codes == []


def test_an_export_says_sizes_answers_and_splits(read: Read) -> None:
    asked = {
        "name": "coat",
        "radio_answer": {"name": "red", "classifications": [{"name": "n", "text_answer": {"content": "t"}}]},
    }
    several = {"name": "parts", "checklist_answers": [{"name": "head"}, {"name": "tail"}]}
    objects = {"feature_id": "f", "name": "cat", "bounding_box": BBOX, "classifications": [asked, several]}
    tag = {"name": "weather", "radio_answer": {"name": "rain", "value": "rain"}}
    field = {"schema_name": "split", "value": [{"schema_name": "valid"}]}
    images, codes = read([export(objects, classifications=[tag], metadata_fields=[field])])
    found = images[0]
    assert (found.name, found.width, found.height, found.split) == ("x.png", 60, 40, "val")
    assert found.annotations[0].attributes == {"coat": "red", "n": "t", "parts": ["head", "tail"]}
    assert (found.annotations[1].label, found.annotations[1].geometry) == ("rain", Tag())
    assert found.source["id"] == "d1"
    assert found.source["labelbox:global_key"] == "k1"
    assert codes == []


def test_a_size_is_enough_where_the_picture_is_not_here(read: Read, tmp_path: Path) -> None:
    record = export({"name": "cat", "bounding_box": BBOX})
    record["data_row"] = {"id": "d", "external_id": "gone", "row_data": "https://h/dir/far%20away.jpg?x=/y.png"}
    record["media_attributes"] = {"width": "600", "height": 400}
    images, codes = read([record])
    assert [(i.name, i.width, i.height, i.path) for i in images] == [("far away.jpg", 600, 400, None)]
    assert codes == ["image_not_found"]


def test_of_several_labels_the_first_that_says_something_is_taken(read: Read) -> None:
    record = export({"name": "cat", "bounding_box": BBOX})
    labels = record["projects"]["p1"]["labels"]
    labels.insert(0, {"annotations": {"objects": [], "classifications": []}})
    images, codes = read([record])
    assert ([a.label for a in images[0].annotations], codes) == (["cat"], [])
    labels.append({"annotations": {"objects": [{"name": "dog", "bounding_box": BBOX}]}})
    images, codes = read([record])
    assert [a.label for a in images[0].annotations] == ["cat"]
    assert codes == ["several_annotations_per_task"]


def test_what_models_suggested_and_what_is_no_picture(read: Read, tmp_path: Path) -> None:
    guess = {"annotations": {"objects": [{"name": "cat", "bounding_box": BBOX, "confidence": 0.25}]}}
    runs = {
        "m1": {
            "runs": {
                "r1": {"predictions": [guess, {"annotations": {"objects": [{"name": "dog", "bounding_box": BBOX}]}}]}
            }
        }
    }
    record = export(experiments=runs)
    record["projects"]["p1"]["labels"][0]["annotations"] |= {"frames": {"1": {}}, "relationships": [{"name": "on"}]}
    images, codes = read([record])
    assert images[0].annotations == ()
    assert [(a.label, a.score) for a in images[0].predictions] == [("cat", 0.25), ("dog", 1)]
    assert codes == ["unsupported_shape"]
    assert labels(tmp_path) == ["cat", "dog"]


def test_labels_of_objects_that_cannot_be_used_are_listed(read: Read, tmp_path: Path) -> None:
    mask = {"name": "far", "mask": {"url": "https://h/m"}}
    read([export(mask, {"name": "flat", "bounding_box": {**BBOX, "width": 0}}, {"name": "cat", "bounding_box": BBOX})])
    assert labels(tmp_path) == ["far", "flat", "cat"]


def test_pictures_without_a_label_are_kept(read: Read) -> None:
    empty = export()
    nothing = {**export(), "projects": {}}
    images, codes = read([empty])
    assert ([len(i.annotations) for i in images], codes) == ([0], [])
    images, codes = read([nothing])
    assert ([len(i.annotations) for i in images], codes) == ([0], [])


LEGACY: dict[str, Any] = {
    "ID": "i1",
    "DataRow ID": "d1",
    "Labeled Data": "https://h/p/123-x.png?token=a",
    "External ID": "x.png",
    "Project Name": "Zoo",
    "Label": {
        "objects": [
            {"featureId": "f1", "title": "cat", "value": "cat", "color": "#f00", "bbox": BBOX,
             "classifications": [{"title": "coat", "answer": {"title": "red", "value": "red"}},
                                 {"title": "parts", "answers": [{"title": "head"}]}]},
            {"featureId": "f2", "title": "dog", "polygon": PAIRS},
            {"featureId": "f3", "title": "dog", "instanceURI": "https://h/gone.png"},
        ],
        "classifications": [{"title": "weather", "answer": {"title": "rain"}}],
    },
}  # fmt: skip


def test_the_legacy_export(read: Read) -> None:
    images, codes = read([LEGACY], "export.json")
    assert [(a.label, a.geometry, a.id) for a in images[0].annotations] == [
        ("cat", BOX, "f1"),
        ("dog", TRIANGLE, "f2"),
        ("rain", Tag(), None),
    ]
    assert images[0].annotations[0].attributes == {"coat": "red", "parts": ["head"]}
    assert images[0].source["labelbox:Project Name"] == "Zoo"
    assert codes == ["needs_download"]


def test_the_legacy_export_as_a_table(read: Read, tmp_path: Path) -> None:
    label = {"objects": [{"title": "cat", "polygon": PAIRS * 9000}, {"title": "dog", "bbox": BBOX}]}
    text = StringIO()
    writer = csv.DictWriter(text, ["ID", "DataRow ID", "Labeled Data", "Label", "External ID"])
    writer.writeheader()
    for external, said in (("x.png", json.dumps(label)), ("y.png", "Skip"), ("z.png", "{broken")):
        writer.writerow({"ID": external, "DataRow ID": external, "Label": said, "External ID": external})
    images, codes = read(text.getvalue().encode(), "export.csv")
    assert LabelboxFormat().recognises(Listing(tmp_path)).confidence >= 0.9
    assert [(i.name, [a.label for a in i.annotations]) for i in images] == [("x.png", ["cat", "dog"]), ("y.png", [])]
    assert codes == ["image_not_found", "unparsable_file"]


@pytest.mark.parametrize("label", ["Skip", "", None, {}])
def test_a_skipped_picture_is_empty(read: Read, label: Any) -> None:
    images, codes = read([{**LEGACY, "Label": label}], "export.json")
    assert ([len(i.annotations) for i in images], codes) == ([0], [])


def test_the_oldest_export_has_outlines_by_class(read: Read) -> None:
    label = {
        "cat": [{"geometry": PAIRS}],
        "dog": [{"geometry": {"x": 1, "y": 2}}],
        "weather": "rain",
        "old": "POLYGON((1 2))",
    }
    images, codes = read([{**LEGACY, "Label": label}], "export.json")
    assert [(a.label, a.geometry) for a in images[0].annotations] == [
        ("cat", TRIANGLE), ("dog", Points(points=[1, 2])), ("weather", Tag()),
    ]  # fmt: skip
    assert codes == ["unsupported_shape"]


def test_two_records_of_one_picture_are_two_peoples(read: Read) -> None:
    images, codes = read([LEGACY | {"Label": {"objects": [{"title": "cat", "bbox": BBOX}]}}, LEGACY], "export.json")
    assert [a.label for a in images[0].annotations] == ["cat"]
    assert codes == ["several_annotations_per_task"]


def test_pictures_that_no_row_mentions_are_empty(read: Read, tmp_path: Path) -> None:
    (tmp_path / "images" / "valid").mkdir(parents=True)
    Image.new("RGB", (8, 8)).save(tmp_path / "images" / "valid" / "left.png")
    images, codes = read([GOOD])
    assert [(i.name, i.split, len(i.annotations)) for i in images] == [("x.png", None, 1), ("left.png", "val", 0)]
    assert codes == []


def test_torn_lines_cost_themselves_with_their_number(read: Read, tmp_path: Path) -> None:
    lines = [json.dumps(GOOD), '{"uuid": "u", "dataRow"', "[" * 100_000, "7", "\x00", json.dumps(row(bbox=BBOX))[:-3]]
    images, codes = read("\n".join(lines).encode())
    assert [a.label for a in images[0].annotations] == ["dog"]
    assert codes == ["unparsable_file"]
    assert [issue.where for issue in noted(tmp_path)[1] if issue.severity == "error"] == [
        f"line {n}" for n in range(2, 7)
    ]


@pytest.mark.parametrize(
    "bomb", [b'{"dataRow": "globalKey"', b'[{"dataRow": {"globalKey": "x"}, "name": ', b'{"dataRow":' * 30_000]
)
def test_what_holds_no_record_is_refused(read: Read, bomb: bytes) -> None:
    with pytest.raises(FormatError):
        read(bomb + b'"globalKey"', "rows.json")


@pytest.mark.parametrize(
    "foreign",
    [
        [{"image": "x.png", "annotations": []}],
        [{"id": 1, "data": {"image": "x"}, "annotations": []}],
        {"images": [], "annotations": [], "categories": []},
        {"file_name": "a.png", "label": 1},
    ],
)
def test_other_files_are_not_taken_for_it(tmp_path: Path, foreign: Any) -> None:
    (tmp_path / "a.json").write_text(json.dumps(foreign))
    (tmp_path / "metadata.jsonl").write_text(json.dumps(foreign))
    assert LabelboxFormat().recognises(Listing(tmp_path)).confidence == 0


def test_rows_are_written_as_labelbox_wants_them(tmp_path: Path) -> None:
    own = str(uuid.UUID(int=7))
    hole = PolygonPart(outer=[1, 1, 21, 1, 21, 21, 1, 21], holes=[[5, 5, 10, 5, 10, 10, 5, 10]])
    annotations = (
        AnnotationRecord("cat", BOX, {"coat": "red", "n": 3, "ok": True, "parts": ["a", "b"]}, id=own),
        AnnotationRecord("cat", TRIANGLE, id="5"),
        AnnotationRecord("cat", Polygon(parts=[hole])),
        AnnotationRecord("cat", Points(points=[1, 2, 3, 4])),
        AnnotationRecord("cat", Keypoints(points=[1, 2, 2, 0, 0, 0])),
        AnnotationRecord("cat", RotatedBox(cx=20, cy=20, w=8, h=4, angle=90)),
        AnnotationRecord("dog", Tag(), {"labelbox:classification": "seen"}),
        AnnotationRecord("note", Tag(), {"value": "free"}),
        AnnotationRecord("nobody knows", BOX),
    )
    guess = AnnotationRecord("cat", BOX, score=0.5)
    image = ImageRecord("a b.png", 60, 40, annotations, "train", predictions=(guess,))
    issues = write(TestContract, [image], tmp_path / "out", [LabelRecord(n) for n in ("cat", "dog", "note")])
    rows = [json.loads(line) for line in (tmp_path / "out" / "train.ndjson").read_bytes().splitlines()]
    assert all(entry["dataRow"] == {"globalKey": "a b.png"} for entry in rows)
    assert len({uuid.UUID(entry["uuid"]) for entry in rows}) == len(rows)
    assert rows[0]["uuid"] == own
    assert rows[0]["bbox"] == BBOX
    assert rows[0]["classifications"] == [
        {"name": "coat", "answer": "red"}, {"name": "n", "answer": "3"}, {"name": "ok", "answer": "true"},
        {"name": "parts", "answer": [{"name": "a"}, {"name": "b"}]},
    ]  # fmt: skip
    assert rows[1]["polygon"] == [*PAIRS, PAIRS[0]]
    assert "png" in rows[2]["mask"]
    assert [entry["point"] for entry in rows[3:6]] == [{"x": 1, "y": 2}, {"x": 3, "y": 4}, {"x": 1, "y": 2}]
    assert len(rows[6]["polygon"]) == 5
    assert (rows[7]["name"], rows[7]["answer"]) == ("seen", {"name": "dog"})
    assert (rows[8]["name"], rows[8]["answer"]) == ("note", "free")
    assert rows[9]["confidence"] == 0.5
    assert [issue.code for issue in issues] == ["undeclared_label"]
    found, _ = noted(tmp_path / "out")
    assert found[0].annotations[6:] == (
        AnnotationRecord("cat", found[0].annotations[6].geometry, id=rows[6]["uuid"]),
        AnnotationRecord("dog", Tag(), {"labelbox:classification": "seen"}, id=rows[7]["uuid"]),
        AnnotationRecord("note", Tag(), {"value": "free"}, id=rows[8]["uuid"]),
    )
    assert [(a.label, a.score) for a in found[0].predictions] == [("cat", 0.5)]


def test_an_export_is_written_as_labelbox_writes_it(tmp_path: Path) -> None:
    mask = AnnotationRecord("cat", Mask(bbox=(10, 5, 2, 2), counts="04"), {"parts": ["a"]})
    tag = AnnotationRecord("rain", Tag(), {"labelbox:classification": "weather", "how": "hard"})
    guess = AnnotationRecord("cat", BOX, score=0.5)
    image = ImageRecord("sub/a.png", 60, 40, (mask, tag), "val", predictions=(guess,))
    write(TestExport, [image, ImageRecord("b.png", 9, 9)], tmp_path / "out", [LabelRecord("cat"), LabelRecord("rain")])
    first, second = [json.loads(line) for line in (tmp_path / "out" / "export.ndjson").read_bytes().splitlines()]
    assert first["data_row"]["external_id"] == "sub/a.png"
    assert first["media_attributes"] == {"width": 60, "height": 40, "exif_rotation": "1"}
    assert first["metadata_fields"] == [{"schema_name": "split", "value": "valid"}]
    written = first["projects"]["marquee"]["labels"][0]["annotations"]
    assert written["objects"][0]["annotation_kind"] == "ImageSegmentationMask"
    assert written["classifications"][0]["radio_answer"]["name"] == "rain"
    assert second["metadata_fields"] == []
    found, _ = noted(tmp_path / "out")
    assert [(i.name, i.width, i.split) for i in found] == [("sub/a.png", 60, "val"), ("b.png", 9, None)]
    assert found[0].annotations[0].attributes == {"parts": ["a"]}
    assert found[0].annotations[1].attributes == tag.attributes
    plugin, options = LabelboxFormat(), LabelboxOptions(write_as="export")
    assert [code for code, _ in plugin.lost(image, options=options)] == ["predictions"]


def test_a_set_without_a_single_row(tmp_path: Path) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / "a.png")
    write(TestContract, [ImageRecord("a.png", 9, 9, (), "val", tmp_path / "a.png")], tmp_path / "out", [])
    found, issues = noted(tmp_path / "out")
    assert [(image.name, image.split, image.annotations) for image in found] == [("a.png", "val", ())]
    assert {issue.severity for issue in issues} == {"info"}


def test_masks_of_too_many_pixels_are_left_out_by_name(tmp_path: Path) -> None:
    mask = AnnotationRecord("cat", Mask(bbox=(10, 5, 2, 2), counts="04"))
    image = ImageRecord("a.png", 1 << 20, 1 << 20, (mask, AnnotationRecord("cat", Box(x=1, y=2, w=3, h=4))))
    issues = write(TestContract, [image], tmp_path / "out", [LabelRecord("cat")])
    assert [issue.code for issue in issues] == ["unsupported_shape"]


@pytest.mark.parametrize("path", ["/Users/bob/set/x.png", "C:\\set\\x.png"])
def test_keys_may_be_paths_of_another_machine(read: Read, path: str) -> None:
    images, codes = read([row(path, bbox=BBOX)])
    assert ([(image.name, len(image.annotations)) for image in images], codes) == ([("x.png", 1)], [])
