"""Constraints of rounds hold in the database itself."""

import pytest
from django.db import IntegrityError, transaction

from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.rounds import make_round
from trainer.models import Round, RoundPick

pytestmark = pytest.mark.django_db


def test_numbers_are_given_once_per_project() -> None:
    project = make_project()
    make_round(project, number=1)
    make_round(make_project(), number=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_round(project, number=1)


def test_one_selection_per_project() -> None:
    project = make_project()
    make_round(project, state=Round.State.SELECTING)
    make_round(project, state=Round.State.OPEN)
    make_round(make_project(), state=Round.State.SELECTING)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_round(project, state=Round.State.SELECTING)


def test_an_image_is_picked_once_per_round() -> None:
    project = make_project()
    image = make_image(project)
    made = make_round(project, [image])
    assert str(made) == "round 1"
    with pytest.raises(IntegrityError), transaction.atomic():
        RoundPick.objects.create(round=made, image=image, rank=2, score=0, kind="random", reason="again")


def test_removing_an_image_takes_its_picks_along() -> None:
    project = make_project()
    image = make_image(project)
    made = make_round(project, [image])
    image.delete()
    assert not made.picks.exists()
