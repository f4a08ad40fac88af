"""Freezing, comparing, locking, restoring; and an export whose losses are seen before it is written."""

import hashlib
import io
import json
import re
import zipfile
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.product import Api, wait_until
from tests.e2e.test_pages import serious
from tests.factories.images import make_picture

BOX = {"type": "box", "x": 10.0, "y": 8.0, "w": 30.0, "h": 20.0}
ROTATED = {"type": "rotated_box", "cx": 30.0, "cy": 20.0, "w": 10.0, "h": 6.0, "angle": 30.0}


def operate(api: Api, image: str, **operation: Any) -> None:
    api.post(f"/images/{image}/operations", {"operations": [{"id": str(uuid4()), **operation}]})


def shapes(api: Api, image: str) -> list[dict[str, Any]]:
    return list(api.get(f"/images/{image}/annotations")["annotations"])


@pytest.fixture(scope="module")
def project(api: Api) -> str:
    """Twenty labelled pictures in two folders."""
    made = api.post("/projects", {"name": "Versions", "task": "detect", "labels": [{"name": "cat"}, {"name": "dog"}]})
    identity = str(made["id"])
    for number in range(20):
        name = f"{'ab'[number % 2]}/{number:02d}.jpg"
        files = {"files": (name, make_picture(5000 + number, size=(160, 120)), "image/jpeg")}
        api.call("POST", f"/projects/{identity}/images", files=files, data={"names": json.dumps([name])})
    labels = {row["name"]: row["id"] for row in api.get(f"/projects/{identity}/labels")["labels"]}
    for number, image in enumerate(api.get(f"/projects/{identity}/images?order=name")["results"]):
        label = labels["dog" if number % 4 == 0 else "cat"]
        operate(api, image["id"], type="create", annotation=str(uuid4()), label=label, geometry=BOX)
    everything = {"filter": {}, "action": "set_state", "value": "labelled"}
    api.post(f"/projects/{identity}/images/bulk", everything)
    return identity


def freeze(page: Page, name: str) -> None:
    page.get_by_role("button", name="Freeze a version").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Test", exact=True).fill("20")
    expect(dialog.get_by_text("20 labelled images")).to_be_visible()
    expect(dialog.get_by_role("img", name=re.compile("Images: .*Test"))).to_be_visible()
    assert serious(page) == []
    dialog.get_by_role("button", name="Freeze", exact=True).click()
    expect(page.get_by_role("link", name=name)).to_be_visible()


def test_versions_are_frozen_compared_locked_and_restored(page: Page, api: Api, project: str) -> None:
    page.goto(f"/projects/{project}/versions")
    freeze(page, "first")
    images = [row["id"] for row in api.get(f"/projects/{project}/images?order=name")["results"]]
    before = {image: shapes(api, image) for image in images}
    label = before[images[0]][0]["label"]
    operate(api, images[0], type="delete", annotation=before[images[0]][0]["id"], base_revision=1)
    operate(api, images[1], type="create", annotation=str(uuid4()), label=label, geometry=ROTATED)
    freeze(page, "second")

    page.get_by_role("link", name="Since v1").click()
    expect(page.get_by_role("heading", name="What changed in version 2")).to_be_visible()
    row = page.get_by_role("button", name=re.compile("dog .1 removed .1 added"))
    expect(row).to_be_visible()
    expect(page.get_by_role("img", name="a/00.jpg: 1 object removed")).to_be_visible()
    row.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("label=dog"))
    assert serious(page) == []

    page.goto(f"/projects/{project}/versions")
    page.get_by_role("button", name="Lock the set of v2").click()
    expect(page.get_by_text("Test set locked: 4 images")).to_be_visible()
    inside = api.get(f"/projects/{project}/images?split=test")["results"][0]["id"]
    api.call("PATCH", f"/images/{inside}", json={"split": "train"}, expect=(409,))

    page.get_by_role("link", name="v1 first").click()
    expect(page.get_by_text("Unchanged since it was frozen")).to_be_visible()
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Restore into the project").click()
    page.get_by_role("button", name="Restore", exact=True).click()
    job = wait_until(
        lambda: next(
            (
                one
                for one in api.get(f"/projects/{project}/jobs")["results"]
                if one["kind"] == "version" and one["state"] == "done"
            ),
            None,
        ),
        seconds=60,
        what="the restoring",
    )
    assert (job["result"]["counts"]["changed"], job["result"]["counts"]["removed"]) == (1, 1)
    for image in images:
        now = [(shape["id"], shape["geometry"], shape["label"]) for shape in shapes(api, image)]
        assert now == [(shape["id"], shape["geometry"], shape["label"]) for shape in before[image]]
    page.goto(f"/projects/{project}/versions")
    expect(page.get_by_role("link", name="v3 Before restoring v1")).to_be_visible()


def test_losses_are_seen_before_an_export_is_written(page: Page, api: Api, project: str) -> None:
    image = api.get(f"/projects/{project}/images?order=name")["results"][2]["id"]
    label = shapes(api, image)[0]["label"]
    operate(api, image, type="create", annotation=str(uuid4()), label=label, geometry=ROTATED)
    page.goto(f"/projects/{project}/images?search=a%2F")
    page.get_by_role("link", name="Export these").click()
    expect(page.get_by_role("radio", name="A view: images that I filter")).to_be_checked()
    expect(page.get_by_label("Part of the name")).to_have_value("a/")
    page.get_by_role("radio", name=re.compile("^YOLO")).click()
    page.get_by_role("button", name="Look what would be lost").click()
    losses = page.get_by_role("region", name="What would be lost")
    expect(losses.get_by_text("rotated_box", exact=False)).to_be_visible(timeout=60_000)
    expect(page.get_by_text("10 boxes, 1 rotated box")).to_be_visible()
    assert serious(page) == []
    assert [one for one in api.get(f"/projects/{project}/jobs")["results"] if "file" in one["result"]] == []

    page.get_by_role("button", name=re.compile("^Export YOLO")).click()
    link = page.get_by_role("link", name="Download")
    expect(link).to_be_visible(timeout=60_000)
    address = str(link.get_attribute("href"))
    whole = api.session.get(api.base.removesuffix("/api/v1") + address, timeout=60)
    etag, size = whole.headers["ETag"], len(whole.content)
    rest = api.session.get(
        api.base.removesuffix("/api/v1") + address,
        headers={"Range": f"bytes={size // 2}-", "If-Range": etag},
        timeout=60,
    )
    assert (rest.status_code, rest.headers["Content-Range"]) == (206, f"bytes {size // 2}-{size - 1}/{size}")
    assert rest.content == whole.content[size // 2 :]
    report = api.get(address.removeprefix("/api/v1").replace("/download", "/report"))
    assert (report["bytes"], report["sha256"]) == (size, hashlib.sha256(whole.content).hexdigest())
    with zipfile.ZipFile(io.BytesIO(whole.content)) as archive:
        assert len([name for name in archive.namelist() if name.endswith(".jpg")]) == 10
        assert "export_report.json" in archive.namelist()
