"""Contract kits of the trainer's families: a plugin's test is a class of three lines that inherits one.

>>> class TestMyStrategy(StrategyContract):
...     plugin = MyStrategy

Kits need pytest to run, nothing of Django, and no network.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from annotator.core.geometry.measures import area, bounds
from annotator.core.geometry.types import (
    Box,
    Geometry,
    Keypoints,
    Points,
    Polygon,
    PolygonPart,
    Polyline,
    RotatedBox,
    Tag,
)
from annotator.core.progress import SilentProgress
from annotator.core.records import AnnotationRecord, ImageRecord
from annotator.plugins.base import Options, Plugin, options_schema, parse_options
from trainer.core.manifest import write_records
from trainer.core.records import BoxFeatures, DatasetFolder, ModelTask, Pick, PoolArrays, TrainConfig
from trainer.plugins.augmentations import Augmentation
from trainer.plugins.backends import ModelBackend
from trainer.plugins.exporters import DeploymentExporter
from trainer.plugins.interactors import Interactor, Prompt
from trainer.plugins.strategies import AcquisitionStrategy


class PluginContract:
    """What every plugin keeps: a title, a description, options with defaults that survive JSON."""

    plugin: ClassVar[type[Plugin]]
    options: ClassVar[Mapping[str, Any]] = {}
    """Options other than the defaults to test with."""

    def parsed(self) -> Options:
        """The options as the product would hand them over."""
        return parse_options(self.plugin, dict(self.options))

    def test_says_what_it_is(self) -> None:
        """Title and description are there for the form."""
        assert self.plugin.title.strip()
        assert self.plugin.description.strip()

    def test_defaults_are_valid_and_make_a_form(self) -> None:
        """All options have defaults, the schema is an object, and values survive the way through JSON."""
        defaults = parse_options(self.plugin, None)
        schema = options_schema(self.plugin)
        assert schema["type"] == "object"
        assert set(schema["properties"]) == set(defaults.__struct_fields__)
        assert parse_options(self.plugin, msgspec.to_builtins(defaults)) == defaults


def make_pool(
    count: int,
    *,
    seed: int = 0,
    classes: int = 3,
    task: ModelTask = ModelTask.DETECT,
    labelled: int = 60,
    constant: bool = False,
) -> PoolArrays:
    """A synthetic pool with everything a strategy may need; some detection images are without boxes."""
    rng = np.random.default_rng(seed)
    boxes = [_random_boxes(rng, classes, task, constant) for _ in range(count)]
    embeddings = np.ones((count, 8)) if constant else rng.normal(size=(count, 8))
    return PoolArrays(
        ids=[f"image-{i}" for i in range(count)],
        embeddings=embeddings.astype(np.float32),
        boxes=boxes,
        labelled_embeddings=rng.normal(size=(labelled, 8)).astype(np.float32),
        labelled_counts=np.arange(1, classes + 1, dtype=np.int64) * labelled,
        duplicate_group=np.full(count, -1, np.int64),
        labelled_total=labelled,
        validation_map50=0.6,
        task=task,
        label_names=tuple(f"class {c}" for c in range(classes)),
    )


def _random_boxes(rng: np.random.Generator, classes: int, task: ModelTask, constant: bool) -> BoxFeatures:
    if task is ModelTask.CLASSIFY:
        vector = np.full(classes, 1.0 / classes) if constant else rng.dirichlet(np.ones(classes))
        return BoxFeatures(
            np.zeros((1, 4), np.float32),
            vector.max(keepdims=True).astype(np.float32),
            np.array([int(vector.argmax())], np.int32),
            vector[None].astype(np.float32),
            np.ones((1, 6), np.float32),
        )
    k = 2 if constant else int(rng.integers(0, 5))
    probabilities = np.full((k, classes), 0.5, np.float32) if constant else rng.random((k, classes), np.float32)
    features = np.ones((k, 6), np.float32) if constant else rng.normal(size=(k, 6)).astype(np.float32)
    return BoxFeatures(
        rng.random((k, 4), np.float32),
        probabilities.max(axis=1, initial=0.0).astype(np.float32),
        probabilities.argmax(axis=1).astype(np.int32),
        probabilities,
        features,
    )


class StrategyContract(PluginContract):
    """A strategy picks distinct images, the same ones for the same seed, whatever the pool looks like."""

    plugin: ClassVar[type[AcquisitionStrategy]]

    def pick(self, pool: PoolArrays, size: int, seed: int = 0) -> list[Pick]:
        """Picks with a generator of that seed."""
        return list(self.plugin().select(pool, size=size, options=self.parsed(), rng=np.random.default_rng(seed)))

    def test_picks_are_distinct_and_as_many_as_asked(self) -> None:
        """As many picks as asked, all different, all inside the pool, for every task."""
        for task in ModelTask:
            picks = self.pick(make_pool(50, task=task), 12)
            assert len({pick.index for pick in picks}) == len(picks) == 12
            assert all(0 <= pick.index < 50 for pick in picks)

    def test_same_seed_same_picks(self) -> None:
        """Randomness comes from the generator only."""
        first, second = (self.pick(make_pool(50), 12, seed=7) for _ in range(2))
        assert [(p.index, p.reason) for p in first] == [(p.index, p.reason) for p in second]

    def test_more_than_the_pool(self) -> None:
        """Asked for more than there is, a strategy gives all of it once."""
        assert sorted(pick.index for pick in self.pick(make_pool(5), 20)) == list(range(5))

    def test_empty_pool(self) -> None:
        """Nothing to pick is no error."""
        assert self.pick(make_pool(0), 5) == []

    def test_constant_scores(self) -> None:
        """Images that cannot be told apart are still k different ones."""
        assert len({pick.index for pick in self.pick(make_pool(30, constant=True), 10)}) == 10

    def test_images_without_boxes(self) -> None:
        """A model that sees nothing anywhere breaks nothing."""
        pool = replace(make_pool(20), boxes=[BoxFeatures.none(3, 6)] * 20)
        assert len({pick.index for pick in self.pick(pool, 6)}) == 6

    def test_nothing_labelled_yet(self) -> None:
        """The very first round."""
        pool = replace(make_pool(20, labelled=0), labelled_counts=np.zeros(3, np.int64), validation_map50=None)
        assert len({pick.index for pick in self.pick(pool, 6)}) == 6

    def test_every_pick_says_why(self) -> None:
        """A sentence that fits on a card, a short kind and a finite score."""
        for pick in self.pick(make_pool(50), 12):
            assert 0 < len(pick.reason) <= 300
            assert 0 < len(pick.kind) <= 20
            assert np.isfinite(pick.score)

    def test_the_pool_is_left_as_it_was(self) -> None:
        """Arrays are shared: a strategy only reads them."""
        pool, untouched = make_pool(30), make_pool(30)
        self.pick(pool, 10)
        assert np.array_equal(pool.embeddings, untouched.embeddings)
        assert all(np.array_equal(a.scores, b.scores) for a, b in zip(pool.boxes, untouched.boxes, strict=True))


SHAPES: tuple[Geometry, ...] = (
    Box(4.0, 6.0, 20.0, 10.0),
    RotatedBox(30.0, 20.0, 12.0, 6.0, 30.0),
    Polygon([PolygonPart([5.0, 5.0, 25.0, 8.0, 15.0, 30.0], [[12.0, 10.0, 16.0, 10.0, 14.0, 15.0]])]),
    Polyline([1.0, 2.0, 30.0, 20.0]),
    Points([4.0, 5.0, 30.0, 20.0]),
    Keypoints([3.0, 4.0, 2.0, 0.0, 0.0, 0.0]),
    Tag(),
)


def picture(width: int = 60, height: int = 40, *, seed: int = 0) -> NDArray[np.uint8]:
    """Noise (H, W, 3)."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


