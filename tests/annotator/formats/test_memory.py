"""Memory does not grow with annotations: a set six times as large needs hardly more, in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

IMAGES = 200
NOTE = "x" * 500
PROGRAM = """
import resource, sys
from pathlib import Path
from annotator.management.cli import main
code = main(["marquee", "convert", *sys.argv[1:]])
status = Path("/proc/self/status")
if status.exists():  # what getrusage says on Linux counts the process that started this one
    peak = next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print("peak", peak)
sys.exit(0 if code in (0, 1) else code)
"""


def make_set(folder: Path, each: int) -> Path:
    """Boxes with long attributes, spread over the file so that no picture's stand together."""
    annotations = [
        {"id": n * IMAGES + image + 1, "image_id": image + 1, "category_id": 1 + n % 3, "bbox": [10, 10, 100 + n, 200],
         "attributes": {"note": f"{n} {NOTE}"}}
        for n in range(each)
        for image in range(IMAGES)
    ]  # fmt: skip
    content = {
        "categories": [{"id": n, "name": f"class {n}"} for n in (1, 2, 3)],
        "images": [{"id": n + 1, "file_name": f"{n}.jpg", "width": 640, "height": 480} for n in range(IMAGES)],
        "annotations": annotations,
    }
    folder.mkdir()
    (folder / "instances_train.json").write_text(json.dumps(content))
    return folder


def peak_of(source: Path, target: Path, name: str) -> int:
    """Kilobytes that the command held at most while COCO became ``name``."""
    arguments = [str(source), str(target), "--from", "coco", "--to", name]
    run = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=True)
    return int(run.stdout.split()[-1])


@pytest.mark.parametrize("name", ["coco", "voc", "yolo"])
def test_six_times_the_annotations_need_hardly_more_memory(tmp_path: Path, name: str) -> None:
    small, large = make_set(tmp_path / "small", 40), make_set(tmp_path / "large", 240)
    grown = (large / "instances_train.json").stat().st_size - (small / "instances_train.json").stat().st_size
    more = peak_of(large, tmp_path / "two", name) - peak_of(small, tmp_path / "one", name)
    assert grown > 20 << 20
    assert more < 10 << 10, f"{more} kB more for {grown >> 10} kB more of text"
