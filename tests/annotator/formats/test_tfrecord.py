"""TFRecord: the contract, files made by other means, and damage."""

import gc
import gzip
import random
import struct
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from annotator.core.errors import AnnotatorError, FormatError
from annotator.core.geometry.measures import area, bounds
from annotator.core.geometry.types import Box, Polygon, PolygonPart
from annotator.core.records import AnnotationRecord, ImageRecord, Issue
from annotator.formats.shared.crc32c import masked
from annotator.formats.tfrecord.example import WireError, format_example, parse_example
from annotator.formats.tfrecord.files import is_tfrecord
from annotator.formats.tfrecord.plugin import TfRecordFormat, TfRecordOptions
from annotator.plugins.listing import Listing
from annotator.plugins.testing import DatasetFormatContract


class TestBoxes(DatasetFormatContract):
    plugin = TfRecordFormat
    kinds = frozenset({"box"})
    tolerance = 1e-4


class TestMasks(DatasetFormatContract):
    plugin = TfRecordFormat
    kinds = frozenset({"box", "mask"})
    tolerance = 1e-4


class TestTags(DatasetFormatContract):
    plugin = TfRecordFormat
    kinds = frozenset({"tag"})


def record(data: bytes) -> bytes:
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", masked(length)) + data + struct.pack("<I", masked(data))


def jpeg(width: int = 60, height: int = 40, **save: Any) -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, height), "red").save(file, "JPEG", **save)
    return file.getvalue()


def example(**features: Any) -> bytes:
    """Features by names with two underscores for a slash; texts are encoded."""
    named = {key.replace("__", "/"): value if isinstance(value, list) else [value] for key, value in features.items()}
    return format_example({k: [v.encode() if isinstance(v, str) else v for v in values] for k, values in named.items()})


def boxes(*corners: tuple[float, float, float, float], prefix: str = "image__object") -> dict[str, list[float]]:
    names = ("xmin", "ymin", "xmax", "ymax")
    return {f"{prefix}__bbox__{name}": [c[i] for c in corners] for i, name in enumerate(names)}


def put(folder: Path, *examples: bytes, name: str = "train.tfrecord", label_map: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"".join(map(record, examples)))
    if label_map:
        (folder / "label_map.pbtxt").write_text(label_map)
    return folder / name


def read(folder: Path) -> tuple[list[ImageRecord], list[str], list[str]]:
    issues: list[Issue] = []
    images = list(TfRecordFormat().read(folder, options=TfRecordOptions(), report=issues.append))
    labels = TfRecordFormat().labels(folder, options=TfRecordOptions(), report=issues.append)
    return images, [issue.code for issue in issues], [label.name for label in labels]


MAP = 'item { id: 1 name: "zebra" }\nitem { id: 2 name: "ant" display_name: "Ant" }\nitem { id: 9 name: "never" }\n'
GOOD = {
    "image__filename": "sub/a.jpg", "image__encoded": jpeg(), "image__width": 60, "image__height": 40,
    "image__format": "jpeg", "image__object__class__text": ["ant", ""], "image__object__class__label": [2, 1],
    **boxes((0.1, 0.1, 0.5, 0.5), (0.5, 0.25, 1.0, 0.75)),
}  # fmt: skip


def test_texts_then_numbers_of_the_label_map(tmp_path: Path) -> None:
    extra = {"image__object__difficult": [0, 1], "image__object__view": ["Left", ""], "image__caption": "hello"}
    put(tmp_path, example(**GOOD, **extra, image__source_id="7"), label_map=MAP)
    images, issues, labels = read(tmp_path)
    (image,) = images
    assert (image.name, image.split, image.width, image.height, image.id) == ("sub/a.jpg", "train", 60, 40, "7")
    assert [(a.label, a.attributes) for a in image.annotations] == [
        ("ant", {"pose": "Left"}),
        ("zebra", {"difficult": 1}),
    ]
    assert bounds(image.annotations[0].geometry) == pytest.approx((6, 4, 30, 20), abs=1e-5)
    assert image.path is not None
    assert image.path.read_bytes() == GOOD["image__encoded"]
    assert image.source == {"tfrecord:image/caption": ["hello"]}
    assert (labels, issues) == (["zebra", "ant", "never"], [])
    assert TfRecordFormat().recognises(Listing(tmp_path)).confidence == 0.98


