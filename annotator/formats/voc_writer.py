"""Writing Pascal VOC: every picture gets an XML file, those without objects too."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from types import TracebackType
from xml.etree import ElementTree

from annotator.core.geometry.measures import bounds
from annotator.core.geometry.types import Polygon
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.files import place_picture
from annotator.plugins.formats import Report


class VocWriter:
    """Adds pictures one by one; a context manager that closes the lists of splits."""

    def __init__(self, folder: Path, labels: Sequence[LabelRecord], *, polygons: bool, report: Report) -> None:
        self._folder = folder
        self._labels = [label.name for label in labels]
        self._known = set(self._labels)
        self._polygons = polygons
        self._report = report
        self._stems: set[str] = set()
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
        target = self._folder / "Annotations" / f"{stem}.xml"
        target.parent.mkdir(parents=True, exist_ok=True)
        tree = ElementTree.ElementTree(self._annotation(image, path))
        ElementTree.indent(tree)
        tree.write(target, encoding="utf-8")

    def _annotation(self, image: ImageRecord, path: PurePosixPath) -> ElementTree.Element:
        root = ElementTree.Element("annotation")
        _add(root, "folder", path.parent.as_posix() if path.parent.name else "JPEGImages")
        _add(root, "filename", path.name)
        _add(ElementTree.SubElement(root, "source"), "database", "Unknown")
        size = ElementTree.SubElement(root, "size")
        for tag, value in (("width", image.width), ("height", image.height), ("depth", 3)):
            _add(size, tag, str(value))
        _add(root, "segmented", "0")
        for annotation in image.annotations:
            self._object(root, annotation, image)
        return root

    def _object(self, root: ElementTree.Element, annotation: AnnotationRecord, image: ImageRecord) -> None:
        found = bounds(annotation.geometry)
        if found is None or annotation.label not in self._known:
            code = "undeclared_label" if found else "unsupported_shape"
            text = f"A {annotation.geometry.kind} “{annotation.label}” cannot be written as VOC; it was left out."
            self._report(Issue(code, "warning", text, image.name, annotation.id))
            return
        item = ElementTree.SubElement(root, "object")
        _add(item, "name", annotation.label)
        for tag, default in (("pose", "Unspecified"), ("truncated", "0"), ("difficult", "0")):
            _add(item, tag, str(annotation.attributes.get(f"voc:{tag}", default)))
        if "voc:occluded" in annotation.attributes:
            _add(item, "occluded", str(annotation.attributes["voc:occluded"]))
        box = ElementTree.SubElement(item, "bndbox")
        for tag, value in zip(("xmin", "ymin", "xmax", "ymax"), found, strict=True):
            _add(box, tag, _digits(value))
        if self._polygons and isinstance(annotation.geometry, Polygon) and len(annotation.geometry.parts) == 1:
            outline = ElementTree.SubElement(item, "polygon")
            ring = annotation.geometry.parts[0].outer
            for number in range(len(ring) // 2):
                _add(outline, f"x{number + 1}", _digits(ring[2 * number]))
                _add(outline, f"y{number + 1}", _digits(ring[2 * number + 1]))
        named = {key: value for key, value in annotation.attributes.items() if not key.startswith("voc:")}
        if named:
            attributes = ElementTree.SubElement(item, "attributes")
            for key, value in named.items():
                entry = ElementTree.SubElement(attributes, "attribute")
                _add(entry, "name", key)
                _add(entry, "value", str(value))


def _add(parent: ElementTree.Element, tag: str, text: str) -> None:
    # XML 1.0 has no place for most control characters, not even as entities
    ElementTree.SubElement(parent, tag).text = "".join(c for c in text if c >= " " or c in "\t\n")


def _digits(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
