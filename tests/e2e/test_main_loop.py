"""The main job in a browser, on the demo project with a tiny model: train → suggest → pick → correct → retrain → export."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.product import Api, Product, wait_until

EPOCHS = 40
IMAGE_SIZE = 192


@pytest.fixture(scope="module")
def state() -> dict[str, Any]:
    """What one step leaves for the next; the steps are tests of their own so that a failure names its step."""
    return {}


def finished_run(api: Api, project: str, number: int) -> dict[str, Any]:
    """Wait until ``number`` runs are over; returns the newest."""

    def over() -> dict[str, Any] | None:
        runs = api.get(f"/projects/{project}/runs")["results"]
        ended = [run for run in runs if run["state"] not in {"queued", "running"}]
        return runs[0] if len(ended) >= number else None

    run = wait_until(over, seconds=600, what=f"run {number}", every=1)
    assert run["state"] == "done", run["error"]
    return run


def train(page: Page, project: str) -> None:
    """Fill the form and press Train."""
    page.goto(f"/projects/{project}/training")
    page.get_by_role("combobox", name="Architecture").click()
    page.get_by_role("option", name="yolo11-tiny").click()
    page.get_by_label("Epochs", exact=True).fill(str(EPOCHS))
    page.get_by_label("Image size", exact=True).fill(str(IMAGE_SIZE))
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_url("**/training/*")


def test_open_the_demo(page: Page, api: Api, state: dict[str, Any]) -> None:
    page.goto("/")
    page.get_by_role("button", name="Open the demo project").click()
    page.wait_for_url("**/projects/*-*")
    project = api.get("/projects")["results"][0]
    state["project"] = project["id"]
    wait_until(lambda: api.get(f"/projects/{project['id']}")["counts"]["images"] == 72, seconds=120, what="72 images")
    page.goto(f"/projects/{project['id']}/images")
    expect(page.get_by_text("pond-072.jpg")).to_be_visible()


def test_train_from_scratch(page: Page, api: Api, state: dict[str, Any]) -> None:
    train(page, state["project"])
    expect(page.get_by_text("Training yolo11-tiny")).to_be_visible()
    expect(page.get_by_text("first point appears").or_(page.get_by_text("Quality on validation"))).to_be_visible()
    finished_run(api, state["project"], 1)
    page.get_by_role("link", name="Open model 1").click()
    expect(page.get_by_role("tab", name="Confusion")).to_be_visible()
    model = api.get(f"/projects/{state['project']}/models")["results"][0]
    assert model["metrics"]["map50"] > 0.2
    for tab, proof in [
        ("Curves", "F1 over confidence"),
        ("Confusion", "Rows: what is there"),
        ("Provenance", "weights SHA-256"),
    ]:
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_text(proof)).to_be_visible()


def test_predict_the_rest(page: Page, api: Api, state: dict[str, Any]) -> None:
    model = api.get(f"/projects/{state['project']}/models")["results"][0]
    page.goto(f"/projects/{state['project']}/models/{model['id']}")
    page.get_by_role("button", name="Predict the unlabelled").click()
    page.wait_for_url("**/training/*")
    run = finished_run(api, state["project"], 2)
    assert run["kind"] == "predict"
    assert run["result"]["images"] == 42
    assert run["result"]["objects"] > 20


def test_pick_a_batch(page: Page, api: Api, state: dict[str, Any]) -> None:
    page.goto(f"/projects/{state['project']}/rounds")
    page.get_by_label("Images", exact=True).fill("5")
    page.get_by_role("button", name="Pick 5 images").click()
    expect(page.get_by_role("link", name="Label 5 images")).to_be_visible(timeout=60_000)
    round_ = api.get(f"/projects/{state['project']}/rounds")["results"][0]
    picks = api.get(f"/rounds/{round_['id']}")["picks"]
    assert [pick["rank"] for pick in picks] == [1, 2, 3, 4, 5]
    assert all(pick["reason"] for pick in picks)
    assert {pick["image"]["state"] for pick in picks} == {"new"}
    state["picks"] = [pick["image"]["id"] for pick in picks]


def test_accept_correct_and_submit(page: Page, api: Api, state: dict[str, Any]) -> None:
    page.goto(f"/projects/{state['project']}/label")
    labelled = []
    for image in state["picks"]:
        canvas = page.get_by_role("application")
        name = api.get(f"/images/{image}")["name"]
        expect(page.get_by_role("heading", name=name)).to_be_visible(timeout=30_000)
        suggestions = api.get(f"/images/{image}/predictions")["predictions"]
        if suggestions:
            page.get_by_role("slider").first.press("Home")
            page.get_by_role("button", name="Accept").first.click()
        page.get_by_role("button", name="Box", exact=True).click()
        place = canvas.bounding_box()
        assert place is not None
        x, y = place["x"] + place["width"] * 0.45, place["y"] + place["height"] * 0.45
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 40, y + 30, steps=4)
        page.mouse.up()
        page.get_by_role("button", name="Submit").click()
        wait_until(
            lambda image=image: api.get(f"/images/{image}")["state"] == "labelled", seconds=30, what="the submit"
        )
        rows = api.get(f"/images/{image}/annotations")["annotations"]
        sources = [row["source"] for row in rows]
        assert sources.count("manual") == 1
        assert sources.count("prediction") == len(suggestions)
        labelled.append(len(rows))
    assert max(labelled) > 1
    acceptance = api.get(f"/projects/{state['project']}/acceptance")["results"][0]
    assert acceptance["accepted"] == sum(labelled) - len(labelled)
    round_ = wait_until(
        lambda: next(
            (r for r in api.get(f"/projects/{state['project']}/rounds")["results"] if r["state"] == "done"), None
        ),
        seconds=60,
        what="the round to be done",
    )
    assert round_["counts"]["labelled"] == 5


def test_retrain_and_learning_curve(page: Page, api: Api, state: dict[str, Any]) -> None:
    train(page, state["project"])
    finished_run(api, state["project"], 3)
    points = api.get(f"/projects/{state['project']}/learning-curve")["points"]
    assert [point["number"] for point in points] == [1, 2]
    assert points[0]["labelled_images"] < points[1]["labelled_images"]
    page.goto(f"/projects/{state['project']}/rounds")
    expect(page.get_by_role("img", name="Validation quality of 2 models over what was labelled")).to_be_visible()


def exported(page: Page, api: Api, project: str, format_name: str) -> zipfile.ZipFile:
    """Export in the browser and download the archive."""
    before = {job["id"] for job in api.get(f"/projects/{project}/jobs")["results"]}
    page.goto(f"/projects/{project}/export")
    page.get_by_role("radio", name=format_name).click()
    page.get_by_role("button", name="Export").last.click()

    def done() -> dict[str, Any] | None:
        jobs = api.get(f"/projects/{project}/jobs")["results"]
        return next((job for job in jobs if job["id"] not in before and job["state"] in {"done", "failed"}), None)

    job = wait_until(done, seconds=120, what="the export")
    assert job["state"] == "done", job["error"]
    links = page.get_by_role("link", name="Download")
    rows = api.get(f"/projects/{project}/jobs")["results"]
    expect(links).to_have_count(sum(row["kind"] == "export" and row["state"] == "done" for row in rows))
    with page.expect_download() as download:
        links.first.click()
    return zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))


def test_an_export_can_be_imported_again(page: Page, api: Api, state: dict[str, Any], tmp_path: Path) -> None:
    archive = exported(page, api, state["project"], "COCO")
    file = Path(str(archive.filename or tmp_path / "coco.zip"))
    with zipfile.ZipFile(file, "w") as copy:
        for name in archive.namelist():
            copy.writestr(name, archive.read(name))
    other = api.post("/projects", {"name": "Copy of the pond", "task": "detect"})["id"]
    page.goto(f"/projects/{other}/import")
    page.get_by_label("Files", exact=True).set_input_files(file)
    page.get_by_role("button", name="Go on to the classes").click(timeout=60_000)
    expect(page.get_by_role("button", name="What koi becomes", exact=False)).to_be_visible()
    assert api.get(f"/projects/{other}")["counts"]["images"] == 0  # looking writes nothing
    page.get_by_role("button", name="Go on", exact=True).click()
    page.get_by_role("button", name="Import", exact=True).click()
    whole = api.get(f"/projects/{state['project']}")["counts"]

    def same() -> bool:
        counts = api.get(f"/projects/{other}")["counts"]
        return bool(counts["labelled"] == whole["labelled"] and counts["annotations"] == whole["annotations"])

    wait_until(same, seconds=120, what="the import")


def test_export_coco_loads_in_pycocotools(page: Page, api: Api, state: dict[str, Any], tmp_path: Path) -> None:
    archive = exported(page, api, state["project"], "COCO")
    archive.extractall(tmp_path)
    from pycocotools.coco import COCO

    files = sorted(tmp_path.rglob("instances*.json"))
    sets = [COCO(str(file)) for file in files]
    total = api.get(f"/projects/{state['project']}")["counts"]
    assert sum(len(one.anns) for one in sets) == total["annotations"]
    assert sum(len(one.imgs) for one in sets) == total["labelled"]
    names = {image["file_name"] for one in sets for image in one.imgs.values()}
    assert {name for name in names if not list(tmp_path.rglob(Path(name).name))} == set()


def test_export_yolo_is_accepted_by_ultralytics(page: Page, api: Api, state: dict[str, Any], tmp_path: Path) -> None:
    archive = exported(page, api, state["project"], "YOLO")
    archive.extractall(tmp_path)
    data = next(tmp_path.rglob("data.yaml"))
    weights = api.get(f"/projects/{state['project']}/models")["results"][0]
    file = tmp_path / "model.pt"
    file.write_bytes(api.get(f"/models/{weights['id']}/download"))
    script = (
        "import json, sys; from ultralytics import YOLO\n"
        "m = YOLO(sys.argv[1]).val(data=sys.argv[2], imgsz=192, plots=False, workers=0, project=sys.argv[3], verbose=False)\n"
        "print('RESULT', json.dumps({'map50': float(m.box.map50), 'seen': int(m.box.nc)}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(file), str(data), str(tmp_path / "runs")],
        capture_output=True, text=True, check=False, cwd=data.parent, timeout=300,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "YOLO_OFFLINE": "1", "YOLO_AUTOINSTALL": "0", "YOLO_CONFIG_DIR": str(tmp_path)},
    )  # fmt: skip
    assert "RESULT" in done.stdout, done.stdout[-1500:] + done.stderr[-1500:]
    assert json.loads(done.stdout.split("RESULT", 1)[1])["map50"] > 0.2


def test_nothing_went_wrong_on_the_server(product: Product) -> None:
    for part in ("web", "worker"):
        assert "Traceback" not in product.log(part), product.log(part)[-4000:]
