"""Images in a folder of this machine or a mounted share."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Annotated, BinaryIO, ClassVar

import msgspec

from annotator.core.errors import InvalidInput, NotFound, Unavailable
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.sources import ImageSource, SourceItem

_SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".heif"})


class FolderOptions(BaseOptions, frozen=True, kw_only=True):
    """Where to look."""

    path: Annotated[str, msgspec.Meta(min_length=1, title="Folder", description="Path on the server.")]
    recursive: Annotated[bool, msgspec.Meta(title="With subfolders")] = True


class FolderSource(ImageSource):
    """Lists pictures below a folder. Which folders may be named is decided by the caller (MARQUEE_IMPORT_ROOTS)."""

    title = "Folder"
    description = "Pictures in a folder of the server or a mounted share."
    Options: ClassVar[type[BaseOptions]] = FolderOptions

    def items(self, *, options: BaseOptions) -> Iterator[SourceItem]:
        """Yield pictures in path order; links are left out, because they may lead anywhere."""
        found = self.files(options=options)
        return (item for item in found if PurePosixPath(item.name).suffix.lower() in _SUFFIXES)

    def files(self, *, options: BaseOptions) -> Iterator[SourceItem]:
        """Yield all files in path order, without links."""
        root = _root(options)
        recursive = not isinstance(options, FolderOptions) or options.recursive
        found = root.rglob("*") if recursive else root.glob("*")
        for path in sorted(found):
            if path.is_file() and not path.is_symlink():
                status = path.stat()
                name = path.relative_to(root).as_posix()
                yield SourceItem(name, status.st_size, f"{status.st_mtime_ns:x}-{status.st_size:x}")

    @contextmanager
    def open(self, item: SourceItem, *, options: BaseOptions) -> Iterator[BinaryIO]:
        """Open one picture; raises :class:`NotFound` for names that are not (or lead out of) the folder."""
        root = _root(options)
        path = (root / item.name).resolve()
        if not path.is_relative_to(root) or not path.is_file():
            raise NotFound(f"“{item.name}” is not in the folder (any more).")
        try:
            file = path.open("rb")
        except OSError as error:
            raise Unavailable(f"“{item.name}” cannot be read: {error.strerror}.") from error
        with file:
            yield file


def _root(options: BaseOptions) -> Path:
    if not isinstance(options, FolderOptions):
        raise InvalidInput("The folder source needs to be told a path.")
    root = Path(options.path).expanduser().resolve()
    if not root.is_dir():
        raise NotFound(f"There is no folder {options.path}.")
    return root
