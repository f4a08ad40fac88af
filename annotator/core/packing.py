"""A folder of results packed into an archive: stable order and times, so that the same data give the same bytes."""

import shutil
import tarfile
import zipfile
from pathlib import Path

from annotator.core.progress import Progress

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_PACKED = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".zip", ".gz"})


def pack(folder: Path, target: Path, progress: Progress) -> None:
    """Write ``folder`` as the archive that the name of ``target`` says; the packed files are deleted as they go."""
    if target.suffix.lower() == ".zip":
        _pack_zip(folder, target, progress)
    else:
        _pack_tar(folder, target, progress)


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _empty_folders(folder: Path) -> list[Path]:
    """A class without pictures is a folder without files; it is part of the data."""
    return [path for path in sorted(folder.rglob("*")) if path.is_dir() and not any(path.iterdir())]


def _pack_zip(folder: Path, target: Path, progress: Progress) -> None:
    """Pictures are stored, texts compressed lightly."""
    files = _files(folder)
    with zipfile.ZipFile(target, "w", allowZip64=True, compresslevel=1) as archive:
        for path in _empty_folders(folder):
            archive.writestr(zipfile.ZipInfo(f"{path.relative_to(folder).as_posix()}/", _EPOCH), b"")
        for number, path in enumerate(files, start=1):
            info = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
            info.compress_type = zipfile.ZIP_STORED if path.suffix.lower() in _PACKED else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.file_size = path.stat().st_size
            with path.open("rb") as source, archive.open(info, "w") as packed:
                shutil.copyfileobj(source, packed, 1 << 20)
            path.unlink()
            progress.advance(number, len(files), "Packing")


def _pack_tar(folder: Path, target: Path, progress: Progress) -> None:
    files = _files(folder)
    mode = "w" if target.suffix.lower() == ".tar" else "w:gz"
    with tarfile.open(target, mode, format=tarfile.PAX_FORMAT) as archive:  # type: ignore[call-overload]  # the mode is one of two literals
        for path in _empty_folders(folder):
            info = tarfile.TarInfo(path.relative_to(folder).as_posix())
            info.type, info.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(info)
        for number, path in enumerate(files, start=1):
            info = tarfile.TarInfo(path.relative_to(folder).as_posix())
            info.size, info.mode = path.stat().st_size, 0o644
            with path.open("rb") as source:
                archive.addfile(info, source)
            path.unlink()
            progress.advance(number, len(files), "Packing")
