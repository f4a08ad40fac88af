"""Every page opens without an error, in light and dark, and axe finds nothing serious."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.product import ROOT, Api, Product, wait_until

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
OUTSIDE = {"projects": "/projects", "plugins": "/plugins", "tokens": "/tokens", "users": "/users", "audit": "/audit"}
INSIDE = [
    "",
    "images",
    "label",
    "training",
    "models",
    "rounds",
    "versions",
    "export",
    "import",
    "sources",
    "members",
    "settings",
]


@pytest.fixture(scope="module")
def project(api: Api) -> str:
    """A project with a few pictures: the demo, made by an earlier test or now."""
    rows = [row for row in api.get("/projects")["results"] if row["is_demo"]]
    identity = rows[0]["id"] if rows else api.post("/projects/demo")["project"]
    wait_until(
        lambda: api.get(f"/projects/{identity}")["counts"]["images"] == 72, seconds=120, what="the demo's pictures"
    )
    return str(identity)


def serious(page: Page) -> list[str]:
    """Serious and critical findings of axe on the page as it is."""
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
    ]


@pytest.fixture(params=["light", "dark"])
def themed(request: pytest.FixtureRequest, browser: Browser, product: Product, api: Api) -> Any:
    """A signed-in page in one colour scheme, and what went wrong on it."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800},
        color_scheme=request.param,
        base_url=product.base,
        reduced_motion="reduce",
    )
    for cookie in api.session.cookies:
        context.add_cookies([{"name": cookie.name, "value": str(cookie.value), "url": product.base}])
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    page.on("console", lambda message: wrong.append(f"{page.url}: {message.text}") if message.type == "error" else None)
    yield page, wrong
    context.close()


def look(page: Page, path: str) -> list[str]:
    """Open a page, wait until it shows something, and collect what is wrong with it."""
    page.goto(path)
    expect(page.locator("main")).to_be_visible()
    page.wait_for_load_state("load")
    expect(page.locator(".mantine-Skeleton-root").first).to_have_count(0)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{path}: {one}" for one in serious(page)] + ([f"{path}: {wide} px too wide"] if wide > 0 else [])


def test_every_page(themed: tuple[Page, list[str]], project: str) -> None:
    page, wrong = themed
    found = []
    for path in [*OUTSIDE.values(), *(f"/projects/{project}/{name}".rstrip("/") for name in INSIDE)]:
        found += look(page, path)
    assert found == []
    assert wrong == []


def test_an_unknown_address_says_so(themed: tuple[Page, list[str]]) -> None:
    page, _ = themed
    page.goto("/no/such/page")
    expect(page.get_by_text("not", exact=False).first).to_be_visible()
    assert serious(page) == []


def test_sign_up_is_closed_and_an_invitation_opens_it(
    browser: Browser, product: Product, api: Api, project: str
) -> None:
    url = api.post(f"/projects/{project}/invitations", {"role": "viewer"})["url"]
    context = browser.new_context(base_url=product.base)
    page = context.new_page()
    page.goto("/")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.get_by_text("Sign up")).to_have_count(0)
    page.goto(url)
    page.get_by_label("User name").fill("vera")
    page.locator("input[type=password]").first.fill("a long enough secret")
    page.get_by_role("button", name="Join").or_(page.get_by_role("button", name="Create")).first.click()
    page.wait_for_url("**/projects**")
    page.goto(f"/projects/{project}/training")
    expect(page.get_by_role("heading", name="Training", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Train", exact=True)).to_have_count(0)
    page.goto(f"/projects/{project}/label")
    expect(page.get_by_role("button", name="Submit")).to_have_count(0)
    context.close()


def test_the_demo_pictures_carry_no_path_of_the_server(product: Product, api: Api, project: str) -> None:
    row = api.get(f"/projects/{project}/images?limit=1")["results"][0]
    assert str(Path(product.home)) not in str(row)
