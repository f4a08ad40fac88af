"""Counts do not depend on when they are asked for."""

from annotator.core.geometry.types import Box, Tag
from annotator.core.records import AnnotationRecord, ImageRecord
from annotator.core.tally import Tally

CAT = AnnotationRecord("cat", Box(0, 0, 1, 1))
DOG = AnnotationRecord("dog", Tag())


def test_everything_that_passed_is_counted() -> None:
    tally = Tally()
    tally.add(ImageRecord("a.png", 9, 9, (CAT, CAT), "train", predictions=(DOG,)))
    assert tally.by_label()["cat"] == 2
    tally.add(ImageRecord("b.png", 9, 9, (CAT, DOG)))
    tally.add(ImageRecord("c.png", 9, 9))
    assert tally.by_label() == {"cat": 3, "dog": 1}
    assert (tally.predictions, tally.missing) == (1, 3)
    assert (
        tally.as_json()
        == tally.as_json()
        == {
            "images": 3,
            "annotations": 4,
            "without_annotations": 1,
            "by_type": {"box": 3, "tag": 1},
            "by_split": {"train": 1, "": 2},
        }
    )


def test_many_are_counted_while_they_pass() -> None:
    tally = Tally()
    for _ in range(3):
        tally.add(ImageRecord("a.png", 9, 9, (CAT,) * 5000))
    assert tally.by_label()["cat"] == tally.annotations == 15_000