class AugmentationContract(PluginContract):
    """An augmentation changes picture and shapes together and never its input."""

    plugin: ClassVar[type[Augmentation]]

    def change(self, seed: int) -> tuple[NDArray[np.uint8], tuple[AnnotationRecord, ...]]:
        """One changed copy."""
        shapes = tuple(AnnotationRecord("cell", g, {"note": "x"}, id=str(i)) for i, g in enumerate(SHAPES))
        return self.plugin().apply(picture(), shapes, options=self.parsed(), rng=np.random.default_rng(seed))

    def test_picture_stays_a_picture(self) -> None:
        """(H, W, 3) bytes."""
        for seed in range(5):
            image, _ = self.change(seed)
            assert image.dtype == np.uint8
            assert image.ndim == 3
            assert image.shape[2] == 3

    def test_shapes_stay_inside_and_keep_their_label(self) -> None:
        """Shapes keep kind, label, attributes and id, and lie on the picture."""
        for seed in range(5):
            image, shapes = self.change(seed)
            height, width = image.shape[:2]
            for shape in shapes:
                assert shape.label == "cell"
                assert shape.attributes == {"note": "x"}
                assert shape.id is not None
                assert shape.geometry.kind == SHAPES[int(shape.id)].kind
                if (box := bounds(shape.geometry)) is not None:
                    assert -1e-6 <= box[0] <= box[2] <= width + 1e-6
                    assert -1e-6 <= box[1] <= box[3] <= height + 1e-6
                    assert np.isfinite(area(shape.geometry))

    def test_same_seed_same_copy(self) -> None:
        """Randomness comes from the generator only."""
        (first, shapes), (second, others) = self.change(3), self.change(3)
        assert np.array_equal(first, second)
        assert shapes == others

    def test_input_is_left_as_it_was(self) -> None:
        """The picture that came in is unchanged."""
        image = picture()
        image.setflags(write=False)
        for seed in range(5):
            self.plugin().apply(image, (), options=self.parsed(), rng=np.random.default_rng(seed))
        assert np.array_equal(image, picture())


