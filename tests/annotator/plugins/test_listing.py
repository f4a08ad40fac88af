"""The files of a dataset, listed once."""

from pathlib import Path, PurePosixPath

import pytest

from annotator.plugins.listing import HEAD, Listing, suffix_of, walk_files


def make(root: Path) -> Listing:
    for name in ("b/x.JSON", "a.jpg", ".DS_Store", "__MACOSX/a.jpg", "b/._x.JSON", "b/c/Makefile"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"start" + bytes(2 * HEAD) + b"end")
    (root / "link.jpg").symlink_to(root / "a.jpg")
    return Listing(root)


def test_names_are_in_order_without_rubbish_and_links(tmp_path: Path) -> None:
    listing = make(tmp_path)
    assert listing.names == ("a.jpg", "b/x.JSON", "b/c/Makefile")
    assert [path.relative_to(tmp_path).as_posix() for path in walk_files(tmp_path)] == list(listing.names)


def test_by_suffix_and_folders(tmp_path: Path) -> None:
    listing = make(tmp_path)
    assert listing.with_suffix(".json", ".jpg") == ["b/x.JSON", "a.jpg"]
    assert listing.by_suffix[""] == ["b/c/Makefile"]
    assert listing.folders == {".", "b", "b/c"}


def test_the_first_and_last_bytes(tmp_path: Path) -> None:
    listing = make(tmp_path)
    assert listing.head("a.jpg", 5) == b"start"
    assert len(listing.head("a.jpg")) == HEAD
    assert listing.tail("a.jpg").endswith(b"end")
    assert listing.head("not here") == b""


@pytest.mark.parametrize("name", ["a.jpg", "A.JPG", ".hidden", "a.b/c", "a/.b", "a.tar.GZ", "a.", "x/..y", "..x.y"])
def test_suffixes(name: str) -> None:
    assert suffix_of(name) == PurePosixPath(name).suffix.lower()
