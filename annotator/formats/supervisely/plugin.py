"""Supervisely: a project of datasets, with one JSON file per picture."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from annotator.core.geometry.types import GEOMETRY_KINDS
from annotator.core.progress import Progress
from annotator.core.records import ImageRecord, Issue, LabelRecord
from annotator.formats.supervisely.reader import ORDER, SuperviselyFolder, is_annotation
from annotator.formats.supervisely.writer import SuperviselyWriter
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.formats import KEEPS, DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing

_PROBED = 20


class SuperviselyOptions(BaseOptions, frozen=True, kw_only=True):
    """How to read and write Supervisely projects."""

    rectangles: Annotated[
        Literal["continuous", "pixels"],
        msgspec.Meta(
            title="Corners of rectangles",
            description="“continuous”: places between pixels, as everywhere else; “pixels”: indices of the first and "
            "last pixel, as the Supervisely SDK counts.",
            extra_json_schema={"x-advanced": True},
        ),
    ] = "continuous"


class SuperviselyFormat(DatasetFormat):
    """Projects of Supervisely and Dataset Ninja."""

    title = "Supervisely"
    description = "A project with meta.json, and folders img and ann in each dataset. Keeps every shape and attribute."
    kinds: ClassVar[frozenset[str]] = frozenset(GEOMETRY_KINDS)
    keeps: ClassVar[frozenset[str]] = frozenset(KEEPS)
    Options: ClassVar[type[BaseOptions]] = SuperviselyOptions

    def recognises(self, listing: Listing) -> Recognition:
        """Look for a ``meta.json`` with classes and for JSON files in folders called ``ann``."""
        json_files = listing.with_suffix(".json")
        metas = [n for n in json_files if n.rpartition("/")[2] == "meta.json" and b'"classes"' in listing.head(n)]
        annotated = [name for name in json_files if "ann" in name.split("/")[:-1][-1:]]
        if metas and annotated:
            return Recognition(0.95, (f"{metas[0]} lists classes and {annotated[0]} lies in a folder “ann”.",))
        if metas:
            sure = b'"shape"' in listing.head(metas[0]) or b'"projectType"' in listing.head(metas[0])
            return Recognition(0.6 if sure else 0.3, (f"{metas[0]} lists classes.",))
        if annotated and b'"objects"' in listing.head(annotated[0]) and b'"size"' in listing.head(annotated[0]):
            return Recognition(0.7, (f"{annotated[0]} has a size and objects; there is no meta.json.",))
        lone = next((name for name in json_files[:_PROBED] if is_annotation(listing.head(name))), None)
        if lone is not None:
            return Recognition(0.8, (f"{lone} has a size, and objects with classes.",))
        return Recognition(0.0)

    def labels(self, folder: Path, *, options: BaseOptions, report: Report) -> list[LabelRecord]:
        """Classes of ``meta.json`` in order, then whatever else is used."""
        return SuperviselyFolder(folder, _inclusive(options), report).labels()

    def read(self, folder: Path, *, options: BaseOptions, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures, dataset by dataset."""
        yield from SuperviselyFolder(folder, _inclusive(options), report).read()

    def information(self, folder: Path, *, options: BaseOptions) -> Mapping[str, Any]:
        """What ``meta.json`` says beside the classes."""
        return SuperviselyFolder(folder, _inclusive(options), _ignore).information()

    def write(
        self,
        images: Iterable[ImageRecord],
        folder: Path,
        *,
        labels: Sequence[LabelRecord],
        options: BaseOptions,
        report: Report,
        progress: Progress,
        information: Mapping[str, Any] | None = None,
    ) -> None:
        """Write a dataset per split (or the datasets that the pictures came from) and ``meta.json``."""
        writer = SuperviselyWriter(folder, labels, inclusive=_inclusive(options), order_file=ORDER, report=report)
        writer.know(information or {})
        for done, image in enumerate(images, start=1):
            writer.add(image)
            progress.advance(done)
        writer.close()


def _ignore(issue: Issue) -> None:
    """What is wrong with a file is said when its pictures are read."""
    del issue


def _inclusive(options: BaseOptions) -> bool:
    return isinstance(options, SuperviselyOptions) and options.rectangles == "pixels"
