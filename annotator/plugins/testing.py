"""Contract kits: a plugin's test is a class of three lines that inherits one of these.

    class TestMyFormat(DatasetFormatContract):
        plugin = MyFormat

pytest collects the inherited tests. Everything they need they make themselves in ``tmp_path``.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from PIL import Image

from annotator.core.errors import AnnotatorError, Cancelled, FormatError
from annotator.core.geometry.masks import mask_of_polygon
from annotator.core.geometry.measures import area, bounds
from annotator.core.geometry.types import (
    Box,
    Ellipse,
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
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.plugins.base import Options, options_schema, parse_options
from annotator.plugins.checks import QualityCheck
from annotator.plugins.formats import DatasetFormat
from annotator.plugins.listing import Listing
from annotator.plugins.sources import ImageSource

WIDTH, HEIGHT = 60, 40
LABELS = (LabelRecord("cat"), LabelRecord("dog é 猫"), LabelRecord("never used"))
SAMPLES: Mapping[str, Geometry] = {
    "box": Box(x=4.5, y=6, w=20, h=12),
    "rotated_box": RotatedBox(cx=30, cy=20, w=16, h=8, angle=30),
    "polygon": Polygon(parts=[PolygonPart(outer=[5, 5, 30, 6, 28, 30, 6, 25])]),
    "points": Points(points=[3.0, 4.0, 30.0, 20.0]),
    "polyline": Polyline(points=[1, 1, 20, 20, 50, 5]),
    "keypoints": Keypoints(points=[5, 5, 2, 10, 12, 1, 0, 0, 0]),
    "ellipse": Ellipse(cx=30, cy=20, rx=10, ry=6, rotation=20),
    "tag": Tag(),
}
MASK = mask_of_polygon(
    Polygon(parts=[PolygonPart(outer=[8, 8, 24, 8, 24, 24, 8, 24], holes=[[12, 12, 12, 18, 18, 18, 18, 12]])])
)
OTHER_MASK = mask_of_polygon(Polygon(parts=[PolygonPart(outer=[40, 5, 50, 5, 45, 30])]))
"""Lies beside :data:`MASK`."""


class _Stops:
    """Progress of work that somebody cancels after the first unit."""

    def advance(self, done: int, total: int | None = None, message: str = "") -> None:
        """Raise at the first call."""
        raise Cancelled("Cancelled by the contract kit.")


class _OptionsContract:
    """What holds for the options of every plugin."""

    plugin: ClassVar[Any]
    options: ClassVar[Mapping[str, Any]] = {}

    def parsed(self) -> Options:
        """The plugin's options as the kit uses them."""
        return parse_options(self.plugin, dict(self.options))

    def test_options_have_defaults_and_a_schema(self) -> None:
        """A form can be drawn and nothing must be filled in."""
        parse_options(self.plugin, {})
        assert json.loads(json.dumps(options_schema(self.plugin)))["type"] == "object"

    def test_it_has_a_title_and_a_description(self) -> None:
        """People choose by these."""
        assert self.plugin.title
        assert self.plugin.description


