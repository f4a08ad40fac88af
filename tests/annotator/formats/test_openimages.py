"""Open Images: the contract, the tables of all versions, and what is wrong in real ones."""

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from annotator.core.errors import FormatError
from annotator.core.geometry.masks import mask_area
from annotator.core.geometry.types import Box, Mask, Polyline, Tag
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.openimages.plugin import OpenImagesFormat
from annotator.plugins.listing import Listing
from annotator.plugins.testing import DatasetFormatContract
from tests.annotator.formats.kits import write


class TestContract(DatasetFormatContract):
    plugin = OpenImagesFormat


Read = Callable[..., tuple[list[ImageRecord], list[str]]]
BOXES = "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside"
CAT = "aa,xclick,/m/01,1,0.1,0.3,0.1,0.3,0,0,0,0,0"
DOG = "aa,xclick,/m/02,1,0.5,0.7,0.2,0.4,0,0,0,0,0"
CAT_BOX, DOG_BOX = Box(x=10, y=5, w=20, h=10), Box(x=50, y=10, w=20, h=10)
CLASSES = "/m/01,Cat\n/m/02,Dog\n"
BOX_TABLE = "train-annotations-bbox.csv"


def noted(folder: Path) -> tuple[list[ImageRecord], list[Issue]]:
    issues: list[Issue] = []
    found = OpenImagesFormat().read(folder, options=OpenImagesFormat.Options(), report=issues.append)
    return list(found), issues


