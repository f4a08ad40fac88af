"""``marquee export``: looking first, dividing anew, archives of every kind."""

import json
import tarfile
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from annotator.models import Project
from tests.factories.annotations import make_annotation
from tests.factories.images import make_stored_image
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db
ROTATED = {"type": "rotated_box", "cx": 30.0, "cy": 20.0, "w": 10.0, "h": 6.0, "angle": 30.0}


def run(*arguments: str) -> tuple[int, Any]:
    """Exit code and JSON document of the command."""
    out = StringIO()
    try:
        call_command("export_dataset", *arguments, "--json", stdout=out)
    except SystemExit as end:
        return int(str(end.code)), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


@pytest.fixture
def project() -> Project:
    project = make_project(labels=("cat",), name="Pets")
    for number in range(10):
        image = make_stored_image(project, f"{'ab'[number % 2]}/{number}.jpg", state="labelled", split="train")
        make_annotation(image, project.labels.get(), geometry=ROTATED)
    return project


@pytest.mark.usefixtures("project")
def test_a_look_says_the_losses_and_writes_nothing(tmp_path: Path) -> None:
    code, report = run("Pets", str(tmp_path / "no" / "where"), "--format", "yolo", "--dry-run")
    assert (code, report["dry_run"], report["counts"]["images"]) == (1, True, 10)
    assert {loss["code"]: loss["count"] for loss in report["lossy"]} == {"unsupported_rotated_box": 10, "colors": 1}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("project")
def test_dividing_anew_and_tar(tmp_path: Path) -> None:
    target = tmp_path / "out.tar.gz"
    options = ["--split", "0.5,0.5,0", "--seed", "3", "--together", "folder"]
    code, report = run("Pets", str(target), "--format", "coco", *options)
    assert report["counts"]["by_split"] == {"train": 5, "val": 5}
    assert code == (1 if report["lossy"] else 0)
    with tarfile.open(target) as archive:
        names = archive.getnames()
    assert len([name for name in names if name.startswith("images/val/") and name.endswith(".jpg")]) == 5
    assert {name.split("/")[2] for name in names if name.startswith("images/val/")} in ({"a"}, {"b"})


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--split", "half"], "three numbers"),
        (["--split", "1,1,0"], "sum to 1"),
        (["--split", "0.8,0.2,0", "--together", "mood"], "no field to split by"),
    ],
)
def test_splits_that_cannot_be_meant(tmp_path: Path, options: list[str], text: str) -> None:
    code, document = run("Pets", str(tmp_path / "out"), "--format", "coco", *options)
    assert code == 2
    assert text in document["detail"]
    assert list(tmp_path.iterdir()) == []
