"""Text files that belong to pictures, and sets in which none can be read."""

from pathlib import Path, PurePosixPath

import pytest
from PIL import Image

from annotator.core.errors import FormatError
from annotator.core.records import Issue
from annotator.formats.shared.files import PictureIndex
from annotator.formats.shared.label_files import Readable, folder_above, own_file, picture_of, text_lines


def test_lines(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfone\r\n\n  \ntwo" + b"x" * (1 << 16))
    (first, *rest) = text_lines(tmp_path / "a.txt")
    assert first == (1, "one")
    assert [number for number, _ in rest] == [4, 5]


def test_pictures_of_label_files(tmp_path: Path) -> None:
    for name in ("x/images/a.b.png", "x/images/a.png", "y/images/a.png", "x/c.PNG"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (3, 2)).save(tmp_path / name)
    pictures = PictureIndex(tmp_path)
    assert picture_of(PurePosixPath("a.b"), ["x/images"], pictures) == tmp_path / "x/images/a.b.png"
    assert picture_of(PurePosixPath("a"), ["y/images"], pictures) == tmp_path / "y/images/a.png"
    assert picture_of(PurePosixPath("C"), ["y/images"], pictures) == tmp_path / "x/c.PNG"
    assert picture_of(PurePosixPath("a.c"), ["x/images"], pictures) is None
    assert folder_above(PurePosixPath("x/labelTxt-v1.5/val/a.txt"), ("labeltxt",)) == PurePosixPath("x/labelTxt-v1.5")
    assert folder_above(PurePosixPath("a.txt"), ("labeltxt",)) is None


def test_files_that_are_links(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "secret").write_text("x")
    (tmp_path / "set" / "real").write_text("x")
    (tmp_path / "set" / "link").symlink_to(tmp_path / "secret")
    assert own_file(tmp_path / "set", tmp_path / "set" / "real")
    assert not own_file(tmp_path / "set", tmp_path / "set" / "link")
    assert not own_file(tmp_path / "set", tmp_path / "set" / "none")


def test_a_set_is_refused_when_nothing_can_be_read() -> None:
    bad = Issue("unparsable_file", "error", "Torn.", "a.txt", "line 3")
    readable = Readable()
    readable.check()
    readable.add(0, bad)
    with pytest.raises(FormatError, match="Torn") as error:
        readable.check()
    assert error.value.fields == {"issue": "unparsable_file", "file": "a.txt", "place": "line 3"}
    readable.add(0, None)
    readable.check()
