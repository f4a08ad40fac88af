"""``python -m tests.conformance.roundtrip SET [--to coco --to voc …]``: there, back, and what is different.

A set is read in its own format, written in another and read again. Every image must be there with the same objects: label
and bounding box within the coarser quantum of the two formats.
"""

import json
import sys
import tempfile
import time
from argparse import ArgumentParser
from dataclasses import dataclass, field
from pathlib import Path

from annotator.core.geometry.measures import bounds
from annotator.core.progress import SilentProgress
from annotator.core.records import AnnotationRecord, ImageRecord
from annotator.formats.shared.files import split_of_word
from annotator.plugins.families import FORMATS
from annotator.plugins.recognition import choose_format
from annotator.services.conversion import Conversion, convert

QUANTA = {"coco": 1e-6, "voc": 1e-6, "yolo": 0.51e-6}
"""Pixels; for YOLO as a share of the picture's side."""
TASKS = {"tag": "classify", "polygon": "segment", "mask": "segment", "keypoints": "pose", "rotated_box": "obb"}


@dataclass
class Outcome:
    """What came back."""

    images: int = 0
    objects: int = 0
    missing: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    worst: float = 0.0


def images_of(folder: Path, wanted: str = "", **options: object) -> tuple[str, list[ImageRecord]]:
    """Name of the format and all images."""
    plugin, guesses = choose_format(folder, wanted)
    read = plugin.read(folder, options=plugin.Options(**options), report=lambda issue: None)
    return wanted or guesses[0].name, list(read)


def task_of(images: list[ImageRecord]) -> str:
    """YOLO's task for most of the objects."""
    kinds = [a.geometry.kind for image in images for a in image.annotations]
    common = max(set(kinds), key=kinds.count) if kinds else "box"
    return TASKS.get(common, "detect")


def compare(before: list[ImageRecord], after: list[ImageRecord], quantum: float, *, relative: bool) -> Outcome:
    """Match images by split and name (a folder that only repeats the split does not count) and objects by order."""
    outcome = Outcome(len(before), sum(len(image.annotations) for image in before))
    found = {identity(image): image for image in after}
    for image in before:
        here = found.get(identity(image))
        if here is None or (here.width, here.height) != (image.width, image.height):
            outcome.missing.append(image.name)
            continue
        if len(here.annotations) != len(image.annotations):
            outcome.different.append(f"{image.name}: {len(image.annotations)} → {len(here.annotations)} objects")
            continue
        limit = quantum * max(image.width, image.height) if relative else quantum
        for old, new in zip(image.annotations, here.annotations, strict=True):
            error = distance(old, new)
            outcome.worst = max(outcome.worst, error)
            if old.label != new.label or error > 2 * limit:
                outcome.different.append(f"{image.name}: {old.label} → {new.label}, {error:.6f} px away")
    return outcome


def identity(image: ImageRecord) -> tuple[str | None, str]:
    """Split and name below the folder of the split. Formats that must have a split put images without one into train."""
    first, slash, rest = image.name.partition("/")
    named = split_of_word(first) if slash else None
    return image.split or "train", rest if named and named == (image.split or "train") else image.name


def distance(old: AnnotationRecord, new: AnnotationRecord) -> float:
    """Largest difference of a side of the bounding boxes, in pixels."""
    first, second = bounds(old.geometry), bounds(new.geometry)
    if first is None or second is None:
        return 0.0 if first is second else float("inf")
    return max(abs(a - b) for a, b in zip(first, second, strict=True))


def check(source: Path, target: str, before: list[ImageRecord], own: str) -> tuple[Outcome, dict[str, object]]:
    """One way there and back."""
    task = task_of(before) if target == "yolo" else ""
    with tempfile.TemporaryDirectory(prefix="marquee-roundtrip-") as name:
        written = Path(name) / "set"
        options = {"to.task": task} if task else {}
        job = Conversion(source=source, target=written, from_format=own, to_format=target, options=options)
        report = convert(job, SilentProgress())
        _, after = images_of(written, target, **({"task": task} if task else {}))
    return compare(before, after, QUANTA[target], relative=target == "yolo"), report


def main() -> int:
    """Print a line per way."""
    parser = ArgumentParser("python -m tests.conformance.roundtrip", description=__doc__)
    parser.add_argument("sets", type=Path, nargs="+")
    parser.add_argument("--to", action="append", choices=[n for n in FORMATS.names() if n in QUANTA])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows, bad = [], 0
    for source in options.sets:
        own, before = images_of(source)
        for target in options.to or list(QUANTA):
            began = time.process_time()
            outcome, report = check(source, target, before, own)
            bad += bool(outcome.missing or outcome.different)
            lossy = [loss["code"] for loss in report["lossy"]]  # type: ignore[attr-defined]  # JSON
            row = {
                "set": source.name, "format": own, "to": target, "images": outcome.images, "objects": outcome.objects,
                "missing": len(outcome.missing), "different": len(outcome.different), "worst_px": outcome.worst,
                "lossy": lossy, "cpu_s": round(time.process_time() - began, 2),
            }  # fmt: skip
            rows.append(row)
            if not options.json:
                print(json.dumps(row))
                for text in [*outcome.missing[:3], *outcome.different[:3]]:
                    print(f"  ✗ {text}")
    if options.json:
        print(json.dumps(rows, indent=1))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
