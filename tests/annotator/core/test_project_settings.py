"""Settings of a project."""

import pytest

from annotator.core.errors import InvalidInput
from annotator.core.project_settings import ProjectSettings, merge_settings, read_settings


def test_nothing_stored_means_the_defaults() -> None:
    assert read_settings({}) == ProjectSettings()
    assert read_settings({}).strip_position is True


def test_changes_are_merged_into_a_full_object() -> None:
    merged = merge_settings({"lease_minutes": 9}, {"prediction_threshold": 0.5})
    assert (merged["lease_minutes"], merged["prediction_threshold"], merged["strip_position"]) == (9, 0.5, True)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"prediction_threshold": 2}, "prediction_threshold"),
        ({"lease_minutes": 0}, "lease_minutes"),
        ({"lease_minutes": "5"}, "lease_minutes"),
        ({"made_up": 1}, "made_up"),
    ],
)
def test_wrong_values_are_named(changes: dict[str, object], name: str) -> None:
    with pytest.raises(InvalidInput, match=name):
        merge_settings({}, changes)
