"""A picture that no browser shows, larger than its preview: zoomed in, one sees its own pixels at their own places."""

import io
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, Response, expect

from tests.e2e.product import Api, wait_until

WIDTH, HEIGHT = 4000, 3000
GREY = 128
CENTRE_X, CENTRE_Y = WIDTH // 2, HEIGHT // 2
HALF = 80
"""Every second column is white and the others are black, so far to each side of the centre: several tiles meet there."""

Grey = NDArray[np.uint8]


def striped(x: int) -> int:
    """Value of a column of the picture, within the stripes."""
    return 255 if x % 2 == 0 else 0


def make_tiff(sixteen: bool) -> bytes:
    """Grey, with black and white at the rim, and stripes of single pixels in the middle."""
    values = np.full((HEIGHT, WIDTH), GREY, np.uint8)
    for x in range(CENTRE_X - HALF, CENTRE_X + HALF):
        values[CENTRE_Y - HALF : CENTRE_Y + HALF, x] = striped(x)
    buffer = io.BytesIO()
    deep = values.astype(np.uint16) * 200 + 4000
    Image.fromarray(deep if sixteen else values).save(buffer, "TIFF", compression="tiff_lzw")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def project(api: Api) -> str:
    """A project of its own."""
    return str(api.post("/projects", {"name": "Slides", "task": "detect", "labels": [{"name": "cell"}]})["id"])


@pytest.fixture
def refused(page: Page) -> list[str]:
    """Fills with what the page asked for in vain."""
    found: list[str] = []

    def note(response: Response) -> None:
        if response.status >= 400:
            found.append(f"{response.status} {response.url}")

    page.on("response", note)
    return found


def upload(api: Api, project: str, name: str, data: bytes) -> dict[str, Any]:
    """Add a picture; returns its row."""
    answer = api.call("POST", f"/projects/{project}/images", files={"files": (name, data)})
    return dict(api.get(f"/images/{answer['results'][0]['image']['id']}"))


def open_image(page: Page, project: str, image: str) -> None:
    """Open it for labelling; nothing but the picture is drawn."""
    page.goto(f"/projects/{project}/label/{image}")
    expect(page.get_by_role("button", name="Submit")).to_be_enabled(timeout=30_000)
    page.get_by_role("button", name="Select and move").click()


def zoom(page: Page, percent: int) -> None:
    """The middle of the picture in the middle of the canvas, enlarged so much."""
    for choice in ("Whole image", f"{percent} %"):
        page.get_by_label(re.compile(r"^Zoom \d+ %$")).click()
        page.get_by_role("menuitem", name=re.compile(f"^{choice}")).click()
    expect(page.get_by_label(f"Zoom {percent} %")).to_be_visible()


def seen(page: Page) -> Grey:
    """The canvas as it is on the screen, without what stands around it."""
    picture = Image.open(io.BytesIO(page.get_by_role("application").screenshot()))
    return np.asarray(picture.convert("L"))


def columns(page: Page, factor: int) -> Callable[[], bool]:
    """Whether the canvas shows each column of the stripes at its place, ``factor`` screen pixels wide."""

    def question() -> bool:
        screen = seen(page)
        middle = screen.shape[1] / 2
        line = screen[screen.shape[0] // 2 + 3].astype(int)
        # The camera may stand between two screen pixels; the centre of a column is far enough from both its edges.
        shown = {x: line[int(middle + (x + 0.5 - CENTRE_X) * factor)] for x in range(CENTRE_X - 70, CENTRE_X + 70)}
        return all(abs(value - striped(x)) < 60 for x, value in shown.items())

    return question


@pytest.mark.parametrize("sixteen", [False, True], ids=["8 bits", "16 bits"])
def test_single_pixels_of_a_large_tiff_are_seen(
    page: Page, api: Api, project: str, refused: list[str], sixteen: bool
) -> None:
    image = upload(api, project, f"slide-{sixteen}.tif", make_tiff(sixteen))
    assert image["sharp_url"] is None
    assert image["tiles"]["levels"] == 1
    open_image(page, project, image["id"])
    zoom(page, 400)
    wait_until(columns(page, 4), seconds=60, what="every column of the picture as a column of squares")
    zoom(page, 100)
    wait_until(columns(page, 1), seconds=60, what="the same, a column of screen pixels each")
    assert refused == []


def test_a_picture_that_browsers_show_comes_in_one_piece(
    page: Page, api: Api, project: str, refused: list[str]
) -> None:
    buffer = io.BytesIO()
    Image.open(io.BytesIO(make_tiff(sixteen=False))).save(buffer, "PNG")
    image = upload(api, project, "slide.png", buffer.getvalue())
    assert image["tiles"] is None
    open_image(page, project, image["id"])
    zoom(page, 400)
    wait_until(columns(page, 4), seconds=60, what="every column of the picture as a column of squares")
    assert refused == []


def test_says_while_full_resolution_is_being_prepared(page: Page, api: Api, project: str) -> None:
    data = make_tiff(sixteen=False) + b"another file, the same picture"
    image = upload(api, project, "busy.tif", data)
    page.route("**/files/tiles/**", lambda route: route.fulfill(status=202))
    open_image(page, project, image["id"])
    hint = page.get_by_text("Preparing full resolution…")
    expect(hint).to_have_count(0)
    zoom(page, 400)
    expect(hint).to_be_visible()
    assert not columns(page, 4)()
    page.unroute("**/files/tiles/**")
    expect(hint).to_have_count(0, timeout=60_000)
    wait_until(columns(page, 4), seconds=60, what="the columns of the picture")
