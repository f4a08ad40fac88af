"""ImageNet: the contract for folders and lists, and what such sets look like."""

import random
from pathlib import Path

import pytest
from PIL import Image

from annotator.core.errors import AnnotatorError, FormatError
from annotator.core.geometry.types import Tag
from annotator.core.progress import SilentProgress
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.imagenet.layout import class_folders, parse_listed
from annotator.formats.imagenet.plugin import ImageNetFormat, ImageNetOptions
from annotator.plugins.listing import Listing
from annotator.plugins.testing import DatasetFormatContract


class TestFolders(DatasetFormatContract):
    plugin = ImageNetFormat
    keeps_names = False


class TestLists(DatasetFormatContract):
    plugin = ImageNetFormat
    options = {"layout": "txt"}


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (60, 40)).save(folder / name, format="PNG")


def read(folder: Path, **options: str) -> tuple[list[tuple[str, str | None, list[str]]], list[str], list[str]]:
    issues: list[Issue] = []
    parsed = ImageNetOptions(**options)  # type: ignore[arg-type]
    images = list(ImageNetFormat().read(folder, options=parsed, report=issues.append))
    labels = ImageNetFormat().labels(folder, options=parsed, report=issues.append)
    found = [(image.name, image.split, [a.label for a in image.annotations]) for image in images]
    return found, [label.name for label in labels], [issue.code for issue in issues]


def test_nested_folders_belong_to_the_class_and_rubbish_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "training/dog/sub/deep/b.JPEG", "training/cat/a.jpg", "valid/cat/a.jpg", "test/c.jpg")
    put(tmp_path, "__MACOSX/training/cow/a.jpg", "training/cat/._a.jpg")
    (tmp_path / "training" / "cat" / ".DS_Store").write_bytes(b"x")
    (tmp_path / "training" / "cat" / "Thumbs.db").write_bytes(b"x")
    images, labels, issues = read(tmp_path)
    assert images == [
        ("test/c.jpg", "test", []),
        ("training/cat/a.jpg", "train", ["cat"]),
        ("training/dog/sub/deep/b.JPEG", "train", ["dog"]),
        ("valid/cat/a.jpg", "val", ["cat"]),
    ]
    assert (labels, issues) == (["cat", "dog"], [])


def test_classes_without_splits_and_classes_called_like_splits(tmp_path: Path) -> None:
    put(tmp_path, "car/a.jpg", "train/old/b.jpg", "bullet_train/c.jpg")
    (tmp_path / "ship").mkdir()
    images, labels, _ = read(tmp_path)
    assert [(split, tags) for _, split, tags in images] == [
        (None, ["bullet_train"]),
        (None, ["car"]),
        (None, ["train"]),
    ]
    assert labels == ["bullet_train", "car", "ship", "train"]


def test_a_picture_that_is_none_costs_itself(tmp_path: Path) -> None:
    put(tmp_path, "train/cat/a.jpg", "train/dog/b.jpg")
    (tmp_path / "train/cat/torn.jpg").write_bytes(b"\xff\xd8 torn")
    images, _, issues = read(tmp_path)
    assert [name for name, _, _ in images] == ["train/cat/a.jpg", "train/dog/b.jpg"]
    assert issues == ["unparsable_file"]


def test_wordnet_numbers_get_their_words(tmp_path: Path) -> None:
    put(tmp_path, "train/n02123045/a.JPEG", "val/n01440764/b.JPEG")
    (tmp_path / "synsets.txt").write_text("n02123045 tabby, tabby cat\nn01440764 tench\n")
    images, labels, _ = read(tmp_path)
    assert labels == ["n02123045 tabby, tabby cat", "n01440764 tench"]
    assert [tags for _, _, tags in images] == [["n02123045 tabby, tabby cat"], ["n01440764 tench"]]


def test_lists_with_several_classes_and_bad_lines(tmp_path: Path) -> None:
    put(tmp_path, "images/sub dir/a 1.jpg", "images/b.png", "images/c.jpg")
    (tmp_path / "synsets.txt").write_text("cat\n\ndog \nnever\n")
    lines = "sub dir/a 1.jpg 1 0\nb.png 7\nb.png 0\n\nc.jpg\n../x.jpg 0\nc2.jpg first\n"
    (tmp_path / "train.txt").write_text(lines)
    (tmp_path / "val.txt").write_text("c.jpg 0\ngone 1\n")
    (tmp_path / "README.txt").write_text("hello 1\n")
    assert ImageNetFormat().recognises(Listing(tmp_path)).confidence == 0.9
    images, labels, issues = read(tmp_path, layout="txt")
    assert images == [
        ("sub dir/a 1.jpg", "train", ["dog", "cat"]),
        ("b.png", "train", []),
        ("c.jpg", "train", []),
        ("c2.jpg", "train", []),
        ("val/c.jpg", "val", ["cat"]),
        ("gone", "val", ["dog"]),
    ]
    assert labels == ["cat", "dog", "never"]
    expected = ["unknown_category_id", "duplicate_file_name", "unsafe_path", "image_not_found", "unknown_category_id"]
    assert issues == [*expected, "image_not_found"]


@pytest.mark.parametrize(
    ("line", "parsed"),
    [
        ("a.jpg 3", ("a.jpg", ["3"])),
        ("n01/a b.JPEG 3 4\n", ("n01/a b.JPEG", ["3", "4"])),
        ("plain 3", ("plain", ["3"])),
        ("2 3", ("2", ["3"])),
        ("a.jpg", ("a.jpg", [])),
    ],
)
def test_lines_of_lists(line: str, parsed: tuple[str, list[str]]) -> None:
    assert parse_listed(line) == parsed


