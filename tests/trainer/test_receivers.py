"""What the trainer tells the annotator's pages (news is tested with the services that follow it)."""

import pytest

from annotator.queries.contributions import best_metrics, contributed_action
from tests.factories.projects import make_project
from tests.factories.rounds import make_model

pytestmark = pytest.mark.django_db


def test_overview_and_project_list_hear_from_us() -> None:
    project = make_project()
    action = contributed_action(project, {"images": 50, "labelled": 25})
    assert action is not None
    assert action.kind == "train"
    make_model(project)
    assert best_metrics([project.id])[project.id].value == 0.4
