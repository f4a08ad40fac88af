"""Writing MOTChallenge: pictures of one folder become a sequence of numbered frames."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any

from annotator.core.geometry.boxes import Bounds
from annotator.core.geometry.measures import bounds
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.mot.rows import NO_TRACK, format_row
from annotator.formats.mot.sequences import NAMES
from annotator.formats.shared.files import SPLIT_WORDS, name_below_split, place_picture
from annotator.plugins.formats import Report

UNNAMED = "sequence"
_FIRST_OF_TEXTS = 1_000_000_000
"""Tracks that are no numbers are numbered from here."""


@dataclass(slots=True)
class _Sequence:
    """What was written of a sequence so far."""

    folder: Path
    name: str
    size: tuple[int, int]
    suffix: str
    last: int = 0
    tracks: dict[str, int] = field(default_factory=dict)


class MotWriter:
    """Adds frames one by one; a context manager that writes each ``seqinfo.ini`` at the end."""

    def __init__(
        self,
        folder: Path,
        labels: Sequence[LabelRecord],
        *,
        one_based: bool,
        information: Mapping[str, Any],
        report: Report,
    ) -> None:
        self._folder = folder
        self._names = list(dict.fromkeys(label.name for label in labels))
        self._numbers = {name: number for number, name in enumerate(self._names, start=1)}
        self._shift = 1.0 if one_based else 0.0
        self._information = information
        self._report = report
        self._sequences: dict[str, _Sequence] = {}

    def __enter__(self) -> "MotWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        known = self._information.get("sequences")
        for sequence in self._sequences.values():
            said = known.get(sequence.name) if isinstance(known, Mapping) else None
            rate = said.get("frameRate") if isinstance(said, Mapping) else None
            lines = ["[Sequence]", f"name={sequence.name}", "imDir=img1"]
            lines += [f"frameRate={rate}"] if rate else []
            lines += [f"seqLength={sequence.last}", f"imWidth={sequence.size[0]}", f"imHeight={sequence.size[1]}"]
            lines += [f"imExt={sequence.suffix}"]
            (sequence.folder / "seqinfo.ini").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def add(self, image: ImageRecord) -> None:
        """Write one picture as the next frame of its folder's sequence; its name is kept in a list."""
        below = PurePosixPath(name_below_split(image, image.split) if image.split else image.name)
        sequence = self._sequence(image, below)
        frame = sequence.last + 1
        if below.stem.isascii() and below.stem.isdecimal() and len(below.stem) < 8:
            frame = max(frame, int(below.stem))
        sequence.last = frame
        if image.path is not None:
            place_picture(image.path, sequence.folder / "img1" / f"{frame:06d}{below.suffix.lower()}")
        rows = [row for a in image.annotations for row in self._rows(a, image, sequence, frame)]
        rows += self._ignored(image, sequence, frame)
        _append(sequence.folder / "gt" / "gt.txt", rows)
        guesses = [row for a in image.predictions for row in self._rows(a, image, sequence, frame, guess=True)]
        if guesses:
            (sequence.folder / "det").mkdir(exist_ok=True)
            _append(sequence.folder / "det" / "det.txt", guesses)
        with (sequence.folder / NAMES).open("a", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow([frame, image.name])

    def _sequence(self, image: ImageRecord, below: PurePosixPath) -> _Sequence:
        name = below.parent.as_posix().replace("/", "-") if below.parent.name else UNNAMED
        name = f"{UNNAMED}-{name}" if name.lower() in SPLIT_WORDS else name
        key = f"{image.split or ''}/{name}"
        if key not in self._sequences:
            folder = self._folder / (image.split or "") / name
            (folder / "gt").mkdir(parents=True)
            (folder / "img1").mkdir()
            lines = "".join(f"{' '.join(label.split())}\n" for label in self._names)
            (folder / "gt" / "labels.txt").write_text(lines, encoding="utf-8")
            suffix = below.suffix.lower()
            self._sequences[key] = _Sequence(folder, name, (image.width, image.height), suffix)
        return self._sequences[key]

    def _rows(
        self, annotation: AnnotationRecord, image: ImageRecord, sequence: _Sequence, frame: int, *, guess: bool = False
    ) -> list[str]:
        found = bounds(annotation.geometry)
        number = self._numbers.get(annotation.label)
        if found is None or number is None:
            code = "unsupported_shape" if found is None else "undeclared_label"
            text = f"A {annotation.geometry.kind} “{annotation.label}” cannot be written as a row; it was left out."
            self._report(Issue(code, "warning", text, image.name, annotation.id))
            return []
        flag = float(not annotation.attributes.get("mot:ignored", False))
        if guess:
            flag = 1.0 if annotation.score is None else annotation.score
        visibility = annotation.attributes.get("visibility", -1)
        sound = isinstance(visibility, int | float) and 0 <= visibility <= 1
        return [
            format_row(
                frame, _track(annotation.track, sequence), self._shifted(found), flag=flag, number=number,
                visibility=visibility if sound else -1,
            )
        ]  # fmt: skip

    def _ignored(self, image: ImageRecord, sequence: _Sequence, frame: int) -> list[str]:
        """What the file it came from told not to consider."""
        rows = []
        for entry in image.source.get("mot:ignored", ()):
            x, y, w, h = entry["box"]
            number = self._numbers.get(entry["label"])
            if number is not None:
                place = self._shifted((x, y, x + w, y + h))
                seen = entry.get("visibility", -1)
                track = _track(entry.get("track"), sequence)
                rows.append(format_row(frame, track, place, flag=0, number=number, visibility=seen))
        return rows

    def _shifted(self, found: Bounds) -> Bounds:
        x1, y1, x2, y2 = found
        return x1 + self._shift, y1 + self._shift, x2 + self._shift, y2 + self._shift


def _append(path: Path, rows: list[str]) -> None:
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{row}\n" for row in rows)


def _track(track: str | int | None, sequence: _Sequence) -> int:
    if track is None:
        return NO_TRACK
    text = str(track)
    if text.isascii() and text.isdecimal() and len(text) < 15:
        return int(text)
    return sequence.tracks.setdefault(text, _FIRST_OF_TEXTS + len(sequence.tracks))
