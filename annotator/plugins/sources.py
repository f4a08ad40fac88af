"""Contract of the family *sources*: places that images come from."""

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO

from annotator.plugins.base import Options, Plugin


@dataclass(frozen=True, slots=True)
class SourceItem:
    """One file of a source: its name relative to the source, size in bytes and a version tag if the source has one."""

    name: str
    size: int | None = None
    etag: str | None = None


class ImageSource(Plugin):
    """Lists and opens images somewhere else. Our own blobs live in the object store, not behind this contract."""

    @abstractmethod
    def items(self, *, options: Options) -> Iterator[SourceItem]:
        """Yield what is there, in a stable order; raises ``AnnotatorError`` when the place cannot be reached."""

    def files(self, *, options: Options) -> Iterator[SourceItem]:
        """Yield everything that is there, so that a whole dataset can be imported; the pictures where it knows no more."""
        return self.items(options=options)

    @abstractmethod
    def open(self, item: SourceItem, *, options: Options) -> AbstractContextManager[BinaryIO]:
        """Open one item for reading."""
