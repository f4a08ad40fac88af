"""Shapes that leave the picture."""

from annotator.checks.bounds import OutOfImageCheck
from annotator.core.geometry.types import Box, Tag
from annotator.core.records import AnnotationRecord, ImageRecord
from annotator.plugins.testing import QualityCheckContract


def thing(name: str, x: float, y: float, w: float = 5, h: float = 5) -> AnnotationRecord:
    return AnnotationRecord(label="cat", geometry=Box(x=x, y=y, w=w, h=h), id=name)


class TestContract(QualityCheckContract):
    plugin = OutOfImageCheck
    good = ImageRecord("a.png", 60, 40, (thing("a", 0, 0, 60, 40), thing("b", -1, 5), AnnotationRecord("cat", Tag())))
    bad = ImageRecord("a.png", 60, 40, (thing("in", 5, 5), thing("edge", 58, 5), thing("out", 100, 5)))
    concerned = frozenset({"edge", "out"})


def test_far_out_is_worse_than_over_the_edge() -> None:
    check = OutOfImageCheck()
    findings = list(check.inspect(TestContract.bad, options=check.Options()))
    assert [(f.code, f.severity) for f in findings] == [("over_the_edge", "warning"), ("outside", "error")]
