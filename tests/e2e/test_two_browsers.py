"""Two browsers edit one image at once: nothing is lost, nothing doubled, and the save chip tells the truth."""

import io
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.e2e.annotator_at_work import history
from tests.e2e.desk import HEIGHT, WIDTH, Desk
from tests.e2e.product import Api, Product, wait_until


@pytest.fixture
def desks(browser: Browser, product: Product, api: Api) -> Iterator[Callable[[Api | None], Desk]]:
    """Makes desks, closes them, and fails on an error that a page did not catch."""
    made: list[Desk] = []

    def make(person: Api | None = None) -> Desk:
        made.append(Desk(browser, product, person or api))
        return made[-1]

    yield make
    for desk in made:
        desk.context.close()
    assert [desk.errors for desk in made] == [[] for _ in made]


@pytest.fixture(scope="module")
def project(api: Api) -> dict[str, Any]:
    """A project with two classes."""
    body = {"name": "Two at once", "task": "detect", "labels": [{"name": "cat"}, {"name": "dog"}]}
    made: dict[str, Any] = api.post("/projects", body)
    made["labels"] = [label["id"] for label in api.get(f"/projects/{made['id']}/labels")["labels"]]
    return made


@pytest.fixture
def image(api: Api, project: dict[str, Any]) -> str:
    """A fresh picture with one box in its middle; its id."""
    name = f"{uuid4()}.png"
    pixels = np.random.default_rng().integers(0, 256, (HEIGHT // 40, WIDTH // 40, 3), np.uint8)
    picture = io.BytesIO()
    Image.fromarray(pixels).resize((WIDTH, HEIGHT)).save(picture, "PNG")
    answer = api.call("POST", f"/projects/{project['id']}/images", files={"files": (name, picture.getvalue())})
    made: str = answer["results"][0]["image"]["id"]
    operation = {
        "id": str(uuid4()), "type": "create", "annotation": str(uuid4()), "label": project["labels"][0],
        "geometry": {"type": "box", "x": 260, "y": 190, "w": 120, "h": 100},
    }  # fmt: skip
    api.post(f"/images/{made}/operations", {"operations": [operation]})
    return made


def shapes(api: Api, image: str) -> dict[str, dict[str, Any]]:
    """What the server has, by id."""
    return {row["id"]: row for row in api.get(f"/images/{image}/annotations")["annotations"]}


def consistent(api: Api, image: str) -> None:
    """Every shape's revisions are 1, 2, 3 …, and the newest is what is there."""
    rows = history(api, image)
    for key, shape in shapes(api, image).items():
        own = sorted(row["revision"] for row in rows if row["annotation"] == key)
        assert own == list(range(1, shape["revision"] + 1))
    assert len({row["operation"] for row in rows}) == len(rows)


def test_both_draw_at_once(desks: Any, api: Api, project: dict[str, Any], image: str) -> None:
    left, right = desks().open(project["id"], image), desks().open(project["id"], image)
    for step in range(5):  # in turns and without waiting, so that saves and news of both cross
        left.draw(0.05, 0.05 + step * 0.15)
        right.draw(0.85, 0.05 + step * 0.15)
    for desk in (left, right):
        expect(desk.chip).to_have_text("Saved")
    assert len(shapes(api, image)) == 11
    for desk in (left, right):  # without a reload: each sees what the other did
        desk.sees(11)
    consistent(api, image)


def test_without_news_from_the_server_the_page_still_catches_up(
    desks: Any, api: Api, project: dict[str, Any], image: str
) -> None:
    left, right = desks(), desks()
    right.context.route("**/api/v1/stream", lambda route: route.abort())  # a proxy that lets no stream through
    left.open(project["id"], image)
    right.open(project["id"], image)
    left.draw(0.05, 0.1)
    expect(left.chip).to_have_text("Saved")
    right.draw(0.85, 0.1)  # its own save is newer than the one that it knows nothing of
    expect(right.chip).to_have_text("Saved")
    for desk in (left, right):
        desk.sees(3)
    consistent(api, image)


def test_offline_work_is_kept_and_sent_once(desks: Any, api: Api, project: dict[str, Any], image: str) -> None:
    left, right = desks().open(project["id"], image), desks().open(project["id"], image)
    left.context.set_offline(True)
    left.draw(0.05, 0.1)
    left.draw(0.05, 0.3)
    expect(left.chip).to_have_text("Offline, 2 changes kept")
    right.draw(0.85, 0.1)
    expect(right.chip).to_have_text("Saved")
    assert len(shapes(api, image)) == 2  # the chip told the truth: nothing of the left has arrived
    expect(left.chip).to_have_text("Offline, 2 changes kept")
    left.context.set_offline(False)
    expect(left.chip).to_have_text("Saved")
    assert len(shapes(api, image)) == 4
    left.sees(4)
    right.sees(4)
    consistent(api, image)


def test_work_of_a_closed_tab_arrives_once(desks: Any, api: Api, project: dict[str, Any], image: str) -> None:
    desk = desks().open(project["id"], image)
    desk.context.set_offline(True)
    desk.draw(0.05, 0.1)
    expect(desk.chip).to_have_text("Offline, 1 change kept")
    desk.page.close()
    assert len(shapes(api, image)) == 1
    desk.context.set_offline(False)
    desk.open(project["id"], image)
    desk.sees(2)
    expect(desk.chip).to_have_text("Saved")
    assert len(shapes(api, image)) == 2
    consistent(api, image)


def both_change(left: Desk, right: Desk, *, keys: tuple[str, ...]) -> None:
    """The right changes the shape in the middle while the left, without network, nudges it; then the left is back."""
    left.context.set_offline(True)
    left.choose(0.5, 0.5)
    left.press("Shift+ArrowDown")
    expect(left.chip).to_have_text("Offline, 1 change kept")
    right.choose(0.5, 0.5)
    right.press(*keys)
    expect(right.chip).to_have_text("Saved")


def decide(desk: Desk, choice: str, proof: str) -> None:
    """The chip says that there is a conflict; open it, look, decide."""
    expect(desk.chip).to_have_text("1 conflict")
    desk.chip.click()
    dialog = desk.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Changed by two people")
    expect(dialog).to_contain_text(proof)
    dialog.get_by_role("button", name=choice).click()
    expect(desk.chip).to_have_text("Saved")


@pytest.mark.parametrize(("choice", "count"), [("Keep mine", 1), ("Keep theirs", 1), ("Keep both", 2)])
def test_one_shape_changed_by_both(
    desks: Any, api: Api, project: dict[str, Any], image: str, choice: str, count: int
) -> None:
    left, right = desks().open(project["id"], image), desks().open(project["id"], image)
    both_change(left, right, keys=("Shift+ArrowRight",))
    before = shapes(api, image)
    [theirs] = before.values()
    assert (theirs["geometry"]["x"], theirs["geometry"]["y"], theirs["revision"]) == (270, 190, 2)

    left.context.set_offline(False)
    expect(left.chip).to_have_text("1 conflict")
    assert shapes(api, image) == before  # nothing is overwritten before somebody decides
    decide(left, choice, "The outline is different")

    corners = sorted((shape["geometry"]["x"], shape["geometry"]["y"]) for shape in shapes(api, image).values())
    mine, other = (260, 200), (270, 190)
    assert corners == {"Keep mine": [mine], "Keep theirs": [other], "Keep both": [mine, other]}[choice]
    for desk in (left, right):
        desk.sees(count)
        expect(desk.chip).to_have_text("Saved")
    consistent(api, image)
    left.page.reload()
    left.sees(count)


def test_changed_here_and_deleted_there(desks: Any, api: Api, project: dict[str, Any], image: str) -> None:
    left, right = desks().open(project["id"], image), desks().open(project["id"], image)
    both_change(left, right, keys=("Delete",))
    assert shapes(api, image) == {}
    left.context.set_offline(False)
    decide(left, "Keep mine", "They deleted it.")
    [kept] = shapes(api, image).values()
    assert (kept["geometry"]["x"], kept["geometry"]["y"]) == (260, 200)
    for desk in (left, right):
        desk.sees(1)
    consistent(api, image)


def test_different_fields_of_one_shape_are_both_kept(desks: Any, api: Api, project: dict[str, Any], image: str) -> None:
    """One moves, the other gives another class, at the same moment: both, or a question. Never one in silence."""
    left, right = desks().open(project["id"], image), desks().open(project["id"], image)
    both_change(left, right, keys=("2",))
    left.context.set_offline(False)
    expect(left.chip).to_have_text(re.compile(r"^(Saved|1 conflict)$"))
    if left.chip.inner_text() == "1 conflict":
        decide(left, "Keep mine", "Class:")
    [shape] = shapes(api, image).values()
    assert shape["geometry"]["y"] == 200
    consistent(api, image)


def test_somebody_else_takes_over_while_one_is_offline(
    desks: Any, product: Product, api: Api, project: dict[str, Any], image: str
) -> None:
    name = f"bea-{uuid4().hex[:8]}"
    bea = api.post("/users", {"username": name})
    link = api.post(f"/users/{bea['id']}/link")["url"]
    other = Api(product).sign_in(link)
    api.post(f"/projects/{project['id']}/members", {"username": name, "role": "annotator"})

    left = desks().open(project["id"], image)
    left.context.set_offline(True)
    left.draw(0.05, 0.1)
    expect(left.chip).to_have_text("Offline, 1 change kept")

    right = desks(other)
    right.page = right.context.new_page()
    right.page.goto(f"/projects/{project['id']}/label/{image}")
    expect(right.page.get_by_text("is labelling this image")).to_be_visible()
    expect(right.page.get_by_role("button", name="Box", exact=True)).to_be_disabled()
    right.page.get_by_role("button", name="Take over").click()
    expect(right.page.get_by_role("button", name="Box", exact=True)).to_be_enabled()
    right.draw(0.85, 0.1)
    expect(right.chip).to_have_text("Saved")

    left.context.set_offline(False)
    expect(left.chip).to_have_text("Saved")
    wait_until(lambda: len(shapes(api, image)) == 3, seconds=10, what="both boxes beside the first")
    right.sees(3)
    consistent(api, image)
