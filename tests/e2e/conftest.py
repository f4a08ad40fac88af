"""One started product and one browser for all browser tests."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.product import Api, Product

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

expect.set_options(timeout=20_000)  # a busy machine is no failure


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """The product with a fresh home."""
    started = Product()
    try:
        yield started.start()
    finally:
        started.stop()


@pytest.fixture(scope="session")
def api(product: Product) -> Api:
    """The administrator as a program (uses up the one-time link)."""
    return Api(product).sign_in(product.link)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, headless."""
    path = next(found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, product: Product, api: Api) -> Iterator[Page]:
    """A signed-in page at 1280 × 800; fails the test on an uncaught error of the page."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, base_url=product.base)
    for cookie in api.session.cookies:
        context.add_cookies([{"name": cookie.name, "value": str(cookie.value), "url": product.base}])
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []
