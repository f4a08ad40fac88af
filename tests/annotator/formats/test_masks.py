"""Masks as pictures: the contract, and the manners of the collections that people have."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from annotator.core.errors import FormatError
from annotator.core.geometry.masks import mask_area
from annotator.core.geometry.types import Box, Geometry, Mask, Points, Polygon, PolygonPart
from annotator.core.progress import SilentProgress
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.masks.plugin import MasksFormat, MasksOptions
from annotator.formats.shared.palettes import voc_palette
from annotator.plugins.listing import Listing
from annotator.plugins.testing import DatasetFormatContract


class TestContract(DatasetFormatContract):
    plugin = MasksFormat
    disjoint = True


class TestInstances(DatasetFormatContract):
    plugin = MasksFormat
    options = {"write": "instances"}
    disjoint = True


W, H = 20, 10
Shown = list[tuple[str, int]]


def picture(root: Path, name: str, size: tuple[int, int] = (W, H)) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size).save(path)


def mask(root: Path, name: str, pixels: Any, **save: Any) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(pixels)).save(path, **save)


def numbers(**areas: int) -> np.ndarray[Any, Any]:
    """A picture with so many pixels of every number (``n7=3``), side by side."""
    flat = np.zeros(W * H, dtype=np.uint16)
    at = 0
    for name, count in areas.items():
        flat[at : at + count] = int(name[1:])
        at += count
    pixels = flat.reshape(H, W)
    return pixels.astype(np.uint8) if pixels.max() < 256 else pixels


def read(root: Path, **options: Any) -> tuple[dict[str, Shown], list[str]]:
    """Name → (label, pixels) of its objects, and the codes that were reported."""
    issues: list[Issue] = []
    images = list(MasksFormat().read(root, options=MasksOptions(**options), report=issues.append))
    return {image.name: shown(image) for image in images}, [issue.code for issue in issues]


def shown(image: ImageRecord) -> Shown:
    return [(a.label, mask_area(a.geometry)) for a in image.annotations if isinstance(a.geometry, Mask)]


def labels(root: Path, **options: Any) -> list[str]:
    found = MasksFormat().labels(root, options=MasksOptions(**options), report=lambda issue: None)
    return [label.name for label in found]


@pytest.mark.parametrize(
    ("image", "drawn"),
    [
        ("images/a.jpg", "masks/a.png"),
        ("a.jpg", "a_mask.png"),
        ("a.jpg", "gt_a.png"),
        ("701_StillsRaw_full/a.png", "LabeledApproved_full/a_L.png"),
        ("train/a.png", "trainannot/a.png"),
        ("val/a.png", "val_labels/a_L.png"),
        ("default/a.png", "defaultannot/a.png"),
        ("JPEGImages/a.jpg", "SegmentationClass/a.png"),
        ("images/training/a.jpg", "annotations/training/a.png"),
        ("img/a.jpg", "masks_machine/a.jpg.png"),
        ("images/train/a.jpg", "set/masks/train/a.png"),
        ("a_sat.jpg", "a_mask.png"),
        ("images/a.png", "labels/a_P.png"),
    ],
)
def test_a_mask_finds_its_picture(tmp_path: Path, image: str, drawn: str) -> None:
    picture(tmp_path, image)
    mask(tmp_path, drawn, numbers(n3=5))
    assert MasksFormat().recognises(Listing(tmp_path)).confidence >= 0.5
    found, codes = read(tmp_path)
    assert list(found.values()) == [[("3", 5)]]
    assert codes == []


def test_same_names_in_two_splits_and_two_endings(tmp_path: Path) -> None:
    for split, number in (("train", 1), ("val", 2)):
        picture(tmp_path, f"images/{split}/a.jpg")
        mask(tmp_path, f"masks/{split}/a.png", numbers(**{f"n{number}": 4}))
    picture(tmp_path, "images/test/b.jpg")
    picture(tmp_path, "images/test/b.png")
    mask(tmp_path, "masks/test/b.png", numbers(n1=6))
    found, codes = read(tmp_path)
    assert found["train/a.jpg"] == [("1", 4)]
    assert found["val/a.jpg"] == [("2", 4)]
    assert found["test/b.png"] == found["test/b.jpg"] == []
    assert codes == ["ambiguous_image_match"]
    splits = {i.name: i.split for i in MasksFormat().read(tmp_path, options=MasksOptions(), report=lambda issue: None)}
    assert splits["val/a.jpg"] == "val"


def test_index_palette_bits_and_void(tmp_path: Path) -> None:
    picture(tmp_path, "images/a.jpg")
    palette = Image.fromarray(numbers(n1=7, n15=9, n255=20))
    palette.putpalette(voc_palette())
    (tmp_path / "masks").mkdir()
    palette.save(tmp_path / "masks/a.png")
    assert read(tmp_path) == ({"a.jpg": [("1", 7), ("15", 9)]}, [])
    assert read(tmp_path, table="voc") == ({"a.jpg": [("aeroplane", 7), ("person", 9)]}, [])
    assert read(tmp_path, ignore=-1)[0] == {"a.jpg": [("1", 7), ("15", 9), ("255", 20)]}


def test_black_and_white_has_one_class(tmp_path: Path) -> None:
    for name in ("a", "b"):
        picture(tmp_path, f"images/{name}.jpg")
    mask(tmp_path, "masks/a.png", numbers(n255=12))
    mask(tmp_path, "masks/b.png", np.zeros((H, W), dtype=bool))
    assert read(tmp_path) == ({"a.jpg": [("foreground", 12)], "b.jpg": []}, [])
    assert read(tmp_path, foreground="cell")[0]["a.jpg"] == [("cell", 12)]
    assert labels(tmp_path, foreground="cell") == ["cell"]


def test_connected_areas_are_instances(tmp_path: Path) -> None:
    picture(tmp_path, "images/a.jpg")
    pixels = np.zeros((H, W), dtype=np.uint8)
    pixels[1:4, 1:4] = pixels[4, 4] = pixels[6:8, 10:15] = 255
    mask(tmp_path, "masks/a.png", pixels)
    assert read(tmp_path, meaning="instances")[0] == {"a.jpg": [("foreground", 10), ("foreground", 10)]}
    assert read(tmp_path)[0] == {"a.jpg": [("foreground", 20)]}


def test_colours_by_a_table_and_without(tmp_path: Path) -> None:
    picture(tmp_path, "train/a.png")
    pixels = np.zeros((H, W, 3), dtype=np.uint8)
    pixels[0, :6], pixels[1, :4], pixels[2, :2] = (64, 128, 64), (128, 0, 0), (9, 9, 8)
    mask(tmp_path, "train_labels/a_L.png", pixels)
    found, codes = read(tmp_path)
    assert found == {"train/a.png": [("#090908", 2), ("#408040", 6), ("#800000", 4)]}
    assert codes == ["label_missing_default_used"]
    (tmp_path / "class_dict.csv").write_text("name,r,g,b\nAnimal,64,128,64\nBuilding,128,0,0\nVoid,0,0,0\n")
    assert labels(tmp_path) == ["Animal", "Building"]
    found, codes = read(tmp_path)
    assert found == {"train/a.png": [("Animal", 6), ("Building", 4)]}
    assert codes == ["unknown_category_id"]


def test_lists_of_names_with_and_without_the_background(tmp_path: Path) -> None:
    picture(tmp_path, "images/a.jpg")
    mask(tmp_path, "masks/a.png", numbers(n1=7, n2=9))
    (tmp_path / "classes.txt").write_text("background\ncat\ndog\n")
    assert read(tmp_path) == ({"a.jpg": [("cat", 7), ("dog", 9)]}, [])
    (tmp_path / "classes.txt").write_text("cat\ndog\n")
    assert read(tmp_path) == ({"a.jpg": [("cat", 7), ("dog", 9)]}, [])
    (tmp_path / "classes.txt").write_text("road\ncat\ndog\n")
    assert read(tmp_path)[0] == {"a.jpg": [("road", W * H - 16), ("cat", 7), ("dog", 9)]}
    assert read(tmp_path, background=0)[0] == {"a.jpg": [("cat", 7), ("dog", 9)]}
    (tmp_path / "classes.txt").rename(tmp_path / "codes.txt")
    assert read(tmp_path)[0] == {"a.jpg": [("road", W * H - 16), ("cat", 7), ("dog", 9)]}


@pytest.mark.parametrize("extent", [(W, H + 1), (W // 2, H // 2)])
def test_a_mask_of_another_size(tmp_path: Path, extent: tuple[int, int]) -> None:
    picture(tmp_path, "images/a.jpg")
    picture(tmp_path, "images/b.jpg")
    mask(tmp_path, "masks/a.png", np.ones((extent[1], extent[0]), dtype=np.uint8))
    mask(tmp_path, "masks/b.png", numbers(n1=3))
    assert read(tmp_path) == ({"a.jpg": [], "b.jpg": [("1", 3)]}, ["mask_size_mismatch"])
    assert read(tmp_path, resize=True) == ({"a.jpg": [("1", W * H)], "b.jpg": [("1", 3)]}, [])


def test_a_set_of_which_no_mask_can_be_used_is_refused(tmp_path: Path) -> None:
    picture(tmp_path, "images/a.jpg")
    mask(tmp_path, "masks/a.png", np.ones((3, 4), dtype=np.uint8))
    with pytest.raises(FormatError, match="None of the masks") as raised:
        read(tmp_path)
    assert raised.value.fields == {"issue": "mask_size_mismatch", "file": "masks/a.png"}


def test_jpeg_masks_are_thresholded(tmp_path: Path) -> None:
    picture(tmp_path, "images/a.jpg", (64, 64))
    pixels = np.zeros((64, 64), dtype=np.uint8)
    pixels[16:48, 16:48] = 255
    mask(tmp_path, "masks/a.jpg", pixels, quality=60)
    assert read(tmp_path) == ({"a.jpg": [("foreground", 1024)]}, ["lossy_mask_thresholded"])


def cityscapes(root: Path) -> None:
    picture(root, "leftImg8bit/train/aachen/x_leftImg8bit.png")
    below = root / "gtFine/train/aachen"
    mask(root, "gtFine/train/aachen/x_gtFine_labelIds.png", numbers(n7=50, n26=30))
    mask(root, "gtFine/train/aachen/x_gtFine_labelTrainIds.png", numbers(n255=50, n13=30))
    mask(root, "gtFine/train/aachen/x_gtFine_instanceIds.png", numbers(n7=50, n26000=10, n26001=15, n26=5))
    outline = [[1, 1], [9, 1], [9, 9]]
    objects = [
        {"label": "road", "polygon": [[0, 0], [W, 0], [W, H]]},
        {"label": "cargroup", "polygon": outline},
        {"label": "sky", "polygon": [[1, 1]]},
    ]
    (below / "x_gtFine_polygons.json").write_text(json.dumps({"imgHeight": H, "imgWidth": W, "objects": objects}))


def test_cityscapes(tmp_path: Path) -> None:
    cityscapes(tmp_path)
    assert MasksFormat().recognises(Listing(tmp_path)).confidence > 0.9
    name = "train/aachen/x_leftImg8bit.png"
    found, codes = read(tmp_path)
    assert found == {name: [("road", 50), ("car", 5), ("car", 10), ("car", 15)]}
    assert labels(tmp_path) == ["road", "car"]
    assert codes == []
    (image,) = MasksFormat().read(tmp_path, options=MasksOptions(), report=lambda issue: None)
    assert [a.crowd for a in image.annotations] == [False, True, False, False]
    assert image.split == "train"
    assert read(tmp_path, meaning="semantic")[0] == {name: [("road", 50), ("car", 30)]}


def test_cityscapes_by_training_ids_and_by_outlines(tmp_path: Path) -> None:
    cityscapes(tmp_path)
    for kind in ("labelIds", "instanceIds"):
        (tmp_path / f"gtFine/train/aachen/x_gtFine_{kind}.png").unlink()
    assert list(read(tmp_path)[0].values()) == [[("road", W * H - 80), ("car", 30)]]
    issues: list[Issue] = []
    (image,) = MasksFormat().read(tmp_path, options=MasksOptions(source="polygons"), report=issues.append)
    assert [(a.label, a.geometry.kind, a.z_order, a.crowd) for a in image.annotations] == [
        ("road", "polygon", 0, False),
        ("car", "polygon", 1, True),
    ]
    assert [issue.code for issue in issues] == ["degenerate_polygon"]
    assert labels(tmp_path, source="polygons") == ["road", "car", "sky"]


def test_ade20k(tmp_path: Path) -> None:
    picture(tmp_path, "images/training/ADE_train_1.jpg")
    pixels = np.zeros((H, W, 3), dtype=np.uint8)
    pixels[0, :4], pixels[1, :6] = (10, 5, 1), (10, 5, 2)  # class 1 * 256 + 5, two instances
    mask(tmp_path, "images/training/ADE_train_1_seg.png", pixels)
    mask(tmp_path, "images/training/ADE_train_1_parts_1.png", pixels)
    found, codes = read(tmp_path)
    assert found == {"training/ADE_train_1.jpg": [("261", 4), ("261", 6)]}
    assert codes == []
    assert read(tmp_path, meaning="semantic")[0] == {"training/ADE_train_1.jpg": [("261", 10)]}
    rows = '001 # 0 # 0 # door # double door # ""\n002 # 0 # 1 # door # door # ""\n001 # 1 # 0 # handle # handle # ""\n'
    (tmp_path / "images/training/ADE_train_1_atr.txt").write_text(rows)
    assert labels(tmp_path) == ["door"]
    assert read(tmp_path)[0] == {"training/ADE_train_1.jpg": [("door", 4), ("door", 6)]}


def test_ade20k_under_other_names(tmp_path: Path) -> None:
    picture(tmp_path, "street/1.jpg")
    pixels = np.zeros((H, W, 3), dtype=np.uint8)
    pixels[0, :4] = 10, 5, 1
    mask(tmp_path, "street/1_seg.png", pixels)
    (tmp_path / "street/1_atr.txt").write_text('1 # 0 # 0 # tree # tree # ""\n')
    assert read(tmp_path) == ({"street/1.jpg": [("tree", 4)]}, [])


def test_scene_parsing_and_its_table(tmp_path: Path) -> None:
    picture(tmp_path, "images/validation/v.jpg")
    mask(tmp_path, "annotations/validation/v.png", numbers(n1=8, n2=3))
    (tmp_path / "objectInfo150.txt").write_text(
        "Idx\tRatio\tTrain\tVal\tStuff\tName\n1\t.1\t1\t1\t1\twall\n2\t.1\t1\t1\t1\tsky\n"
    )
    assert read(tmp_path) == ({"validation/v.jpg": [("wall", 8), ("sky", 3)]}, [])


def test_kitti_instances(tmp_path: Path) -> None:
    picture(tmp_path, "training/image_2/0_10.png")
    mask(tmp_path, "training/instance/0_10.png", numbers(n1792=9, n6657=4, n6658=5))
    assert list(read(tmp_path)[0].values()) == [[("road", 9), ("car", 4), ("car", 5)]]


def test_one_file_an_object(tmp_path: Path) -> None:
    for number, name in enumerate(("p1", "p2"), start=1):
        picture(tmp_path, f"stage1_train/{name}/images/{name}.png")
        for place in range(number + 1):
            mask(tmp_path, f"stage1_train/{name}/masks/{name}{place}f.png", numbers(n255=place + 1))
    found, codes = read(tmp_path)
    assert [len(objects) for objects in found.values()] == [2, 3]
    assert found["stage1_train/p1/p1.png"] == [("foreground", 1), ("foreground", 2)]
    assert codes == []
    assert labels(tmp_path) == ["foreground"]


def test_masks_alone_and_damaged_ones(tmp_path: Path) -> None:
    mask(tmp_path, "masks/a.png", numbers(n2=5))
    (tmp_path / "masks/b.png").write_bytes(b"\x89PNG torn")
    found, codes = read(tmp_path)
    assert found == {"a.png": [("2", 5)], "b.png": []}
    assert codes == ["unparsable_file"]
    with pytest.raises(FormatError, match="No mask"):
        list(MasksFormat().read(tmp_path / "masks", options=MasksOptions(), report=lambda issue: None))


def write(root: Path, annotations: list[AnnotationRecord], **options: Any) -> list[Issue]:
    issues: list[Issue] = []
    root.mkdir()
    MasksFormat().write(
        [ImageRecord("a.png", W, H, tuple(annotations), "train")],
        root,
        labels=[LabelRecord("cat", color="#ff0000"), LabelRecord("dog"), LabelRecord("unused")],
        options=MasksOptions(**options),
        report=issues.append,
        progress=SilentProgress(),
    )
    return issues


def test_what_lies_above_wins_and_is_counted(tmp_path: Path) -> None:
    large, small = Box(x=0, y=0, w=10, h=10), Box(x=0, y=0, w=2, h=2)
    shapes = [
        AnnotationRecord("dog", small),
        AnnotationRecord("cat", large),
        AnnotationRecord("dog", large, z_order=-1),
        AnnotationRecord("cat", Points(points=[1, 1])),
        AnnotationRecord("whale", small),
    ]
    issues = write(tmp_path / "out", shapes)
    assert [issue.code for issue in issues] == ["unsupported_shape", "undeclared_label", "overlapped_pixels"]
    assert issues[2].text.startswith("104 pixels")
    pixels = np.asarray(Image.open(tmp_path / "out/masks/train/a.png"))
    assert np.bincount(pixels.ravel()).tolist() == [100, 96, 4]
    numbered = np.asarray(Image.open(tmp_path / "out/instances/train/a.png"))
    assert sorted(np.unique(numbered).tolist()) == [0, 1000, 2001]
    found, _ = read(tmp_path / "out")
    assert found == {"a.png": [("cat", 96), ("dog", 4)]}
    assert labels(tmp_path / "out") == ["cat", "dog", "unused"]


def test_colours_come_back(tmp_path: Path) -> None:
    shapes = [AnnotationRecord("cat", Box(x=0, y=0, w=3, h=3)), AnnotationRecord("dog", Box(x=5, y=5, w=2, h=2))]
    write(tmp_path / "out", shapes, write="colours")
    assert Image.open(tmp_path / "out/masks/train/a.png").getpixel((0, 0)) == (255, 0, 0)
    assert read(tmp_path / "out")[0] == {"a.png": [("cat", 9), ("dog", 4)]}


def test_semantic_pictures_join_objects_and_say_so() -> None:
    two = tuple(AnnotationRecord("cat", Box(x=x, y=0, w=3, h=3)) for x in (0, 9))
    image = ImageRecord("a.png", W, H, two)
    losses = MasksFormat().losses([image], options=MasksOptions(write="semantic"))
    assert {loss.code: loss.count for loss in losses} == {"instances": 1, "unsupported_box": 2}


def test_a_photograph_is_no_mask(tmp_path: Path) -> None:
    for name in ("a", "b"):
        picture(tmp_path, f"images/{name}.jpg", (64, 64))
    mask(tmp_path, "masks/a.png", np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    mask(tmp_path, "masks/b.png", np.full((64, 64), 3, dtype=np.uint8))
    assert read(tmp_path) == ({"a.jpg": [], "b.jpg": [("3", 4096)]}, ["unparsable_file"])


def test_sizes_beyond_reason_cost_nothing(tmp_path: Path) -> None:
    issues: list[Issue] = []
    (tmp_path / "out").mkdir()
    MasksFormat().write(
        [ImageRecord("a.png", 1 << 24, 1 << 24, (AnnotationRecord("cat", Box(x=0, y=0, w=2, h=2)),))],
        tmp_path / "out",
        labels=[LabelRecord("cat")],
        options=MasksOptions(),
        report=issues.append,
        progress=SilentProgress(),
    )
    assert [issue.code for issue in issues] == ["missing_size"]
    picture(tmp_path, "images/a.png")
    head = (tmp_path / "images/a.png").read_bytes()
    (tmp_path / "images/a.png").write_bytes(head[:16] + b"\x7f\xff\xff\xff" * 2 + head[24:])
    mask(tmp_path, "masks/a.png", numbers(n1=3))
    with pytest.raises(FormatError):
        read(tmp_path, resize=True)


def test_a_mask_without_its_picture_is_no_object_of_another_one(tmp_path: Path) -> None:
    picture(tmp_path, "images/a.jpg")
    mask(tmp_path, "masks/a.png", numbers(n1=5, n2=3))
    mask(tmp_path, "masks/b.png", numbers(n2=4))
    assert read(tmp_path) == ({"a.jpg": [("1", 5), ("2", 3)], "b.png": [("2", 4)]}, ["image_not_found"])


def test_jpeg_masks_of_colours_take_the_nearest_colour_of_the_table(tmp_path: Path) -> None:
    picture(tmp_path, "images/a.jpg", (64, 32))
    pixels = np.zeros((32, 64, 3), dtype=np.uint8)
    pixels[8:24, 16:48] = (255, 0, 0)
    pixels[:, 56:] = (0, 0, 200)
    mask(tmp_path, "masks/a.jpg", pixels, quality=95, subsampling=0)
    (tmp_path / "labelmap.txt").write_text("background:0,0,0::\ncar:255,0,0::\nsky:0,0,200::\n")
    found, codes = read(tmp_path)
    assert codes == ["lossy_mask_thresholded"]
    assert [label for label, _ in found["a.jpg"]] == ["car", "sky"]
    assert found["a.jpg"][0][1] == pytest.approx(512, abs=8)


def test_masks_without_pictures_are_recognised_by_our_table_or_their_names(tmp_path: Path) -> None:
    mask(tmp_path, "gtFine/train/x/x_000000_000019_gtFine_labelIds.png", numbers(n7=5))
    assert MasksFormat().recognises(Listing(tmp_path)).confidence == 0.8
    mask(tmp_path / "own", "masks/a.png", numbers(n1=5))
    assert MasksFormat().recognises(Listing(tmp_path / "own")).confidence == 0
    (tmp_path / "own" / "masks.json").write_text('{"classes": [{"index": 1, "name": "cat"}]}')
    assert MasksFormat().recognises(Listing(tmp_path / "own")).confidence == 0.95


def test_pixels_that_are_painted_over_are_counted_before_writing() -> None:
    shapes: list[Geometry] = [
        Box(x=0, y=0, w=4, h=4),
        Box(x=2, y=2, w=2, h=2),
        Box(x=4, y=0, w=3, h=3),
        Points(points=[1, 1]),
    ]
    shapes += [Polygon(parts=[PolygonPart(outer=[10, 0, 18, 0, 10, 8])]), Box(x=15, y=5, w=3, h=3)]
    records = tuple(AnnotationRecord("cat", shape) for shape in shapes)
    image = ImageRecord("a.jpg", W, H, records)
    found = {loss.code: loss.count for loss in MasksFormat().losses([image], options=MasksOptions())}
    assert found["overlapped_pixels"] == 2
    unknown = ImageRecord("a.jpg", 0, 0, records)
    assert "overlapped_pixels" not in {loss.code for loss in MasksFormat().losses([unknown], options=MasksOptions())}


@pytest.mark.parametrize(("divisor", "names"), [(1000, ["1", "1", "2"]), (256, ["1", "1", "2"]), (100, ["1", "2"])])
def test_instances_are_believed_when_they_fit_the_classes(tmp_path: Path, divisor: int, names: list[str]) -> None:
    picture(tmp_path, "images/a.jpg")
    classes = numbers(n1=20, n2=5)
    instances = classes.astype(np.uint16) * divisor
    instances[0, :10] += 1
    mask(tmp_path, "labels/a.png", classes)
    mask(tmp_path, "instances/a.png", instances)
    found, codes = read(tmp_path)
    assert ([label for label, _ in found["a.jpg"]], codes) == (names, [])
    assert labels(tmp_path) == ["1", "2"]


def test_masks_in_a_folder_of_any_name_are_known_by_their_ending(tmp_path: Path) -> None:
    picture(tmp_path, "Training_Data/x_1.jpg")
    mask(tmp_path, "Training_Truth/x_1_segmentation.png", numbers(n255=7))
    assert read(tmp_path) == ({"Training_Data/x_1.jpg": [("foreground", 7)]}, [])


def test_settings_are_no_table_of_classes(tmp_path: Path) -> None:
    picture(tmp_path, "images/a.jpg")
    mask(tmp_path, "labels/a.png", numbers(n1=7))
    (tmp_path / "config.json").write_text('{"batch": 4, "epochs": 1}')
    assert labels(tmp_path) == ["1"]
    (tmp_path / "config.json").write_text('{"labels": [{"name": "a", "color": [1, 2, 3]}, {"name": "b"}]}')
    assert labels(tmp_path) == ["a", "b"]


def test_instances_alone_are_believed_when_they_fit_the_list_of_classes(tmp_path: Path) -> None:
    picture(tmp_path, "train/images/1.jpg")
    mask(tmp_path, "train/instances/1.png", numbers(n1001=4, n1002=5, n2001=6))
    (tmp_path / "train/instances/labels.txt").write_text("car\nperson\n")
    assert read(tmp_path) == ({"train/1.jpg": [("car", 4), ("car", 5), ("person", 6)]}, [])


def test_names_of_ade20k_since_2020(tmp_path: Path) -> None:
    picture(tmp_path, "ADE_train_1.jpg")
    colours = np.zeros((H, W, 3), dtype=np.uint8)
    colours[0, :4], colours[1, :3] = (0, 5, 1), (10, 7, 2)
    mask(tmp_path, "ADE_train_1_seg.png", colours)
    objects = [{"name": "door", "name_ndx": 5}, {"name": "wall", "name_ndx": 263}, {"name_ndx": "x"}, 7]
    (tmp_path / "ADE_train_1.json").write_text(json.dumps({"annotation": {"object": objects}}))
    assert read(tmp_path) == ({"ADE_train_1.jpg": [("door", 4), ("wall", 3)]}, [])


def test_kitti_pictures_are_called_by_their_number(tmp_path: Path) -> None:
    picture(tmp_path, "training/image_2/000000_10.png")
    mask(tmp_path, "training/instance/000000_10.png", (numbers(n26=4).astype(np.uint16) * 256))
    assert read(tmp_path) == ({"000000_10.png": [("car", 4)]}, [])


def test_folders_of_names_may_be_called_like_those_of_pictures_and_masks(tmp_path: Path) -> None:
    record = AnnotationRecord("cat", Box(x=1, y=1, w=4, h=4))
    images = []
    for name in ("images/a.jpg", "masks/a.jpg", "gt/b_mask.png"):
        picture(tmp_path / "in", name)
        images.append(ImageRecord(name, W, H, (record,), "train", tmp_path / "in" / name))
    (tmp_path / "out").mkdir()
    MasksFormat().write(
        images,
        tmp_path / "out",
        labels=[LabelRecord("cat")],
        options=MasksOptions(),
        report=lambda issue: None,
        progress=SilentProgress(),
    )
    found, codes = read(tmp_path / "out")
    assert (found, codes) == ({image.name: [("cat", 16)] for image in sorted(images, key=lambda i: i.name)}, [])


@pytest.mark.parametrize(
    ("tolerance", "pixels", "codes"),
    [(0, [2], ["unknown_category_id"]), (6, [5], ["unknown_category_id"]), (500, [9], [])],
)
def test_colours_near_one_of_the_table(tmp_path: Path, tolerance: float, pixels: list[int], codes: list[str]) -> None:
    picture(tmp_path, "images/a.jpg")
    colours = np.zeros((H, W, 3), dtype=np.uint8)
    colours[0, :2], colours[0, 2:5], colours[0, 5:9] = (200, 0, 0), (196, 3, 2), (150, 0, 60)
    mask(tmp_path, "masks/a.png", colours)
    (tmp_path / "labelmap.txt").write_text("background:0,0,0::\ncar:200,0,0::\n")
    found, reported = read(tmp_path, tolerance=tolerance)
    assert ([number for _, number in found["a.jpg"]], reported) == (pixels, codes)


def test_our_own_set_may_be_without_any_mask(tmp_path: Path) -> None:
    picture(tmp_path, "images/a.jpg")
    (tmp_path / "masks.json").write_text('{"classes": [{"index": 1, "name": "cat"}]}')
    assert (read(tmp_path), labels(tmp_path)) == (({"a.jpg": []}, []), ["cat"])
    assert MasksFormat().recognises(Listing(tmp_path)).confidence == 0.6
