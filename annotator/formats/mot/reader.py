"""Reading MOTChallenge: sequence by sequence, frame by frame."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from annotator.core.errors import FormatError
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.mot.rows import CLASSES, FrameRows, class_of, record_of
from annotator.formats.mot.sequences import Sequence, sequences_of
from annotator.formats.shared.checking import report_outside
from annotator.formats.shared.files import picture_size, unique_name
from annotator.formats.shared.label_files import Readable, own_file
from annotator.plugins.formats import Report

_MOST_EMPTY = 200_000
"""Frames of a sequence without pictures that are believed to be empty: more are a mistake in ``seqinfo.ini``."""
_IGNORED = "mot:ignored"


class MotFolder:
    """A set of sequences; ``one_based`` shifts boxes by a pixel, ``keep_ignored`` makes objects of flag 0 objects."""

    def __init__(self, folder: Path, *, one_based: bool, keep_ignored: bool) -> None:
        self._folder = folder
        self._shift = 1.0 if one_based else 0.0
        self._keep_ignored = keep_ignored
        self._readable = Readable()

    @cached_property
    def _sequences(self) -> list[Sequence]:
        return sequences_of(self._folder)

    def labels(self) -> list[LabelRecord]:
        """Classes of ``labels.txt``, then those of the benchmark that the rows use, by number."""
        names: dict[str, None] = {}
        used: dict[int, None] = {}
        for sequence in self._sequences:
            listed = sequence.classes()
            names |= dict.fromkeys(listed)
            for kind in ("gt", "det"):
                rows = _rows(sequence, kind, _ignore)
                if rows is not None:
                    used |= {number: None for number in rows.classes if number > len(listed)}
        names |= {_class_name(number, []): None for number in sorted(used)}
        return [LabelRecord(name=name) for name in names]

    def read(self, report: Report) -> Iterator[ImageRecord]:
        """Yield the frames of each sequence in order; raises :class:`FormatError` when there is no sequence."""
        if not self._sequences:
            raise FormatError("There is no sequence: a folder with gt/gt.txt, det/det.txt or seqinfo.ini.")
        taken: set[str] = set()
        for sequence in self._sequences:
            yield from self._read(sequence, taken, report)
        self._readable.check()

    def _read(self, sequence: Sequence, taken: set[str], report: Report) -> Iterator[ImageRecord]:
        sequence.check_info(report)
        truth, guesses = _rows(sequence, "gt", report), _rows(sequence, "det", report)
        for rows in (truth, guesses):
            if rows is not None:
                self._readable.add(len(rows.frames), rows.first_bad)
        frames = set(sequence.pictures) | sequence.named_frames
        frames |= (truth.frames if truth else set()) | (guesses.frames if guesses else set())
        if not sequence.pictures:
            text = f"The pictures of the sequence {sequence.path.name} are not here."
            others = any(other.pictures for other in self._sequences)
            report(Issue("image_not_found", "warning" if others else "info", text, sequence.folder.as_posix()))
            frames |= set(range(1, sequence.length + 1)) if sequence.length <= _MOST_EMPTY else set()
        classes = sequence.classes()
        for number, frame in enumerate(sorted(frames)):
            yield self._frame(sequence, frame, truth, guesses, classes, taken, report, first=number == 0)

    def _frame(
        self,
        sequence: Sequence,
        frame: int,
        truth: FrameRows | None,
        guesses: FrameRows | None,
        classes: list[str],
        taken: set[str],
        report: Report,
        *,
        first: bool,
    ) -> ImageRecord:
        name = unique_name(sequence.name_of(frame), taken, sequence.split)
        path = sequence.pictures.get(frame)
        if path is None and sequence.pictures:
            report(Issue("image_not_found", "warning", f"The picture of frame {frame} is not here.", name))
        found = picture_size(path) if path else None
        width, height = (found.width, found.height) if found else (sequence.size or (0, 0))
        if first and found and sequence.size not in {None, (width, height)}:
            text = f"“{name}” is {width} × {height}, seqinfo.ini says otherwise; the picture was believed."
            report(Issue("size_disagrees_with_image", "warning", text, name))
        source: dict[str, Any] = {"mot:frame": frame}
        if truth is None:
            source["annotated"] = False
        annotations = tuple(self._objects(truth, frame, classes, source, report))
        if width:
            report_outside(annotations, width, height, name=name, report=report)
        predictions = tuple(self._predictions(guesses, frame, classes, report))
        return ImageRecord(
            name, width, height, annotations, sequence.split, path, predictions=predictions, source=source
        )

    def _objects(
        self, rows: FrameRows | None, frame: int, classes: list[str], source: dict[str, Any], report: Report
    ) -> Iterator[AnnotationRecord]:
        for row in rows.of_frame(frame) if rows else ():
            label = _class_name(class_of([row[8], row[11]]), classes)
            record = record_of(row, label, shift=self._shift, file=rows.file if rows else "", report=report)
            if record is None:
                continue
            if row[7] == 0 and not self._keep_ignored:
                text = f"A {label} is marked as not to be considered; it is no object."
                report(Issue("ignored_label", "info", text, rows.file if rows else "", f"line {int(row[0])}"))
                source.setdefault(_IGNORED, []).append(_as_plain(record))
                continue
            if row[7] == 0:
                record = AnnotationRecord(
                    record.label, record.geometry, {**record.attributes, _IGNORED: True}, track=record.track
                )
            yield record

    def _predictions(
        self, rows: FrameRows | None, frame: int, classes: list[str], report: Report
    ) -> Iterator[AnnotationRecord]:
        for row in rows.of_frame(frame) if rows else ():
            label = _class_name(class_of([row[8], row[11]]), classes)
            record = record_of(row, label, shift=self._shift, file=rows.file if rows else "", report=report)
            if record is not None:
                score = row[7] if row[7] == row[7] and abs(row[7]) < float("inf") else None
                yield AnnotationRecord(record.label, record.geometry, score=score, track=record.track)


def _rows(sequence: Sequence, kind: str, report: Report) -> FrameRows | None:
    """Rows of ``gt/gt.txt`` or ``det/det.txt`` (or of that file right in the sequence), if there are any."""
    for path in (sequence.path / kind / f"{kind}.txt", sequence.path / f"{kind}.txt"):
        if own_file(sequence.root, path):
            return FrameRows.of(path, path.relative_to(sequence.root).as_posix(), report)
    return None


def _class_name(number: int, classes: list[str]) -> str:
    """The name of a class by its number from 1."""
    if number <= len(classes):
        return classes[number - 1]
    return CLASSES[number - 1] if number <= len(CLASSES) else f"class {number}"


def _as_plain(record: AnnotationRecord) -> dict[str, Any]:
    box = record.geometry
    place = [box.x, box.y, box.w, box.h] if box.kind == "box" else []  # type: ignore[union-attr]
    return {"label": record.label, "box": place, "track": record.track, **record.attributes}


def _ignore(issue: Issue) -> None:
    """The look for classes reports nothing that reading would report again."""
