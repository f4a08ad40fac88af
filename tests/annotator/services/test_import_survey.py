"""The first reading: what is in the files."""

from annotator.core.geometry.types import Box, Tag
from annotator.core.records import AnnotationRecord, ImageRecord
from annotator.services.import_settings import ImportSettings
from annotator.services.import_survey import EXAMPLES, Survey, choose_annotated

BOX = AnnotationRecord("cat", Box(x=1, y=1, w=5, h=5))
TAG = AnnotationRecord("dog", Tag())


def test_everything_is_counted() -> None:
    survey = Survey()
    survey.add(ImageRecord("a", 10, 10, (BOX, TAG, BOX), split="train"))
    survey.add(ImageRecord("b", 10, 10, predictions=(TAG,), source={"annotated": False}))
    assert (survey.tally.images, survey.tally.missing, survey.tally.without) == (2, 2, 1)
    assert (survey.tally.annotations, survey.tally.predictions) == (3, 1)
    assert survey.tally.as_json()["by_type"] == {"box": 2, "tag": 1}
    assert survey.tally.as_json()["by_split"] == {"train": 1, "": 1}
    assert dict(survey.by_label()) == {"cat": 2, "dog": 2}
    assert survey.annotated == {"train": ["a"]}
    survey.add(
        ImageRecord("c", 10, 10, (BOX,), split="val", source={"annotated": False})
    )  # a field of COCO Annotator's
    assert survey.annotated == {"train": ["a"], "val": ["c"]}


def test_examples_stay_few() -> None:
    survey = Survey()
    for number in range(3 * EXAMPLES):
        survey.settle(f"{number}", "new")
    survey.settle("a", "matched", "b")
    assert survey.fates["new"] == 3 * EXAMPLES
    assert len(survey.examples["new"]) == EXAMPLES
    assert survey.examples["matched"] == [{"name": "a", "as": "b"}]


def test_a_fraction_is_the_same_share_of_every_split() -> None:
    survey = Survey(annotated={"train": [f"t{n}" for n in range(10)], "val": ["v0"]})
    assert choose_annotated(survey, ImportSettings()) is None
    chosen = choose_annotated(survey, ImportSettings(label_fraction=0.3, seed=1))
    assert chosen is not None
    assert sorted(name[0] for name in chosen) == ["t", "t", "t", "v"]
    assert chosen == choose_annotated(survey, ImportSettings(label_fraction=0.3, seed=1))
