"""Keyset pages."""

import base64
import json
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from annotator.api.pagination import KeysetPagination
from annotator.core.errors import InvalidInput
from annotator.models import Image, Project
from tests.factories.images import make_image
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db


def page(project: Project, order: Sequence[str], **query: object) -> tuple[list[Image], str | None]:
    paginator = KeysetPagination()
    request = Request(APIRequestFactory().get("/", query))
    rows = paginator.paginate_queryset(Image.objects.filter(project=project).order_by(*order), request)
    return rows, paginator.next_cursor


def walk(project: Project, order: Sequence[str], limit: int) -> list[Image]:
    found, cursor = page(project, order, limit=limit)
    while cursor:
        rows, cursor = page(project, order, limit=limit, cursor=cursor)
        assert rows, "a cursor always leads to rows"
        found += rows
    return found


ORDERS = [
    ["name"],
    ["-name"],
    ["created_at"],
    ["-score"],
    ["score", "name"],
    ["-priority", "id"],
    ["state", "-bytes"],
    [],
]


@pytest.mark.parametrize("order", ORDERS, ids=str)
@pytest.mark.parametrize("limit", [1, 2, 3, 10])
def test_every_row_comes_once_in_order(order: list[str], limit: int) -> None:
    project = make_project()
    for score, priority, size in [(None, 0.0, 5), (0.25, 1.5, 5), (0.1 + 0.2, 1.5, 7), (None, 1.5, 7), (0.25, 0.0, 6)]:
        make_image(project, score=score, priority=priority, bytes=size)
    found = walk(project, order, limit)
    assert len({image.id for image in found}) == len(found) == 5
    assert found == page(project, order, limit=100)[0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(scores=st.lists(st.none() | st.sampled_from([0.0, 0.1, 1e-300, -2.5, 7.0]), max_size=9), limit=st.integers(1, 4))
def test_any_column_with_ties_and_nulls(db: None, scores: list[float | None], limit: int) -> None:
    project = make_project()
    for score in scores:
        make_image(project, score=score)
    for order in (["score"], ["-score"]):
        found = [image.score for image in walk(project, order, limit)]
        known = sorted((score for score in scores if score is not None), reverse=order[0] == "-score")
        assert found == known + [None] * (len(scores) - len(known)), "nulls come last"


def test_rows_that_come_and_go_do_not_shift_pages() -> None:
    project = make_project()
    names = [make_image(project, name=f"{n}.jpg").name for n in range(6)]
    first, cursor = page(project, ["name"], limit=3)
    first[0].delete()
    make_image(project, name="0a.jpg")
    second, _ = page(project, ["name"], limit=3, cursor=cursor)
    assert [image.name for image in second] == names[3:]


def encode(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "\u00e4",
        "AAAA",
        encode([]),
        encode([["name"], ["a"]]),
        encode([["name", "id"], ["a", "not an id"]]),
        encode([["name", "id"], ["a", {"$ne": 1}]]),
        encode([["name", "id"], "ab"]),
        encode([["uploader__password", "id"], ["a", "b"]]),
        encode({"name": 1}),
        base64.urlsafe_b64encode(b"[" * 5000).decode(),
    ],
)
def test_cursors_that_are_none(cursor: str) -> None:
    with pytest.raises(InvalidInput, match="cursor"):
        page(make_project(), ["name"], cursor=cursor)


@pytest.mark.parametrize("limit", ["0", "-1", "501", "many", "1e3", "9" * 5000, "²", ""])
def test_limits_that_are_none(limit: str) -> None:
    with pytest.raises(InvalidInput, match="limit"):
        page(make_project(), ["name"], limit=limit)
