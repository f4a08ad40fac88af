"""What all sources over a network share: which files are pictures, errors as sentences, file systems by fsspec."""

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any, BinaryIO, ClassVar

import msgspec

from annotator.core.errors import AnnotatorError, InvalidInput, NotFound, PluginError, Unavailable
from annotator.core.names import clean_name
from annotator.plugins.base import Options
from annotator.plugins.sources import ImageSource, SourceItem

PICTURES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".heif"})
TIMEOUT = 30
"""Seconds until a silent server counts as gone."""


def is_picture(name: str) -> bool:
    """Whether the name says that the file is a picture."""
    return PurePosixPath(name).suffix.lower() in PICTURES


def usable_name(name: str) -> str | None:
    """The name as relative POSIX path; ``None`` for names that lead away."""
    try:
        return clean_name(name)
    except AnnotatorError:
        return None


def prefix_of(text: str) -> str:
    """A prefix inside a bucket without slashes around it."""
    return text.strip().strip("/")


def package(name: str, extra: str) -> Any:
    """Import an optional package; raises :class:`PluginError` that says how to get it."""
    try:
        return __import__(name)
    except ImportError as error:
        raise PluginError(f"The package {name} is missing: install marquee[{extra}].") from error


class FsspecSource(ImageSource):
    """A source over an fsspec file system; subclasses say which, and where in it to look."""

    place: ClassVar[str] = "place"

    @abstractmethod
    def filesystem(self, options: Options) -> Any:
        """The fsspec file system for these options."""

    @abstractmethod
    def root(self, options: Options) -> str:
        """The path inside the file system, without a slash at its end."""

    def items(self, *, options: Options) -> Iterator[SourceItem]:
        """Yield pictures in order of their names, with an entity tag from the server or made of time and size."""
        return (item for item in self.files(options=options) if is_picture(item.name))

    def files(self, *, options: Options) -> Iterator[SourceItem]:
        """Yield all files in order of their names."""
        root = self.root(options)
        with self._sentences(root):
            found = self.filesystem(options).find(root, detail=True, withdirs=False)
        for path in sorted(found):
            name = usable_name(path.removeprefix(root).lstrip("/"))
            if name is not None:
                details = found[path]
                size = details.get("size")
                yield SourceItem(name, size if isinstance(size, int) else None, _tag(details))

    @contextmanager
    def open(self, item: SourceItem, *, options: Options) -> Iterator[BinaryIO]:
        """Open one picture for reading in blocks."""
        name = usable_name(item.name)
        if name is None:
            raise NotFound(f"“{item.name}” is not in this {self.place}.")
        root = self.root(options)
        with self._sentences(f"{root}/{name}"), self.filesystem(options).open(f"{root}/{name}", "rb") as file:
            yield file

    @contextmanager
    def _sentences(self, what: str) -> Iterator[None]:
        """Errors of the many libraries below as ours."""
        try:
            yield
        except AnnotatorError:
            raise
        except FileNotFoundError as error:
            raise NotFound(f"There is no {self.place} or file {what}.") from error
        except PermissionError as error:
            raise InvalidInput(f"Access to {what} was refused; check the credentials.") from error
        except Exception as error:
            raise Unavailable(f"{what} cannot be read: {_first_line(error)}.") from error


def _tag(details: dict[str, Any]) -> str | None:
    for key in ("etag", "ETag", "md5Hash", "content_settings", "generation"):
        value = details.get(key)
        if isinstance(value, str | int) and value:
            return str(value).strip('"')
    changed = details.get("last_modified") or details.get("updated") or details.get("mtime") or details.get("created")
    return f"{changed}-{details.get('size')}" if changed is not None else None


def _first_line(error: BaseException) -> str:
    text = str(error).strip().split("\n")[0].rstrip(".")
    return (text or type(error).__name__)[:200]


def secret(title: str, description: str = "") -> msgspec.Meta:
    """Metadata of an option that is never shown again."""
    return msgspec.Meta(title=title, description=description, extra_json_schema={"x-secret": True})
