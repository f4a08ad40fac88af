"""Writing Pascal VOC: every picture gets an XML file, those without objects too."""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any, TypeGuard
from xml.sax.saxutils import escape

from annotator.core.geometry.measures import bounds
from annotator.core.geometry.types import Geometry, Polygon
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.files import FolderMaker, place_picture
from annotator.plugins.formats import Report

_FLAGS = (("pose", "Unspecified"), ("truncated", 0), ("difficult", 0))
_CORNERS = ("xmin", "ymin", "xmax", "ymax")
_NO_PLACE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])
"""Control characters: XML 1.0 has no place for them, not even as entities."""


class VocWriter:
    """Adds pictures one by one; a context manager that closes the lists of splits."""

    def __init__(self, folder: Path, labels: Sequence[LabelRecord], *, polygons: bool, report: Report) -> None:
        self._folder = folder
        self._labels = [label.name for label in labels]
        self._known = set(self._labels)
        self._polygons = polygons
        self._report = report
        self._stems: set[str] = set()
        self._folders = FolderMaker()
        self._lists: dict[str, list[str]] = {}

    def __enter__(self) -> "VocWriter":
        for name in ("Annotations", "JPEGImages", "ImageSets/Main"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        rows = ["# label:color_rgb:parts:actions", *(f"{name}:::" for name in self._labels)]
        (self._folder / "labelmap.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for split, stems in self._lists.items():
            path = self._folder / "ImageSets" / "Main" / f"{split}.txt"
            path.write_text("\n".join(stems) + "\n", encoding="utf-8")

    def add(self, image: ImageRecord) -> None:
        """Write one picture and its XML file, whose path mirrors the picture's."""
        path = PurePosixPath(image.name)
        stem = path.with_suffix("").as_posix()
        if stem.casefold() in self._stems:  # a.jpg and a.png: the second keeps its ending
            stem = path.as_posix()
        self._stems.add(stem.casefold())
        if image.split:
            self._lists.setdefault(image.split, []).append(stem)
        if image.path is not None:
            place_picture(image.path, self._folder / "JPEGImages" / image.name)
        target = self._folders.make_for(self._folder / "Annotations" / f"{stem}.xml")
        target.write_text("\n".join(self._annotation(image, path)) + "\n", encoding="utf-8")

    def _annotation(self, image: ImageRecord, path: PurePosixPath) -> list[str]:
        """Lines of the XML file; written by hand, because building a tree first takes four times as long."""
        folder = path.parent.as_posix() if path.parent.name else "JPEGImages"
        lines = [
            "<annotation>",
            _element(1, "folder", folder),
            _element(1, "filename", path.name),
            "  <source>",
            _element(2, "database", "Unknown"),
            "  </source>",
            "  <size>",
            _element(2, "width", image.width),
            _element(2, "height", image.height),
            _element(2, "depth", 3),
            "  </size>",
            _element(1, "segmented", 0),
        ]
        for annotation in image.annotations:
            lines += self._object(annotation, image)
        return [*lines, "</annotation>"]

    def _object(self, annotation: AnnotationRecord, image: ImageRecord) -> list[str]:
        found = bounds(annotation.geometry)
        if found is None or annotation.label not in self._known:
            code = "undeclared_label" if found else "unsupported_shape"
            text = f"A {annotation.geometry.kind} “{annotation.label}” cannot be written as VOC; it was left out."
            self._report(Issue(code, "warning", text, image.name, annotation.id))
            return []
        given = annotation.attributes
        lines = ["  <object>", _element(2, "name", annotation.label)]
        lines += [_element(2, tag, given.get(f"voc:{tag}", default)) for tag, default in _FLAGS]
        if "voc:occluded" in given:
            lines.append(_element(2, "occluded", given["voc:occluded"]))
        lines.append("    <bndbox>")
        lines += [_element(3, tag, _digits(value)) for tag, value in zip(_CORNERS, found, strict=True)]
        lines.append("    </bndbox>")
        if self._polygons and is_plain(annotation.geometry):
            lines += _outline(annotation.geometry)
        named = {key: value for key, value in given.items() if not key.startswith("voc:")}
        return [*lines, *(_attributes(named) if named else ()), "  </object>"]


def is_plain(geometry: Geometry) -> TypeGuard[Polygon]:
    """Whether an outline of one ring says it all."""
    return isinstance(geometry, Polygon) and len(geometry.parts) == 1 and not geometry.parts[0].holes


def _outline(polygon: Polygon) -> list[str]:
    ring = polygon.parts[0].outer
    lines = ["    <polygon>"]
    for number in range(len(ring) // 2):
        lines.append(_element(3, f"x{number + 1}", _digits(ring[2 * number])))
        lines.append(_element(3, f"y{number + 1}", _digits(ring[2 * number + 1])))
    return [*lines, "    </polygon>"]


def _attributes(named: Mapping[str, Any]) -> list[str]:
    lines = ["    <attributes>"]
    for key, value in named.items():
        lines += ["      <attribute>", _element(4, "name", key), _element(4, "value", value), "      </attribute>"]
    return [*lines, "    </attributes>"]


def _element(depth: int, tag: str, value: object) -> str:
    return f"{'  ' * depth}<{tag}>{escape(str(value).translate(_NO_PLACE))}</{tag}>"


def _digits(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
