"""What a foreign format has no field for."""

from typing import Any

import pytest

from annotator.core.geometry.types import Box, Ellipse, Tag
from annotator.core.records import AnnotationRecord, LabelRecord
from annotator.formats.shared.own_fields import label_with_own_fields, own_fields, own_label_fields, with_own_fields
from tests.annotator.formats import rich_sets

NAMES = ("id", "group", "track", "part_of", "crowd", "score", "z_order", "box", "source")


@pytest.mark.parametrize("record", rich_sets.annotations())
def test_records_there_and_back(record: AnnotationRecord) -> None:
    fields = own_fields(record, *NAMES, exact=True)
    bare = AnnotationRecord(record.label, Tag(), record.attributes)
    assert with_own_fields(bare, fields) == record


def test_only_what_says_something_is_written() -> None:
    plain = AnnotationRecord("cat", Box(x=1, y=2, w=3, h=4))
    assert own_fields(plain, *NAMES) == {}
    zero = AnnotationRecord("cat", plain.geometry, score=0.0, track=0)
    assert own_fields(zero, *NAMES) == {"score": 0.0, "track": 0}


@pytest.mark.parametrize(
    "value",
    [
        None, 7, [], {"z_order": "high"}, {"box": [1, 2]}, {"geometry": {"type": "box"}},
        {"geometry": {"type": "box", "x": 1, "y": 1, "w": -1, "h": 1}}, {"geometry": {"type": "star"}}, {"id": None},
    ],
)  # fmt: skip
def test_what_somebody_broke_is_passed_over(value: Any) -> None:
    record = AnnotationRecord("cat", Ellipse(cx=1, cy=2, rx=3, ry=4), id="1")
    assert with_own_fields(record, value) == record
    assert label_with_own_fields(LabelRecord("cat"), value) == LabelRecord("cat")


@pytest.mark.parametrize("label", rich_sets.LABELS)
def test_labels_there_and_back(label: LabelRecord) -> None:
    names = ("parent", "color", "stuff", "attributes", "keypoints", "skeleton", "source", "source_id")
    assert label_with_own_fields(LabelRecord(label.name), own_label_fields(label, *names)) == label
    assert own_label_fields(LabelRecord("plain"), *names) == {}
    assert own_label_fields(LabelRecord("plain", source_id=0), *names) == {"source_id": 0}