def labels(folder: Path) -> list[LabelRecord]:
    return OpenImagesFormat().labels(folder, options=OpenImagesFormat.Options(), report=lambda issue: None)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write tables beside pictures of 100 × 50 in ``train`` and read them."""

    def run(
        tables: Mapping[str, str | bytes], *, classes: str | None = CLASSES, pictures: tuple[str, ...] = ("aa.jpg",)
    ) -> tuple[list[ImageRecord], list[str]]:
        (tmp_path / "train").mkdir(exist_ok=True)
        for name in pictures:
            (tmp_path / "train" / name).parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (100, 50)).save(tmp_path / "train" / name)
        if classes is not None:
            (tmp_path / "class-descriptions-boxable.csv").write_text(classes)
        for name, text in tables.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        images, issues = noted(tmp_path)
        return images, sorted({issue.code for issue in issues if issue.severity != "info"})

    return run


def boxes(*rows: str, header: str = BOXES) -> dict[str, str | bytes]:
    return {BOX_TABLE: "\n".join([header, *rows]) + "\n"}


def approximate(box: Any) -> Any:
    return pytest.approx((box.x, box.y, box.w, box.h))


def test_boxes_are_relative_with_both_xs_first(read: Read) -> None:
    images, codes = read(boxes(CAT, DOG))
    assert [(i.name, i.width, i.height, i.split) for i in images] == [("aa.jpg", 100, 50, "train")]
    assert [(a.label, approximate(a.geometry)) for a in images[0].annotations] == [
        ("Cat", (10, 5, 20, 10)),
        ("Dog", (50, 10, 20, 10)),
    ]
    flags = dict.fromkeys(("occluded", "truncated", "is_group_of", "is_depiction", "is_inside"), False)
    assert [(a.attributes, a.score, a.crowd) for a in images[0].annotations] == [(flags, None, False)] * 2
    assert codes == []


@pytest.mark.parametrize(
    "table",
    [
        "XMax,XMin,YMax,YMin,LabelName,ImageID\n0.3,0.1,0.3,0.1,/m/01,aa\n",
        "ImageID,LabelName,XMin,XMax,YMin,YMax\naa,/m/01,0.1,0.3,0.1,0.3\n",
        'imageid,labelname,xmin,xmax,ymin,ymax\r\n"aa","/m/01",0.1,0.3,0.1,0.3\r\n\r\n',
        "ImageID;LabelName;XMin;XMax;YMin;YMax\naa;/m/01;0.1;0.3;0.1;0.3",
        "\ufeffImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax\naa,x,/m/01,,0.3,0.1,0.1,0.3",
        f"\n{BOXES},XClick1X,XClick1Y\n{CAT},0.15,-1\n",
        f"{BOXES},LabelName,XMin\n{CAT},/m/02,0.9\n",
    ],
    ids=["columns turned", "no confidence", "quotes", "semicolons", "byte order mark", "extreme clicks", "twice"],
)
def test_columns_are_found_by_their_names(read: Read, table: str) -> None:
    images, codes = read({BOX_TABLE: table})
    assert [(a.label, approximate(a.geometry)) for a in images[0].annotations] == [("Cat", (10, 5, 20, 10))]
    assert codes == []


def test_flags_are_attributes_and_the_unknown_is_not_said(read: Read, tmp_path: Path) -> None:
    images, _ = read(boxes("aa,activemil,/m/01,0.5,0.1,0.3,0.1,0.3,1,1,1,0,-1", "aa,x,/m/01,1,0,1,0,1,0,0,0,1,1"))
    first, second = images[0].annotations
    assert first.attributes == {"occluded": True, "truncated": True, "is_group_of": True, "is_depiction": False}
    no = {"occluded": False, "truncated": False, "is_group_of": False}
    assert second.attributes == {**no, "is_depiction": True, "is_inside": True}
    assert (first.crowd, first.score, second.crowd, second.score) == (True, 0.5, False, None)
    write(TestContract, images, tmp_path / "out", labels(tmp_path))
    with (tmp_path / "out" / "annotations" / BOX_TABLE).open() as file:
        written = list(csv.DictReader(file))
    assert [[row[name] for name in BOXES.split(",")[8:]] for row in written] == [
        ["1", "1", "1", "0", "-1"],
        ["0", "0", "0", "1", "1"],
    ]
    assert [(row["Source"], row["LabelName"], row["Confidence"]) for row in written] == [
        ("activemil", "/m/01", "0.5"),
        ("x", "/m/01", "1"),
    ]


HUMAN = "ImageID,Source,LabelName,Confidence\naa,verification,/m/02,1\naa,verification,/m/01,0\n"


def test_image_labels_are_tags_and_what_is_absent_stays_with_the_picture(read: Read, tmp_path: Path) -> None:
    images, codes = read({"train-annotations-human-imagelabels-boxable.csv": HUMAN})
    assert [(a.label, a.geometry, a.score) for a in images[0].annotations] == [("Dog", Tag(), 1)]
    assert images[0].source["openimages:absent"] == ["Cat"]
    assert codes == []
    write(TestContract, images, tmp_path / "out", labels(tmp_path))
    again, _ = noted(tmp_path / "out")
    assert again[0].source["openimages:absent"] == ["Cat"]
    assert [(a.label, a.geometry) for a in again[0].annotations] == [("Dog", Tag())]


def test_labels_by_machines_are_suggestions(read: Read) -> None:
    table = "ImageID,Source,LabelName,Confidence\naa,machine,/m/02,0.7\n"
    images, _ = read({"train-annotations-machine-imagelabels.csv": table})
    assert images[0].annotations == ()
    assert [(a.label, a.score) for a in images[0].predictions] == [("Dog", 0.7)]


MASKS = "MaskPath,ImageID,LabelName,BoxID,BoxXMin,BoxXMax,BoxYMin,BoxYMax,PredictedIoU,Clicks\n"


def test_masks_have_their_own_size(read: Read, tmp_path: Path) -> None:
    field = np.zeros((25, 50), dtype=bool)
    field[5:10, 10:20] = True
    (tmp_path / "train-masks").mkdir()
    Image.fromarray(field).save(tmp_path / "train-masks" / "aa_m01_1234.png")
    row = "aa_m01_1234.png,aa,/m/01,1234,0.2,0.4,0.2,0.4,0.9,\n"
    images, codes = read({"train-annotations-object-segmentation.csv": MASKS + row})
    assert [image.name for image in images] == ["aa.jpg"]
    mask = images[0].annotations[0].geometry
    assert isinstance(mask, Mask)
    assert (mask.bbox, mask_area(mask)) == ((20, 10, 20, 10), 200)
    assert images[0].annotations[0].source["openimages:boxid"] == "1234"
    assert codes == []


@pytest.mark.parametrize(
    ("path", "code"),
    [("gone.png", "needs_download"), ("../../x.png", "unsafe_path"), ("", "missing_geometry"), ("bad.png", "mask_size_mismatch")],
)  # fmt: skip
def test_one_bad_mask_costs_one_mask(read: Read, tmp_path: Path, path: str, code: str) -> None:
    (tmp_path / "masks").mkdir()
    (tmp_path / "masks" / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n rubbish")
    tables = {**boxes(DOG), "train-annotations-object-segmentation.csv": f"{MASKS}{path},aa,/m/01,1,0,1,0,1,1,\n"}
    images, codes = read(tables)
    assert [a.label for a in images[0].annotations] == ["Dog"]
    assert codes == [code]


def test_relations_are_reported(read: Read) -> None:
    header = "ImageID,LabelName1,LabelName2,XMin1,XMax1,YMin1,YMax1,XMin2,XMax2,YMin2,YMax2,RelationLabel"
    relation = f"{header}\naa,/m/01,/m/02,0,1,0,1,0,1,0,1,at\n"
    images, codes = read({**boxes(CAT), "train-annotations-vrd.csv": relation})
    assert [a.label for a in images[0].annotations] == ["Cat"]
    assert codes == ["unsupported_shape"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("aa,x,/m/01,1,0.1,0.1,0.1,0.3,0,0,0,0,0", "zero_area"),
        ("aa,x,/m/01,1,nan,0.3,0.1,0.3,0,0,0,0,0", "not_finite"),
        ("aa,x,/m/01,1,inf,0.3,0.1,0.3,0,0,0,0,0", "not_finite"),
        ("aa,x,/m/01,1", "not_finite"),
        ("aa,x,/m/01,1,wide,0.3,0.1,0.3,0,0,0,0,0", "not_finite"),
        ("aa,x,/m/01,1,10,30,5,15,0,0,0,0,0", "not_normalised"),
        ("aa,x,,1,0.1,0.3,0.1,0.3,0,0,0,0,0", "missing_label"),
        (",x,/m/01,1,0.1,0.3,0.1,0.3,0,0,0,0,0", "unknown_image_id"),
        ("../../x,x,/m/01,1,0.1,0.3,0.1,0.3,0,0,0,0,0", "unsafe_path"),
        ("gone,x,/m/01,1,0.1,0.3,0.1,0.3,0,0,0,0,0", "image_not_found"),
    ],
)
def test_one_bad_row_costs_one_row(read: Read, row: str, code: str) -> None:
    images, codes = read(boxes(row, DOG))
    found = [a.label for image in images for a in image.annotations]
    assert found == ["Dog"]
    assert codes == [code]


def test_a_place_names_the_line(read: Read, tmp_path: Path) -> None:
    read(boxes(CAT, DOG, "aa,x,/m/01,1,0.1,0.1,0.1,0.3,0,0,0,0,0"))
    _, issues = noted(tmp_path)
    assert [(i.file, i.where) for i in issues if i.code == "zero_area"] == [(BOX_TABLE, "line 4")]


def test_rows_of_one_picture_may_lie_anywhere(read: Read) -> None:
    images, codes = read(
        boxes(CAT, "bb" + DOG[2:], DOG, "bb" + CAT[2:], CAT),
        pictures=("aa.jpg", "bb.png"),
        classes="/m/02,Dog\n/m/01,Cat",
    )
    assert [(i.name, [a.label for a in i.annotations]) for i in images] == [
        ("aa.jpg", ["Cat", "Dog", "Cat"]),
        ("bb.png", ["Dog", "Cat"]),
    ]
    assert codes == []


def test_splits_are_said_by_tables_lists_and_folders(read: Read, tmp_path: Path) -> None:
    Image.new("RGB", (10, 10)).save(tmp_path / "empty.png")
    (tmp_path / "validation").mkdir()
    Image.new("RGB", (10, 10)).save(tmp_path / "validation" / "bb.jpg")
    Image.new("RGB", (10, 10)).save(tmp_path / "validation" / "left.jpg")
    images, codes = read(
        {
            **boxes(CAT),
            "oidv6-validation-annotations-bbox.csv": f"{BOXES}\nbb{CAT[2:]}\n",
            "image_ids_and_rotation.csv": "ImageID,Subset,OriginalURL,Rotation\naa,train,http://x/a_o.jpg,90\n",
        }
    )
    assert [(i.name, i.split, len(i.annotations)) for i in images] == [
        ("aa.jpg", "train", 1), ("bb.jpg", "val", 1), ("empty.png", None, 0), ("left.jpg", "val", 0),
    ]  # fmt: skip
    assert images[0].source == {"openimages:OriginalURL": "http://x/a_o.jpg", "openimages:Rotation": "90"}
    assert codes == []
    write(TestContract, images, tmp_path / "out", labels(tmp_path))
    assert noted(tmp_path / "out")[0][0].source == images[0].source


def test_sizes_of_pictures_that_are_not_here(read: Read, tmp_path: Path) -> None:
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "images.meta").write_text('"gone" 50 100\nodd line\n')
    images, codes = read(boxes("gone" + CAT[2:]), pictures=())
    assert [(i.name, i.width, i.height) for i in images] == [("gone.jpg", 100, 50)]
    assert approximate(images[0].annotations[0].geometry) == (10, 5, 20, 10)
    assert codes == ["image_not_found"]


def test_a_picture_that_is_only_listed_is_passed_over(read: Read) -> None:
    images, codes = read({**boxes(CAT), "image_ids.csv": "ImageID,Subset\naa,train\nnowhere,train\n"})
    assert [image.name for image in images] == ["aa.jpg"]
    assert codes == []


def test_classes_with_a_header_twice_and_without_a_name(read: Read, tmp_path: Path) -> None:
    unknown = "aa,x,/m/99,1,0.1,0.3,0.1,0.3,0,0,0,0,0"
    images, codes = read(
        boxes(CAT, unknown), classes='LabelName,DisplayName\n/m/01,"Cat, small"\n/m/02,Dog\n/m/03,Dog\n'
    )
    assert [a.label for a in images[0].annotations] == ["Cat, small", "/m/99"]
    assert [(label.name, label.source_id) for label in labels(tmp_path)] == [
        ("Cat, small", "/m/01"), ("Dog", "/m/02"), ("/m/99", "/m/99"),
    ]  # fmt: skip
    assert codes == ["duplicate_label_name", "undeclared_label"]


def test_without_descriptions_ids_are_the_names(read: Read, tmp_path: Path) -> None:
    _, codes = read(boxes(DOG, CAT), classes=None)
    assert [label.name for label in labels(tmp_path)] == ["/m/02", "/m/01"]
    assert codes == []


def test_two_pictures_of_one_stem_are_not_guessed(read: Read) -> None:
    images, codes = read(boxes(CAT, "bb" + CAT[2:]), pictures=("aa.jpg", "aa.png", "bb.jpg"))
    assert [(i.name, i.path is None) for i in images] == [
        ("aa.jpg", True), ("bb.jpg", False), ("train/aa.jpg", False), ("aa.png", False),
    ]  # fmt: skip
    assert codes == ["ambiguous_image_match"]


def test_names_sizes_and_machine_ids_survive(tmp_path: Path) -> None:
    names = ("a.png", "a.jpg", "face-masks/b_c_d.png", 'comma, "quote".png', "no ending")
    images = [ImageRecord(name, 100, 50, (AnnotationRecord("Dog", DOG_BOX),), "val") for name in names]
    classes = [LabelRecord("Cat", source_id=5), LabelRecord("Dog", source_id="/m/02")]
    for image in images[:4]:
        (tmp_path / "in" / image.name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (100, 50)).save(tmp_path / "in" / image.name)
    placed = [ImageRecord(i.name, 100, 50, i.annotations, "val", tmp_path / "in" / i.name) for i in images[:4]]
    write(TestContract, [*placed, images[4]], tmp_path / "out", classes)
    found, issues = noted(tmp_path / "out")
    assert [(i.name, i.split, i.width, i.path is None) for i in found] == [
        *((name, "val", 100, False) for name in names[:4]), ("no ending", "val", 100, True),
    ]  # fmt: skip
    assert [label.source_id for label in labels(tmp_path / "out")] == ["Cat", "/m/02"]
    assert {issue.code for issue in issues if issue.severity != "info"} == {"image_not_found"}


def test_what_cannot_be_said_is_left_out_by_name(tmp_path: Path) -> None:
    flat = AnnotationRecord("Cat", Polyline(points=[1, 1, 5, 1]))
    images = [ImageRecord("a.png", 100, 50, (flat,)), ImageRecord("b.png", 0, 0, (AnnotationRecord("Cat", CAT_BOX),))]
    issues = write(TestContract, images, tmp_path / "out", [LabelRecord("Cat")])
    assert [issue.code for issue in issues] == ["unsupported_shape"] * 2


def test_losses_pass_over_what_has_a_column() -> None:
    record = AnnotationRecord("Cat", CAT_BOX, {"occluded": True}, crowd=True)
    more = AnnotationRecord("Cat", CAT_BOX, {"occluded": True, "coat": "red"}, group="1")
    plugin = OpenImagesFormat()
    options = plugin.Options()
    assert list(plugin.lost(ImageRecord("a.png", 9, 9, (record,)), options=options)) == []
    assert [code for code, _ in plugin.lost(ImageRecord("a.png", 9, 9, (more,)), options=options)] == [
        "attributes",
        "group",
    ]


@pytest.mark.parametrize(
    "damage",
    [b"\xff\xfe\x00\x01", b'"' * 5000, b"ImageID,LabelName\n" + b"x" * (3 << 20) + b"\naa,/m/01\n", b"ImageID,LabelName",
     b"ImageID,LabelName\n\0,\0\n", BOXES.encode() + b"\n" + b'"aa,x,' * 1000],
)  # fmt: skip
def test_damage_costs_its_table(read: Read, damage: bytes) -> None:
    images, _ = read({**boxes(DOG), "validation-annotations-bbox.csv": damage})
    assert [a.label for a in images[0].annotations if a.geometry != Tag()] == ["Dog"]


def test_a_folder_with_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("filename,label\na.jpg,cat\n")
    assert OpenImagesFormat().recognises(Listing(tmp_path)).confidence == 0
    with pytest.raises(FormatError):
        noted(tmp_path)


def test_mask_files_have_names_that_any_system_allows(tmp_path: Path) -> None:
    mask = Mask(bbox=(10, 5, 2, 2), counts="04")
    names = ("a/b.png", "a~b.png", "ü" * 100 + "/x?.png")
    images = [ImageRecord(name, 60, 40, (AnnotationRecord("Cat", mask),), "train") for name in names]
    write(
        TestContract,
        images,
        tmp_path / "out",
        [LabelRecord("Cat", source_id="/m/\0"), LabelRecord("Dog", source_id="/m/0_1")],
    )
    assert len(list((tmp_path / "out" / "masks" / "train").iterdir())) == 3
    found, _ = noted(tmp_path / "out")
    assert [(image.name, [a.geometry for a in image.annotations]) for image in found] == [
        (name, [mask]) for name in names
    ]
    assert [label.source_id for label in labels(tmp_path / "out")] == ["Cat", "/m/0_1"]


def test_masks_of_too_many_pixels_are_left_out_by_name(tmp_path: Path) -> None:
    mask = AnnotationRecord("cat", Mask(bbox=(10, 5, 2, 2), counts="04"))
    image = ImageRecord("a.png", 1 << 20, 1 << 20, (mask, AnnotationRecord("cat", Box(x=1, y=2, w=3, h=4))))
    issues = write(TestContract, [image], tmp_path / "out", [LabelRecord("cat")])
    assert [issue.code for issue in issues] == ["unsupported_shape"]


def test_splits_may_call_different_pictures_alike(read: Read, tmp_path: Path) -> None:
    (tmp_path / "validation").mkdir()
    Image.new("RGB", (100, 50)).save(tmp_path / "validation" / "aa.jpg")
    tables = {**boxes(CAT), "validation-annotations-bbox.csv": f"{BOXES}\n{DOG}\n"}
    images, codes = read(tables)
    found = [(image.split, [a.label for a in image.annotations], image.path) for image in images]
    paths = [tmp_path / split / "aa.jpg" for split in ("train", "validation")]
    assert found == [("train", ["Cat"], paths[0]), ("val", ["Dog"], paths[1])]
    assert ([image.name for image in images], codes) == (["train/aa.jpg", "val/aa.jpg"], [])


def test_tables_of_two_splits_may_speak_of_one_picture(read: Read) -> None:
    tables = {**boxes(CAT), "validation-annotations-bbox.csv": f"{BOXES}\n{DOG}\n"}
    images, _ = read(tables)
    assert [[a.label for a in image.annotations] for image in images] == [["Cat", "Dog"]]


def test_ids_may_be_paths_of_another_machine(read: Read) -> None:
    images, codes = read(boxes(CAT.replace("aa,", "/home/bob/set/aa.jpg,"), DOG.replace("aa,", "/home/../aa.jpg,")))
    assert [(image.name, [a.label for a in image.annotations]) for image in images] == [("aa.jpg", ["Cat"])]
    assert codes == ["unsafe_path"]
