"""Plain boxes decoded by their type are what the careful reader makes of them; all others are left to it."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.records import Issue
from annotator.formats.coco.objects import ObjectReader
from annotator.formats.coco.plain import plain_entries, plain_records

LABELS: dict[int | str | None, str] = {1: "cat", 2: "dog"}
numbers = st.integers(-5, 50) | st.floats(-5, 50, allow_nan=False)
entries = st.fixed_dictionaries(
    {"id": st.integers(0, 9), "bbox": st.lists(numbers, min_size=3, max_size=5), "category_id": st.integers(0, 3)},
    optional={
        "image_id": st.integers(0, 3),
        "area": numbers | st.none(),
        "iscrowd": st.sampled_from([0, 1, "0", None]),
        "segmentation": st.sampled_from([[], [[]], None, [[1, 1, 9, 1, 9, 9]]]),
        "colour": st.text(max_size=2),
        "attributes": st.just({}),
    },
)


@given(given_entries=st.lists(entries, max_size=4))
def test_the_quick_way_and_the_careful_way_agree(given_entries: list[dict[str, Any]]) -> None:
    issues: list[Issue] = []
    careful = ObjectReader("a.json", LABELS, issues.append, lambda identity: identity == 9)
    slow = careful.records(given_entries, (60, 40))
    found = plain_entries(json.dumps(given_entries).encode())
    quick = None if found is None else plain_records(found, LABELS, lambda identity: identity == 9)
    if quick is not None:
        assert quick == slow
        assert issues == []


def test_plain_boxes_go_the_quick_way() -> None:
    text = b'[{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3.5, 4], "area": 14, "iscrowd": 0, "segmentation": []}]'
    found = plain_entries(text)
    assert found is not None
    (record,) = plain_records(found, LABELS, lambda identity: False) or []
    assert (record.label, record.id, record.geometry.kind) == ("cat", "1", "box")


def test_anything_else_is_left_to_the_careful_way() -> None:
    for text in (b'[{"id": 1}]', b"[NaN]", b"[", b"\xff", b'[{"id": 1, "category_id": 1, "bbox": [1, 2, NaN, 4]}]'):
        assert plain_entries(text) is None
