"""A folder that a project keeps in step with, and a video that becomes pictures."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.annotator.core.test_video import make_video
from tests.e2e.product import Api, Product, wait_until
from tests.factories.images import make_picture


def new_project(api: Api, name: str) -> str:
    return str(api.post("/projects", {"name": name, "task": "detect", "labels": [{"name": "cell"}]})["id"])


def test_a_folder_is_connected_and_synchronised(page: Page, api: Api, product: Product) -> None:
    folder = product.places / "camera"
    folder.mkdir()
    for number, name in enumerate(("a.jpg", "b.jpg", "c.jpg"), start=301):
        (folder / name).write_bytes(make_picture(number))
    project = new_project(api, "From a camera")
    page.goto(f"/projects/{project}/sources")
    page.get_by_role("button", name="Add a source").click()
    page.get_by_role("radio", name=re.compile("^Folder")).click()
    page.get_by_label("Name", exact=True).fill("Camera")
    page.get_by_role("textbox", name=re.compile("^Folder")).fill(str(folder))
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("It can be reached")).to_be_visible()
    expect(page.get_by_text("b.jpg")).to_be_visible()
    page.get_by_role("button", name="Add and synchronise").click()
    expect(page.get_by_text("3 new")).to_be_visible()

    (folder / "a.jpg").unlink()
    (folder / "d.jpg").write_bytes(make_picture(305))
    (folder / "bad.jpg").write_bytes(b"no picture")
    page.get_by_role("button", name="Synchronise").click()
    expect(page.get_by_text("1 new, 1 vanished, 1 refused, 2 unchanged")).to_be_visible()
    page.get_by_role("button", name=re.compile("2 files that did not simply come in")).click()
    expect(page.get_by_text("bad.jpg", exact=False).first).to_be_visible()
    assert api.get(f"/projects/{project}")["counts"]["images"] == 4


def test_a_folder_outside_of_the_roots_is_refused(page: Page, api: Api) -> None:
    project = new_project(api, "From anywhere")
    page.goto(f"/projects/{project}/sources")
    page.get_by_role("button", name="Add a source").click()
    page.get_by_role("radio", name=re.compile("^Folder")).click()
    page.get_by_role("textbox", name=re.compile("^Folder")).fill("/etc")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("MARQUEE_IMPORT_ROOTS", exact=False)).to_be_visible()


def test_a_dropped_video_becomes_pictures(page: Page, api: Api, tmp_path: Path) -> None:
    video = make_video(tmp_path / "ride.mp4")
    project = new_project(api, "From a ride")
    page.goto(f"/projects/{project}/images?upload=true")
    page.get_by_label("Files").last.set_input_files(str(video))
    page.get_by_text("Scene changes").click()
    page.get_by_role("button", name="Upload", exact=True).last.click()
    wait_until(
        lambda: api.get(f"/projects/{project}")["counts"]["images"] == 3, seconds=60, what="three scenes of the video"
    )
    names = sorted(row["name"] for row in api.get(f"/projects/{project}/images")["results"])
    assert names == [f"ride/frame_{number:06d}.jpg" for number in (0, 20, 40)]
    expect(page.get_by_text("3 images added", exact=True)).to_be_visible()
