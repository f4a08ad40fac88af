"""What the author of a plugin writes: a class of three lines per plugin. Needs Marquee, and no Django."""

from marquee_guest.checks import HugeCheck
from marquee_guest.formats import CsvFormat
from marquee_guest.strategies import CrowdedStrategy

from annotator.core.geometry.types import Box
from annotator.core.records import AnnotationRecord, ImageRecord
from annotator.plugins.testing import DatasetFormatContract, QualityCheckContract
from trainer.plugins.testing import StrategyContract


class TestCsvFormat(DatasetFormatContract):
    plugin = CsvFormat


class TestCrowded(StrategyContract):
    plugin = CrowdedStrategy


class TestHuge(QualityCheckContract):
    plugin = HugeCheck
    good = ImageRecord("a.png", 100, 100, (AnnotationRecord("cat", Box(10, 10, 50, 50), id="1"),))
    bad = ImageRecord("b.png", 100, 100, (*good.annotations, AnnotationRecord("cat", Box(0, 0, 100, 100), id="2")))
    concerned = frozenset({"2"})
