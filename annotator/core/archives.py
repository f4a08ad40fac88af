"""Zip and tar archives from strangers: what is in them, what is refused and why, before a byte is unpacked."""

import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from annotator.core.errors import AnnotatorError, InvalidInput, LimitExceeded
from annotator.core.names import clean_name, is_clutter

COPY_BYTES = 1 << 20
_SAYS_UTF8 = 0x800
_WINDOWS = 0
"""The system that an archive says it was made on: there a backslash can only be a separator."""


class UnsafeEntry(InvalidInput):
    """An entry of an archive that is never unpacked."""

    code = "unsafe_entry"


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Most entries, bytes after unpacking, and the highest ratio of one entry (small entries may be denser)."""

    entries: int = 200_000
    total_bytes: int = 256 * 2**30
    ratio: int = 100
    ratio_from_bytes: int = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive under its cleaned name."""

    name: str
    info: zipfile.ZipInfo


@dataclass(frozen=True, slots=True)
class RefusedMember:
    """An entry that stays packed."""

    name: str
    code: str
    detail: str


def read_members(archive: zipfile.ZipFile, limits: ArchiveLimits) -> tuple[list[Member], list[RefusedMember]]:
    """Files worth unpacking, in the archive's order, and those refused by name; folders and clutter are left out.

    Raises :class:`LimitExceeded` when the archive as a whole is too large.
    """
    entries = archive.infolist()
    if len(entries) > limits.entries:
        raise LimitExceeded(f"The archive has {len(entries)} entries; at most {limits.entries} are allowed. Split it.")
    members: list[Member] = []
    refused: list[RefusedMember] = []
    for info in entries:
        if info.is_dir() or is_clutter(_raw_name(info)) or _raw_name(info).endswith("/"):
            continue
        try:
            members.append(Member(_checked_name(info, limits), info))
        except AnnotatorError as error:
            refused.append(RefusedMember(_shown(info.orig_filename), error.code, error.detail))
    total = sum(member.info.file_size for member in members)
    if total > limits.total_bytes:
        raise LimitExceeded(
            f"The archive holds {total // 2**20:,} MiB; at most {limits.total_bytes // 2**20:,} are allowed. Split it."
        )
    return members, refused


def copy_member(archive: zipfile.ZipFile, member: Member, target: BinaryIO) -> None:
    """Unpack one file, never more than it announced; raises :class:`InvalidInput` when it is damaged."""
    left = member.info.file_size
    try:
        with archive.open(member.info) as source:
            while chunk := source.read(min(COPY_BYTES, left + 1)):
                left -= len(chunk)
                if left < 0:
                    raise UnsafeEntry(f"“{member.name}” is larger than the archive says.")
                target.write(chunk)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise InvalidInput(
            f"“{member.name}” is damaged inside the archive ({error}). Make the archive again."
        ) from error


@dataclass(frozen=True, slots=True)
class TarMember:
    """A file in a tar archive under its cleaned name."""

    name: str
    info: tarfile.TarInfo


def tar_members(
    archive: tarfile.TarFile, limits: ArchiveLimits, *, packed_bytes: int
) -> Iterator[TarMember | RefusedMember]:
    """Files worth unpacking and entries refused by name, as the archive is read once from front to back.

    ``packed_bytes`` is the size of the archive itself. Raises :class:`LimitExceeded` as soon as it unpacks to too much.
    """
    densest = max(limits.ratio * packed_bytes, limits.ratio_from_bytes)
    total = 0
    for number, info in enumerate(archive, start=1):
        if number > limits.entries:
            raise LimitExceeded(f"The archive has more than {limits.entries} entries. Split it.")
        if info.isdir() or is_clutter(info.name):
            continue
        total += info.size
        if total > limits.total_bytes:
            raise LimitExceeded(f"The archive holds more than {limits.total_bytes // 2**20:,} MiB. Split it.")
        if total > densest:
            raise LimitExceeded(
                f"The archive unpacks to more than {limits.ratio} times its size; it looks like a bomb."
            )
        try:
            name = clean_name(info.name)
            if not info.isreg():
                raise UnsafeEntry(f"“{name}” is a link or a device, not a file.")
            yield TarMember(name, info)
        except AnnotatorError as error:
            yield RefusedMember(_shown(info.name), error.code, error.detail)


def copy_tar_member(archive: tarfile.TarFile, member: TarMember, target: BinaryIO) -> None:
    """Unpack one file of a tar archive; raises :class:`InvalidInput` when it is damaged."""
    source = archive.extractfile(member.info)
    if source is None:
        raise InvalidInput(f"“{member.name}” cannot be read from the archive.")
    with source:
        shutil.copyfileobj(source, target, COPY_BYTES)


def _checked_name(info: zipfile.ZipInfo, limits: ArchiveLimits) -> str:
    name = clean_name(_raw_name(info))
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in {0, stat.S_IFREG}:
        raise UnsafeEntry(f"“{name}” is a link or a device, not a file.")
    if info.flag_bits & 0x1:
        raise UnsafeEntry(f"“{name}” is encrypted; make the archive without a password.")
    if info.file_size > limits.ratio_from_bytes and info.file_size > limits.ratio * max(info.compress_size, 1):
        raise UnsafeEntry(f"“{name}” unpacks to more than {limits.ratio} times its size; it looks like a bomb.")
    return name


def _raw_name(info: zipfile.ZipInfo) -> str:
    """The name as it was written (zipfile itself cuts names at NUL).

    .NET on Windows used to write backslashes, and macOS writes UTF-8 without saying so.
    """
    name = info.orig_filename
    if not info.flag_bits & _SAYS_UTF8 and not name.isascii():
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/") if info.create_system == _WINDOWS else name


def _shown(name: str) -> str:
    return name.encode("unicode_escape").decode()[:200]