def test_without_a_map_numbers_are_names(tmp_path: Path) -> None:
    put(tmp_path, example(**{**GOOD, "image__object__class__text": [], "image__object__class__label": [12, 3]}))
    assert [a.label for a in read(tmp_path)[0][0].annotations] == ["12", "3"]
    assert read(tmp_path)[2] == ["12", "3"]


def test_classes_of_the_picture_and_detections(tmp_path: Path) -> None:
    found = boxes((0, 0, 0.5, 0.5), prefix="image__detection")
    more = {"image__class__text": ["ant", "bee"], "image__class__label": [1, 2]}
    scores = {"image__detection__label": [2], "image__detection__score": [0.5]}
    put(tmp_path, example(**GOOD, **found, **more, **scores), label_map=MAP)
    images, _, labels = read(tmp_path)
    assert [(a.label, a.geometry.kind) for a in images[0].annotations][:2] == [("ant", "tag"), ("bee", "tag")]
    assert [(a.label, a.score, bounds(a.geometry)) for a in images[0].predictions] == [("ant", 0.5, (0, 0, 30, 20))]
    assert labels == ["zebra", "ant", "never", "bee"]


def png(array: Any) -> bytes:
    file = BytesIO()
    Image.fromarray(np.asarray(array, dtype=np.uint8)).save(file, "PNG")
    return file.getvalue()


def test_masks_good_and_bad(tmp_path: Path) -> None:
    good = np.zeros((40, 60))
    good[5:10, 6:20] = 1
    for second, code in ((png(np.ones((4, 6))), "mask_size_mismatch"), (b"torn", "unparsable_file"), (b"", None)):
        put(tmp_path, example(**GOOD, image__object__mask=[png(good), second]), label_map=MAP)
        images, issues, _ = read(tmp_path)
        first, other = images[0].annotations
        assert (first.geometry.kind, area(first.geometry), bounds(first.geometry)) == ("mask", 70, (6, 5, 20, 10))
        assert other.geometry.kind == "box"
        assert issues == ([code] if code else [])


def test_shards_and_gzip(tmp_path: Path) -> None:
    put(tmp_path, example(**GOOD), name="val.tfrecord-00000-of-00002", label_map=MAP)
    packed = gzip.compress(record(example(**{**GOOD, "image__filename": "b.jpg"})))
    (tmp_path / "val.tfrecord-00001-of-00002").write_bytes(packed)
    assert is_tfrecord(packed)
    images, issues, _ = read(tmp_path)
    assert [(i.name, i.split) for i in images] == [("sub/a.jpg", "val"), ("b.jpg", "val")]
    assert issues == []
    (tmp_path / "val.tfrecord-00001-of-00002").write_bytes(packed[:-20])
    images, issues, _ = read(tmp_path)
    assert (len(images), issues) == (1, ["unparsable_file"])


def test_files_of_any_name(tmp_path: Path) -> None:
    put(tmp_path, example(**GOOD), name="shard-0")
    assert TfRecordFormat().recognises(Listing(tmp_path)).confidence == 0.98
    assert len(read(tmp_path)[0]) == 1


def test_a_wrong_checksum_costs_one_record(tmp_path: Path) -> None:
    path = put(tmp_path, *(example(**{**GOOD, "image__filename": f"{i}.jpg"}) for i in range(3)))
    data = bytearray(path.read_bytes())
    at = len(data) // 2
    data[at] ^= 1
    path.write_bytes(data)
    images, issues, _ = read(tmp_path)
    assert ([i.name for i in images], issues) == (["0.jpg", "2.jpg"], ["unparsable_file"])


