"""From one dataset format to another, without a server or a database: folders and archives in, folders and archives out.

Nothing here touches Django, so that ``marquee convert`` starts at once and runs in a notebook. Images pass one by one;
what the target cannot hold is counted while they pass.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from annotator.core.errors import FormatError, InvalidInput, NotFound, PluginError
from annotator.core.issues import IssueCollector
from annotator.core.progress import Progress
from annotator.core.records import ImageRecord, Issue, LabelRecord
from annotator.core.tally import Tally
from annotator.plugins.base import Options
from annotator.plugins.families import FORMATS
from annotator.plugins.formats import DatasetFormat, Loss, LossCounter, Report, grave_losses
from annotator.plugins.listing import Listing
from annotator.plugins.opening import opened_dataset
from annotator.plugins.reading import read_images, read_labels
from annotator.plugins.recognition import FormatGuess, choose_format
from annotator.plugins.typed import split_options
from annotator.services.conversion_target import check_target, target_folder


class StrictRefusal(FormatError):
    """``strict`` was asked for and something was not clean."""

    code = "not_clean"


@dataclass(frozen=True, slots=True)
class Conversion:
    """What to convert and how; ``options`` are texts as typed, for the reader, the writer or both (``from.x``, ``to.x``)."""

    source: Path
    target: Path | None = None
    from_format: str = ""
    to_format: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    with_images: bool = True
    overwrite: bool = False
    dry_run: bool = False
    strict: bool = False


@dataclass(frozen=True, slots=True)
class OpenedDataset:
    """A dataset whose format is known, ready to be read."""

    folder: Path
    name: str
    plugin: DatasetFormat
    guesses: list[FormatGuess]


@contextmanager
def opened(source: Path, wanted: str, issues: IssueCollector, progress: Progress) -> Iterator[OpenedDataset]:
    """Find, unpack and recognise a dataset; raises ``AnnotatorError`` when that is not possible."""
    if not source.exists():
        raise NotFound(f"There is no file or folder {source}.")
    with (
        tempfile.TemporaryDirectory(prefix="marquee-convert-") as work,
        opened_dataset(source, work=Path(work) / "files", report=issues, progress=progress) as folder,
    ):
        plugin, guesses = choose_format(folder, wanted, ask=not wanted)
        name = wanted or guesses[0].name
        yield OpenedDataset(folder, name, plugin, guesses)


def convert(job: Conversion, progress: Progress) -> dict[str, Any]:
    """Do it and return the report ``{format, to, counts, labels, issues, lossy …}``.

    Raises :class:`StrictRefusal` (with the report in ``fields``) when ``strict`` finds anything, and other
    ``AnnotatorError`` when the set cannot be read or the target not be written; then nothing is left behind.
    """
    issues = IssueCollector()
    writer = _writer(job)
    if job.target is not None and not job.dry_run:
        check_target(job.target, job.overwrite, job.source)
    with opened(job.source, job.from_format, issues, progress) as dataset:
        reading, writing = split_options(job.options, type(dataset.plugin), type(writer) if writer else None)
        labels = read_labels(dataset.plugin, dataset.folder, options=reading, report=ignore_issue)
        stream = _Stream(dataset, reading, writer, writing, issues, with_images=job.with_images)
        only_looking = job.dry_run or job.target is None or writer is None
        if only_looking or job.strict:
            for number, _ in enumerate(stream.images(), start=1):
                progress.advance(number, None, "Looking")
            report = stream.report(labels)
            if job.strict:
                _refuse_unclean(report)
        if job.target is None or writer is None or only_looking:
            return report
        if job.strict:
            stream = _Stream(dataset, reading, writer, writing, IssueCollector(), with_images=job.with_images)
        with target_folder(job.target, progress) as folder:
            information = dataset.plugin.information(dataset.folder, options=reading)
            writer.write(
                stream.images(),
                folder,
                labels=labels,
                options=writing,
                report=stream.issues,
                progress=progress,
                information=information,
            )
            report = stream.report(labels)
            if job.strict:
                _refuse_unclean(report)
        return report


def report_foreign(dataset: OpenedDataset, report: Report) -> None:
    """Warn when nothing was found because the format that somebody named is not the dataset's."""
    if not dataset.guesses and dataset.plugin.recognises(Listing(dataset.folder)).confidence == 0:
        text = f"Nothing of {dataset.plugin.title} was found here. Leave out --from, or name another format."
        report(Issue("not_recognised", "warning", text))


def ignore_issue(issue: Issue) -> None:
    """Take a report of what the reading itself will report again."""
    del issue


@dataclass
class _Stream:
    """The images on their way, counted as they pass."""

    dataset: OpenedDataset
    reading: Options
    writer: DatasetFormat | None
    writing: Options
    issues: IssueCollector
    with_images: bool = True
    tally: Tally = field(default_factory=Tally)
    lost: LossCounter = field(default_factory=LossCounter)

    def images(self) -> Iterator[ImageRecord]:
        """Read, count, pass on."""
        read = read_images(self.dataset.plugin, self.dataset.folder, options=self.reading, report=self.issues)
        for image in read:
            self.tally.add(image)
            if self.writer is not None:
                self.lost.add(self.writer.lost(image, options=self.writing))
            yield image if self.with_images else replace(image, path=None)
        if self.tally.images == 0:
            self.issues(Issue("no_images", "warning", "There is no image in this dataset."))
        elif not self.tally.annotations and not self.tally.predictions:
            report_foreign(self.dataset, self.issues)

    def report(self, labels: Sequence[LabelRecord]) -> dict[str, Any]:
        """The report so far."""
        guess = next((found for found in self.dataset.guesses if found.name == self.dataset.name), None)
        n_of = self.tally.by_label()
        losses = [*self.lost.losses(), *(self.writer.lost_labels(labels, n_of) if self.writer else ())]
        return {
            "format": self.dataset.name,
            "confidence": guess.confidence if guess else None,
            "reasons": list(guess.reasons) if guess else [],
            "candidates": [found.as_json() for found in self.dataset.guesses],
            "counts": {
                **self.tally.as_json(),
                "predictions": self.tally.predictions,
                "missing_on_disc": self.tally.missing,
            },
            "labels": [{"source": label.name, "id": label.source_id, "n": n_of[label.name]} for label in labels],
            "issues": self.issues.as_json(),
            "lossy": [_loss_json(loss) for loss in losses],
        }


def _loss_json(loss: Loss) -> dict[str, Any]:
    return {"code": loss.code, "count": loss.count, "text": loss.text}


def is_clean(report: Mapping[str, Any]) -> bool:
    """Whether nothing was left out, changed or doubtful: no issue above information, no loss that concerns objects."""
    return not grave_losses(report["lossy"]) and all(issue["severity"] == "info" for issue in report["issues"])


def _refuse_unclean(report: dict[str, Any]) -> None:
    if not is_clean(report):
        found = [issue["code"] for issue in report["issues"] if issue["severity"] != "info"]
        found += grave_losses(report["lossy"])
        raise StrictRefusal(
            f"The conversion would not be clean ({', '.join(found)}); nothing was written. Leave out --strict to accept it.",
            fields=report,
        )


def _writer(job: Conversion) -> DatasetFormat | None:
    if not job.to_format:
        if job.target is not None:
            raise InvalidInput(f"Name the format to write with --to: {', '.join(FORMATS.names())}.")
        return None
    cls = FORMATS.get(job.to_format)
    if not cls.can_write:
        raise PluginError(f"{cls.title} can be read but not written.")
    return cls()
