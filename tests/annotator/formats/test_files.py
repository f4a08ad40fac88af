"""Names, pictures found by name, pictures put in place."""

from pathlib import Path, PurePosixPath

import pytest
from PIL import Image

from annotator.core.records import Issue
from annotator.formats.shared.files import (
    PictureIndex,
    picture_size,
    place_picture,
    report_match,
    safe_name,
    split_of_word,
    stem_of,
    unique_name,
    write_small,
)
from annotator.plugins.listing import walk_files


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.jpg", "a.jpg"),
        ("./sub//a.jpg", "sub/a.jpg"),
        ("sub\\a.jpg", "sub/a.jpg"),
        ("u\u0308.jpg", "\u00fc.jpg"),
        ("https://host/path/a.jpg?x=1", "a.jpg"),
        ("../a.jpg", None),
        ("a/../../b.jpg", None),
        ("/etc/passwd", None),
        ("C:\\a.jpg", None),
        ("a\0.jpg", None),
        ("", None),
        ("./", None),
        ("a" * 255, "a" * 255),
        ("a" * 256, None),
        ("é" * 128, None),
        ("\ud800.jpg", None),
    ],
)
def test_names_never_lead_out(text: str, expected: str | None) -> None:
    assert safe_name(text) == expected


@pytest.mark.parametrize(
    ("word", "split"),
    [
        ("valid", "val"),
        ("train2017", "train"),
        ("instances_val", "val"),
        ("Test", "test"),
        ("holdout", None),
        ("trainer", None),
    ],
)
def test_words_for_splits(word: str, split: str | None) -> None:
    assert split_of_word(word) == split


def picture(path: Path, **save: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (30, 20), "red").save(path, **save)  # type: ignore[arg-type]
    return path


@pytest.fixture
def index(tmp_path: Path) -> PictureIndex:
    for name in (
        "images/train/a.jpg",
        "images/val/a.jpg",
        "images/val/B.JPG",
        "deep/er/c.png",
        "d.jpg",
        "d.png",
        "._e.jpg",
    ):
        picture(tmp_path / name) if not name.startswith("._") else (tmp_path / name).write_bytes(b"")
    (tmp_path / "link.jpg").symlink_to(tmp_path / "d.jpg")
    return PictureIndex(tmp_path)


@pytest.mark.parametrize(
    ("name", "bases", "found", "how"),
    [
        ("images/train/a.jpg", (), "images/train/a.jpg", "exact"),
        ("a.jpg", ("images/val",), "images/val/a.jpg", "exact"),
        ("a.jpg", (), None, "ambiguous"),
        ("val/a.jpg", (), "images/val/a.jpg", "exact"),
        ("b.jpg", (), "images/val/B.JPG", "case"),
        ("elsewhere/c.png", (), "deep/er/c.png", "basename"),
        ("c.jpg", (), "deep/er/c.png", "stem"),
        ("c", (), "deep/er/c.png", "stem"),
        ("d", (), None, "ambiguous"),
        ("link.jpg", (), None, "missing"),
        ("e.jpg", (), None, "missing"),
    ],
)
def test_the_ladder(index: PictureIndex, name: str, bases: tuple[str, ...], found: str | None, how: str) -> None:
    match = index.find(name, bases)
    assert (match.path and index.relative(match.path), match.how) == (found, how)


def test_names_stay_unique() -> None:
    taken: set[str] = set()
    names = [unique_name("a.jpg", taken, split) for split in ("train", "val", "val", None)]
    assert names == ["a.jpg", "val/a.jpg", "a-2.jpg", "a-3.jpg"]


def test_pictures_that_exif_turns_are_written_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    turned = picture(tmp_path / "in" / "t.jpg", exif=exif)
    plain = picture(tmp_path / "in" / "p.jpg")
    size = picture_size(turned)
    assert size is not None
    assert (size.width, size.height, size.orientation) == (20, 30, 6)
    for source in (turned, plain):
        place_picture(source, tmp_path / "out" / source.name)
    again = picture_size(tmp_path / "out" / "t.jpg")
    assert again is not None
    assert (again.width, again.height, again.orientation) == (20, 30, 1)
    assert (tmp_path / "out" / "p.jpg").read_bytes() == plain.read_bytes()
    assert picture_size(tmp_path / "gone.jpg") is None


def test_walking_is_in_order_and_leaves_rubbish_out(tmp_path: Path) -> None:
    for name in ("b/x.txt", "a/y.txt", "__MACOSX/z.txt", "a/.DS_Store", "a/._y.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [path.relative_to(tmp_path).as_posix() for path in walk_files(tmp_path)] == ["a/y.txt", "b/x.txt"]


def test_a_set_without_pictures_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    match = PictureIndex(tmp_path).find("a.jpg")
    issues: list[Issue] = []
    report_match(match, "a.jpg", issues.append, "a.json")
    assert (match.how, [(i.code, i.severity) for i in issues]) == ("absent", [("image_not_found", "info")])


def test_placing_a_picture_twice_never_writes_into_the_first(tmp_path: Path) -> None:
    first, second = picture(tmp_path / "first.png"), tmp_path / "second.png"
    second.write_bytes(b"other")
    before = first.read_bytes()
    place_picture(first, tmp_path / "out" / "a.png")
    place_picture(second, tmp_path / "out" / "a.png")
    assert first.read_bytes() == before
    assert (tmp_path / "out" / "a.png").read_bytes() == b"other"


def test_a_picture_that_changes_is_measured_again(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png")
    assert picture_size(path) == (30, 20, 1)
    Image.new("RGB", (7, 2000)).save(path)
    assert picture_size(path) == (7, 2000, 1)


def test_many_pictures_of_one_name_get_numbers_in_order() -> None:
    taken: set[str] = set()
    names = [unique_name("d/a.b.jpg", taken, None) for _ in range(70)]
    assert names == ["d/a.b.jpg", *(f"d/a.b-{number}.jpg" for number in range(2, 71))]
    assert len(taken) == 70


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".gif"])
def test_sizes_of_all_kinds_and_of_what_is_no_picture(tmp_path: Path, suffix: str) -> None:
    path = picture(tmp_path / f"a{suffix}")
    assert picture_size(path) == (30, 20, 1)
    path.write_bytes(path.read_bytes()[:7])
    assert picture_size(path) is None
    assert picture_size(tmp_path) is None
    assert picture_size(tmp_path / "missing.jpg") is None


def test_small_files_make_their_folder(tmp_path: Path) -> None:
    for data in (b"x" * 100_000, b"shorter"):
        write_small(f"{tmp_path}/a/b/c.txt", data)
        assert (tmp_path / "a" / "b" / "c.txt").read_bytes() == data


@pytest.mark.parametrize("name", ["a.jpg", "a", ".hidden", "a.b/c", "a.b/.c", "a/b.tar.gz", "a.", "a/b.", "..x.y"])
def test_stems(name: str) -> None:
    assert stem_of(name) == PurePosixPath(name).with_suffix("").as_posix()
