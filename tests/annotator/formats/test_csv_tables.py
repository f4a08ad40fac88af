"""Tables of labels: the contract for each kind, and what tables of the world look like."""

import random
from pathlib import Path

import pytest
from PIL import Image

from annotator.core.errors import AnnotatorError, FormatError
from annotator.core.geometry.measures import bounds
from annotator.core.geometry.types import Box
from annotator.core.progress import SilentProgress
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.csv.plugin import CsvFormat, CsvOptions
from annotator.plugins.listing import Listing
from annotator.plugins.testing import DatasetFormatContract


class TestBoxes(DatasetFormatContract):
    plugin = CsvFormat


class TestRetinanet(DatasetFormatContract):
    plugin = CsvFormat
    options = {"kind": "retinanet"}
    kinds = frozenset({"box"})


class TestLabels(DatasetFormatContract):
    plugin = CsvFormat
    options = {"kind": "labels"}
    kinds = frozenset({"tag"})


class TestOneHot(DatasetFormatContract):
    plugin = CsvFormat
    options = {"kind": "one_hot"}
    kinds = frozenset({"tag"})


def read(
    folder: Path,
    tables: dict[str, str | bytes],
    pictures: tuple[str, ...] = ("a.jpg", "b.jpg"),
    **options: str,
) -> tuple[list[ImageRecord], list[tuple[str, str]], list[str]]:
    for name in pictures:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (60, 40)).save(folder / name)
    for name, text in tables.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    issues: list[Issue] = []
    parsed = CsvOptions(**options)  # type: ignore[arg-type]
    images = list(CsvFormat().read(folder, options=parsed, report=issues.append))
    labels = CsvFormat().labels(folder, options=parsed, report=issues.append)
    return images, [(i.code, i.severity) for i in issues], [label.name for label in labels]


def objects(image: ImageRecord) -> list[tuple[str, tuple[float, ...] | None]]:
    return [(a.label, bounds(a.geometry)) for a in image.annotations]


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbffilename;label\na.jpg;d\xc3\xb6g\n",
        "filename\tlabel\r\na.jpg\tdög\r\n".encode("utf-16"),
        "filename,label\ra.jpg,dög\r".encode(),
        "filename,label\n\na.jpg,dög\n\n".encode("cp1252"),
        b'"filename", "label"\n"a.jpg", "d\xc3\xb6g"\n',
        b"a.jpg,d\xc3\xb6g\n",
        b"Image Path|Class\na.jpg|d\xc3\xb6g\n",
        b"image_id,breed\na,d\xc3\xb6g\n",
    ],
)
def test_encodings_separators_and_headers(tmp_path: Path, text: bytes) -> None:
    images, issues, labels = read(tmp_path, {"labels.csv": text}, ("a.jpg",))
    assert [(image.name, objects(image), image.width) for image in images] == [("a.jpg", [("dög", None)], 60)]
    assert (labels, issues) == (["dög"], [])


def test_quoted_separators_and_lines(tmp_path: Path) -> None:
    text = 'filename,label,note\n"a.jpg","cat, ""big""","two\nlines"\nb.jpg,dog,"never closed\n'
    images, issues, labels = read(tmp_path, {"labels.csv": text})
    assert [objects(image) for image in images] == [[('cat, "big"', None)], [("dog", None)]]
    assert images[0].annotations[0].attributes == {"csv:note": "two lines"}
    assert (labels, issues) == (['cat, "big"', "dog"], [])


def test_an_open_quote_costs_one_row(tmp_path: Path) -> None:
    text = 'filename,label\n"a.jpg,cat\nb.jpg,dog\n'
    images, issues, _ = read(tmp_path, {"labels.csv": text})
    assert objects(next(image for image in images if image.name == "b.jpg")) == [("dog", None)]
    assert ("missing_label", "warning") in issues


def test_several_labels(tmp_path: Path) -> None:
    images, _, labels = read(tmp_path, {"l.csv": "filename,label\na.jpg,cat|dog\na.jpg,cow\nb.jpg,\n"})
    assert [[a.label for a in image.annotations] for image in images] == [["cat", "dog", "cow"], []]
    assert labels == ["cat", "dog", "cow"]
    images, _, _ = read(tmp_path, {"l.csv": 'filename,labels\na.jpg,"cat, dog"\nb.jpg,cow\n'})
    assert [[a.label for a in image.annotations] for image in images] == [["cat", "dog"], ["cow"]]
    images, _, _ = read(tmp_path, {"l.csv": "image_name,tags\na,haze primary\nb,cow\n"}, separator="space")
    assert [[a.label for a in image.annotations] for image in images] == [["haze", "primary"], ["cow"]]
    images, _, _ = read(tmp_path, {"l.csv": "filename,label\na.jpg,cat|dog\nb.jpg,cow\n"}, separator="none")
    assert [a.label for a in images[0].annotations] == ["cat|dog"]


