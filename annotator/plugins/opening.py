"""The folder in which a dataset lies: a folder as it is, or an archive unpacked with all distrust."""

import lzma
import os
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from annotator.core.archives import (
    ArchiveLimits,
    RefusedMember,
    copy_member,
    copy_tar_member,
    read_members,
    tar_members,
)
from annotator.core.errors import AnnotatorError, InvalidInput
from annotator.core.progress import Progress
from annotator.core.records import Issue
from annotator.plugins.formats import Report
from annotator.plugins.listing import JUNK_FILES

_COMPLETE = ".complete"
_TELLING = frozenset(
    {
        "train", "training", "val", "valid", "validation", "test", "testing", "dev", "images", "image", "img", "labels",
        "label", "ann", "annotations", "annots", "jpegimages", "masks", "data", "obj_train_data",
    }
)  # fmt: skip
"""Folders whose name says something to a format: they are not taken for the mere wrapping of an archive."""
_FOR_PEOPLE = ("readme", "license", "licence", "notice", "citation", "changelog")
_TEXTS = frozenset({"", ".txt", ".md", ".rst", ".html", ".pdf", ".cff"})
_TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


@contextmanager
def opened_dataset(source: Path, *, work: Path, report: Report, progress: Progress, name: str = "") -> Iterator[Path]:
    """The folder to read: ``source`` itself, or its contents unpacked into ``work`` (kept when the block fails).

    ``source`` is a folder, a zip or tar archive, or one annotation file; ``name`` is what it is called where the file
    itself has another name (an upload). A finished unpacking is recognised by a later
    attempt and not repeated. Raises :class:`InvalidInput` when an archive is damaged.
    """
    if source.is_dir():
        yield _inner(source)
        return
    if not (work / _COMPLETE).exists():
        shutil.rmtree(work, ignore_errors=True)
        _fill(source, work / "data", report, progress, PurePosixPath(name).name or source.name)
        (work / _COMPLETE).touch()
    yield _inner(work / "data")
    shutil.rmtree(work, ignore_errors=True)


def _fill(source: Path, target: Path, report: Report, progress: Progress, name: str) -> None:
    target.mkdir(parents=True)
    if zipfile.is_zipfile(source) or name.lower().endswith(".zip"):
        _unpack_zip(source, target, report, progress)
    elif name.lower().endswith(_TAR_SUFFIXES):
        _unpack_tar(source, target, report, progress)
    else:
        try:
            os.link(source, target / name)
        except OSError:
            shutil.copyfile(source, target / name)


def _inner(folder: Path) -> Path:
    """Archives often hold one folder with everything in it, and perhaps a README beside it."""
    for _ in range(3):
        children = [path for path in folder.iterdir() if not _says_nothing(path)]
        if len(children) != 1 or not children[0].is_dir() or children[0].is_symlink():
            return folder
        if children[0].name.lower() in _TELLING or _is_sequence(children[0]):
            return folder
        folder = children[0]
    return folder


def _says_nothing(path: Path) -> bool:
    """Rubbish of operating systems, and texts for people (not the card of a Hugging Face set, which lists classes)."""
    if path.name.startswith((".", "__MACOSX")) or path.name in JUNK_FILES:
        return True
    if not path.name.lower().startswith(_FOR_PEOPLE) or path.suffix.lower() not in _TEXTS or not path.is_file():
        return False
    with path.open("rb") as file:
        return not file.read(3).startswith(b"---")


def _is_sequence(folder: Path) -> bool:
    """Whether the name of a folder belongs to its pictures: a sequence of MOTChallenge."""
    return (folder / "seqinfo.ini").is_file() or (folder / "gt" / "gt.txt").is_file()


def _unpack_zip(source: Path, target: Path, report: Report, progress: Progress) -> None:
    try:
        with zipfile.ZipFile(source) as archive:
            members, refused = read_members(archive, ArchiveLimits())
            for entry in refused:
                report(Issue("unsafe_path", "warning", entry.detail, file=entry.name))
            for number, member in enumerate(members, start=1):
                _write_member(target / member.name, member.name, partial(copy_member, archive, member), report)
                progress.advance(number, len(members), "Unpacking")
    except zipfile.BadZipFile:
        raise InvalidInput("This is not a zip archive, or it is damaged. Make it again.") from None


def _unpack_tar(source: Path, target: Path, report: Report, progress: Progress) -> None:
    try:
        with tarfile.open(source) as archive:
            for number, found in enumerate(
                tar_members(archive, ArchiveLimits(), packed_bytes=source.stat().st_size), start=1
            ):
                if isinstance(found, RefusedMember):
                    report(Issue("unsafe_path", "warning", found.detail, file=found.name))
                else:
                    _write_member(target / found.name, found.name, partial(copy_tar_member, archive, found), report)
                progress.advance(number, None, "Unpacking")
    except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, OSError) as error:
        raise InvalidInput(f"This is not a tar archive, or it is damaged ({error}). Make it again.") from None


def _write_member(path: Path, name: str, copy: Callable[[BinaryIO], None], report: Report) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            copy(file)
    except AnnotatorError as error:
        path.unlink(missing_ok=True)
        report(Issue("unparsable_file", "error", error.detail, file=name))
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        text = f"“{name}” is twice in the archive; the first one was taken."
        report(Issue("duplicate_file_name", "warning", text, file=name))
