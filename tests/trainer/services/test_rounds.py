"""Starting, closing and finishing rounds."""

import pytest

from annotator.core.errors import Conflict, InvalidInput, PluginError
from annotator.models import AuditEvent, Image, Project
from annotator.services.assignments import claim_next, skip, submit
from annotator.services.images import delete_images
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.rounds import boxes_with, make_model, make_prediction_run, make_round
from tests.factories.users import make_user
from trainer.models import Round
from trainer.services.rounds import close_round, finish_rounds, start_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project(owner=make_user(), labels=("cell", "platelet"))


def start(project: Project, **values: object) -> Round:
    return start_round(**{"actor": project.created_by, "project": project, "strategy": "random", "size": 5, **values})


def test_a_round_is_written_before_anything_is_computed(project: Project) -> None:
    make_image(project)
    first = start(project, seed=7)
    assert (first.number, first.state, first.seed, first.size) == (1, Round.State.SELECTING, 7, 5)
    assert AuditEvent.objects.filter(project=project, action="round.started").count() == 1


def test_one_selection_at_a_time(project: Project) -> None:
    make_image(project)
    start(project)
    with pytest.raises(Conflict, match="being selected now"):
        start(project)


@pytest.mark.parametrize(
    ("values", "error", "sentence"),
    [
        ({"strategy": "crystal_ball"}, PluginError, "no strategies plugin named “crystal_ball”"),
        ({"strategy": "entropy", "options": {"aggregation": "median"}}, InvalidInput, "Options of Entropy"),
        ({"size": 0}, InvalidInput, "1 to 10000"),
        ({"strategy": "entropy"}, InvalidInput, "needs a model's predictions"),
    ],
)
def test_what_cannot_work_is_refused_at_once(
    project: Project, values: dict[str, object], error: type[Exception], sentence: str
) -> None:
    make_image(project)
    with pytest.raises(error, match=sentence):
        start(project, **values)
    assert not Round.objects.exists()


def test_an_empty_pool_is_refused(project: Project) -> None:
    make_image(project, split="val")
    make_image(project, state=Image.State.LABELLED)
    with pytest.raises(InvalidInput, match="No image is left to pick"):
        start(project)


def test_a_model_that_has_not_predicted_is_refused(project: Project) -> None:
    make_image(project)
    with pytest.raises(InvalidInput, match="Model 1 has not predicted any image yet"):
        start(project, strategy="entropy", model=make_model(project))


def test_the_newest_predicting_model_is_taken(project: Project) -> None:
    image = make_image(project)
    first, _ = make_model(project, 1), make_model(project, 2)
    make_prediction_run(first, {image: boxes_with([0.5, 0.1])})
    assert start(project, strategy="hybrid").model == first


def test_the_last_labelled_pick_ends_the_round(project: Project, django_capture_on_commit_callbacks: object) -> None:
    actor = project.created_by
    images = [make_image(project) for _ in range(2)]
    opened = make_round(project, images)
    for expected in (Round.State.OPEN, Round.State.DONE):
        with django_capture_on_commit_callbacks(execute=True):
            submit(actor=actor, assignment=claim_next(actor=actor, project=project))
        opened.refresh_from_db()
        assert opened.state == expected
    assert opened.ended_at is not None


def test_removing_the_last_waiting_pick_ends_the_round(
    project: Project, django_capture_on_commit_callbacks: object
) -> None:
    image = make_image(project)
    opened = make_round(project, [image])
    with django_capture_on_commit_callbacks(execute=True):
        delete_images(actor=project.created_by, project=project, image_ids=[image.id])
    opened.refresh_from_db()
    assert opened.state == Round.State.DONE


def test_the_sweep_notices_skipped_picks(project: Project) -> None:
    opened = make_round(project, [make_image(project)])
    assert finish_rounds() == 0
    skip(actor=project.created_by, assignment=claim_next(actor=project.created_by, project=project))
    assert finish_rounds() == 1
    assert finish_rounds() == 0
    opened.refresh_from_db()
    assert opened.state == Round.State.DONE


def test_closing_gives_the_rest_back_and_leaves_labelled_and_hand_set_ones(project: Project) -> None:
    rest, labelled, by_hand, other = (make_image(project) for _ in range(4))
    opened = make_round(project, [rest, labelled, by_hand])
    make_round(project, [other])
    Image.objects.filter(pk=labelled.pk).update(state=Image.State.LABELLED)
    Image.objects.filter(pk=by_hand.pk).update(priority=100, priority_reason="Moved up by hand")
    close_round(actor=project.created_by, round=opened)
    close_round(actor=project.created_by, round=opened)  # again is harmless
    opened.refresh_from_db()
    assert opened.state == Round.State.DONE
    after = {image.pk: image for image in Image.objects.all()}
    assert (after[rest.pk].priority, after[rest.pk].priority_reason) == (0.0, "")
    assert after[labelled.pk].priority_reason == "Random check"
    assert after[by_hand.pk].priority == 100
    assert after[other.pk].priority > 1
    assert AuditEvent.objects.filter(action="round.closed").count() == 1