def test_one_hot_keeps_the_order_of_columns_and_unused_classes(tmp_path: Path) -> None:
    text = "filename, zebra, ant, never\na.jpg, 0, 1, 0\nb.jpg, 1, 1.0, 0\n"
    images, issues, labels = read(tmp_path, {"train/_classes.csv": text}, ("train/a.jpg", "train/b.jpg"))
    assert [(i.name, i.split, [a.label for a in i.annotations]) for i in images] == [
        ("a.jpg", "train", ["ant"]),
        ("b.jpg", "train", ["zebra", "ant"]),
    ]
    assert (labels, issues) == (["zebra", "ant", "never"], [])


def test_boxes_in_pixels_and_in_parts(tmp_path: Path) -> None:
    header = "filename,width,height,class,xmin,ymin,xmax,ymax\n"
    images, issues, _ = read(tmp_path, {"t.csv": f"{header}a.jpg,60,40,cat,6,4,30,20\nb.jpg,60,40,,,,,\n"})
    assert [objects(image) for image in images] == [[("cat", (6, 4, 30, 20))], []]
    assert issues == []
    images, issues, _ = read(tmp_path, {"t.csv": f"{header}a.jpg,60,40,cat,0.1,0.1,0.5,0.5\nb.jpg,,,cat,0,0,1,1\n"})
    assert [objects(image) for image in images] == [[("cat", (6, 4, 30, 20))], [("cat", (0, 0, 60, 40))]]
    assert issues == []
    images, _, _ = read(tmp_path, {"t.csv": f"{header}a.jpg,60,40,cat,0,0,1,1\n"}, ("a.jpg",), coordinates="pixels")
    assert objects(images[0]) == [("cat", (0, 0, 1, 1))]


def test_parts_belong_to_the_picture_that_is_there(tmp_path: Path) -> None:
    header = "filename,width,height,class,xmin,ymin,xmax,ymax\n"
    images, issues, _ = read(tmp_path, {"t.csv": f"{header}a.jpg,600,400,cat,0.1,0.1,0.5,0.5\n"}, ("a.jpg",))
    assert (objects(images[0]), issues) == ([("cat", (6, 4, 30, 20))], [("size_disagrees_with_image", "warning")])
    exif = Image.Exif()
    exif[274] = 6
    Image.new("RGB", (60, 40)).save(tmp_path / "a.jpg", exif=exif)
    images, issues, _ = read(tmp_path, {"t.csv": f"{header}a.jpg,60,40,cat,0.1,0.1,0.5,0.5\n"}, ())
    assert (images[0].width, images[0].height, issues) == (40, 60, [("exif_orientation", "info")])
    assert objects(images[0]) == [("cat", (20, 6, 36, 30))]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ('"image","xmin","ymin","xmax","ymax","label"', '"a.jpg",6,4,30,20,"cat"'),  # VoTT
        ("image_id,x_min,y_min,x_max,y_max,class_name,class_id", "a,6,4,30,20,cat,3"),
        ("image_id,width,height,bbox,source,label", 'a,60,40,"[6.0, 4, 24.0, 16]",arvalis,cat'),
        ("filename,x,y,width,height,class", "a.jpg,6,4,24,16,cat"),
        ("frame,xmin,xmax,ymin,ymax,class_id", "a.jpg,6,30,4,20,cat"),
        ("Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId", "a.jpg;60;40;6;4;30;20;cat"),
        (
            "label_name;bbox_x;bbox_y;bbox_width;bbox_height;image_name;image_width;image_height",
            "cat;6,0;4;24;16;a.jpg;60;40",
        ),
    ],
)
def test_headers_of_boxes(tmp_path: Path, header: str, row: str) -> None:
    images, issues, labels = read(tmp_path, {"t.csv": f"{header}\n{row}\n"}, ("a.jpg",))
    assert [(i.name, i.width, i.height, objects(i)) for i in images] == [("a.jpg", 60, 40, [("cat", (6, 4, 30, 20))])]
    assert (issues, labels) == ([], ["cat"])


