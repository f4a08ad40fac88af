"""Packages that pip installed show in the Plugins page, the command line and the forms, and work; broken ones say why."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.product import ROOT, Api, Product, wait_until
from tests.guests import install_guests

GUEST = "marquee-guest 1.2.3"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product that finds the guests on its path, as after ``pip install``."""
    started = Product(PYTHONPATH=str(install_guests(tmp_path_factory.mktemp("guests"))))
    try:
        yield started.start()
    finally:
        started.stop()


@pytest.fixture(scope="module")
def api(product: Product) -> Api:
    """The administrator."""
    return Api(product).sign_in(product.link)


@pytest.fixture(scope="module")
def project(api: Api) -> str:
    """The demo project; its id."""
    made = api.post("/projects/demo")
    wait_until(lambda: api.get(f"/jobs/{made['job']}")["state"] == "done", seconds=120, what="the demo's pictures")
    return str(made["project"])


def row(page: Page, text: str) -> Locator:
    """A line of the Plugins page."""
    return page.get_by_role("button").filter(has_text=text)


def test_the_page_shows_guests_of_three_families(page: Page) -> None:
    page.goto("/plugins")
    for title in ("Guest CSV", "Crowded (guest)", "Huge boxes (guest)"):
        expect(row(page, title)).to_contain_text(GUEST)
    row(page, "Crowded (guest)").click()
    details = page.get_by_role("dialog")
    expect(details).to_contain_text("guest_crowded")
    expect(details).to_contain_text("marquee_guest.strategies:CrowdedStrategy")
    expect(details.get_by_label("Confidence")).to_be_visible()  # the options that people will see


def test_the_page_says_what_is_broken_and_why(page: Page) -> None:
    page.goto("/plugins")
    broken = page.get_by_role("region", name="Plugins that do not work")
    expect(broken).to_contain_text("3 plugins cannot be used")
    expect(broken).to_contain_text("No module named 'telescope_of_nobody'")
    expect(broken).to_contain_text("IncompleteStrategy leaves score undefined.")
    expect(broken).to_contain_text("The name is taken by marquee; rename the entry point.")


def test_the_command_line_agrees(product: Product) -> None:
    command = [sys.executable, str(ROOT / "manage.py"), "plugins", "--json"]
    answer = subprocess.run(
        command, env={**product.environment, "COLUMNS": "160"}, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1, answer.stderr  # something is broken
    rows = [plugin for plugin in json.loads(answer.stdout)["plugins"] if plugin["origin"].startswith("marquee-guest")]
    assert sorted((plugin["name"], plugin["state"]) for plugin in rows) == [
        ("coco", "shadowed"),
        ("guest_broken", "broken"),
        ("guest_crowded", "ok"),
        ("guest_csv", "ok"),
        ("guest_huge", "ok"),
        ("guest_incomplete", "broken"),
    ]


def test_the_console_script_agrees(product: Product) -> None:
    command = [str(Path(sys.executable).with_name("marquee")), "plugins", "formats", "--json"]
    answer = subprocess.run(command, env=product.environment, capture_output=True, text=True, check=False)
    assert "guest_csv" in {plugin["name"] for plugin in json.loads(answer.stdout)["plugins"]}


def test_a_guest_format_exports(page: Page, api: Api, project: str) -> None:
    page.goto(f"/projects/{project}/export")
    expect(page.get_by_role("radio", name="COCO")).to_have_count(1)  # the shadowed one is not offered
    page.get_by_role("radio", name="Guest CSV").click()
    page.get_by_role("button", name="Export Guest CSV").click()

    def exported() -> dict[str, Any] | None:
        jobs = [job for job in api.get(f"/projects/{project}/jobs")["results"] if job["kind"] == "export"]
        return jobs[0] if jobs and jobs[0]["state"] in {"done", "failed"} else None

    job = wait_until(exported, seconds=60, what="the export")
    assert job["state"] == "done", job
    with zipfile.ZipFile(io.BytesIO(api.get(f"/jobs/{job['id']}/download"))) as packed:
        name = next(name for name in packed.namelist() if name.endswith("boxes.csv"))
        lines = list(csv.DictReader(io.StringIO(packed.read(name).decode())))
    assert len([line for line in lines if line["label"]]) == api.get(f"/projects/{project}")["counts"]["annotations"]


def test_a_guest_strategy_is_offered_and_refuses_without_a_model(page: Page, project: str) -> None:
    page.goto(f"/projects/{project}/rounds")
    page.get_by_role("combobox", name="Strategy").click()
    names = page.get_by_role("option").all_inner_texts()
    assert "Crowded (guest)" in names
    assert not [name for name in names if "guest_broken" in name or "guest_incomplete" in name]
    page.get_by_role("option", name="Crowded (guest)").click()
    expect(page.get_by_text("Pictures with the most objects first.")).to_be_visible()
    expect(page.get_by_label("Confidence")).to_be_visible()
