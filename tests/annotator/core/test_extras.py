"""What a record holds beside its columns travels through attributes and back."""

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.extras import PREFIX, pack_extras, unpack_extras
from annotator.core.geometry.types import Box, Keypoints
from annotator.core.records import AnnotationRecord

SHAPE = Keypoints(points=[1, 2, 2])
numbers = st.floats(-1e6, 1e6)
records = st.builds(
    AnnotationRecord,
    label=st.just("cat"),
    geometry=st.just(SHAPE),
    attributes=st.dictionaries(st.sampled_from(["colour", "coco:x"]), st.text() | st.integers()),
    group=st.none() | st.text(min_size=1),
    track=st.none() | st.integers() | st.text(),
    part_of=st.none() | st.text(min_size=1),
    crowd=st.booleans(),
    box=st.none() | st.builds(Box, x=numbers, y=numbers, w=numbers, h=numbers),
    source=st.dictionaries(st.text(), st.text(), max_size=2),
)


@given(record=records)
def test_there_and_back(record: AnnotationRecord) -> None:
    stored = AnnotationRecord("cat", SHAPE, attributes=pack_extras(record))
    assert unpack_extras(stored) == record


def test_a_plain_record_gets_nothing_added() -> None:
    assert pack_extras(AnnotationRecord("cat", SHAPE, attributes={"a": 1})) == {"a": 1}


def test_values_of_a_wrong_type_are_left_out() -> None:
    wrong = {
        f"{PREFIX}{name}": value for name, value in [("group", 3), ("track", True), ("box", [1, "x"]), ("crowd", "no")]
    }
    record = unpack_extras(AnnotationRecord("cat", SHAPE, attributes=wrong))
    assert record == AnnotationRecord("cat", SHAPE)
