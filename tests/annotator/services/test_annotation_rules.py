"""The rules of one project are loaded once per save; the rules themselves are tested through the save protocol."""

import pytest

from annotator.core.errors import InvalidInput
from annotator.services.annotation_rules import (
    AnnotationRules,
    checked_order,
    checked_prediction,
    checked_score,
    checked_source,
)
from tests.factories.images import make_image
from tests.factories.projects import make_label, make_project


@pytest.mark.django_db
def test_rules_cost_one_query(django_assert_num_queries: object) -> None:
    project = make_project(labels=("cat", "dog"))
    image = make_image(project)
    make_label(make_project(), "stranger")
    with django_assert_num_queries(1):  # type: ignore[operator]
        rules = AnnotationRules.of(image)
    assert {label.name for label in rules.labels.values()} == {"cat", "dog"}
    assert (rules.width, rules.height) == (640, 480)


@pytest.mark.parametrize("value", [0, -5, 2**31 - 1])
def test_orders(value: int) -> None:
    assert checked_order(value) == value


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (checked_order, True),
        (checked_order, 1.5),
        (checked_order, 2**31),
        (checked_source, "import"),
        (checked_source, None),
        (checked_score, -0.1),
        (checked_score, float("nan")),
        (checked_score, "0.5"),
        (checked_score, True),
        (checked_prediction, "not a uuid"),
        (checked_prediction, 5),
    ],
)
def test_bad_values_have_a_sentence(check: object, value: object) -> None:
    with pytest.raises(InvalidInput, match="“"):
        check(value)  # type: ignore[operator]


@pytest.mark.django_db
def test_our_own_attributes_may_be_deep_but_not_endless() -> None:
    project = make_project(labels=("cat",))
    rules, label = AnnotationRules.of_project(project.id), project.labels.get().id
    packed = {"marquee:source": {"iscrowd": 0, "deep": [{"a": float("nan")}]}, "marquee:group": "7"}
    assert rules.attributes(packed, label=label) == {
        "marquee:source": {"iscrowd": 0, "deep": [{"a": None}]},
        "marquee:group": "7",
    }
    for value in ("x" * 30_000, "nul \0", object(), "\ud800"):
        with pytest.raises(InvalidInput, match="“marquee:source”"):
            rules.attributes({"marquee:source": value}, label=label)
    with pytest.raises(InvalidInput, match="“attr:x”"):
        rules.attributes({"attr:x": "nul \0"}, label=label)