class InteractorContract(PluginContract):
    """An interactor answers every prompt with a mask of the picture's size."""

    plugin: ClassVar[type[Interactor]]
    least_iou: ClassVar[float] = 0.8
    """Demanded on an evenly coloured disc."""

    def scene(self) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """A red disc on green with a little noise, and its true mask."""
        rows, columns = np.mgrid[:120, :160]
        disc = (columns - 70) ** 2 + (rows - 60) ** 2 < 30**2
        noise = np.random.default_rng(0).normal(0, 6, (120, 160, 3))
        image = np.where(disc[..., None], (190, 60, 50), (60, 130, 80)) + noise
        return np.clip(image, 0, 255).astype(np.uint8), disc

    def prompts(self) -> Iterator[Prompt]:
        """One prompt per way of pointing that the plugin supports."""
        if "positive" in self.plugin.prompts:
            yield Prompt(positive=((70.0, 60.0),))
        if {"positive", "negative"} <= self.plugin.prompts:
            yield Prompt(positive=((70.0, 60.0),), negative=((140.0, 20.0), (10.0, 110.0)))
        if "box" in self.plugin.prompts:
            yield Prompt(box=(38.0, 28.0, 64.0, 64.0))

    def test_finds_the_disc(self) -> None:
        """Each supported way of pointing finds the object."""
        image, disc = self.scene()
        for prompt in self.prompts():
            mask = self.plugin().propose(image, prompt, options=self.parsed())
            assert mask.shape == disc.shape
            assert mask.dtype == np.bool_
            iou = (mask & disc).sum() / (mask | disc).sum()
            assert iou >= self.least_iou, f"{prompt}: {iou:.3f}"

    def test_nothing_shown_nothing_found(self) -> None:
        """An empty prompt and one beside the picture give an empty mask, not an error."""
        image, _ = self.scene()
        for prompt in (Prompt(), Prompt(positive=((-40.0, 900.0),)), Prompt(box=(500.0, 500.0, 10.0, 10.0))):
            assert not self.plugin().propose(image, prompt, options=self.parsed()).any()

    def test_tiny_pictures(self) -> None:
        """One pixel is a picture too."""
        image = np.zeros((1, 1, 3), np.uint8)
        mask = self.plugin().propose(image, Prompt(positive=((0.5, 0.5),)), options=self.parsed())
        assert mask.shape == (1, 1)

    def test_same_prompt_same_mask(self) -> None:
        """No hidden randomness."""
        image, _ = self.scene()
        prompt = next(self.prompts())
        first, second = (self.plugin().propose(image, prompt, options=self.parsed()) for _ in range(2))
        assert np.array_equal(first, second)


