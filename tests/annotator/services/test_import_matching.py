"""Which objects of a file are on an image already."""

import pytest

from annotator.core.geometry.types import Box, Geometry, Keypoints, Polygon, PolygonPart, Tag
from annotator.core.records import AnnotationRecord
from annotator.services.import_matching import Live, fresh_records, is_same

LABELS = {"cat": 1, "dog": 2}
SQUARE = PolygonPart(outer=[10, 10, 20, 10, 20, 20, 10, 20])


def fresh(records: list[AnnotationRecord], here: list[Live]) -> list[AnnotationRecord]:
    return fresh_records(records, here, LABELS, width=100, height=100)


def box(x: float = 10, label: str = "cat", source_id: str | None = None) -> AnnotationRecord:
    return AnnotationRecord(label, Box(x=x, y=10, w=20, h=20), id=source_id)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (Box(x=0, y=0, w=100, h=100), Box(x=0.2, y=0, w=100, h=100), True),
        (Box(x=0, y=0, w=100, h=100), Box(x=1.5, y=0, w=100, h=100), False),
        (Box(x=10, y=10, w=10, h=10), Polygon(parts=[SQUARE]), False),
        (Tag(), Tag(), True),
        (Keypoints(points=[1, 1, 2, 5, 5, 2]), Keypoints(points=[1, 1, 2, 5, 5, 1]), True),
        (Keypoints(points=[1, 1, 2, 5, 5, 2]), Keypoints(points=[1, 1, 2, 5, 6, 2]), False),
    ],
)
def test_one_object_or_two(first: Geometry, second: Geometry, same: bool) -> None:
    assert is_same(first, second) is same
    assert is_same(second, first) is same


def test_each_live_annotation_accounts_for_one_record() -> None:
    here = [Live(1, Box(x=10, y=10, w=20, h=20))]
    assert fresh([box(), box()], here) == [box()]
    assert fresh([box(label="dog")], here) == [box(label="dog")]
    assert fresh([AnnotationRecord("cat", Polygon(parts=[SQUARE]))], [Live(1, Polygon(parts=[SQUARE]))]) == []


def test_a_moved_object_is_known_by_its_id_in_the_file() -> None:
    here = [Live(1, Box(x=10, y=10, w=20, h=20), "7")]
    assert fresh([box(x=14, source_id="7")], here) == []
    assert fresh([box(x=14, source_id="8")], here) == [box(x=14, source_id="8")]


def test_the_same_id_far_away_is_another_object_of_another_file() -> None:
    here = [Live(1, Box(x=10, y=10, w=20, h=20), "7")]
    assert fresh([box(x=70, source_id="7")], here) == [box(x=70, source_id="7")]


def test_an_equal_shape_goes_before_a_moved_one() -> None:
    here = [Live(1, Box(x=10, y=10, w=20, h=20), "1"), Live(1, Box(x=12, y=10, w=20, h=20), "2")]
    assert fresh([box(x=12, source_id="1"), box(x=10, source_id="2")], here) == []
