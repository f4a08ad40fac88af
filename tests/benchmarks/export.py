"""Writing a large COCO file."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.measure import Table, measured

TITLE = "Exporting COCO"
QUESTION = (
    "What does it cost to write 100,000 annotations (boxes and polygons on 10,000 images) as COCO, as a stream of records, "
    "beside collecting the same in one dictionary for `json.dump`? Without pictures."
)
IMAGES, EACH = 10_000, 10


def run() -> Table:
    """Measure both in fresh processes."""
    stream, plain = measured(_stream), measured(_plain)
    rows: list[list[object]] = []
    for name, found in (("Marquee, streaming", stream), ("dictionary and json.dump", plain)):
        extra = found.peak_mb - found.value["before"]
        rows.append([name, round(found.value["cpu"], 2), round(extra), round(found.value["bytes"] / 2**20, 1)])
    rows.append(
        [
            "ratio",
            round(float(str(rows[0][1])) / float(str(rows[1][1])), 2),
            round(float(str(rows[0][2])) / float(str(rows[1][2])), 2),
            round(float(str(rows[0][3])) / float(str(rows[1][3])), 2),
        ]
    )
    return Table(
        ["way", "CPU seconds", "peak memory beyond imports MB", "file MB"],
        rows,
        [
            "Both get the same records from a generator; Marquee counts the area of polygons in pixels, as pycocotools does: two thirds of its time."
        ],
    )


def _records() -> Iterator[object]:
    from annotator.core.geometry.types import Box, Polygon, PolygonPart
    from annotator.core.records import AnnotationRecord, ImageRecord

    for number in range(IMAGES):
        shapes = []
        for n in range(EACH):
            x, y = float(n * 50), float(number % 400)
            if n % 2:
                ring = [x, y, x + 40, y + 3, x + 44, y + 38, x + 20, y + 50, x - 0.5, y + 30]
                shapes.append(AnnotationRecord("cat", Polygon([PolygonPart(ring)])))
            else:
                shapes.append(AnnotationRecord("dog", Box(x, y, 40.5, 50.25)))
        yield ImageRecord(f"{number:06d}.jpg", 640, 480, tuple(shapes))


def _stream() -> dict[str, float]:
    import time

    from annotator.core.progress import SilentProgress
    from annotator.core.records import LabelRecord
    from annotator.plugins.families import FORMATS
    from tests.benchmarks.measure import memory

    form = FORMATS.get("coco")()
    before, cpu = memory("VmRSS"), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        form.write(
            _records(), Path(folder), labels=[LabelRecord("cat"), LabelRecord("dog")], options=form.Options(),
            report=lambda issue: None, progress=SilentProgress(),
        )  # fmt: skip
        cpu = time.process_time() - cpu
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.json"))
    return {"cpu": cpu, "bytes": size, "before": before}


def _plain() -> dict[str, float]:
    import time

    from annotator.core.geometry.types import Box
    from annotator.core.progress import SilentProgress  # noqa: F401 -- the same imports, so that memory compares
    from annotator.plugins.families import FORMATS
    from tests.benchmarks.measure import memory

    FORMATS.get("coco")()
    before, cpu = memory("VmRSS"), time.process_time()
    images, annotations = [], []
    for image_id, image in enumerate(_records(), 1):
        images.append({"id": image_id, "file_name": image.name, "width": image.width, "height": image.height})
        for shape in image.annotations:
            if isinstance(shape.geometry, Box):
                box = shape.geometry
                bbox, segmentation = [box.x, box.y, box.w, box.h], []
            else:
                ring = list(shape.geometry.parts[0].outer)
                xs, ys = ring[::2], ring[1::2]
                bbox = [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)]
                segmentation = [ring]
            annotations.append(
                {"id": len(annotations) + 1, "image_id": image_id, "category_id": 1 + (shape.label == "dog"), "bbox": bbox,
                 "area": bbox[2] * bbox[3], "segmentation": segmentation, "iscrowd": 0}
            )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plain.json"
        with path.open("w") as file:
            json.dump(
                {
                    "images": images,
                    "annotations": annotations,
                    "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
                },
                file,
            )
        cpu = time.process_time() - cpu
        size = path.stat().st_size
    return {"cpu": cpu, "bytes": size, "before": before}
