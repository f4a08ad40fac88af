"""Sentences for annotators."""

from dataclasses import replace

import numpy as np

from trainer.core.reasons import explain, name_of, rare
from trainer.core.records import BoxFeatures
from trainer.plugins.testing import make_pool


def test_names_fall_back_to_numbers() -> None:
    assert name_of(1, ("a", "b")) == "b"
    assert name_of(7, ("a", "b")) == "class 7"


def test_rare_says_how_many_there_are() -> None:
    assert rare(0, 0.456, ("owl",), 0) == "Rare class: owl 0.46 (none labelled yet)"
    assert rare(0, 0.456, ("owl",), 12) == "Rare class: owl 0.46 (12 labelled)"


def test_nothing_wanted_means_nothing_seen() -> None:
    pool = replace(make_pool(1), boxes=[BoxFeatures.none(3)])
    assert explain(pool, 0, np.zeros(0), np.ones(3)) == ("empty", "The model sees nothing here", {})