def test_an_early_end_and_lying_lengths(tmp_path: Path) -> None:
    path = put(tmp_path, example(**GOOD), example(**{**GOOD, "image__filename": "b.jpg"}))
    data = path.read_bytes()
    path.write_bytes(data[:-10])
    images, issues, _ = read(tmp_path)
    assert (len(images), issues) == (1, ["unparsable_file"])
    length = struct.pack("<Q", 1 << 60)
    for lie in (length + struct.pack("<I", masked(length)), length + bytes(4), b"x"):
        path.write_bytes(data + lie)
        images, issues, _ = read(tmp_path)
        assert (len(images), issues) == (2, ["unparsable_file"])
        path.write_bytes(lie)
        with pytest.raises(FormatError) as error:
            read(tmp_path)
        assert error.value.fields == {"file": "train.tfrecord", "place": "record 1, byte 0"}


@pytest.mark.parametrize(
    ("change", "code", "count"),
    [
        ({"image__filename": "../../x.jpg"}, "unsafe_path", None),
        ({"image__encoded": b"no picture"}, "image_not_found", 2),
        ({"image__encoded": []}, "image_not_found", 2),
        ({"image__object__bbox__xmin": [0.1]}, "missing_geometry", 0),
        ({"image__object__bbox__xmin": [0.5, 0.5]}, "zero_area", 1),
        ({"image__object__bbox__xmin": [float("nan"), 0.5]}, "not_finite", 1),
        ({"image__object__class__text": [], "image__object__class__label": [1]}, "missing_label", 1),
        ({"image__width": 99}, "size_disagrees_with_image", 2),
        ({"image__width": [], "image__height": []}, "size_missing_read_from_image", 2),
    ],
)
def test_one_bad_thing_costs_one_thing(tmp_path: Path, change: dict[str, Any], code: str, count: int | None) -> None:
    put(tmp_path, example(**{**GOOD, **change}), example(**{**GOOD, "image__filename": "b.jpg"}), label_map=MAP)
    images, issues, _ = read(tmp_path)
    assert len(images[-1].annotations) == 2
    assert [len(i.annotations) for i in images[:-1]] == ([] if count is None else [count])
    assert issues == [code]


def test_names_that_are_missing_or_of_another_machine(tmp_path: Path) -> None:
    nameless = {**GOOD, "image__filename": []}
    put(
        tmp_path,
        example(**nameless),
        example(**{**GOOD, "image__filename": "/home/you/a.jpg"}),
        example(**{**GOOD, "image__filename": "c"}),
    )
    assert [image.name for image in read(tmp_path)[0]] == ["000001.jpg", "a.jpg", "c.jpg"]