def test_retinanet_with_classes_and_paths_of_another_machine(tmp_path: Path) -> None:
    rows = "/home/you/data/images/a.jpg,837,346,981,456,cow\n/home/you/data/images/b.jpg,,,,,\n"
    tables = {"annotations.csv": rows, "classes.csv": "cow,1\ncat,0\n"}
    images, issues, labels = read(tmp_path, tables, ("images/a.jpg", "images/b.jpg"))
    assert [(i.name, objects(i)) for i in images] == [
        ("images/a.jpg", [("cow", (837, 346, 981, 456))]),
        ("images/b.jpg", []),
    ]
    assert labels == ["cat", "cow"]
    assert {severity for _, severity in issues} <= {"info"}


def test_make_sense_without_header(tmp_path: Path) -> None:
    images, codes, labels = read(tmp_path, {"t.csv": "dog,1,2,3,4,a.jpg,60,40\ncat,5,5,2,2,a.jpg,60,40\n"}, ("a.jpg",))
    assert [(i.name, objects(i)) for i in images] == [("a.jpg", [("dog", (1, 2, 4, 6)), ("cat", (5, 5, 7, 7))])]
    assert (codes, labels) == ([], ["dog", "cat"])


def test_sizes_at_the_end_of_rows_without_header(tmp_path: Path) -> None:
    images, _, labels = read(tmp_path, {"t.csv": "a.jpg,1,2,4,6,object,600,400\n"}, ())
    assert [(i.width, i.height, i.annotations[0].score, objects(i)) for i in images] == [
        (600, 400, None, [("object", (1, 2, 4, 6))])
    ]
    assert labels == ["object"]


def test_automl_without_header(tmp_path: Path) -> None:
    rows = "TRAIN,gs://b/a.jpg,cat,0.1,0.1,,,0.5,0.5,,\nUNASSIGNED,gs://b/b.jpg,,,,,,,,,\n"
    images, _, _ = read(tmp_path, {"t.csv": rows})
    assert [(i.name, i.split, objects(i)) for i in images] == [
        ("a.jpg", "train", [("cat", (6, 4, 30, 20))]),
        ("b.jpg", None, []),
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("a.jpg,60,40,cat,5,5,5,9", "zero_area"),
        ("a.jpg,60,40,cat,nan,5,6,9", "not_finite"),
        ("a.jpg,60,40,cat,wide,5,6,9", "not_finite"),
        ("a.jpg,60,40,,1,2,3,4", "missing_label"),
        ("a.jpg,60,40,cat,1,2", "missing_geometry"),
        ("a.jpg,60,40,cat,1,2,3,4,5,6", "unparsable_file"),
        (",60,40,cat,1,2,3,4", "unparsable_file"),
        ("../../x.jpg,60,40,cat,1,2,3,4", "unsafe_path"),
        ("a\0.jpg,60,40,cat,1,2,3,4", "unsafe_path"),
        ("nowhere.jpg,60,40,cat,1,2,3,4", "image_not_found"),
    ],
)
def test_one_bad_row_costs_one_row(tmp_path: Path, row: str, code: str) -> None:
    header = "filename,width,height,class,xmin,ymin,xmax,ymax"
    images, issues, _ = read(
        tmp_path, {"t.csv": f"{header}\na.jpg,60,40,dog,1,2,3,4\n{row}\nb.jpg,60,40,dog,20,2,3,40\n"}
    )
    assert objects(images[0])[0] == ("dog", (1, 2, 3, 4))
    assert objects(next(i for i in images if i.name == "b.jpg")) == [("dog", (3, 2, 20, 40))]
    assert [found for found, _ in issues] == [code]


def test_parts_of_an_unknown_size_are_named(tmp_path: Path) -> None:
    images, issues, _ = read(
        tmp_path, {"t.csv": "filename,xmin,ymin,xmax,ymax,class\ngone.jpg,0.1,0.1,0.5,0.5,cat\n"}, ()
    )
    assert [(image.name, image.width, image.annotations) for image in images] == [("gone.jpg", 0, ())]
    assert ("image_not_found", "error") in issues


def test_rows_of_a_picture_need_not_stand_together(tmp_path: Path) -> None:
    rows = "filename,label\na.jpg,one\nb.jpg,two\na.jpg,three\n"
    images, _, _ = read(tmp_path, {"t.csv": rows})
    assert [(i.name, [a.label for a in i.annotations]) for i in images] == [
        ("a.jpg", ["one", "three"]),
        ("b.jpg", ["two"]),
    ]


