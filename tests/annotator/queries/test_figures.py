"""Figures of projects: exact while they are small, remembered when they are large."""

from uuid import uuid4

import pytest
from django.core.cache.backends.locmem import LocMemCache
from redis.exceptions import ConnectionError as RedisConnectionError

from annotator.models import Project
from annotator.queries import figures
from annotator.queries.figures import count_all_anew, figures_of
from annotator.tasks.figures import refresh_figures
from tests.factories.annotations import make_annotation
from tests.factories.images import make_image
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    project = make_project(labels=("a", "b"))
    label = project.labels.get(name="a")
    first, second = make_image(project, split="train"), make_image(project, state="labelled")
    for image in (first, first, second):
        make_annotation(image, label)
    make_annotation(first, label, deleted=True)
    return project


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Projects are large from two on, and remembered where no other test forgets them."""
    monkeypatch.setattr(figures, "LARGE", 2)
    monkeypatch.setattr(figures, "cache", LocMemCache(str(uuid4()), {}))


def of(project: Project, kind: figures.Kind) -> object:
    return figures_of(kind, [project.id])[project.id]


def test_everything_is_counted(project: Project) -> None:
    make_annotation(make_image(other := make_project(labels=("a",))), other.labels.get())
    label = project.labels.get(name="a")
    assert of(project, "images") == {"new": [1, 2], "labelled": [1, 1]}
    assert of(project, "splits") == {"train": 1, "": 1}
    assert of(project, "labels") == {label.id: [3, 2]}
    assert of(other, "images") == {"new": [1, 1]}
    assert figures_of("images", [make_project().id]) == {}


def test_small_projects_are_always_exact(project: Project) -> None:
    of(project, "splits")
    make_image(project, split="val")
    assert of(project, "splits") == {"train": 1, "": 1, "val": 1}


def test_large_ones_are_remembered_and_counted_again_in_the_background(
    project: Project, large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, object]] = []
    monkeypatch.setattr(figures, "enqueue", lambda name, **ids: sent.append({"name": name, **ids}))
    of(project, "splits")
    make_image(project, split="val")
    assert of(project, "splits") == {"train": 1, "": 1}
    assert sent == []
    monkeypatch.setattr(figures, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(figures.cache, "add", lambda key, value, seconds: not sent)
    assert of(project, "splits") == of(project, "splits") == {"train": 1, "": 1}
    assert sent == [{"name": figures.REFRESH_TASK, "kind": "splits", "project_id": str(project.id)}]
    refresh_figures(kind="splits", project_id=str(project.id))
    assert of(project, "splits") == {"train": 1, "": 1, "val": 1}
    make_image(project, split="test")
    count_all_anew(project.id)
    assert of(project, "splits") == {"train": 1, "": 1, "val": 1, "test": 1}


def test_without_redis_it_is_counted_on_the_spot(
    project: Project, large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise RedisConnectionError("away")

    monkeypatch.setattr(figures.cache, "get_many", away)
    monkeypatch.setattr(figures.cache, "set_many", away)
    of(project, "splits")
    make_image(project, split="val")
    assert of(project, "splits") == {"train": 1, "": 1, "val": 1}
