"""The task of rounds."""

import pytest

from annotator.tasks import sweep
from tests.factories.images import make_image
from tests.factories.projects import make_project
from trainer.models import Round
from trainer.services.predictions import sweep_predictions
from trainer.services.rounds import start_round
from trainer.services.selection import sweep_rounds
from trainer.tasks.rounds import select_round

pytestmark = pytest.mark.django_db


def test_the_task_selects() -> None:
    project = make_project()
    make_image(project)
    started = start_round(actor=None, project=project, strategy="random", size=1)
    select_round(str(started.id))
    started.refresh_from_db()
    assert started.state == Round.State.OPEN


def test_the_sweep_knows_rounds_and_predictions() -> None:
    assert sweep._sweepers["rounds"] is sweep_rounds
    assert sweep._sweepers["predictions"] is sweep_predictions
