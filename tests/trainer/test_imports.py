"""What the web server and the worker may never import: torch costs half a gigabyte and breaks forked processes."""

import os
import subprocess
import sys

import pytest

HEAVY = ("torch", "torchvision", "ultralytics", "faster_coco_eval", "cv2")
CODE = """
import sys, {module}
from trainer.plugins.families import BACKENDS
from annotator.plugins.base import options_schema
for name in BACKENDS.names():
    backend = BACKENDS.get(name)
    options_schema(backend), backend.unavailable(), backend.weights([])
    [backend.architectures(task) for task in backend.tasks]
{extra}
print(*[name for name in {heavy} if name in sys.modules])
"""


@pytest.mark.parametrize(
    ("module", "extra"),
    [
        ("annotator.asgi", "import annotator.urls"),
        ("annotator.celery", "annotator.celery.app.loader.import_default_modules()"),
    ],
)
def test_servers_start_without_the_training_libraries(module: str, extra: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    code = CODE.format(module=module, extra=extra, heavy=HEAVY)
    answer = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip() == "", f"imported by {module}: {answer.stdout}"
