"""Objects that were annotated twice."""

from annotator.checks.overlap import OverlapCheck, OverlapOptions
from annotator.core.geometry.types import Box, Polygon, PolygonPart
from annotator.core.records import AnnotationRecord, ImageRecord
from annotator.plugins.testing import QualityCheckContract


def box(name: str, x: float, label: str = "cat") -> AnnotationRecord:
    return AnnotationRecord(label=label, geometry=Box(x=x, y=5, w=20, h=20), id=name)


OUTLINE = AnnotationRecord("cat", Polygon(parts=[PolygonPart(outer=[5, 5, 25, 5, 25, 25, 5, 25])]), id="outline")


class TestContract(QualityCheckContract):
    plugin = OverlapCheck
    good = ImageRecord("a.png", 60, 40, (box("a", 0), box("b", 10), box("c", 35)))
    bad = ImageRecord("a.png", 60, 40, (box("a", 5), box("far", 35), OUTLINE))
    concerned = frozenset({"a", "outline"})


def test_labels_may_be_kept_apart() -> None:
    image = ImageRecord("a.png", 60, 40, (box("a", 5), box("b", 5, "dog")))
    apart = OverlapOptions(across_labels=False)
    assert list(OverlapCheck().inspect(image, options=apart)) == []
    (finding,) = OverlapCheck().inspect(image, options=OverlapOptions())
    assert finding.text.startswith("A “cat”")
    assert "“dog”" in finding.text


def test_many_objects_are_compared_in_blocks() -> None:
    boxes = tuple(AnnotationRecord("cat", Box(x=i * 3.0, y=0, w=2, h=2), id=str(i)) for i in range(1200))
    image = ImageRecord("a.png", 4000, 10, (*boxes, AnnotationRecord("cat", Box(x=3, y=0, w=2, h=2), id="twin")))
    (finding,) = OverlapCheck().inspect(image, options=OverlapOptions())
    assert finding.annotations == ("1", "twin")
