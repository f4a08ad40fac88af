"""The kits catch what they are for: each of these plugins breaks one rule, and the kit's test for that rule fails."""

import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from annotator.core.geometry.types import Box
from annotator.core.records import AnnotationRecord
from annotator.plugins.base import Options
from trainer.core.manifest import read_records
from trainer.core.records import ModelTask, Pick, PoolArrays
from trainer.plugins.augmentations import Augmentation
from trainer.plugins.exporters import DeploymentExporter
from trainer.plugins.interactors import Interactor, Prompt
from trainer.plugins.strategies import AcquisitionStrategy
from trainer.plugins.testing import (
    AugmentationContract,
    ExporterContract,
    InteractorContract,
    PluginContract,
    StrategyContract,
    make_dataset,
    make_pool,
)


class Bare(AcquisitionStrategy):
    """Picks the first ones."""

    title = "First"
    description = "In order."

    def score(self, pool: PoolArrays, **_: Any) -> NDArray[np.float64]:
        return -np.arange(len(pool), dtype=np.float64)


class SameTwice(Bare):
    def select(self, pool: PoolArrays, *, size: int, **_: Any) -> Sequence[Pick]:
        return [Pick(0, 1.0, "again")] * min(size, len(pool))


class OwnChance(Bare):
    def score(self, pool: PoolArrays, **_: Any) -> NDArray[np.float64]:
        return np.random.default_rng().random(len(pool))


class Greedy(Bare):
    def select(self, pool: PoolArrays, *, size: int, **_: Any) -> Sequence[Pick]:
        return [Pick(i, 1.0, "because") for i in range(size)]


class Silent(Bare):
    def reason(self, pool: PoolArrays, index: int, score: float) -> str:
        return ""


class Writes(Bare):
    def score(self, pool: PoolArrays, **_: Any) -> NDArray[np.float64]:
        pool.embeddings[:] = 0
        return np.zeros(len(pool))


class NeedsBoxes(Bare):
    def score(self, pool: PoolArrays, **_: Any) -> NDArray[np.float64]:
        return np.asarray([boxes.scores.max() for boxes in pool.boxes])


class Nameless(Bare):
    title = ""


class ChoosyOptions(Options, frozen=True, kw_only=True):
    must: int


class Choosy(Bare):
    Options = ChoosyOptions


class FlipsOnlyThePicture(Augmentation):
    title = "Shift"
    description = "Moves shapes away."

    def apply(self, image: Any, annotations: Any, **_: Any) -> Any:
        return image, tuple(AnnotationRecord("cell", Box(-50, 0, 10, 10), {"note": "x"}, id=a.id) for a in annotations)


class PaintsItsInput(Augmentation):
    title = "Paint"
    description = "Writes into what it was given."

    def apply(self, image: Any, annotations: Any, **_: Any) -> Any:
        image[:] = 0
        return image, annotations


class Everything(Interactor):
    title = "Everything"
    description = "All of the picture."

    def propose(self, image: Any, prompt: Prompt, **_: Any) -> NDArray[np.bool_]:
        return np.ones(image.shape[:2], np.bool_)


class Nothing(DeploymentExporter):
    title = "Nothing"
    description = "Leaves no file."

    def export(self, weights: Path, folder: Path, **_: Any) -> list[Path]:
        return []


def kit_for(kit: type[PluginContract], bad: type[Any], **extra: Any) -> Any:
    return type("Kit", (kit,), {"plugin": bad, **extra})()


def broken_rules(kit: Any, folder: Path) -> set[str]:
    """Names of the kit's tests that fail."""
    failed = set()
    for name in [name for name in dir(kit) if name.startswith("test_")]:
        place = folder / name
        place.mkdir()
        method = getattr(kit, name)
        try:
            method(**({"tmp_path": place} if "tmp_path" in inspect.signature(method).parameters else {}))
        except Exception:  # noqa: BLE001 -- any failure counts, whatever the plugin did
            failed.add(name)
    return failed


def weights(_: object, folder: Path) -> Path:
    path = folder / "weights.bin"
    path.write_bytes(b"weights")
    return path


@pytest.mark.parametrize(
    ("kit", "rule"),
    [
        (kit_for(StrategyContract, SameTwice), "test_picks_are_distinct_and_as_many_as_asked"),
        (kit_for(StrategyContract, OwnChance), "test_same_seed_same_picks"),
        (kit_for(StrategyContract, Greedy), "test_more_than_the_pool"),
        (kit_for(StrategyContract, Silent), "test_every_pick_says_why"),
        (kit_for(StrategyContract, Writes), "test_the_pool_is_left_as_it_was"),
        (kit_for(StrategyContract, NeedsBoxes), "test_images_without_boxes"),
        (kit_for(StrategyContract, Nameless), "test_says_what_it_is"),
        (kit_for(StrategyContract, Choosy), "test_defaults_are_valid_and_make_a_form"),
        (kit_for(AugmentationContract, FlipsOnlyThePicture), "test_shapes_stay_inside_and_keep_their_label"),
        (kit_for(AugmentationContract, PaintsItsInput), "test_input_is_left_as_it_was"),
        (kit_for(InteractorContract, Everything), "test_nothing_shown_nothing_found"),
        (kit_for(InteractorContract, Everything), "test_finds_the_disc"),
        (kit_for(ExporterContract, Nothing, weights=weights), "test_leaves_files_in_its_folder"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).plugin.__name__,
)
def test_a_kit_catches(kit: Any, rule: str, tmp_path: Path) -> None:
    assert rule in broken_rules(kit, tmp_path)


def test_a_kit_lets_a_plain_plugin_pass(tmp_path: Path) -> None:
    assert broken_rules(kit_for(StrategyContract, Bare), tmp_path) == set()


def test_the_pool_has_what_strategies_need() -> None:
    pool = make_pool(40)
    assert len(pool) == len(pool.boxes) == len(pool.embeddings) == len(pool.duplicate_group) == 40
    assert any(len(boxes) == 0 for boxes in pool.boxes)
    for boxes in make_pool(5, task=ModelTask.CLASSIFY).boxes:
        assert boxes.probabilities.sum() == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("task", list(ModelTask))
def test_the_dataset_can_be_read(task: ModelTask, tmp_path: Path) -> None:
    dataset = make_dataset(tmp_path, task)
    records = list(read_records(dataset.manifest))
    assert len(records) == 8
    assert {record.split for record in records} == {"train", "val"}
    assert all(record.path is not None and record.path.exists() for record in records)
    assert {a.label for record in records if record.split == "val" for a in record.annotations} == {"round", "square"}
