"""Shapes too small to be meant."""

from annotator.checks.tiny import TinyCheck, TinyOptions
from annotator.core.geometry.types import Box, Polyline
from annotator.core.records import AnnotationRecord, ImageRecord
from annotator.plugins.testing import QualityCheckContract


def box(name: str, w: float, h: float) -> AnnotationRecord:
    return AnnotationRecord(label="cat", geometry=Box(x=5, y=5, w=w, h=h), id=name)


class TestContract(QualityCheckContract):
    plugin = TinyCheck
    good = ImageRecord(
        "a.png", 60, 40, (box("a", 4, 4), AnnotationRecord("cat", Polyline(points=[1, 1, 2, 2]), id="l"))
    )
    bad = ImageRecord("a.png", 60, 40, (box("a", 4, 4), box("thin", 2, 30), box("small", 3.2, 3.2)))
    concerned = frozenset({"thin", "small"})


def test_the_limits_are_options() -> None:
    assert list(TinyCheck().inspect(TestContract.bad, options=TinyOptions(side=0, area=0))) == []
