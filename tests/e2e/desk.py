"""A browser of its own with the labelling page of one image, for tests with several people."""

import re

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.e2e.product import Api, Product

WIDTH, HEIGHT = 640, 480
"""Size of the pictures, which :meth:`Desk.spot` needs."""


class Desk:
    """A browser of its own with the labelling page of one image."""

    def __init__(self, browser: Browser, product: Product, api: Api) -> None:
        self.context: BrowserContext = browser.new_context(
            viewport={"width": 1280, "height": 800}, base_url=product.base
        )
        for cookie in api.session.cookies:
            self.context.add_cookies([{"name": cookie.name, "value": str(cookie.value), "url": product.base}])
        self.errors: list[str] = []
        self.page: Page

    def open(self, project: str, image: str) -> "Desk":
        """Open the image and wait until it may be edited."""
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"/projects/{project}/label/{image}")
        expect(self.page.get_by_role("button", name="Submit")).to_be_enabled(timeout=30_000)
        expect(self.page.get_by_role("button", name="Box", exact=True)).to_be_enabled()
        return self

    @property
    def chip(self) -> Locator:
        """What the page says about saving."""
        return self.page.locator("header button [role=status]")

    def spot(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the picture (0–1) is on the screen; the picture is fitted into the canvas."""
        place = self.page.get_by_role("application").bounding_box()
        assert place is not None
        zoom = self.page.get_by_label(re.compile(r"^Zoom \d+ %$")).get_attribute("aria-label")
        scale = int(re.sub(r"\D", "", zoom or "")) / 100
        left = place["x"] + (place["width"] - WIDTH * scale) / 2
        top = place["y"] + (place["height"] - HEIGHT * scale) / 2
        return left + x * WIDTH * scale, top + y * HEIGHT * scale

    def draw(self, x: float, y: float, size: float = 0.08) -> None:
        """Draw a box with its upper left corner at a point of the picture (0–1)."""
        self.page.get_by_role("button", name="Box", exact=True).click()
        self.page.mouse.move(*self.spot(x, y))
        self.page.mouse.down()
        self.page.mouse.move(*self.spot(x + size, y + size), steps=4)
        self.page.mouse.up()

    def choose(self, x: float, y: float) -> None:
        """Select the shape at a point of the picture."""
        self.page.get_by_role("button", name="Select and move").click()
        self.page.mouse.click(*self.spot(x, y))
        expect(self.page.get_by_role("option", selected=True)).to_have_count(1)

    def press(self, *keys: str) -> None:
        """Keys for the canvas."""
        for key in keys:
            self.page.keyboard.press(key)

    def sees(self, count: int) -> None:
        """Wait until the list of objects shows that many."""
        expect(self.page.get_by_role("listbox", name="Objects").get_by_role("option")).to_have_count(count)