def make_dataset(folder: Path, task: ModelTask, *, images: int = 8, size: int = 64) -> DatasetFolder:
    """Red discs (“round”) and blue squares (“square”) on grey with labels for ``task``; half train, half val."""
    folder.mkdir(parents=True, exist_ok=True)
    records = [_draw(folder, task, index, size) for index in range(images)]
    manifest = folder / "manifest.jsonl"
    write_records(manifest, records)
    return DatasetFolder(folder, manifest, ("round", "square"), task)


def _draw(folder: Path, task: ModelTask, index: int, size: int) -> ImageRecord:
    rng = np.random.default_rng(index)
    label = ("round", "square")[index % 2]
    radius = int(rng.integers(size // 6, size // 4))
    x, y = (int(v) for v in rng.integers(radius, size - radius, 2))
    rows, columns = np.mgrid[:size, :size]
    inside = (columns - x) ** 2 + (rows - y) ** 2 < radius**2
    if label == "square":
        inside = (abs(columns - x) < radius) & (abs(rows - y) < radius)
    image = np.where(inside[..., None], (200, 40, 40) if label == "round" else (40, 60, 200), 128).astype(np.uint8)
    path = folder / f"{index}.png"
    Image.fromarray(image).save(path)
    left, top, side = float(x - radius), float(y - radius), float(2 * radius)
    geometry: Geometry = Box(left, top, side, side)
    if task is ModelTask.SEGMENT:
        geometry = Polygon([PolygonPart([left, top, left + side, top, left + side, top + side, left, top + side])])
    elif task is ModelTask.CLASSIFY:
        geometry = Tag()
    return ImageRecord(
        path.name, size, size, (AnnotationRecord(label, geometry, id=str(index)),),
        split="train" if index % 4 < 2 else "val", path=path, id=f"image-{index}",
    )  # fmt: skip


class RecordingMonitor:
    """A training monitor that remembers; ``stop_after`` epochs it asks to finish."""

    def __init__(self, *, stop_after: int | None = None) -> None:
        self.epochs: list[tuple[int, dict[str, float]]] = []
        self.checkpoints: list[tuple[Path, int]] = []
        self.lines: list[str] = []
        self.batches = 0
        self._stop_after = stop_after

    def metrics(self, *, epoch: int, values: Mapping[str, float]) -> None:
        """Remember an epoch."""
        self.epochs.append((epoch, dict(values)))

    def batch(
        self, *, epoch: int, epochs: int, batch: int, batches: int, images_per_s: float, losses: Mapping[str, float]
    ) -> None:
        """Count a batch."""
        self.batches += 1

    def checkpoint(self, path: Path, *, epoch: int) -> None:
        """Remember a checkpoint, which must exist now."""
        assert path.exists()
        self.checkpoints.append((path, epoch))

    def log(self, line: str) -> None:
        """Remember a line."""
        self.lines.append(line)

    def should_stop(self) -> bool:
        """True once enough epochs are done."""
        return self._stop_after is not None and len(self.epochs) >= self._stop_after


class BackendContract(PluginContract):
    """A backend trains on a handful of pictures, stops when asked, and its model predicts after being loaded again."""

    plugin: ClassVar[type[ModelBackend]]
    options: ClassVar[Mapping[str, Any]]
    """Options of the smallest possible training (one or two epochs of the smallest model)."""
    tasks: ClassVar[Sequence[ModelTask]] = (ModelTask.DETECT,)
    """Tasks to train in the test; each costs a training."""

    def config(self, folder: Path, **changes: Any) -> TrainConfig:
        """What the product would hand over, on the CPU."""
        folder.mkdir(parents=True, exist_ok=True)
        return replace(TrainConfig(options=self.parsed(), output=folder), **changes)

    def test_tasks_are_declared(self) -> None:
        """What is tested is promised, and each promised task has architectures by name."""
        assert set(self.tasks) <= self.plugin.tasks
        for task in self.plugin.tasks:
            assert all(isinstance(name, str) and name for name in self.plugin.architectures(task))

    def test_trains_evaluates_and_predicts(self, tmp_path: Path) -> None:
        """The whole way for each task: train, report, load, predict in order with arrays that fit together."""
        for task in self.tasks:
            dataset = make_dataset(tmp_path / task / "data", task)
            monitor = RecordingMonitor()
            trained = self.plugin().train(dataset, self.config(tmp_path / task / "out"), monitor)
            assert trained.weights.exists()
            assert monitor.epochs
            assert [epoch for epoch, _ in monitor.epochs] == sorted({epoch for epoch, _ in monitor.epochs})
            assert all(np.isfinite(value) for value in trained.metrics.values())
            report = self.plugin().evaluate(
                dataset, trained.weights, split="val", device="cpu", output=tmp_path / task / "report"
            )
            assert report["overall"]
            self.check_predictions(dataset, trained.weights)

    def check_predictions(self, dataset: DatasetFolder, weights: Path) -> None:
        """Every image is answered in order, with finite arrays of one width."""
        paths = [(f"image-{index}", dataset.root / f"{index}.png") for index in range(3)]
        predictor = self.plugin().load(weights, task=dataset.task, labels=dataset.labels, device="cpu")
        answers = list(predictor.predict(paths, confidence=0.01))
        assert [answer.image_id for answer in answers] == [name for name, _ in paths]
        assert len({answer.embedding.shape for answer in answers}) == 1
        for answer in answers:
            count = len(answer.boxes)
            assert np.isfinite(answer.embedding).all()
            assert answer.boxes.boxes.shape == (count, 4)
            assert answer.boxes.probabilities.shape[1] == len(dataset.labels)
            assert len(answer.boxes.features) == len(answer.boxes.labels) == count
            assert all(o.label in dataset.labels and o.score is not None for o in answer.objects)

    def test_finishes_early_with_a_usable_model(self, tmp_path: Path) -> None:
        """Asked to stop from the start, training still leaves weights."""
        dataset = make_dataset(tmp_path / "data", self.tasks[0])
        trained = self.plugin().train(dataset, self.config(tmp_path / "out"), RecordingMonitor(stop_after=0))
        assert trained.weights.exists()

    def test_same_seed_same_metrics(self, tmp_path: Path) -> None:
        """On a CPU the same configuration gives the same model."""
        dataset = make_dataset(tmp_path / "data", self.tasks[0])
        first, second = (
            self.plugin().train(dataset, self.config(tmp_path / name, seed=3), RecordingMonitor()).metrics
            for name in "ab"
        )
        assert dict(first) == dict(second)


class ExporterContract(PluginContract):
    """An exporter leaves files below the folder it was given."""

    plugin: ClassVar[type[DeploymentExporter]]
    task: ClassVar[ModelTask] = ModelTask.DETECT
    labels: ClassVar[tuple[str, ...]] = ("round", "square")

    def weights(self, folder: Path) -> Path:
        """Weights to export; a test class makes or trains them."""
        raise NotImplementedError

    def test_leaves_files_in_its_folder(self, tmp_path: Path) -> None:
        """At least one file, none elsewhere, none empty; the weights are untouched."""
        weights = self.weights(tmp_path)
        before = weights.read_bytes()
        folder = tmp_path / "export"
        folder.mkdir()
        files = self.plugin().export(
            weights, folder, task=self.task, labels=self.labels, options=self.parsed(), progress=SilentProgress()
        )
        assert files
        for file in files:
            assert file.is_relative_to(folder)
            assert file.stat().st_size > 0
        assert weights.read_bytes() == before
