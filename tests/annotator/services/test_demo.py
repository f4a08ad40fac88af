"""The demo project: made once, complete, and able to go on after a crash."""

import pytest

from annotator.core.errors import Cancelled
from annotator.core.progress import SilentProgress
from annotator.models import Annotation, Image
from annotator.services import demo
from tests.factories.users import make_user


class StopAt:
    """Progress that is cancelled when ``count`` pictures are done."""

    def __init__(self, count: int) -> None:
        self.count = count

    def advance(self, done: int, total: int | None = None, message: str = "") -> None:
        if done == self.count:
            raise Cancelled("stop")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five pictures, three of them labelled."""
    monkeypatch.setattr(demo, "IMAGES", 5)
    monkeypatch.setattr(demo, "LABELLED", 3)


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
def test_pictures_and_labels() -> None:
    project, job = demo.create_demo_project(actor=make_user())
    assert demo.run_demo(job, SilentProgress()) == {"images": 5, "labelled": 3}
    assert list(project.images.order_by("name").values_list("name", "state")) == [
        ("pond-001.jpg", "labelled"),
        ("pond-002.jpg", "labelled"),
        ("pond-003.jpg", "labelled"),
        ("pond-004.jpg", "new"),
        ("pond-005.jpg", "new"),
    ]
    assert list(project.labels.values_list("name", "hotkey")) == [("koi", "1"), ("lily pad", "2"), ("turtle", "3")]
    assert project.images.filter(duplicate_of__isnull=False).count() == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
def test_goes_on_where_it_was() -> None:
    project, job = demo.create_demo_project(actor=make_user())
    with pytest.raises(Cancelled):
        demo.run_demo(job, StopAt(2))
    Annotation.objects.all().delete()
    Image.objects.filter(name="pond-002.jpg").update(state=Image.State.NEW)  # died between picture and labels
    demo.run_demo(job, SilentProgress())
    assert project.images.count() == 5
    assert project.images.filter(state="labelled").count() == 3
    assert Annotation.objects.filter(image__name="pond-002.jpg").exists()
