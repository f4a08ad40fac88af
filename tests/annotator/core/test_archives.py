"""Archives from strangers: limits before a byte is unpacked."""

import io
import stat
import tarfile
import zipfile

import pytest

from annotator.core.archives import (
    ArchiveLimits,
    Member,
    RefusedMember,
    TarMember,
    UnsafeEntry,
    copy_member,
    copy_tar_member,
    read_members,
    tar_members,
)
from annotator.core.errors import InvalidInput, LimitExceeded

LIMITS = ArchiveLimits(entries=4, total_bytes=10_000, ratio=10, ratio_from_bytes=1000)


def archive_of(*files: tuple[str, bytes]) -> zipfile.ZipFile:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            info = zipfile.ZipInfo("x")
            info.filename = info.orig_filename = name
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return zipfile.ZipFile(buffer)


def test_files_are_listed_in_order_without_folders_and_clutter() -> None:
    archive = archive_of(("b/", b""), ("b/2.jpg", b"2"), ("a.jpg", b"1"), ("__MACOSX/._a.jpg", b"x"))
    members, refused = read_members(archive, LIMITS)
    assert [member.name for member in members] == ["b/2.jpg", "a.jpg"]
    assert refused == []


@pytest.mark.parametrize("name", ["../a.jpg", "/a.jpg", "a/../../b.jpg", "a\\b.jpg", "C:/a.jpg"])
def test_names_that_lead_away_are_refused(name: str) -> None:
    members, refused = read_members(archive_of((name, b"x")), LIMITS)
    assert (members, len(refused)) == ([], 1)
    assert refused[0].detail


def test_backslashes_of_windows_are_separators_and_still_may_not_lead_away() -> None:
    archive = archive_of(("set\\b\\", b""), ("set\\b\\a.jpg", b"x"), ("__MACOSX\\a.jpg", b"x"), ("..\\c.jpg", b"x"))
    for info in archive.infolist():
        info.create_system = 0
    members, refused = read_members(archive, LIMITS)
    assert [member.name for member in members] == ["set/b/a.jpg"]
    assert len(refused) == 1
    target = io.BytesIO()
    copy_member(archive, members[0], target)
    assert target.getvalue() == b"x"


@pytest.mark.parametrize(
    ("raw", "name"), [("ü 猫.jpg".encode(), "ü 猫.jpg"), ("é.jpg".encode("cp437"), "é.jpg"), (b"a.jpg", "a.jpg")]
)
def test_names_in_utf8_need_not_be_called_so(raw: bytes, name: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("x" * len(raw), b"x")
    archive = zipfile.ZipFile(io.BytesIO(buffer.getvalue().replace(b"x" * len(raw), raw)))
    members, _ = read_members(archive, LIMITS)
    assert [member.name for member in members] == [name]
    target = io.BytesIO()
    copy_member(archive, members[0], target)
    assert target.getvalue() == b"x"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(kind: int) -> None:
    archive = archive_of(("a.jpg", b"/etc/passwd"))
    archive.infolist()[0].external_attr = (kind | 0o777) << 16
    members, refused = read_members(archive, LIMITS)
    assert (members, refused[0].code) == ([], "unsafe_entry")


def test_encrypted_entries_are_refused() -> None:
    archive = archive_of(("a.jpg", b"x"))
    archive.infolist()[0].flag_bits |= 1
    assert "password" in read_members(archive, LIMITS)[1][0].detail


def test_bombs_are_refused_by_ratio_but_small_dense_files_are_not() -> None:
    members, refused = read_members(archive_of(("small.bmp", bytes(900)), ("bomb.bmp", bytes(5000))), LIMITS)
    assert [member.name for member in members] == ["small.bmp"]
    assert "bomb" in refused[0].detail


def test_too_many_entries_and_bytes_refuse_the_whole() -> None:
    with pytest.raises(LimitExceeded, match="5 entries"):
        read_members(archive_of(*[(f"{n}.jpg", b"x") for n in range(5)]), LIMITS)
    large = ArchiveLimits(total_bytes=100)
    with pytest.raises(LimitExceeded, match="Split it"):
        read_members(archive_of(("a.jpg", bytes(range(101)))), large)


def test_copy_gives_the_bytes() -> None:
    archive = archive_of(("a.jpg", bytes(range(256)) * 10))
    (member,), _ = read_members(archive, LIMITS)
    target = io.BytesIO()
    copy_member(archive, member, target)
    assert target.getvalue() == bytes(range(256)) * 10


def test_an_entry_that_is_larger_than_it_says_is_refused() -> None:
    archive = archive_of(("a.jpg", bytes(range(100))))
    info = archive.infolist()[0]

    class Lying(zipfile.ZipFile):
        def open(self, *args: object, **options: object) -> io.BytesIO:  # type: ignore[override]
            return io.BytesIO(bytes(101))

    lying = Lying(io.BytesIO(archive.fp.getvalue()))  # type: ignore[union-attr]
    with pytest.raises(UnsafeEntry, match="larger than"):
        copy_member(lying, Member("a.jpg", info), io.BytesIO())


def test_damaged_entries_are_a_sentence() -> None:
    archive = archive_of(("a.jpg", bytes(range(200))))
    archive.infolist()[0].CRC ^= 1
    (member,), _ = read_members(archive, LIMITS)
    with pytest.raises(InvalidInput, match="damaged inside"):
        copy_member(archive, member, io.BytesIO())


def tar_of(*files: tuple[str, bytes], kind: bytes = tarfile.REGTYPE, packed: bool = False) -> tarfile.TarFile:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz" if packed else "w") as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size, info.type, info.linkname = len(data) if kind == tarfile.REGTYPE else 0, kind, "/etc/passwd"
            archive.addfile(info, io.BytesIO(data))
    buffer.seek(0)
    return tarfile.open(fileobj=buffer)


def test_a_tar_archive_is_read_in_order() -> None:
    archive = tar_of(("b/2.jpg", b"22"), ("a.jpg", b"1"), ("__MACOSX/._a.jpg", b"x"))
    target = io.BytesIO()
    for member in tar_members(archive, LIMITS, packed_bytes=1000):
        assert isinstance(member, TarMember)
        target.write(member.name.encode() + b"=")
        copy_tar_member(archive, member, target)
    assert target.getvalue() == b"b/2.jpg=22a.jpg=1"


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_archive_are_refused(kind: bytes) -> None:
    (found,) = tar_members(tar_of(("a.jpg", b"x"), kind=kind), LIMITS, packed_bytes=1000)
    assert isinstance(found, RefusedMember)


def test_names_that_lead_away_in_a_tar_archive_are_refused() -> None:
    found = list(tar_members(tar_of(("../a.jpg", b"x"), ("/b.jpg", b"x"), ("c.jpg", b"x")), LIMITS, packed_bytes=1000))
    assert [isinstance(entry, RefusedMember) for entry in found] == [True, True, False]


def test_a_tar_bomb_is_refused_as_soon_as_it_is_seen() -> None:
    with pytest.raises(LimitExceeded, match="bomb"):
        list(tar_members(tar_of(("a.bmp", bytes(5000)), packed=True), LIMITS, packed_bytes=100))
    with pytest.raises(LimitExceeded, match="entries"):
        list(tar_members(tar_of(*((f"{n}.txt", b"") for n in range(5))), LIMITS, packed_bytes=1000))
