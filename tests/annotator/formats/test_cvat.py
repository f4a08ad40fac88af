"""CVAT: the contract, every kind of shape, and what real files do."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from annotator.core.errors import AnnotatorError, FormatError
from annotator.core.geometry.masks import bitmap_of
from annotator.core.geometry.measures import bounds
from annotator.core.geometry.types import (
    Box,
    Ellipse,
    Keypoints,
    Mask,
    Points,
    Polygon,
    PolygonPart,
    Polyline,
    RotatedBox,
    Tag,
)
from annotator.core.progress import SilentProgress
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.cvat.plugin import CvatFormat, CvatOptions
from annotator.plugins.listing import Listing
from annotator.plugins.testing import DatasetFormatContract


class TestContract(DatasetFormatContract):
    plugin = CvatFormat


META = "<meta><task><labels>{}</labels></task></meta>"
CAT = "<label><name>cat</name><color>#ff0000</color><attributes/></label>"


def read(
    folder: Path, body: str, *, meta: str = "", name: str = "annotations.xml"
) -> tuple[list[ImageRecord], list[Issue]]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"<annotations><version>1.1</version>{meta}{body}</annotations>", encoding="utf-8")
    return again(folder)


def again(folder: Path) -> tuple[list[ImageRecord], list[Issue]]:
    issues: list[Issue] = []
    return list(CvatFormat().read(folder, options=CvatFormat.Options(), report=issues.append)), issues


def labels(folder: Path) -> list[LabelRecord]:
    return CvatFormat().labels(folder, options=CvatFormat.Options(), report=lambda issue: None)


def one(folder: Path, shape: str, *, meta: str = "") -> AnnotationRecord:
    images, issues = read(folder, f'<image id="0" name="a.jpg" width="60" height="40">{shape}</image>', meta=meta)
    assert [i for i in issues if i.severity != "info"] == []
    return images[0].annotations[0]


def alarming(issues: list[Issue]) -> list[str]:
    return [issue.code for issue in issues if issue.severity != "info"]


@pytest.mark.parametrize(
    ("shape", "geometry"),
    [
        ('<box label="c" xtl="1.00" ytl="2.00" xbr="11.00" ybr="22.00"/>', Box(x=1, y=2, w=10, h=20)),
        ('<box label="c" xtl="11" ytl="22" xbr="1" ybr="2"/>', Box(x=1, y=2, w=10, h=20)),
        ('<box label="c" xtl="1" ytl="2" xbr="11" ybr="22" rotation="30"/>', RotatedBox(cx=6, cy=12, w=10, h=20, angle=30)),
        ('<box label="c" xtl="1" ytl="2" xbr="11" ybr="22" rotation="-90"/>', RotatedBox(cx=6, cy=12, w=10, h=20, angle=270)),
        ('<box label="c" xtl="1" ytl="2" xbr="11" ybr="22" rotation="0.00"/>', Box(x=1, y=2, w=10, h=20)),
        (
            '<polygon label="c" points="1,1;9,1;9,9;1,1"/>',
            Polygon(parts=[PolygonPart(outer=[1, 1, 9, 1, 9, 9])]),
        ),
        ('<polyline label="c" points="1,1;9,1.5"/>', Polyline(points=[1, 1, 9, 1.5])),
        ('<points label="c" points="1,1;9,1"/>', Points(points=[1, 1, 9, 1])),
        ('<ellipse label="c" cx="5" cy="6" rx="3" ry="2" rotation="10"/>', Ellipse(cx=5, cy=6, rx=3, ry=2, rotation=10)),
        ('<tag label="c" source="manual"/>', Tag()),
    ],
)  # fmt: skip
def test_every_kind_of_shape(tmp_path: Path, shape: str, geometry: object) -> None:
    assert one(tmp_path, shape).geometry == geometry


def test_masks_are_row_major_inside_their_crop(tmp_path: Path) -> None:
    shape = '<mask label="c" rle="0, 4, 1, 3" left="10" top="5" width="4" height="2" z_order="1"/>'
    record = one(tmp_path, shape)
    assert isinstance(record.geometry, Mask)
    assert record.geometry.bbox == (10, 5, 4, 2)
    assert bitmap_of(record.geometry).astype(int).tolist() == [[1, 1, 1, 1], [0, 1, 1, 1]]
    assert record.z_order == 1
    empty_rows = '<mask label="c" rle="6,1,1,1,3" left="10" top="5" width="3" height="4"/>'
    mask = one(tmp_path, empty_rows).geometry
    assert isinstance(mask, Mask)
    assert mask.bbox == (10, 7, 3, 1)


def test_run_lengths_may_end_with_a_comma(tmp_path: Path) -> None:
    found = one(tmp_path, '<mask label="c" rle="0, 4, 1, 3, " left="10" top="5" width="4" height="2"/>')
    assert bounds(found.geometry) == (10, 5, 14, 7)


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        ('<box label="c" xtl="5" ytl="5" xbr="5" ybr="9"/>', "zero_area"),
        ('<box label="c" xtl="nan" ytl="5" xbr="6" ybr="9"/>', "not_finite"),
        ('<box label="c" xtl="wide" ytl="5" xbr="6" ybr="9"/>', "not_finite"),
        ('<box label="c" xtl="1" ytl="5" xbr="6" ybr="9" rotation="inf"/>', "not_finite"),
        ('<box label="c" xtl="5" ytl="5" xbr="6"/>', "missing_geometry"),
        ('<box xtl="1" ytl="5" xbr="6" ybr="9"/>', "missing_label"),
        ('<polygon label="c" points="1,1;2,2"/>', "degenerate_polygon"),
        ('<polyline label="c" points="1,1"/>', "degenerate_polygon"),
        ('<polygon label="c" points="1,1;2;3,3,4"/>', "not_finite"),
        ('<polygon label="c" points="1,1;2,two;3,3"/>', "not_finite"),
        ('<points label="c"/>', "missing_geometry"),
        ('<ellipse label="c" cx="5" cy="6" rx="0" ry="2"/>', "zero_area"),
        ('<ellipse label="c" cx="5" cy="6" rx="3"/>', "missing_geometry"),
        ('<ellipse label="c" cx="5" cy="x" rx="3" ry="4"/>', "not_finite"),
        ('<mask label="c" rle="0,4" left="0" top="0" width="4" height="2"/>', "rle_size_mismatch"),
        ('<mask label="c" rle="-1,9" left="0" top="0" width="4" height="2"/>', "rle_size_mismatch"),
        ('<mask label="c" rle="8" left="0" top="0" width="4" height="2"/>', "zero_area"),
        ('<mask label="c" rle="0,one" left="0" top="0" width="4" height="2"/>', "not_finite"),
        ('<mask label="c" rle="" left="0" top="0" width="4" height="2"/>', "not_finite"),
        ('<mask label="c" left="0" top="0" width="4" height="2"/>', "missing_geometry"),
        ('<mask label="c" rle="0,1" left="0" top="0" width="0" height="2"/>', "zero_area"),
        (
            '<mask label="c" rle="0,1000000000000" left="0" top="0" width="1000000" height="1000000"/>',
            "mask_size_mismatch",
        ),
        ('<mask label="c" rle="0,268435456" left="0" top="0" width="16384" height="16384"/>', "mask_size_mismatch"),
        ('<mask label="c" rle="0,99999999999999999999" left="0" top="0" width="4" height="2"/>', "not_finite"),
        ('<polygon label="c" points="1,1;2,2;3,3"/>', "degenerate_polygon"),
        ('<sphere label="c" r="3"><attribute name="a">1</attribute></sphere>', "unsupported_shape"),
        ('<skeleton label="c"/>', "missing_geometry"),
        ('<skeleton label="c"><points label="1" points="x,1"/></skeleton>', "not_finite"),
        ('<cuboid label="c" xtl1="4"/>', "missing_geometry"),
    ],
)
def test_one_bad_shape_costs_one_shape(tmp_path: Path, shape: str, code: str) -> None:
    good = '<box label="c" xtl="1" ytl="2" xbr="11" ybr="22"/>'
    images, issues = read(tmp_path, f'<image id="0" name="a.jpg" width="60" height="40">{shape}{good}</image>')
    assert [a.geometry for a in images[0].annotations] == [Box(x=1, y=2, w=10, h=20)]
    assert code in alarming(issues)
    assert all(issue.file == "annotations.xml" and issue.where == "line 1" for issue in issues if issue.code == code)


def test_skeletons_follow_the_order_of_their_label(tmp_path: Path) -> None:
    shape = (
        '<skeleton label="s" z_order="0"><points label="2" outside="0" occluded="1" points="3.00,4.00"/>'
        '<points label="1" outside="0" occluded="0" points="1.00,2.00"/><points label="10" outside="1" points="0,0"/>'
        "</skeleton>"
    )
    assert one(tmp_path, shape).geometry == Keypoints(points=[1, 2, 2, 3, 4, 1, 0, 0, 0])
    assert labels(tmp_path)[0].keypoints == ("1", "2", "10")


def test_skeletons_declared_with_a_drawing(tmp_path: Path) -> None:
    svg = (
        '&lt;line data-type="edge" data-node-from="2" data-node-to="1"/&gt;'
        '&lt;circle data-type="element node" data-node-id="2" data-label-name="ear"/&gt;'
        '&lt;circle data-type="element node" data-node-id="1" data-label-name="nose"/&gt;'
    )
    part = "<label><name>{}</name><type>points</type><attributes/><parent>face</parent></label>"
    head = f"<label><name>face</name><type>skeleton</type><svg>{svg}</svg></label>"
    meta = META.format(head + part.format("ear") + part.format("nose") + CAT)
    shape = '<skeleton label="face"><points label="ear" points="5,6"/><points label="nose" points="1,2"/></skeleton>'
    assert one(tmp_path, shape, meta=meta).geometry == Keypoints(points=[1, 2, 2, 5, 6, 2])
    assert [(label.name, label.keypoints, label.skeleton) for label in labels(tmp_path)] == [
        ("face", ("nose", "ear"), ((1, 0),)),
        ("cat", (), ()),
    ]


def test_labels_in_order_with_colours_and_typed_attributes(tmp_path: Path) -> None:
    attribute = "<attribute><name>{}</name><input_type>{}</input_type><values>{}</values></attribute>"
    fields = attribute.format("wet", "checkbox", "") + attribute.format("n", "number", "0;9")
    fields += attribute.format("make", "select", "a\nb")
    meta = META.format(f"<label><name>dog</name><color>#00ff00</color><attributes>{fields}</attributes></label>{CAT}")
    values = "".join(
        f'<attribute name="{name}">{value}</attribute>'
        for name, value in {"wet": "true", "n": "3", "make": "b", "free": "a &lt; b"}.items()
    )
    shape = f'<box label="dog" source="auto" occluded="1" xtl="1" ytl="2" xbr="9" ybr="9" z_order="-2" group_id="4">{values}</box>'
    record = one(tmp_path, shape, meta=meta)
    assert record.attributes == {"occluded": True, "wet": True, "n": 3, "make": "b", "free": "a < b"}
    assert (record.z_order, record.group, dict(record.source)) == (-2, "4", {"source": "auto"})
    found = labels(tmp_path)
    assert [(label.name, label.color) for label in found] == [("dog", "#00ff00"), ("cat", "#ff0000")]
    assert [(a.name, a.type, a.values) for a in found[0].attributes] == [
        ("wet", "checkbox", ()),
        ("n", "number", ()),
        ("make", "select", ("a", "b")),
    ]


def test_undeclared_labels_matter_only_where_labels_are_declared(tmp_path: Path) -> None:
    image = (
        '<image id="0" name="a.jpg" width="60" height="40"><box label="dog" xtl="1" ytl="2" xbr="9" ybr="9"/></image>'
    )
    images, issues = read(tmp_path, image)
    assert (labels(tmp_path)[0].name, alarming(issues)) == ("dog", [])
    images, issues = read(tmp_path, image, meta=META.format(CAT))
    assert [label.name for label in labels(tmp_path)] == ["cat", "dog"]
    assert alarming(issues) == ["undeclared_label"]
    assert images[0].annotations[0].label == "dog"
    _, issues = read(tmp_path, image.replace("dog", "cat"), meta=META.format(CAT + CAT))
    assert alarming(issues) == ["duplicate_label_name"]


def test_video_tracks_are_joined_by_lines_until_they_are_outside(tmp_path: Path) -> None:
    size = "<original_size><width>60</width><height>40</height></original_size>"
    meta = f"<meta><task><size>9</size><mode>interpolation</mode>{size}<labels>{CAT}</labels></task></meta>"
    box = '<box frame="{}" outside="{}" occluded="{}" keyframe="1" xtl="{}" ytl="2" xbr="{}" ybr="22" z_order="0"/>'
    track = box.format(0, 0, 0, 0, 10) + box.format(4, 0, 1, 8, 20) + box.format(6, 1, 0, 8, 20)
    track += box.format(8, 0, 0, 3, 10)
    images, issues = read(tmp_path, f'<track id="7" label="cat" source="manual">{track}</track>', meta=meta)
    assert alarming(issues) == []
    assert [image.name for image in images] == [f"frame_{n:06d}" for n in (0, 1, 2, 3, 4, 5, 8)]
    assert {(image.width, image.height) for image in images} == {(60, 40)}
    assert [image.annotations[0].geometry for image in images] == [
        Box(x=0, y=2, w=10, h=20), Box(x=2, y=2, w=10.5, h=20), Box(x=4, y=2, w=11, h=20), Box(x=6, y=2, w=11.5, h=20),
        Box(x=8, y=2, w=12, h=20), Box(x=8, y=2, w=12, h=20), Box(x=3, y=2, w=7, h=20),
    ]  # fmt: skip
    assert {image.annotations[0].track for image in images} == {7}
    assert [image.annotations[0].attributes for image in images[3:5]] == [{}, {"occluded": True}]


def test_every_n_th_frame_and_pictures_of_frames(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    for number in (0, 5, 10, 15):
        Image.new("RGB", (60, 40)).save(tmp_path / "images" / f"frame_{number:06d}.png")
    meta = f"<meta><task><frame_filter>step=5</frame_filter><labels>{CAT}</labels></task></meta>"
    point = '<points frame="{0}" outside="0" keyframe="1" points="{0},1"/>'
    track = f'<track id="0" label="cat">{point.format(0)}{point.format(10)}</track>'
    images, issues = read(tmp_path, track, meta=meta)
    assert [(i.name, [a.geometry for a in i.annotations]) for i in images] == [
        ("frame_000000.png", [Points(points=[0, 1])]),
        ("frame_000005.png", [Points(points=[5, 1])]),
        ("frame_000010.png", [Points(points=[10, 1])]),
        ("frame_000015.png", []),
    ]
    assert alarming(issues) == []


def test_tracks_of_other_shapes(tmp_path: Path) -> None:
    skeleton = (
        '<skeleton frame="{0}" keyframe="1"><points label="1" outside="{1}" points="{0},2"/>'
        '<points label="2" outside="1" points="0,0"/></skeleton>'
    )
    turned = '<box frame="{}" keyframe="1" outside="0" xtl="0" ytl="0" xbr="10" ybr="10" rotation="{}"/>'
    polygon = '<polygon frame="{}" keyframe="1" outside="0" points="{}"/>'
    body = f'<track id="0" label="s">{skeleton.format(0, 0)}{skeleton.format(2, 0)}{skeleton.format(3, 1)}</track>'
    body += f'<track id="1" label="b">{turned.format(0, 350)}{turned.format(2, 20)}</track>'
    body += f'<track id="2" label="p">{polygon.format(0, "0,0;4,0;4,4")}{polygon.format(2, "2,0;6,0;6,4")}</track>'
    body += f'<track id="3" label="q">{polygon.format(0, "0,0;4,0;4,4")}{polygon.format(2, "2,0;6,0;6,4;0,4")}</track>'
    images, _ = read(tmp_path, body)
    assert len(images) == 3
    middle = [a.geometry for a in images[1].annotations]
    assert middle[0] == Keypoints(points=[1, 2, 2, 0, 0, 0])
    assert middle[1] == RotatedBox(cx=5, cy=5, w=10, h=10, angle=5)
    assert middle[2] == Polygon(parts=[PolygonPart(outer=[1, 0, 5, 0, 5, 4])])
    assert middle[3] == Polygon(parts=[PolygonPart(outer=[0, 0, 4, 0, 4, 4])])


def test_a_track_over_a_billion_frames_is_not_filled(tmp_path: Path) -> None:
    box = '<box frame="{}" keyframe="1" outside="0" xtl="0" ytl="0" xbr="10" ybr="10"/>'
    images, issues = read(
        tmp_path, f'<track id="0" label="c">{box.format(0)}{box.format(999999999)}{box.format(10**30)}</track>'
    )
    assert [image.name for image in images] == ["frame_000000", "frame_999999999"]
    assert alarming(issues) == ["missing_geometry", "unsupported_shape"]


def test_subsets_folders_and_several_files(tmp_path: Path) -> None:
    image = '<image id="0" name="{}" subset="{}" task_id="3" width="60" height="40"/>'
    (tmp_path / "images" / "Train").mkdir(parents=True)
    Image.new("RGB", (60, 40)).save(tmp_path / "images" / "Train" / "a.png")
    read(tmp_path, image.format("d/b.png", "default"), name="two/annotations.xml")
    body = image.format("a.png", "Train") + image.format("a.png", "extra")
    images, issues = read(tmp_path, body, name="one/annotations.xml")
    assert [(i.name, i.split) for i in images] == [("Train/a.png", "train"), ("extra/a.png", None), ("d/b.png", None)]
    assert images[0].path == tmp_path / "images" / "Train" / "a.png"
    assert images[1].source == {"id": "0", "cvat:task_id": "3", "cvat:subset": "extra"}
    (tmp_path / "three.xml").write_text("<annotations><image")
    images, issues = again(tmp_path)
    assert len(images) == 3
    assert "unparsable_file" in alarming(issues)


def test_subsets_stay_out_of_names_that_differ(tmp_path: Path) -> None:
    image = "<image id='0' name='{}' width='60' subset='{}' height='40'/>"
    images, _ = read(tmp_path, image.format("a.png", "Train") + image.format("b.png", "Test"))
    assert [(i.name, i.split) for i in images] == [("a.png", "train"), ("b.png", "test")]
    images, _ = read(tmp_path, image.format("b.png", "Train") + image.format("b.png", "Test"))
    assert [(i.name, i.split) for i in images] == [("Train/b.png", "train"), ("Test/b.png", "test")]


def test_sizes_come_from_pictures_and_names_stay_inside(tmp_path: Path) -> None:
    Image.new("RGB", (60, 40)).save(tmp_path / "a.png")
    body = '<image id="0" name="a.png"/><image id="1" name="../b.png" width="1" height="1"/><image id="2"/>'
    images, issues = read(tmp_path, body)
    assert [(i.name, i.width, i.height) for i in images] == [("a.png", 60, 40)]
    assert alarming(issues) == ["unsafe_path", "missing_name"]


def test_document_types_are_refused(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-16"):
        text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY x "y">]><annotations/>'
        (tmp_path / "a.xml").write_text(text, encoding=encoding)
        with pytest.raises(FormatError) as error:
            again(tmp_path)
        assert error.value.fields["issue"] == "xml_doctype_refused"


def test_a_cut_off_file_gives_nothing(tmp_path: Path) -> None:
    read(tmp_path, '<image id="0" name="a.jpg" width="60" height="40"/>' * 3)
    good = (tmp_path / "annotations.xml").read_bytes()
    for at in range(len(good)):
        (tmp_path / "annotations.xml").write_bytes(good[:at])
        with pytest.raises(FormatError):
            again(tmp_path)
    (tmp_path / "annotations.xml").write_bytes(good[:-3])
    with pytest.raises(FormatError) as error:
        again(tmp_path)
    assert error.value.fields["offset"] > 0


def test_utf_16_is_read(tmp_path: Path) -> None:
    image = '<image id="0" name="é.jpg"><box label="猫" xtl="1" ytl="2" xbr="9" ybr="9"/></image>'
    text = f'<?xml version="1.0" encoding="utf-16"?><annotations>{image}</annotations>'
    (tmp_path / "a.xml").write_text(text, encoding="utf-16")
    images, _ = again(tmp_path)
    assert (images[0].name, images[0].annotations[0].label) == ("é.jpg", "猫")
    assert [label.name for label in labels(tmp_path)] == ["猫"]
    assert CvatFormat().recognises(Listing(tmp_path)).confidence > 0.5


def test_any_bytes_are_survived(tmp_path: Path) -> None:
    read(
        tmp_path,
        '<image id="0" name="a.jpg" width="60" height="40"><mask label="c" rle="0,4,1,3" left="1" top="5" width="4" '
        'height="2"/><skeleton label="s"><points label="1" points="1,2"/></skeleton></image>'
        '<track id="0" label="t"><box frame="0" xtl="1" ytl="2" xbr="3" ybr="4"/></track>',
        meta=META.format(CAT),
    )
    good = (tmp_path / "annotations.xml").read_bytes()
    luck = random.Random(3)
    for _ in range(400):
        at = luck.randrange(len(good))
        junk = luck.choice([b"", b"&#1;", b"\xff", b"99999999999", b"nan", b'"', b"<x>", luck.randbytes(3)])
        (tmp_path / "annotations.xml").write_bytes(good[:at] + junk + good[at + luck.choice([0, len(junk)]) :])
        try:
            CvatFormat().recognises(Listing(tmp_path))
            again(tmp_path)
            labels(tmp_path)
        except AnnotatorError:
            continue


def test_deep_nesting_is_survived(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<annotations><meta>" + "<a>" * 200_000)
    with pytest.raises(FormatError):
        again(tmp_path)
    images, _ = read(tmp_path, "<x>" * 100_000 + "</x>" * 100_000, name="a.xml")
    assert images == []


def test_everything_comes_back(tmp_path: Path) -> None:
    """Attributes with their types, groups, order, tracks, key point names, colours, unused labels, facts of the task."""
    names = [LabelRecord("cat", "#112233"), LabelRecord("pose", keypoints=("nose", "ear"), skeleton=((0, 1),))]
    records = (
        AnnotationRecord(
            "cat",
            Box(x=0.1, y=0.2, w=10.123456789, h=5),
            {"occluded": True, "wet": False, "n": 2.5, "text": "a\n<b>&\"'", "k": 7},
            group="5",
            z_order=3,
            track=9,
            source={"source": "auto"},
        ),
        AnnotationRecord("pose", Keypoints(points=[1, 2, 1, 0, 0, 0]), {"cvat:points": {"nose": {"red": True}}}),
        AnnotationRecord(
            "cat", Box(x=1, y=1, w=8, h=9), {"cvat:cuboid": [1, 1, 1, 9, 8, 1, 8, 9, 2, 2, 2, 10, 9, 2, 9, 10]}
        ),
    )
    image = ImageRecord("d/a.png", 60, 40, records, "val")
    target = tmp_path / "out"
    target.mkdir()
    CvatFormat().write(
        [image], target, labels=names, options=CvatFormat.Options(), report=lambda issue: pytest.fail(issue.text), progress=SilentProgress(),
        information={"cvat": {"name": "my task", "bad name": "x"}},
    )  # fmt: skip
    found, issues = again(target)
    assert found[0].annotations == (
        records[0],
        replace(records[1], source={"source": "manual"}),
        replace(records[2], source={"source": "manual"}),
    )
    assert {issue.code for issue in issues} == {"image_not_found", "unsupported_shape"}
    assert [(label.name, label.color, label.keypoints, label.skeleton) for label in labels(target)] == [
        ("cat", "#112233", (), ()),
        ("pose", "", ("nose", "ear"), ((0, 1),)),
    ]
    assert CvatFormat().information(target, options=CvatFormat.Options())["cvat"]["name"] == "my task"


def test_holes_become_masks_and_parts_a_group(tmp_path: Path) -> None:
    square = [2.0, 2, 12, 2, 12, 12, 2, 12]
    holed = Polygon(parts=[PolygonPart(outer=square, holes=[[4, 4, 4, 8, 8, 8, 8, 4]])])
    parts = Polygon(parts=[PolygonPart(outer=square), PolygonPart(outer=[20, 20, 30, 20, 30, 30])])
    image = ImageRecord("a.png", 60, 40, (AnnotationRecord("cat", holed), AnnotationRecord("cat", parts, group="red")))
    assert {loss.code for loss in CvatFormat().losses([image], options=CvatFormat.Options())} == {"holes", "parts"}
    pose = AnnotationRecord("cat", Keypoints(points=[1, 2, 2]), box=Box(x=0, y=0, w=4, h=4))
    losses = CvatFormat().losses([ImageRecord("b.png", 60, 40, (pose,))], options=CvatFormat.Options())
    assert [loss.code for loss in losses] == ["box"]
    kit = TestContract()
    kit.write([image], tmp_path / "out")
    found, _ = kit.read(tmp_path / "out")
    assert [(a.geometry.kind, a.group) for a in found[0].annotations] == [
        ("mask", None),
        ("polygon", "1"),
        ("polygon", "1"),
    ]
    mask = found[0].annotations[0].geometry
    assert isinstance(mask, Mask)
    assert int(bitmap_of(mask).sum()) == 84


def test_a_video_is_written_with_its_tracks(tmp_path: Path) -> None:
    def box(x: float, track: int | str | None, **more: object) -> AnnotationRecord:
        return AnnotationRecord("cat", Box(x=x, y=2, w=8, h=9), more, track=track, source={"source": "manual"})

    pose = AnnotationRecord("pose", Keypoints(points=[1, 2, 2, 3, 4, 1]), track=9, source={"source": "auto"})
    frames = [(box(1, 7), pose), (box(2, 7, occluded=True), box(30, "x")), (pose,), (box(5, 7), box(9, None)), ()]
    kit = TestContract()
    images = [kit.picture(tmp_path / "in", f"v/{n}.png", records, None) for n, records in enumerate(frames)]
    names = [LabelRecord("cat"), LabelRecord("pose", keypoints=("a", "b"))]
    target = tmp_path / "out"
    target.mkdir()
    options = CvatOptions(layout="video")
    CvatFormat().write(
        images, target, labels=names, options=options, report=lambda issue: pytest.fail(issue.text),
        progress=SilentProgress(),
    )  # fmt: skip
    found, issues = again(target)
    assert alarming(issues) == []
    assert [image.name for image in found] == [f"frame_{n:06d}.png" for n in range(5)]
    assert [(image.width, image.height, image.path is not None) for image in found] == [(60, 40, True)] * 5
    assert [[(a.label, a.geometry) for a in image.annotations] for image in found] == [
        [(a.label, a.geometry) for a in records] for records in frames
    ]
    assert [a.track for image in found for a in image.annotations] == [7, 9, 7, 0, 9, 7, 1]
    assert found[1].annotations[0].attributes == {"occluded": True}
    assert (target / "frames.csv").read_text().splitlines()[:2] == ["frame,name", "0,v/0.png"]
    assert {path.name for path in target.iterdir()} == {"annotations.xml", "images", "frames.csv"}


def test_what_a_video_cannot_hold(tmp_path: Path) -> None:
    image = ImageRecord("a.png", 60, 40, (AnnotationRecord("cat", Tag(), group="1"),), "train")
    other = ImageRecord("b.png", 61, 40)
    options = CvatOptions(layout="video")
    losses = CvatFormat().losses([image], options=options)
    assert {loss.code for loss in losses} == {"splits", "unsupported_tag", "group"}
    issues: list[Issue] = []
    CvatFormat().write(
        [image, other], tmp_path, labels=[LabelRecord("cat")], options=options, report=issues.append,
        progress=SilentProgress(),
    )  # fmt: skip
    assert alarming(issues) == ["unsupported_shape", "size_disagrees_with_image"]


def test_skeletons_whose_points_have_tracks_of_their_own(tmp_path: Path) -> None:
    whole = '<skeleton frame="{}" outside="0" occluded="0" keyframe="{}" points="1,1;9,9" z_order="2"/>'
    point = '<points frame="{}" outside="{}" occluded="{}" keyframe="1" points="{},{}"/>'
    nose = point.format(10, 0, 0, 0, 0) + point.format(16, 0, 1, 6, 12)
    ear = point.format(10, 0, 0, 9, 9) + point.format(13, 1, 0, 9, 9)
    body = (
        f'<track id="3" label="face" source="manual">{whole.format(10, 1)}{whole.format(13, 0)}{whole.format(16, 0)}'
        f'<track id="0" label="nose">{nose}</track><track id="1" label="ear">{ear}</track></track>'
        '<track id="4" label="cat"><box frame="16" outside="0" keyframe="1" xtl="1" ytl="2" xbr="3" ybr="4"/></track>'
    )
    meta = "<meta><task><frame_filter>step=3</frame_filter><labels/></task></meta>"
    images, issues = read(tmp_path, body, meta=meta)
    assert alarming(issues) == []
    assert [(i.name, [(a.label, a.track, a.geometry) for a in i.annotations]) for i in images] == [
        ("frame_000010", [("face", 3, Keypoints(points=[0, 0, 2, 9, 9, 2]))]),
        ("frame_000013", [("face", 3, Keypoints(points=[3, 6, 2, 0, 0, 0]))]),
        ("frame_000016", [("face", 3, Keypoints(points=[6, 12, 1, 0, 0, 0])), ("cat", 4, Box(x=1, y=2, w=2, h=2))]),
    ]
    assert images[0].annotations[0].z_order == 2
    assert [(label.name, label.keypoints) for label in labels(tmp_path)] == [("face", ("nose", "ear")), ("cat", ())]


def test_a_set_of_which_no_file_is_whole_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<!DOCTYPE x><annotations/>")
    (tmp_path / "b.xml").write_text("<annotations>")
    issues: list[Issue] = []
    with pytest.raises(FormatError) as error:
        list(CvatFormat().read(tmp_path, options=CvatFormat.Options(), report=issues.append))
    assert error.value.fields["issue"] == "xml_doctype_refused"
    assert [(issue.code, issue.file) for issue in issues] == [("unparsable_file", "b.xml")]


def test_paths_of_another_machine_mean_a_picture_here_or_nothing(tmp_path: Path) -> None:
    Image.new("RGB", (60, 40)).save(tmp_path / "a.jpg")
    names = ("/home/bob/a.jpg", "C:\\set\\b.jpg", "/etc/passwd")
    images, issues = read(tmp_path, "".join(f'<image id="0" name="{name}" width="60" height="40"/>' for name in names))
    assert [image.name for image in images] == ["a.jpg"]
    assert alarming(issues) == ["unsafe_path"] * 3