def write(images: list[ImageRecord], names: list[str], folder: Path, **options: str) -> list[Issue]:
    folder.mkdir()
    issues: list[Issue] = []
    ImageNetFormat().write(
        images,
        folder,
        labels=[LabelRecord(name) for name in names],
        options=ImageNetOptions(**options),  # type: ignore[arg-type]
        report=issues.append,
        progress=SilentProgress(),
    )
    return issues


def test_classes_that_no_folder_may_be_called(tmp_path: Path) -> None:
    put(tmp_path / "in", "a.png")
    names = ["a/b", "a_b", "..", "train", "A b"]
    images = [
        ImageRecord(f"{i}.png", 60, 40, (AnnotationRecord(name, Tag()),), split, tmp_path / "in" / "a.png")
        for i, (name, split) in enumerate(zip(names, ["train", "val", None, "train", None], strict=True))
    ]
    assert write(images, names, tmp_path / "out") == []
    found, labels, _ = read(tmp_path / "out")
    assert labels == names
    assert sorted((Path(name).name, split, tags) for name, split, tags in found) == sorted(
        (image.name, image.split, [image.annotations[0].label]) for image in images
    )
    assert len(class_folders(names)) == 5


def test_a_picture_of_several_classes(tmp_path: Path) -> None:
    put(tmp_path / "in", "a.png")
    tags = (AnnotationRecord("dog", Tag()), AnnotationRecord("cat", Tag()))
    image = ImageRecord("sub/a.png", 60, 40, tags, "train", tmp_path / "in" / "a.png")
    empty = ImageRecord("sub/b.png", 60, 40, (), "val", tmp_path / "in" / "a.png")
    assert [i.code for i in write([image, empty], ["cat", "dog"], tmp_path / "folders")] == [
        "several_classes",
        "renamed",
    ]
    assert read(tmp_path / "folders")[0] == [("train/dog/sub/a.png", "train", ["dog"]), ("val/b.png", "val", [])]
    losses = ImageNetFormat().losses([image], options=ImageNetOptions())
    assert [(loss.code, loss.count) for loss in losses] == [("several_classes", 1)]
    assert write([image, empty], ["cat", "dog"], tmp_path / "lists", layout="txt") == []
    assert read(tmp_path / "lists")[0] == [("sub/a.png", "train", ["dog", "cat"]), ("sub/b.png", "val", [])]
    assert ImageNetFormat().losses([image], options=ImageNetOptions(layout="txt")) == []


def test_how_sure_it_is(tmp_path: Path) -> None:
    put(tmp_path / "yolo", "train/cat/a.jpg", "val/dog/b.jpg")
    put(tmp_path / "plain", "cat/a.jpg", "dog/b.jpg")
    put(tmp_path / "detection", "train/images/a.jpg", "train/labels/b.jpg")
    assert ImageNetFormat().recognises(Listing(tmp_path / "yolo")).confidence == 0.55
    assert ImageNetFormat().recognises(Listing(tmp_path / "plain")).confidence == 0.65
    assert ImageNetFormat().recognises(Listing(tmp_path / "detection")).confidence == 0
    put(tmp_path / "unlabelled", "train/a.jpg", "valid/b.jpg")
    assert ImageNetFormat().recognises(Listing(tmp_path / "unlabelled")).confidence == 0
    (tmp_path / "plain" / "imagenet_class_index.json").write_text("{}")
    assert ImageNetFormat().recognises(Listing(tmp_path / "plain")).confidence == 0.65
    (tmp_path / "plain" / "notes.json").write_text("{}")
    assert ImageNetFormat().recognises(Listing(tmp_path / "plain")).confidence == 0.3


def test_any_bytes_are_survived(tmp_path: Path) -> None:
    chance = random.Random(2)
    put(tmp_path, "images/a.jpg")
    for _ in range(150):
        (tmp_path / "synsets.txt").write_bytes(chance.randbytes(20))
        (tmp_path / "train.txt").write_bytes(chance.randbytes(50) + b" 1\na.jpg 0 1 99999999999999999999\n")
        try:
            ImageNetFormat().recognises(Listing(tmp_path))
            read(tmp_path, layout="txt")
            read(tmp_path)
        except AnnotatorError:
            pass


def test_nothing_there(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg")
    with pytest.raises(FormatError):
        read(tmp_path)
    with pytest.raises(FormatError):
        read(tmp_path, layout="txt")


def test_a_list_that_is_a_link_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a secret\n")
    put(tmp_path / "set", "cat/a.jpg", "dog/b.jpg")
    (tmp_path / "set" / "synsets.txt").symlink_to(tmp_path / "secret")
    assert read(tmp_path / "set")[1] == ["cat", "dog"]


def test_pictures_without_a_class_come_back_when_the_classes_are_listed(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "b.jpg")
    (tmp_path / "synsets.txt").write_text("cat\n")
    assert read(tmp_path) == ([("a.jpg", None, []), ("b.jpg", None, [])], ["cat"], [])


def test_where_classes_are_listed_other_folders_are_splits(tmp_path: Path) -> None:
    put(tmp_path, "train/a.jpg", "val/b.jpg", "cat/c.jpg")
    (tmp_path / "synsets.txt").write_text("cat\n")
    images, _, _ = read(tmp_path)
    assert images == [("cat/c.jpg", None, ["cat"]), ("train/a.jpg", "train", []), ("val/b.jpg", "val", [])]
    (tmp_path / "synsets.txt").write_text("")
    assert [classes for name, _, classes in read(tmp_path)[0] if name != "cat/c.jpg"] == [[], []]
