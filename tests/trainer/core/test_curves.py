"""Learning curves."""

import pytest

from trainer.core.curves import CurvePoint, area_under_curve, common_metric, gain_per_hundred, headline, recent_gain


def points(*values: tuple[int, float]) -> list[CurvePoint]:
    return [CurvePoint(number, images, images * 5, value) for number, (images, value) in enumerate(values, start=1)]


def test_headline_is_the_most_telling_metric() -> None:
    assert headline({"precision": 0.9, "map50": 0.6, "map50_95": 0.4}) == ("map50_95", 0.4)
    assert headline({"accuracy_top1": 0.8}) == ("accuracy_top1", 0.8)
    assert headline({"loss": 1.0}) is None


def test_a_curve_never_mixes_metrics() -> None:
    assert common_metric([{"map50": 0.5}, {"map50": 0.6, "map50_95": 0.3}]) == "map50"
    assert common_metric([{"map50": 0.5, "map50_95": 0.2}, {"map50": 0.6, "map50_95": 0.3}]) == "map50_95"
    assert common_metric([{}, {}]) is None
    assert common_metric([]) is None


def test_recent_gain_is_against_the_best_before() -> None:
    assert recent_gain(points((10, 0.3), (20, 0.5), (30, 0.45))) == pytest.approx(-0.05)
    assert recent_gain(points((10, 0.3))) is None


def test_gain_per_hundred_images() -> None:
    assert gain_per_hundred(points((10, 0.1), (50, 0.3), (100, 0.4))) == pytest.approx(0.2)
    assert gain_per_hundred(points((50, 0.3), (50, 0.4))) is None
    assert gain_per_hundred(points((50, 0.3))) is None


def test_area_is_the_mean_height() -> None:
    assert area_under_curve(points((0, 0.0), (100, 1.0))) == pytest.approx(0.5)
    assert area_under_curve(points((0, 0.2), (10, 0.8), (100, 0.8))) == pytest.approx(0.77)
    assert area_under_curve(points((10, 0.3), (10, 0.5))) == pytest.approx(0.5)
    assert area_under_curve([]) == 0