def test_splits_from_names_and_columns(tmp_path: Path) -> None:
    tables = {"train_labels.csv": "filename,label\na.jpg,x\n", "test_labels.csv": "filename,label\na.jpg,y\n"}
    images, _, _ = read(tmp_path, tables, ("images/train/a.jpg", "images/test/a.jpg"))
    assert {(i.name, i.split, i.annotations[0].label) for i in images} == {
        ("test/a.jpg", "test", "y"),
        ("train/a.jpg", "train", "x"),
    }
    folder = tmp_path / "other"
    images, _, _ = read(folder, {"t.csv": "filename,label,split\na.jpg,x,valid\nb.jpg,y,holdout\n"})
    assert [(i.name, i.split) for i in images] == [("a.jpg", "val"), ("b.jpg", None)]


def test_pictures_beside_the_table_come_too(tmp_path: Path) -> None:
    images, _, _ = read(tmp_path, {"t.csv": "filename,label\nb.jpg,x\n"})
    assert [(i.name, len(i.annotations), dict(i.source)) for i in images] == [
        ("b.jpg", 1, {}),
        ("a.jpg", 0, {"annotated": False}),
    ]


def test_scores_and_flags(tmp_path: Path) -> None:
    text = "filename,class,xmin,ymin,xmax,ymax,confidence,Occluded,depth\na.jpg,cat,1,2,3,4,0.5,1,7\n"
    images, _, _ = read(tmp_path, {"t.csv": text}, ("a.jpg",))
    (found,) = images[0].annotations
    assert (found.score, found.attributes) == (0.5, {"occluded": 1, "csv:depth": "7"})


def test_tables_of_other_formats_are_not_ours(tmp_path: Path) -> None:
    (tmp_path / "via.csv").write_text("filename,file_size,region_shape_attributes\na.jpg,1,{}\n")
    (tmp_path / "oi.csv").write_text("ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax\na,x,/m/1,1,0,1,0,1\n")
    assert CsvFormat().recognises(Listing(tmp_path)).confidence == 0
    with pytest.raises(FormatError):
        read(tmp_path, {})


def test_any_bytes_are_survived(tmp_path: Path) -> None:
    chance = random.Random(1)
    start = b"filename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,60,40,cat,1,2,3,4\n" * 3
    for number in range(150):
        data = bytearray(start if number % 2 else chance.randbytes(200))
        for _ in range(6):
            data[chance.randrange(len(data)) :][:1] = b""
            data[chance.randrange(len(data))] = chance.choice(b'\x00\xff",;\n\t|\xef\xfe')
        try:
            CsvFormat().recognises(Listing(tmp_path))
            read(tmp_path, {"t.csv": bytes(data[: chance.randrange(1, len(data))])}, ())
        except AnnotatorError:
            pass


def test_a_line_without_end_is_cut(tmp_path: Path) -> None:
    images, issues, _ = read(tmp_path, {"t.csv": b"filename,label\n" + b"x" * (3 << 20) + b"\na.jpg,cat\n"})
    assert objects(images[0]) == [("cat", None)]
    assert issues == [("unparsable_file", "error")]


def test_bad_rows_do_not_hide_the_kind_and_only_bad_rows_are_refused(tmp_path: Path) -> None:
    rows = "".join(f"{i}.jpg, 0, 1\n" for i in range(20))
    images, _, labels = read(tmp_path, {"t.csv": f"filename, cat, dog\n{rows}bad, x\n"}, ())
    assert (labels, [a.label for a in images[0].annotations]) == (["cat", "dog"], ["dog"])
    with pytest.raises(FormatError) as error:
        read(tmp_path, {"t.csv": "filename,label\n,cat\n,dog\n"}, ())
    assert error.value.fields == {"issue": "unparsable_file", "file": "t.csv", "place": "line 2"}


def test_a_corner_with_a_size_is_a_box(tmp_path: Path) -> None:
    images, codes, _ = read(tmp_path, {"t.csv": "image,label,x1,y1,w,h\na.jpg,cat,1,2,3,4\nb.jpg,dog,5,6,7,8\n"})
    assert [objects(image) for image in images] == [[("cat", (1, 2, 4, 6))], [("dog", (5, 6, 12, 14))]]
    assert codes == []


