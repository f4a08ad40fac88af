"""Shapes that enclose nothing, and those that only look so."""

import pytest

from annotator.core.geometry.types import Polygon
from annotator.formats.shared.checking import is_flat, sound_polygon


@pytest.mark.parametrize(
    ("ring", "flat"),
    [
        ([], True),
        ([1, 1], True),
        ([1, 1, 5, 5], True),
        ([1, 1, 2, 2, 3, 3], True),
        ([1, 1, 1, 1, 1, 1, 1, 1], True),
        ([1, 1, 1, 1, 5, 1, 3, 1], True),
        ([1, 1, 5, 1, 5, 5], False),
        ([1, 1, 1, 1, 5, 1, 5, 5], False),
        ([0, 0, 10, 10, 10, 0, 0, 10], False),  # a figure of eight, whose signed area is 0
    ],
)
def test_points_on_one_line_enclose_nothing(ring: list[float], flat: bool) -> None:
    assert is_flat(ring) is flat


def test_a_repeated_first_point_is_no_corner() -> None:
    found = sound_polygon([1, 1, 5, 1, 5, 5, 1, 1])
    assert isinstance(found, Polygon)
    assert found.parts[0].outer == [1, 1, 5, 1, 5, 5]
    assert sound_polygon([1, 1, 5, 1, 1, 1]) == "degenerate_polygon"
