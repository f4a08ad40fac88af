"""CVAT's XML as a stream: one image or track at a time, whatever the size of the file."""

import xml.etree.ElementTree as Tree
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from annotator.core.errors import FormatError
from annotator.formats.cvat.meta import CvatMeta, read_meta

_CHUNK = 1 << 16
SHAPES = frozenset({"box", "polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton", "tag"})
Attributes = dict[str, str]


class RawShape:
    """One shape as the file says it; ``points`` are the elements of a skeleton."""

    __slots__ = ("attributes", "attrs", "line", "points", "tag")

    def __init__(self, tag: str, attrs: Attributes, line: int) -> None:
        self.tag = tag
        self.attrs = attrs
        self.line = line
        self.attributes: list[tuple[str, str]] | None = None
        self.points: list[RawShape] | None = None


class RawHolder:
    """An ``image`` or a ``track`` with its shapes; ``parts`` are the tracks of a skeleton's points."""

    __slots__ = ("attrs", "line", "parts", "shapes", "tag")

    def __init__(self, tag: str, attrs: Attributes, line: int) -> None:
        self.tag = tag
        self.attrs = attrs
        self.line = line
        self.shapes: list[RawShape] = []
        self.parts: list[RawHolder] = []


class _DoctypeRefusedError(Exception):
    """Raised inside the parser."""


class _Handler:
    """Receives expat's events; ``done`` collects what is complete."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.done: deque[RawHolder | CvatMeta] = deque()
        self._parser = parser
        self._depth = 0
        self._holder: RawHolder | None = None
        self._outer: RawHolder | None = None
        self._level = 3  # depth of the shapes of the open holder
        self._shape: RawShape | None = None
        self._point: RawShape | None = None
        self._name = ""
        self._text: list[str] | None = None
        self._meta: Tree.TreeBuilder | None = None
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end

    def start(self, tag: str, attrs: Attributes) -> None:
        """An element opens."""
        self._depth += 1
        holder = self._holder
        if holder is not None:
            if self._shape is None:
                if self._depth == self._level and (tag in SHAPES or "label" in attrs) and tag != "track":
                    self._shape = shape = RawShape(tag, attrs, self._parser.CurrentLineNumber)
                    holder.shapes.append(shape)
                elif tag == "track" and self._depth == 3 and holder.tag == "track":
                    self._outer, self._level = holder, 4
                    self._holder = RawHolder(tag, attrs, self._parser.CurrentLineNumber)
                    holder.parts.append(self._holder)
            elif tag == "attribute":
                self._name, self._text = attrs.get("name", ""), []
                self._parser.CharacterDataHandler = self._text.append
            elif self._shape.tag == "skeleton" and tag in SHAPES:
                self._point = RawShape(tag, attrs, self._parser.CurrentLineNumber)
                if self._shape.points is None:
                    self._shape.points = []
                self._shape.points.append(self._point)
        elif self._meta is not None:
            self._meta.start(tag, attrs)
        elif self._depth == 2 and tag in {"image", "track"}:
            self._holder = RawHolder(tag, attrs, self._parser.CurrentLineNumber)
        elif self._depth == 2 and tag == "meta":
            self._meta = Tree.TreeBuilder()
            self._meta.start(tag, attrs)
            self._parser.CharacterDataHandler = self._meta.data

    def end(self, tag: str) -> None:
        """An element closes."""
        self._depth -= 1
        if self._holder is not None:
            if self._depth == 1:
                self.done.append(self._holder)
                self._holder = self._shape = self._point = None
            elif self._outer is not None and self._depth == 2:  # the track of one point of a skeleton
                self._holder, self._outer, self._level = self._outer, None, 3
                self._shape = self._point = None
            elif self._depth == self._level - 1:
                self._shape = self._point = None
            elif tag == "attribute" and self._text is not None:
                self._close_attribute()
            elif self._depth == self._level:
                self._point = None
        elif self._meta is not None:
            self._meta.end(tag)
            if self._depth == 1:
                self.done.append(read_meta(self._meta.close()))
                self._meta = None
                self._parser.CharacterDataHandler = None

    def _close_attribute(self) -> None:
        owner = self._point or self._shape
        if owner is not None:
            if owner.attributes is None:
                owner.attributes = []
            owner.attributes.append((self._name, "".join(self._text or ())))
        self._text = None
        self._parser.CharacterDataHandler = None


def events(path: Path, file: str) -> Iterator[RawHolder | CvatMeta]:
    """The file's meta, images and tracks, each as soon as it is complete; raises :class:`FormatError` where it breaks."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    handler = _Handler(parser)
    for _ in _fed(parser, path, file):
        while handler.done:
            yield handler.done.popleft()


def check_file(path: Path, file: str) -> bool:
    """Whether the file is one of CVAT's, read to its end without keeping anything.

    Raises :class:`FormatError` when it is cut off, broken, or declares a document type.
    """
    parser = expat.ParserCreate()
    roots: list[str] = []

    def first(tag: str, attrs: Attributes) -> None:
        del attrs
        roots.append(tag)
        parser.StartElementHandler = None

    parser.StartElementHandler = first
    for _ in _fed(parser, path, file):
        if roots and roots[0] != "annotations":
            return False
    return bool(roots)


def _fed(parser: expat.XMLParserType, path: Path, file: str) -> Iterator[None]:
    """Hand the file to the parser piece by piece."""
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        with path.open("rb") as source:
            while chunk := source.read(_CHUNK):
                parser.Parse(chunk, False)
                yield
            parser.Parse(b"", True)
            yield
    except _DoctypeRefusedError:
        raise FormatError(
            f"{file} declares a document type or entities; such files are not read.",
            fields={"file": file, "issue": "xml_doctype_refused"},
        ) from None
    except (expat.ExpatError, ValueError, LookupError, OSError) as error:
        line, offset = parser.CurrentLineNumber, parser.CurrentByteIndex
        raise FormatError(
            f"{file} is no complete XML file: {error} (line {line}).",
            fields={"file": file, "issue": "unparsable_file", "line": line, "offset": offset},
        ) from None


def _refuse_doctype(*details: Any) -> None:
    del details
    raise _DoctypeRefusedError
