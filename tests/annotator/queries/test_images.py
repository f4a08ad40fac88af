"""Lists of images: every filter, every order, neighbours, and few queries."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from annotator.core.errors import InvalidInput
from annotator.models import Assignment, Image
from annotator.queries import images as module
from annotator.queries.images import (
    ORDERS,
    ImageFilter,
    capped_count,
    filter_images,
    find_neighbours,
    find_similar,
    order_images,
    with_people,
)
from tests.factories.annotations import make_annotation
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SimpleNamespace:
    person = make_user()
    project = make_project(owner=person, labels=("cat", "dog"))
    cat, dog = project.labels.all()
    a = make_image(project, "a.jpg", state="labelled", split="train", score=0.2, uploader=person)
    b = make_image(project, "b.JPG", state="new", split="val", score=0.9, priority=2.0)
    c = make_image(project, "sub/Ä.jpg", state="new", duplicate_of=a)
    make_annotation(a, cat)
    make_annotation(a, cat)
    make_annotation(b, dog)
    make_annotation(b, cat, deleted=True)
    return SimpleNamespace(person=person, project=project, cat=cat, dog=dog, a=a, b=b, c=c)


def names(world: SimpleNamespace, **wanted: object) -> list[str]:
    images = filter_images(Image.objects.filter(project=world.project), ImageFilter(**wanted))
    return [image.name[0] if "/" not in image.name else "c" for image in images.order_by("id")]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, "abc"),
        ({"state": ("new",)}, "bc"),
        ({"state": ("new", "labelled")}, "abc"),
        ({"split": ("train", "")}, "ac"),
        ({"unlabelled": True}, "c"),
        ({"unlabelled": False}, "ab"),
        ({"min_score": 0.5}, "b"),
        ({"max_score": 0.5}, "a"),
        ({"search": ".jpg"}, "abc"),
        ({"search": "SUB/"}, "c"),
        ({"search": "%"}, ""),
        ({"duplicates": True}, "ac"),
        ({"duplicates": False}, "ab"),
    ],
)
def test_filters(world: SimpleNamespace, wanted: dict[str, object], found: str) -> None:
    assert "".join(names(world, **wanted)) == found


def test_filters_by_label_and_uploader(world: SimpleNamespace) -> None:
    assert names(world, label=world.cat.id) == ["a"]  # the deleted one on b does not count
    assert names(world, label=world.dog.id) == ["b"]
    assert names(world, uploader=world.person.id) == ["a"]


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("name", "abc"),
        ("-name", "cba"),
        ("created", "abc"),
        ("-created", "cba"),
        ("priority", "bac"),
        ("-annotations", "abc"),
        ("annotations", "cba"),
    ],
)
def test_orders(world: SimpleNamespace, order: str, found: str) -> None:
    ordered = order_images(Image.objects.filter(project=world.project), order)
    assert [image.pk for image in ordered] == [getattr(world, letter).pk for letter in found]


def test_unknown_orders_are_refused() -> None:
    with pytest.raises(InvalidInput, match="priority"):
        order_images(Image.objects.all(), "uploader__password")


@pytest.mark.parametrize("order", list(ORDERS))
def test_walking_by_neighbours_visits_everything_both_ways(order: str) -> None:
    project = make_project()
    for number in range(7):
        make_image(project, score=[None, 0.5, 0.5, 0.1][number % 4], priority=float(number % 3))
    images = Image.objects.filter(project=project)

    def walk(start: Image, step: str) -> list[object]:
        seen = [start.pk]
        while (found := find_neighbours(images, Image.objects.get(pk=seen[-1]), order=order)[step]) is not None:
            seen.append(found)
        return seen

    ends = [i for i in images if find_neighbours(images, i, order=order)["previous"] is None]
    assert len(ends) == 1
    forward = walk(ends[0], "next")
    assert len(forward) == len(set(forward)) == 7
    assert walk(Image.objects.get(pk=forward[-1]), "previous") == forward[::-1]


def test_neighbours_of_an_image_outside_of_the_filter(world: SimpleNamespace) -> None:
    images = Image.objects.filter(project=world.project, state="new")
    assert find_neighbours(images, world.a, order="name") == {"previous": None, "next": world.b.pk}


def test_people_are_loaded_with_the_page(world: SimpleNamespace, django_assert_num_queries: object) -> None:
    until = timezone.now() + timedelta(minutes=5)
    Assignment.objects.create(image=world.a, user=world.person, lease_until=until)
    Assignment.objects.create(image=world.b, user=world.person, lease_until=timezone.now())
    with django_assert_num_queries(2):  # type: ignore[operator]
        images = list(with_people(Image.objects.filter(project=world.project).order_by("id")))
        held = [[str(live.user) for live in image.live_assignments] for image in images]  # type: ignore[attr-defined]
        uploaders = [image.uploader and str(image.uploader) for image in images]
    assert held == [[str(world.person)], [], []]
    assert uploaders == [str(world.person), None, None]


def test_count_stops_at_a_cap_that_fits_the_filter(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, cap in (("COUNT_CAP", 4), ("LABEL_CAP", 3), ("SEARCH_CAP", 2)):
        monkeypatch.setattr(module, name, cap)
    everything = Image.objects.all()
    assert capped_count(everything, ImageFilter()) == (3, False)
    assert capped_count(everything, ImageFilter(label=1)) == (3, True)
    assert capped_count(everything, ImageFilter(label=1, search="a")) == (2, True)


def test_similar_images_are_one_group(world: SimpleNamespace) -> None:
    d = make_image(world.project, duplicate_of=world.a)
    assert set(find_similar(world.c)) == {world.a, d}
    assert set(find_similar(world.a)) == {world.c, d}
    assert set(find_similar(world.b)) == set()


def test_names_are_searched_whatever_their_case() -> None:
    project = make_project()
    for name in ("Dir/IMG_1.jpg", "dir/img_2.jpg", "100%_x.png", "Ärger.jpg"):
        make_image(project, name)
    images = Image.objects.filter(project=project)

    def found(part: str) -> set[str]:
        return set(filter_images(images, ImageFilter(search=part)).values_list("name", flat=True))

    assert found("img_") == found("IMG_") == {"Dir/IMG_1.jpg", "dir/img_2.jpg"}
    assert found("%") == {"100%_x.png"}
    assert found("Ärger") == {"Ärger.jpg"}
    assert found("nothing") == set()


@pytest.mark.parametrize("few", [0, 1, 1000])
def test_rare_and_frequent_things_are_found_alike(monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """Whatever is looked up from which side, the answer is the same."""
    monkeypatch.setattr(module, "FEW", few)
    monkeypatch.setattr(module, "MANY", few * 2)
    project = make_project(labels=("a", "b"))
    label = project.labels.get(name="a")
    images = [make_image(project, f"{n}.jpg") for n in range(6)]
    for image in (images[1], images[1], images[3], images[4]):
        make_annotation(image, label)
    make_annotation(images[5], label, deleted=True)
    Image.objects.filter(pk=images[2].pk).update(duplicate_of=images[0])
    rows = order_images(Image.objects.filter(project=project), "created")

    def found(**wanted: Any) -> list[str]:
        return [image.name for image in filter_images(rows, ImageFilter(**wanted))]

    assert found(label=label.id) == ["1.jpg", "3.jpg", "4.jpg"]
    assert found(unlabelled=False) == ["1.jpg", "3.jpg", "4.jpg"]
    assert found(unlabelled=True) == ["0.jpg", "2.jpg", "5.jpg"]
    assert found(search=".JPG", label=label.id) == ["1.jpg", "3.jpg", "4.jpg"]
    assert found(duplicates=True) == ["0.jpg", "2.jpg"]
    assert found(duplicates=False) == ["0.jpg", "1.jpg", "3.jpg", "4.jpg", "5.jpg"]
