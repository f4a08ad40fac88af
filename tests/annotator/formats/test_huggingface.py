"""Hugging Face's image folders: the contract, and what their metadata holds."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

from annotator.core.errors import AnnotatorError, FormatError
from annotator.core.geometry.measures import bounds
from annotator.core.progress import SilentProgress
from annotator.core.records import ImageRecord, Issue, LabelRecord
from annotator.formats.huggingface.features import card_of
from annotator.formats.huggingface.plugin import HuggingFaceFormat, HuggingFaceOptions
from annotator.plugins.listing import Listing
from annotator.plugins.testing import DatasetFormatContract


class TestBoxes(DatasetFormatContract):
    plugin = HuggingFaceFormat
    kinds = frozenset({"box"})


class TestTags(DatasetFormatContract):
    plugin = HuggingFaceFormat
    kinds = frozenset({"tag"})


CARD = """---
license: cc0-1.0
dataset_info:
  features:
  - name: image
    dtype: image
  - name: label
    dtype:
      class_label:
        names:
          '10': ant
          '2': dog
          '0': zebra
  - name: objects
    sequence:
    - name: bbox
      sequence: float32
    - name: category
      dtype:
        class_label:
          names:
            '0': wheel
            '1': door
---
# Cars
"""


def put(folder: Path, files: dict[str, str | bytes], *pictures: str) -> None:
    for name in pictures:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (60, 40)).save(folder / name)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def lines(*rows: Any) -> str:
    return "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows)


def read(folder: Path, **options: str) -> tuple[list[ImageRecord], list[str], list[str]]:
    issues: list[Issue] = []
    parsed = HuggingFaceOptions(**options)  # type: ignore[arg-type]
    images = list(HuggingFaceFormat().read(folder, options=parsed, report=issues.append))
    labels = HuggingFaceFormat().labels(folder, options=parsed, report=issues.append)
    return images, [issue.code for issue in issues], [label.name for label in labels]


def objects(image: ImageRecord) -> list[tuple[str, tuple[float, ...] | None]]:
    return [(a.label, bounds(a.geometry)) for a in image.annotations]


def test_numbers_mean_the_names_of_the_card(tmp_path: Path) -> None:
    rows = lines(
        {
            "file_name": "a.jpg",
            "label": 1,
            "text": "two dogs",
            "objects": {"bbox": [[1, 2, 3, 4]], "category": [1], "id": [7]},
        },
        {"file_name": "b.jpg", "label": None, "objects": {"bbox": [], "category": []}},
    )
    put(tmp_path, {"README.md": CARD, "train/metadata.jsonl": rows}, "train/a.jpg", "train/b.jpg", "test/c.jpg")
    images, issues, labels = read(tmp_path)
    assert [(i.name, i.split, i.width, objects(i)) for i in images] == [
        ("a.jpg", "train", 60, [("dog", None), ("door", (1, 2, 4, 6))]),
        ("b.jpg", "train", 60, []),
        ("test/c.jpg", "test", 60, []),
    ]
    assert images[0].annotations[1].id == "7"
    assert images[0].source == {"huggingface:text": "two dogs"}
    assert images[2].source == {"annotated": False}
    assert (labels, issues) == (["zebra", "dog", "ant", "wheel", "door"], [])


@pytest.mark.parametrize(
    "info",
    [
        {"features": {"label": {"names": ["x", "y"], "_type": "ClassLabel"}}},
        {"default": {"features": {"label": {"num_classes": 2, "names": ["x", "y"], "_type": "ClassLabel"}}}},
    ],
)
def test_dataset_info(tmp_path: Path, info: dict[str, Any]) -> None:
    put(
        tmp_path,
        {"dataset_info.json": json.dumps(info), "metadata.jsonl": lines({"file_name": "a.jpg", "label": 1})},
        "a.jpg",
    )
    images, _, labels = read(tmp_path)
    assert (objects(images[0]), labels) == ([("y", None)], ["x", "y"])


@pytest.mark.parametrize(
    "nested",
    [
        {
            "objects": {
                "bbox": [[1, 2, 3, 4]],
                "categories": ["cat"],
                "area": [12],
                "iscrowd": [True],
                "colour": ["red"],
            }
        },
        {"objects": [{"bbox": [1, 2, 3, 4], "category": "cat", "is_crowd": 1, "colour": "red"}]},
        {"annotations": [{"bbox": [1, 2, 3, 4], "label": "cat", "crowd": True, "colour": "red"}]},
    ],
)
def test_objects_side_by_side_or_one_by_one(tmp_path: Path, nested: dict[str, Any]) -> None:
    put(tmp_path, {"metadata.jsonl": lines({"file_name": "a.jpg", **nested})}, "a.jpg")
    images, issues, labels = read(tmp_path)
    (found,) = images[0].annotations
    assert (objects(images[0]), found.crowd, found.attributes) == (
        [("cat", (1, 2, 4, 6))],
        True,
        {"huggingface:colour": "red"},
    )
    assert (labels, issues) == (["cat"], [])


def test_other_boxes_and_labels(tmp_path: Path) -> None:
    row = {"file_name": "a.jpg", "labels": ["b", 7, "b"], "objects": {"bbox": [[1, 2, 4, 6]], "category": [3]}}
    put(tmp_path, {"metadata.jsonl": lines(row)}, "a.jpg")
    assert objects(read(tmp_path, bbox="xyxy")[0][0]) == [("b", None), ("7", None), ("3", (1, 2, 4, 6))]


def test_csv_and_names_with_folders(tmp_path: Path) -> None:
    text = 'file_name,label,text\ntrain/a.jpg,cat,"one, two"\nvalidation/b.jpg,3,\n'
    put(tmp_path, {"metadata.csv": text}, "train/a.jpg", "validation/b.jpg")
    assert HuggingFaceFormat().recognises(Listing(tmp_path)).confidence == 0.95
    images, issues, _ = read(tmp_path)
    assert [(i.name, i.split, objects(i), dict(i.source)) for i in images] == [
        ("train/a.jpg", "train", [("cat", None)], {"huggingface:text": "one, two"}),
        ("validation/b.jpg", "val", [("3", None)], {}),
    ]
    assert issues == []


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        ("{torn", ["unparsable_file"]),
        ("[1, 2]", ["unparsable_file"]),
        ("[" * 5000, ["unparsable_file"]),
        ({"label": "x"}, ["unparsable_file"]),
        ({"file_name": "../../x.jpg"}, ["unsafe_path"]),
        ({"file_name": "a.jpg"}, ["duplicate_file_name"]),
        ({"file_name": "gone.jpg", "label": "x"}, ["image_not_found"]),
        ({"file_name": "b.jpg", "objects": {"bbox": [[1, 2, 0, 4]], "category": ["x"]}}, ["zero_area"]),
        ({"file_name": "b.jpg", "objects": {"bbox": [[1, 2, -3, 4]], "category": ["x"]}}, ["zero_area"]),
        ({"file_name": "b.jpg", "objects": {"bbox": [[1, 2, None, 4]], "category": ["x"]}}, ["not_finite"]),
        ('{"file_name": "b.jpg", "objects": {"bbox": [[1, 2, NaN, 4]], "category": ["x"]}}', ["not_finite"]),
        ({"file_name": "b.jpg", "objects": {"bbox": [[1, 2, 3]], "category": ["x"]}}, ["missing_geometry"]),
        ({"file_name": "b.jpg", "objects": {"bbox": [[1, 2, 3, 4]], "category": [None]}}, ["missing_label"]),
        ({"file_name": "b.jpg", "objects": {"bbox": [[1, 2, 3, 4]]}}, ["missing_label"]),
    ],
)
def test_one_bad_row_costs_one_row(tmp_path: Path, row: Any, codes: list[str]) -> None:
    good = {"file_name": "a.jpg", "label": "good"}
    put(
        tmp_path,
        {"metadata.jsonl": lines(good, row, "", {"file_name": "c.jpg", "label": "good"})},
        "a.jpg",
        "b.jpg",
        "c.jpg",
    )
    images, issues, _ = read(tmp_path)
    assert [objects(i) for i in images if i.name in {"a.jpg", "c.jpg"}] == [[("good", None)]] * 2
    assert issues == codes


def test_what_is_written_is_a_card_and_the_same_columns(tmp_path: Path) -> None:
    put(tmp_path / "in", {"README.md": CARD}, "a.jpg")
    rows = lines({"file_name": "a.jpg", "label": 1, "text": "two dogs", "image_id": 5})
    put(tmp_path / "in", {"metadata.jsonl": rows})
    images, _, _ = read(tmp_path / "in")
    information = dict(HuggingFaceFormat().information(tmp_path / "in", options=HuggingFaceOptions()))
    assert information == {"card": {"license": "cc0-1.0"}, "text": "# Cars\n"}
    (tmp_path / "out").mkdir()
    HuggingFaceFormat().write(
        images,
        tmp_path / "out",
        labels=[LabelRecord("dog"), LabelRecord("never")],
        options=HuggingFaceOptions(),
        report=print,
        progress=SilentProgress(),
        information=information,
    )
    row = json.loads((tmp_path / "out/images/metadata.jsonl").read_text())
    empty: dict[str, list[Any]] = {"bbox": [], "categories": [], "iscrowd": []}
    expected = {"file_name": "a.jpg", "width": 60, "height": 40, "image_id": "5", "labels": [0], "objects": empty}
    assert row == {**expected, "text": "two dogs"}
    again, issues, labels = read(tmp_path / "out")
    assert [(i.name, i.split, i.id, objects(i), i.source) for i in again] == [
        (i.name, i.split, i.id, objects(i), i.source) for i in images
    ]
    assert (labels, issues) == (["dog", "never"], [])
    assert card_of(tmp_path / "out").head["license"] == "cc0-1.0"
    assert card_of(tmp_path / "out").text == "# Cars\n"


def test_a_card_of_aliases_ends(tmp_path: Path) -> None:
    nested = "a0: &a0 {x: 1}\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))
    put(tmp_path, {"README.md": f"---\n{nested}---\n", "metadata.jsonl": lines({"file_name": "a.jpg"})}, "a.jpg")
    assert len(read(tmp_path)[0]) == 1
    assert yaml.safe_load("{}") == {}


def test_parquet_is_named(tmp_path: Path) -> None:
    put(tmp_path, {"metadata.parquet": b"PAR1"}, "a.jpg")
    assert HuggingFaceFormat().recognises(Listing(tmp_path)).confidence == 0.5
    with pytest.raises(FormatError, match="parquet"):
        read(tmp_path)


def test_any_bytes_are_survived(tmp_path: Path) -> None:
    chance = random.Random(6)
    good = lines({"file_name": "a.jpg", "label": 1, "objects": {"bbox": [[1, 2, 3, 4]], "category": [1]}}).encode()
    for number in range(200):
        data = bytearray(good * 2 if number % 2 else chance.randbytes(100))
        for _ in range(4):
            data[chance.randrange(len(data))] = chance.choice(b'\x00\xff[]{}":,19e-n')
        card = bytearray(CARD.encode())
        for _ in range(6):
            card[chance.randrange(len(card))] = chance.choice(b"\x00\xff[]{}&*:'-\n !")
        name = "metadata.jsonl" if number % 3 else "metadata.csv"
        put(tmp_path, {name: bytes(data[: chance.randrange(len(data))]), "README.md": bytes(card)})
        put(tmp_path, {"dataset_info.json": bytes(data)})
        try:
            read(tmp_path)
            HuggingFaceFormat().recognises(Listing(tmp_path))
            HuggingFaceFormat().information(tmp_path, options=HuggingFaceOptions())
        except AnnotatorError:
            pass


def test_only_bad_rows_are_refused(tmp_path: Path) -> None:
    put(tmp_path, {"metadata.jsonl": "torn\n[]\n"}, "a.jpg")
    with pytest.raises(FormatError) as error:
        read(tmp_path)
    assert error.value.fields == {"issue": "unparsable_file", "file": "metadata.jsonl", "place": "line 1"}


def test_pictures_of_one_name_in_two_splits(tmp_path: Path) -> None:
    rows = lines({"file_name": "a.jpg", "label": "x"})
    put(tmp_path, {"train/metadata.jsonl": rows, "test/metadata.jsonl": rows}, "train/a.jpg", "test/a.jpg")
    images, issues, _ = read(tmp_path)
    assert ([(i.name, i.split) for i in images], issues) == ([("test/a.jpg", "test"), ("train/a.jpg", "train")], [])
