"""The import wizard in a browser: a folder and an archive go in, are looked at, mapped, imported, and taken back."""

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.product import ROOT, Api
from tests.e2e.test_pages import serious
from tests.factories.datasets import CAT, DOG, make_yolo

SLOW = 60_000
"""A worker may be busy with something else."""


@pytest.fixture(scope="module")
def project(api: Api) -> str:
    """A project of its own with one label."""
    made = api.post("/projects", json={"name": "Imported", "task": "detect"})["id"]
    schema = api.get(f"/projects/{made}/labels")
    body = {"schema_revision": schema["schema_revision"], "labels": [{"name": "Cat"}]}
    api.call("PUT", f"/projects/{made}/labels", json=body)
    return str(made)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Three pictures, one row that cannot be read, and one class without objects."""
    rows = {"train/a.jpg": [CAT, DOG], "train/b ü.jpg": [CAT, "77 .5 .5 .1 .1"], "val/c.jpg": []}
    return make_yolo(tmp_path / "pets", rows, names=("cat", "dog", "unused"))


def look_at(page: Page, project: str, files: str, path: Path) -> None:
    """Hand files over and wait for what was found."""
    page.goto(f"/projects/{project}/import")
    page.get_by_label(files, exact=True).set_input_files(path)
    expect(page.get_by_role("button", name="Go on to the classes")).to_be_visible(timeout=SLOW)


def counts(api: Api, project: str) -> dict[str, Any]:
    """Images of the project and classes with their objects."""
    labels = api.get(f"/projects/{project}/labels")["labels"]
    images = api.get(f"/projects/{project}/images")["results"]
    return {"images": len(images), **{label["name"]: label["count"] for label in labels}}


def test_a_folder_comes_in(page: Page, api: Api, project: str, dataset: Path) -> None:
    look_at(page, project, "Folder", dataset)
    expect(page.get_by_text(re.compile(r"\d+ % sure"))).to_be_visible()
    page.get_by_role("button", name=re.compile("Objects of a class that is not in the files")).click()
    expect(page.get_by_text("labels/train/b ü.txt · line 2")).to_be_visible()
    assert serious(page) == []
    page.get_by_role("button", name="Go on to the classes").click()
    expect(page.get_by_role("button", name="What cat becomes: Cat")).to_be_visible()
    page.get_by_role("button", name="Ignore 1 class without objects").click()
    assert serious(page) == []
    page.get_by_role("button", name="Go on", exact=True).click()
    expect(page.get_by_text("3 images will be added")).to_be_visible()
    assert serious(page) == []
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("Images added", exact=True)).to_be_visible(timeout=SLOW)
    assert serious(page) == []
    assert counts(api, project) == {"images": 3, "Cat": 2, "dog": 1}


def test_the_same_as_an_archive_adds_nothing_and_the_mapping_is_remembered(
    page: Page, api: Api, project: str, dataset: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "pets.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted(dataset.rglob("*")):
            packed.write(path, path.relative_to(tmp_path))
    look_at(page, project, "Files", archive)
    page.get_by_role("button", name="Go on to the classes").click()
    expect(page.get_by_role("button", name="What unused becomes: Ignore")).to_be_visible()
    page.reload()
    expect(page.get_by_text("as at the last import")).to_have_count(2)
    page.get_by_role("button", name="Go on", exact=True).click()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("Images added", exact=True)).to_be_visible(timeout=SLOW)
    assert counts(api, project) == {"images": 3, "Cat": 2, "dog": 1}
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert "unknown_category_id" in download.value.path().read_text()


def test_suggestions_and_the_way_back(page: Page, api: Api, project: str, dataset: Path) -> None:
    look_at(page, project, "Folder", make_yolo(dataset.parent / "more", {"train/d.jpg": [DOG]}, seed=7))
    page.get_by_role("button", name="Go on to the classes").click()
    page.get_by_role("button", name="Go on", exact=True).click()
    page.get_by_role("radio", name=re.compile("As suggestions")).click()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("Suggestions added")).to_be_visible(timeout=SLOW)
    (image,) = [row for row in api.get(f"/projects/{project}/images")["results"] if row["name"] == "train/d.jpg"]
    assert len(api.get(f"/images/{image['id']}/predictions")["predictions"]) == 1
    page.get_by_role("button", name="Take it back").click()
    page.get_by_role("dialog").get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Images removed", exact=True)).to_be_visible(timeout=SLOW)
    assert counts(api, project) == {"images": 3, "Cat": 2, "dog": 1}


def test_files_without_a_known_format_are_asked_about(page: Page, project: str) -> None:
    page.goto(f"/projects/{project}/import")
    page.get_by_label("Files", exact=True).set_input_files(ROOT / "README.md")
    expect(page.get_by_role("alert").filter(has_text="not recognised")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("combobox", name="Format")).to_be_visible()
    assert serious(page) == []
