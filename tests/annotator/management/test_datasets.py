"""``marquee import`` and ``marquee export``."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from annotator.models import Annotation, Image, Project
from annotator.services.versions import create_version
from tests.factories.datasets import CAT, DOG, make_yolo
from tests.factories.users import make_admin

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[int, Any]:
    """Exit code and JSON document of a command."""
    out = StringIO()
    try:
        call_command(*arguments, "--json", stdout=out)
    except SystemExit as end:
        return int(str(end.code)), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return make_yolo(tmp_path / "data", {"train/a.jpg": [CAT, DOG], "val/b.jpg": [CAT]})


def test_there_and_back(dataset: Path, tmp_path: Path) -> None:
    make_admin()
    code, report = run("import_dataset", str(dataset), "--project", "Pets")
    assert (code, report["counts"]["annotations_added"]) == (0, 3)
    project = Project.objects.get(name="Pets")
    assert report["project"] == str(project.id)
    for target, kind in (("out.zip", "coco"), ("out", "yolo")):
        code, report = run("export_dataset", "Pets", str(tmp_path / target), "--format", kind)
        assert (code, report["counts"]["images"], report["counts"]["annotations"]) == (0, 2, 3)
    assert (tmp_path / "out" / "data.yaml").exists()
    version = create_version(actor=None, project=project)
    Annotation.objects.update(deleted=True)
    code, report = run(
        "export_dataset",
        str(project.id),
        str(tmp_path / "v"),
        "--format",
        "yolo",
        "--from-version",
        str(version.number),
    )
    assert (code, report["counts"]["annotations"]) == (0, 3)


def test_options_meanings_and_fractions(dataset: Path) -> None:
    make_admin("boss")
    arguments = ["--project", "Pets", "--user", "boss", "--task", "segment", "--option", "task=detect", "--dry-run"]
    code, report = run("import_dataset", str(dataset), *arguments, "--label", "dog=ignore")
    assert (code, report["dry_run"]) == (0, True)
    assert {label["source"]: label["action"] for label in report["labels"]} == {"cat": "create", "dog": "ignore"}
    assert not Project.objects.exists(), "a dry run leaves nothing behind"
    arguments = ["--project", "Pets", "--task", "segment", "--label-fraction", "0.5", "--ignore-splits"]
    code, _ = run("import_dataset", str(dataset), *arguments)
    assert (code, Project.objects.get().task) == (0, "segment")
    assert set(Image.objects.values_list("split", flat=True)) == {""}


def test_a_token_pins_the_files_and_labels_can_be_renamed(dataset: Path) -> None:
    make_admin()
    arguments = ["import_dataset", str(dataset), "--project", "Pets"]
    _, looked = run(*arguments, "--dry-run")
    (dataset / "labels/train/a.txt").write_text(CAT)
    code, document = run(*arguments, "--token", looked["token"])
    assert (code, document["code"]) == (2, "conflict")
    assert not Project.objects.exists()
    _, looked = run(*arguments, "--dry-run")
    code, report = run(*arguments, "--token", looked["token"], "--label", "cat=create:Felis catus")
    assert (code, report["counts"]["annotations_added"]) == (0, 2)
    assert set(Annotation.objects.values_list("label__name", flat=True)) == {"Felis catus"}


def test_suggestions_from_the_shell(dataset: Path) -> None:
    make_admin()
    code, report = run("import_dataset", str(dataset), "--project", "Pets", "--mode", "predictions")
    assert (code, report["counts"]["suggestions_added"], Annotation.objects.count()) == (0, 3, 0)


def test_issues_have_their_own_exit_code(dataset: Path) -> None:
    make_admin()
    (dataset / "labels/train/a.txt").write_text("77 .5 .5 .1 .1")
    code, report = run("import_dataset", str(dataset), "--project", "Pets")
    assert (code, report["issues"][0]["code"]) == (1, "unknown_category_id")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["import_dataset", "gone", "--project", "Pets"], "no file or folder"),
        (["import_dataset", ".", "--project", "Pets", "--user", "nobody"], "nobody called"),
        (["import_dataset", ".", "--project", "Pets", "--label-fraction", "7"], "between 0 and 1"),
        (["import_dataset", ".", "--project", "Pets", "--option", "task"], "has no value"),
        (["import_dataset", ".", "--project", "Pets", "--label", "x=unknown"], "no label"),
        (["export_dataset", "Nothing", "out", "--format", "coco"], "no project"),
    ],
)
def test_refusals_are_sentences(arguments: list[str], text: str) -> None:
    make_admin()
    code, document = run(*arguments)
    assert code == 2
    assert text in document["detail"]
    assert not Project.objects.exists()


def test_what_is_there_is_never_overwritten(dataset: Path, tmp_path: Path) -> None:
    make_admin()
    run("import_dataset", str(dataset), "--project", "Pets")
    code, document = run("export_dataset", "Pets", str(dataset), "--format", "coco")
    assert (code, document["code"]) == (2, "conflict")
    code, document = run("export_dataset", "Pets", str(tmp_path / "new"), "--format", "coco", "--from-version", "9")
    assert code == 2
    assert not (tmp_path / "new").exists()