def test_exif_of_the_embedded_picture(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    put(tmp_path, example(**{**GOOD, "image__encoded": jpeg(exif=exif.tobytes())}), label_map=MAP)
    images, issues, _ = read(tmp_path)
    assert (images[0].width, images[0].height, issues) == (40, 60, ["exif_orientation"])
    assert bounds(images[0].annotations[0].geometry) == pytest.approx((20, 6, 36, 30), abs=1e-4)


def test_pictures_are_removed_with_their_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    put(tmp_path / "set", *(example(**{**GOOD, "image__filename": f"{i}.jpg"}) for i in range(20)))
    for image in TfRecordFormat().read(tmp_path / "set", options=TfRecordOptions(), report=print):
        assert image.path is not None
        assert image.path.exists()
        assert len(list((tmp_path / "tmp").rglob("*.jpg"))) <= 2
    del image
    gc.collect()
    assert list((tmp_path / "tmp").iterdir()) == []


def test_what_is_written(tmp_path: Path) -> None:
    kit = TestMasks()
    ring = Polygon(parts=[PolygonPart(outer=[8, 8, 24, 8, 24, 24, 8, 24])])
    things = (
        AnnotationRecord("cat", Box(x=6, y=4, w=24, h=16), {"truncated": 0.25, "pose": "Left"}, crowd=True),
        AnnotationRecord("cat", ring, {"colour": "red"}),
    )
    image = kit.picture(tmp_path / "in", "sub dir/a.png", things, None)
    guess = AnnotationRecord("cat", Box(x=0, y=0, w=30, h=20), score=0.25)
    image = ImageRecord(
        image.name,
        60,
        40,
        things,
        None,
        image.path,
        "5",
        (guess,),
        {"tfrecord:image/caption": ["hi"], "tfrecord:n": [1, 2]},
    )
    losses = TfRecordFormat().losses([image], options=TfRecordOptions())
    assert [loss.code for loss in losses] == ["attributes", "unsupported_polygon"]
    assert kit.write([image], tmp_path / "out") == []
    (again,), _, _ = read(tmp_path / "out")
    assert (again.name, again.id, again.split, again.source) == (image.name, "5", None, image.source)
    box, mask = again.annotations
    assert (box.geometry.kind, box.attributes, box.crowd) == ("box", {"truncated": 1, "pose": "Left"}, True)
    assert (mask.geometry.kind, area(mask.geometry), mask.crowd) == ("mask", 256, False)
    assert [(p.score, bounds(p.geometry)) for p in again.predictions] == [(0.25, (0, 0, 30, 20))]
    boxes_only = TfRecordOptions(masks=False)
    assert "become their bounding boxes" in TfRecordFormat().losses([image], options=boxes_only)[-1].text


def test_packed_and_unpacked_numbers_and_unknown_fields() -> None:
    floats = b"\x0a\x04" + struct.pack("<f", 0.5) + b"\x0d" + struct.pack("<f", 1.5)  # packed, then not packed
    ints = b"\x08\x05" + b"\x0a\x0b\x07" + b"\xff" * 9 + b"\x01"  # 5, then packed 7 and −1
    unknown = b"\x5a\x01x" + b"\x59" + bytes(8) + b"\x58\x01"

    def field(number: int, content: bytes) -> bytes:
        return bytes([number << 3 | 2, len(content)]) + content

    entries = field(1, field(1, b"f") + field(2, field(2, floats))) + field(
        1, field(1, b"i") + field(2, field(3, ints) + unknown)
    )
    assert parse_example(field(1, entries) + unknown) == {"f": [0.5, 1.5], "i": [5, 7, -1]}
    with pytest.raises(WireError):
        parse_example(b"\x0b")


def test_any_bytes_are_survived(tmp_path: Path) -> None:
    chance = random.Random(7)
    plain = example(**{**GOOD, "image__encoded": b"\xff\xd8\xff", "image__object__mask": [b"\x89PNG", b""]})
    for number in range(300):
        data = bytearray(plain if number % 3 else chance.randbytes(80))
        for _ in range(4):
            data[chance.randrange(len(data))] = chance.randrange(256)
        whole = bytearray(record(bytes(data)))  # right checksums, wrong content
        if number % 5 == 0:
            whole[chance.randrange(len(whole))] ^= 1
        (tmp_path / "a.tfrecord").write_bytes(whole[: chance.randrange(len(whole))] if number % 7 == 0 else whole)
        (tmp_path / "a.pbtxt").write_bytes(chance.randbytes(60))
        try:
            TfRecordFormat().recognises(Listing(tmp_path))
            read(tmp_path)
        except AnnotatorError:
            pass


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(FormatError):
        read(tmp_path)


def test_splits_may_count_their_classes_differently(tmp_path: Path) -> None:
    numbered = {"image__object__class__label": [1], "image__filename": "a.jpg", "image__encoded": jpeg()}
    data = example(**numbered, **boxes((0, 0, 0.5, 0.5)))
    put(tmp_path / "train", data, name="x.tfrecord", label_map="item { id: 1 name: 'cat' }\nitem { id: 2 name: 'dog' }")
    put(tmp_path / "valid", data, name="x.tfrecord", label_map="item { id: 1 name: 'dog' }\nitem { id: 2 name: 'cow' }")
    images, _, labels = read(tmp_path)
    assert [(image.split, [a.label for a in image.annotations]) for image in images] == [
        ("train", ["cat"]),
        ("val", ["dog"]),
    ]
    assert labels == ["cat", "dog", "cow"]


@pytest.mark.parametrize(("second", "names"), [("a.jpg", ["train/a.jpg", "val/a.jpg"]), ("b.jpg", ["a.jpg", "b.jpg"])])
def test_splits_that_share_a_name_stand_before_all_names(tmp_path: Path, second: str, names: list[str]) -> None:
    for split, name in (("train", "a.jpg"), ("val", second)):
        put(tmp_path, example(image__filename=name, image__encoded=jpeg()), name=f"{split}.tfrecord")
    assert [image.name for image in read(tmp_path)[0]] == names