class DatasetFormatContract(_OptionsContract):
    """Round trip, empty set, unicode, unknown labels, huge polygons, cancelling, repeatable output.

    ``kinds`` are the geometry kinds that come back as they were (default: the plugin's); ``tolerance`` is the largest
    error of a coordinate in pixels; ``keeps_names`` is off where the layout forces other names; ``disjoint`` is on where
    a pixel can belong to one object only, so that objects come back by label, the larger first, unless they overlap.
    """

    plugin: ClassVar[type[DatasetFormat]]
    kinds: ClassVar[frozenset[str] | None] = None
    tolerance: ClassVar[float] = 1e-6
    keeps_names: ClassVar[bool] = True
    disjoint: ClassVar[bool] = False

    def sample(self, folder: Path) -> list[ImageRecord]:
        """Three pictures in two splits: one with every kind twice, one in a folder with a difficult name, one empty."""
        kinds = self.plugin.kinds if self.kinds is None else self.kinds
        shapes = [SAMPLES[kind] for kind in sorted(kinds) if kind in SAMPLES]
        if "mask" in kinds and MASK is not None:
            shapes.append(MASK)
        first = tuple(AnnotationRecord(label="cat", geometry=shape) for shape in shapes)
        if self.disjoint and OTHER_MASK is not None:
            shapes = [OTHER_MASK]
        second = tuple(AnnotationRecord(label="dog é 猫", geometry=shape) for shape in shapes)
        only_tags = kinds == {"tag"}
        return [
            self.picture(folder, "b 1.png", first[:1] if only_tags else (*first, *second), "train"),
            self.picture(folder, "sub dir/ü 猫 #1.png", second[:1], "val"),
            self.picture(folder, "a.png", first[:1] if only_tags else (), "train"),
        ]

    def picture(
        self, folder: Path, name: str, annotations: tuple[AnnotationRecord, ...], split: str | None
    ) -> ImageRecord:
        """A record whose picture really exists."""
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shade = int(hashlib.sha256(name.encode()).hexdigest()[:2], 16)
        Image.new("RGB", (WIDTH, HEIGHT), (shade, 100, 200)).save(path)
        return ImageRecord(name, WIDTH, HEIGHT, annotations, split, path)

    def write(self, images: list[ImageRecord], folder: Path) -> list[Issue]:
        """Write into a fresh ``folder``; returns what was reported."""
        folder.mkdir(parents=True)
        issues: list[Issue] = []
        self.plugin().write(
            images,
            folder,
            labels=LABELS,
            options=self.parsed(),
            report=issues.append,
            progress=SilentProgress(),
        )
        return issues

    def read(self, folder: Path) -> tuple[list[ImageRecord], list[Issue]]:
        """Everything in ``folder`` and what was reported."""
        issues: list[Issue] = []
        return list(self.plugin().read(folder, options=self.parsed(), report=issues.append)), issues

    def test_round_trip(self, tmp_path: Path) -> None:
        """What was written comes back: pictures, sizes, splits, labels in order, objects in order."""
        images = self.sample(tmp_path / "in")
        self.write(images, tmp_path / "out")
        assert self.plugin().recognises(Listing(tmp_path / "out")).confidence >= 0.5
        found, issues = self.read(tmp_path / "out")
        assert [issue for issue in issues if issue.severity in {"error", "fatal"}] == []
        expected = {image.name: image for image in images}
        assert len(found) == len(expected)
        for image in found:
            name = image.name if self.keeps_names else next(n for n in expected if image.name.endswith(n))
            self.compare(image, expected[name])

    def compare(self, found: ImageRecord, expected: ImageRecord) -> None:
        """Assert that a picture came back as it was."""
        assert (found.width, found.height, found.split) == (expected.width, expected.height, expected.split)
        assert found.path is not None
        assert found.path.read_bytes()
        assert [a.label for a in found.annotations] == [a.label for a in expected.annotations]
        for here, there in zip(found.annotations, expected.annotations, strict=True):
            assert here.geometry.kind == there.geometry.kind
            assert _close(bounds(here.geometry), bounds(there.geometry), self.tolerance)
            assert abs(area(here.geometry) - area(there.geometry)) <= self.tolerance * (WIDTH + HEIGHT)

    def test_labels_keep_their_order(self, tmp_path: Path) -> None:
        """Class indices depend on it; unused labels may be lost where the format has no list of them."""
        self.write(self.sample(tmp_path / "in"), tmp_path / "out")
        labels = self.plugin().labels(tmp_path / "out", options=self.parsed(), report=_ignore)
        names = [label.name for label in labels]
        assert names in ([label.name for label in LABELS], [label.name for label in LABELS[:2]])

    def test_writing_twice_is_the_same(self, tmp_path: Path) -> None:
        """The same data give the same bytes, and so does what was read back."""
        images = self.sample(tmp_path / "in")
        self.write(images, tmp_path / "one")
        self.write(images, tmp_path / "two")
        assert _contents(tmp_path / "one") == _contents(tmp_path / "two")

    def test_an_empty_set(self, tmp_path: Path) -> None:
        """Nothing is written and nothing comes back, without a crash."""
        self.write([], tmp_path / "out")
        try:
            found, _ = self.read(tmp_path / "out")
        except FormatError:
            found = []
        assert found == []

    def test_an_unknown_label_is_reported(self, tmp_path: Path) -> None:
        """An object whose label is not in the list is left out by name; the rest is written."""
        kinds = self.plugin.kinds if self.kinds is None else self.kinds
        shape = next((SAMPLES[kind] for kind in sorted(kinds) if kind in SAMPLES), MASK)
        assert shape is not None
        strange = AnnotationRecord(label="nobody knows", geometry=shape)
        known = AnnotationRecord(label="cat", geometry=shape)
        image = self.picture(tmp_path / "in", "a.png", (strange, known), "train")
        issues = self.write([image], tmp_path / "out")
        found, _ = self.read(tmp_path / "out")
        assert [a.label for image in found for a in image.annotations] == ["cat"]
        kept = any("nobody knows" in issue.text for issue in issues)
        assert kept or kinds == {"tag"}

    def test_a_huge_polygon(self, tmp_path: Path) -> None:
        """Ten thousand vertices are written and read without trouble."""
        ring: list[float] = []
        for i in range(5000):
            ring += [1 + 58 * i / 5000, 1 + (i % 2)]
        ring += [59.0, 39.0, 1.0, 39.0]
        polygon = Polygon(parts=[PolygonPart(outer=ring)])
        annotations = (AnnotationRecord(label="cat", geometry=polygon), AnnotationRecord(label="cat", geometry=Tag()))
        self.write([self.picture(tmp_path / "in", "a.png", annotations, "train")], tmp_path / "out")
        found, _ = self.read(tmp_path / "out")
        assert len(found) == 1

    def test_cancelling_stops_the_work(self, tmp_path: Path) -> None:
        """An exception of the progress object comes through."""
        images = self.sample(tmp_path / "in")
        (tmp_path / "out").mkdir()
        try:
            self.plugin().write(
                images,
                tmp_path / "out",
                labels=LABELS,
                options=self.parsed(),
                report=_ignore,
                progress=_Stops(),
            )
        except Cancelled:
            return
        raise AssertionError("write must call progress.advance and let Cancelled through")

    def test_a_foreign_folder_is_not_its_own(self, tmp_path: Path) -> None:
        """Texts and nothing else are no dataset; reading says so with a sentence or finds nothing."""
        (tmp_path / "notes.md").write_text("# nothing here")
        assert self.plugin().recognises(Listing(tmp_path)).confidence == 0
        try:
            found, _ = self.read(tmp_path)
        except AnnotatorError:
            return
        assert found == []

    def test_losses_are_counted(self, tmp_path: Path) -> None:
        """Every kind that is not kept shows up before anything is written."""
        kinds = self.plugin.kinds if self.kinds is None else self.kinds
        lost = [kind for kind in sorted(SAMPLES) if kind not in kinds and kind not in self.plugin.kinds]
        annotations = tuple(AnnotationRecord(label="cat", geometry=SAMPLES[kind]) for kind in lost)
        losses = self.plugin().losses([ImageRecord("a.png", WIDTH, HEIGHT, annotations)], options=self.parsed())
        assert sum(loss.count for loss in losses) >= len(lost)
        assert all(loss.text for loss in losses)