@pytest.mark.parametrize(
    ("cells", "expected", "codes"),
    [
        (("[10, 20, 50, 40]", "1 2 3 4"), [(10, 20, 50, 40), (1, 2, 3, 4)], ["box_corners_guessed"]),
        (("[10, 20, 30, 20]", "1 2 3 4"), [(10, 20, 40, 40), (1, 2, 4, 6)], []),  # both fit: width and height
        (("[10, 20, 50, 40]", "9 2 3 4"), [(10, 20, 60, 60), (9, 2, 12, 6)], ["out_of_bounds"]),  # one is no corner
    ],
)
def test_corners_in_one_cell_are_told_by_what_fits(
    tmp_path: Path, cells: tuple[str, str], expected: list[tuple[int, ...]], codes: list[str]
) -> None:
    table = f'image_id,label,bbox\na,cat,"{cells[0]}"\na,cat,"{cells[1]}"\n'
    images, found, _ = read(tmp_path, {"t.csv": table}, pictures=("a.jpg",))
    assert [box for _, box in objects(images[0])] == expected
    assert [code for code, _ in dict.fromkeys(found)] == codes


def test_names_without_an_ending_are_recognised_by_pictures_and_boxes(tmp_path: Path) -> None:
    rows = "image_id,kind\na,cat\nb,dog\n"
    (tmp_path / "t.csv").write_text(rows)
    assert CsvFormat().recognises(Listing(tmp_path)).confidence < 0.5
    images, _, _ = read(tmp_path, {"t.csv": rows})
    assert CsvFormat().recognises(Listing(tmp_path)).confidence > 0.5
    assert [(image.name, objects(image)) for image in images] == [
        ("a.jpg", [("cat", None)]),
        ("b.jpg", [("dog", None)]),
    ]
    wheat = 'image_id,width,height,bbox,source\nc1,1024,1024,"[834.0, 222.0, 56.0, 36.0]",x\n'
    images, codes, labels = read(tmp_path / "boxes", {"t.csv": wheat}, pictures=())
    assert CsvFormat().recognises(Listing(tmp_path / "boxes")).confidence > 0.5
    assert objects(images[0]) == [("object", (834, 222, 890, 258))]
    assert (labels, codes) == (["object"], [("image_not_found", "info")])


def test_parts_of_the_size_are_written_when_wished_for(tmp_path: Path) -> None:
    box = AnnotationRecord("cat", Box(x=6, y=10, w=30, h=20))
    images = [ImageRecord("a.jpg", 60, 40, (box,)), ImageRecord("b.jpg", 0, 0, (box,))]
    issues: list[Issue] = []
    options = CsvOptions(coordinates="normalised")
    CsvFormat().write(
        images,
        tmp_path,
        labels=[LabelRecord("cat")],
        options=options,
        report=issues.append,
        progress=SilentProgress(),
    )
    assert (tmp_path / "labels.csv").read_text().splitlines()[1:] == [
        "a.jpg,60,40,cat,0.1,0.25,0.6,0.75",
        "b.jpg,,,,,,,",
    ]
    assert [issue.code for issue in issues] == ["unsupported_shape"]
    back = list(CsvFormat().read(tmp_path, options=options, report=lambda issue: None))
    assert objects(back[0]) == [("cat", (6, 10, 36, 30))]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("filename,class,x_center,y_center,width,height", "a.jpg,cat,16,14,20,8"),
        ("image,label,cx,cy,w,h", "a.jpg,cat,16,14,20,8"),
        ("image,label,center_x,center_y,width,height,split", "a.jpg,cat,0.26666666667,0.35,0.33333333333,0.2,train"),
    ],
)
def test_a_centre_with_a_size_is_a_box(tmp_path: Path, header: str, row: str) -> None:
    images, issues, _ = read(tmp_path, {"x.csv": f"{header}\n{row}\n"}, ("a.jpg",))
    ((label, found),) = objects(images[0])
    assert (label, issues) == ("cat", [])
    assert found == pytest.approx((6, 10, 26, 18))


@pytest.mark.parametrize("header", ["ImageId,EncodedPixels", "id,rle_mask", "image,caption", "filename,width"])
def test_two_columns_need_not_be_labels(tmp_path: Path, header: str) -> None:
    (tmp_path / "x.csv").write_text(f"{header}\na.jpg,1 3 10 5\n")
    assert CsvFormat().recognises(Listing(tmp_path)).confidence == 0
