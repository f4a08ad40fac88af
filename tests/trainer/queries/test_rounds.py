"""How far the picks of rounds are."""

import pytest

from annotator.models import Image
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.rounds import make_round
from trainer.models import Round
from trainer.queries.rounds import list_picks, open_picks, with_counts

pytestmark = pytest.mark.django_db


def test_counts_by_state() -> None:
    project = make_project()
    images = [make_image(project) for _ in range(5)]
    made = make_round(project, images)
    for image, state in zip(images, ("labelled", "reviewed", "skipped", "in_progress", "new"), strict=True):
        Image.objects.filter(pk=image.pk).update(state=state)
    counted = with_counts(Round.objects.filter(pk=made.pk)).get()
    assert (counted.picked, counted.labelled, counted.skipped, counted.waiting) == (5, 2, 1, 2)
    assert [pick.image for pick in list_picks(made)] == images


def test_an_image_in_two_rounds_waits_once() -> None:
    project = make_project()
    shared, own = make_image(project), make_image(project)
    make_round(project, [shared])
    make_round(project, [shared, own])
    make_round(project, [make_image(project)], state=Round.State.DONE)
    make_round(make_project(), [make_image(make_project())])
    assert open_picks(project) == 2