def _ignore(issue: Issue) -> None:
    """Take a report that the test does not look at."""
    del issue


def _close(first: tuple[float, ...] | None, second: tuple[float, ...] | None, tolerance: float) -> bool:
    if first is None or second is None:
        return first is second
    return all(abs(a - b) <= tolerance for a, b in zip(first, second, strict=True))


def _contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class ImageSourceContract(_OptionsContract):
    """Lists in a stable order and opens what it lists. Implement ``prepare``: make a place with ``files`` in it."""

    plugin: ClassVar[type[ImageSource]]
    files: ClassVar[Mapping[str, bytes]] = {"a.jpg": b"first", "sub dir/ü 1.png": b"second", "z.PNG": b"third"}

    def prepare(self, folder: Path) -> Options:
        """Put ``files`` where the source looks (``folder`` is free to use) and return options that point there."""
        raise NotImplementedError

    def test_it_lists_and_opens(self, tmp_path: Path) -> None:
        """Names, sizes and bytes agree."""
        options, source = self.prepare(tmp_path), self.plugin()
        items = list(source.items(options=options))
        assert {item.name for item in items} == set(self.files)
        for item in items:
            with source.open(item, options=options) as file:
                assert file.read() == self.files[item.name]
            assert item.size in {None, len(self.files[item.name])}

    def test_the_order_is_stable(self, tmp_path: Path) -> None:
        """Two listings agree, so that work can go on where it stopped."""
        options, source = self.prepare(tmp_path), self.plugin()
        assert list(source.items(options=options)) == list(source.items(options=options))

    def test_options_have_defaults_and_a_schema(self) -> None:
        """Sources need to be told where to look, so only the schema is asked for."""
        assert json.loads(json.dumps(options_schema(self.plugin)))["type"] == "object"


class QualityCheckContract(_OptionsContract):
    """Finds what it should in ``bad`` and nothing in ``good``; repeatable; changes nothing."""

    plugin: ClassVar[type[QualityCheck]]
    good: ClassVar[ImageRecord]
    bad: ClassVar[ImageRecord]
    concerned: ClassVar[frozenset[str]]
    """Ids of the annotations of ``bad`` that must be named."""

    def test_nothing_wrong(self) -> None:
        """A clean image has no findings, and so has an empty one."""
        assert list(self.plugin().inspect(self.good, options=self.parsed())) == []
        assert list(self.plugin().inspect(ImageRecord("empty.png", 10, 10), options=self.parsed())) == []

    def test_something_wrong(self) -> None:
        """The findings name the annotations and say what is wrong."""
        findings = list(self.plugin().inspect(self.bad, options=self.parsed()))
        assert {name for finding in findings for name in finding.annotations} == self.concerned
        assert all(finding.text and finding.code for finding in findings)

    def test_it_is_repeatable(self) -> None:
        """The same image gives the same findings in the same order."""
        first, second = (list(self.plugin().inspect(self.bad, options=self.parsed())) for _ in range(2))
        assert first == second

    def test_every_kind_is_survived(self) -> None:
        """No geometry kind makes the check crash."""
        shapes = [*SAMPLES.values(), *([MASK] if MASK is not None else [])]
        annotations = tuple(
            AnnotationRecord(label="cat", geometry=shape, id=str(number)) for number, shape in enumerate(shapes)
        )
        list(self.plugin().inspect(ImageRecord("all.png", WIDTH, HEIGHT, annotations), options=self.parsed()))
