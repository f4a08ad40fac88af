"""``marquee loop``: the whole loop on the command line, with real subprocesses and a backend that learns nothing."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.fakes.processes import FAKES, ROOT, Workplace, workplace
from trainer.management.commands.loop import draw_curve
from trainer.queries.learning_curve import LearningCurve

PREPARE = """
import sys
import django
django.setup()
from annotator.models import Image
from tests.factories.annotations import make_annotation
from tests.factories.images import make_stored_image
from tests.factories.projects import make_project

labelled, unlabelled = int(sys.argv[1]), int(sys.argv[2])
project = make_project(name="cells", labels=("cell", "platelet"))
for _ in range(labelled):
    make_annotation(make_stored_image(project, state=Image.State.LABELLED), project.labels.first())
for _ in range(unlabelled):
    make_stored_image(project)
"""
LABEL_EVERYTHING = """
import sys, time
import django
django.setup()
from annotator.models import Image
from trainer.models import RoundPick

deadline = time.monotonic() + 60
while not (picks := list(RoundPick.objects.filter(round__state="open").values_list("image_id", flat=True))):
    assert time.monotonic() < deadline, "nothing was picked"
    time.sleep(0.05)
Image.objects.filter(id__in=picks).update(state="labelled")
"""
pytestmark = [pytest.mark.processes]


@pytest.fixture
def place(tmp_path: Path) -> Any:
    with workplace(tmp_path / "home") as made:
        yield made


def python(place: Workplace, *arguments: str) -> subprocess.Popen[str]:
    environment = {
        **place.environment,
        "DJANGO_SETTINGS_MODULE": "annotator.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(FAKES)]),
    }
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(process: subprocess.Popen[str]) -> str:
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, output + errors
    return output


LOOP = ("manage.py", "loop", "cells", "--backend", "fake", "--option", "epochs=1", "--size", "3")


def test_train_predict_and_pick(place: Workplace) -> None:
    finish(python(place, "-c", PREPARE, "12", "5"))
    document = json.loads(finish(python(place, *LOOP, "--no-wait", "--json")))
    assert document["metric"] == "map50_95"
    assert [point["number"] for point in document["points"]] == [1]
    assert document["rounds"] == [{"number": 1, "state": "open", "strategy": "hybrid", "picked": 3}]


def test_it_waits_for_labels_and_trains_again(place: Workplace) -> None:
    finish(python(place, "-c", PREPARE, "12", "3"))
    loop = python(place, *LOOP, "--strategy", "random")
    finish(python(place, "-c", LABEL_EVERYTHING))
    output = finish(loop)
    assert "Round 1: 3 of 3 images picked by random." in output
    assert output.index("Model 1 from") < output.index("Round 1:") < output.index("Model 2 from")
    assert "map50_95" in output.splitlines()[-3]  # the curve: a heading and two models


def test_without_labels_the_first_round_starts_cold(place: Workplace) -> None:
    finish(python(place, "-c", PREPARE, "0", "6"))
    output = finish(python(place, *LOOP, "--no-wait"))
    assert "the first batch is picked without a model" in output
    assert "Round 1: 3 of 6 images picked by hybrid." in output
    assert "No model has been measured yet." in output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nobody",), "There is no project “nobody”."),
        (("cells", "--strategy", "tarot"), "There is no strategies plugin named “tarot”"),
        (("cells", "--rounds", "0"), "--rounds must be at least 1."),
    ],
)
def test_refusals_are_sentences(place: Workplace, arguments: tuple[str, ...], sentence: str) -> None:
    finish(python(place, "-c", PREPARE, "0", "1"))
    process = python(place, "manage.py", "loop", *arguments, "--json")
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 2
    assert sentence in json.loads(output)["detail"]
    assert "Traceback" not in errors


@pytest.fixture
def curve() -> Callable[..., LearningCurve]:
    def build(*values: float) -> LearningCurve:
        points = [
            {"number": n, "labelled_images": 10 * n, "labelled_objects": 50 * n, "value": value}
            for n, value in enumerate(values, start=1)
        ]
        return LearningCurve("map50" if values else None, points, [], None, None)

    return build


def test_the_curve_is_drawn_with_bars(curve: Callable[..., LearningCurve]) -> None:
    assert list(draw_curve(curve(0.25, 0.5))) == [
        "model  images  objects  map50",
        "    1      10       50  0.250 " + "█" * 10,
        "    2      20      100  0.500 " + "█" * 20,
    ]
    assert list(draw_curve(curve())) == ["No model has been measured yet."]
