"""kill −9 of every part of the really started product under load: work goes on, and nothing acknowledged is missing."""

import io
import signal
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import psutil
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.e2e.annotator_at_work import AnnotatorAtWork, history
from tests.e2e.desk import Desk
from tests.e2e.product import Api, Product, wait_until

OVER = {"done", "failed", "cancelled"}
EPOCHS = 45
TRAINING = {"architecture": "yolo11-tiny", "imgsz": 128, "epochs": EPOCHS, "patience": 0, "batch": 2, "workers": 0}
PICTURES = 160


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    """A product of our own: other tests must not lose theirs."""
    started = Product()
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
    """The demo project with all its pictures; its id."""
    made = api.post("/projects/demo")
    assert job_result(api, made["job"])["images"] == 72
    return str(made["project"])


def job_result(api: Api, job: str, *, seconds: float = 120) -> dict[str, Any]:
    """Wait for a job and return its result; fails with the job's own sentence."""
    ended = wait_until(lambda: over(api, f"/jobs/{job}"), seconds=seconds, what=f"job {job}")
    assert ended["state"] == "done", ended
    return dict(ended["result"])


def over(api: Api, path: str) -> dict[str, Any] | None:
    """The row of a job or run, once it has ended."""
    row: dict[str, Any] = api.get(path)
    return row if row["state"] in OVER else None


def start_run(api: Api, project: str) -> str:
    """Start the training; its id."""
    body = {
        "kind": "train",
        "backend": "ultralytics",
        "task": "detect",
        "options": TRAINING,
        "weights": "",
        "freeze": {},
    }
    return str(api.post(f"/projects/{project}/runs", body)["id"])


def epochs_of(api: Api, run: str, attempt: int | None = None) -> list[int]:
    """Epochs with metrics, in the order they came, of one attempt or of all."""
    rows = api.get(f"/runs/{run}/events", params={"kind": "metrics", "limit": 500})["results"]
    return [row["data"]["epoch"] for row in rows if attempt in {None, row["attempt"]}]


def learned(api: Api, run: str, *, attempt: int, epochs: int) -> None:
    """Wait until an attempt has finished some epochs; a run that ended too early says why."""

    def enough() -> bool:
        row = api.get(f"/runs/{run}")
        assert row["state"] not in OVER, f"The run ended too early: {row['state']} {row['error']}"
        return len(epochs_of(api, run, attempt)) >= epochs

    wait_until(enough, seconds=120, what=f"{epochs} epochs of attempt {attempt}")


def answers_again(product: Product, api: Api, part: str, old: set[int]) -> None:
    """Wait until a killed part runs again as a new process and the server answers."""
    wait_until(lambda: {p.pid for p in product.children(part)} - old, seconds=60, what=f"a new {part}")

    def answers() -> bool:
        try:
            return bool(api.get("/session")["user"])
        except (OSError, AssertionError):  # connection refused while it starts
            return False

    wait_until(answers, seconds=60, what="an answer")


def killed(product: Product, part: str) -> set[int]:
    """kill −9; the process ids that are gone."""
    old = {process.pid for process in product.children(part)}
    product.kill(part)
    return old


def test_nothing_acknowledged_is_lost_and_the_run_goes_on(product: Product, api: Api, project: str) -> None:
    images = api.get(f"/projects/{project}/images", params={"state": "new", "limit": 4})["results"]
    labels = [label["id"] for label in api.get(f"/projects/{project}/labels")["labels"]]
    worker = Api(product)
    worker.session.cookies.update(api.session.cookies)
    annotator = AnnotatorAtWork(worker, [image["id"] for image in images], labels)
    run = start_run(api, project)
    annotator.start()
    learned(api, run, attempt=1, epochs=4)

    killed(product, "training")
    learned(api, run, attempt=2, epochs=3)

    old = killed(product, "worker")
    answers_again(product, api, "worker", old)
    learned(api, run, attempt=3, epochs=3)

    for part in ("redis", "web"):
        before = len(annotator.acknowledged)
        old = killed(product, part)
        assert api_state(product, api, run) not in OVER
        answers_again(product, api, part, old)
        wait_until(
            lambda n=before: len(annotator.acknowledged) > n + 10, seconds=60, what=f"saves after {part} was killed"
        )
        # the queue works again: a small job gets through
        assert (
            job_result(api, api.post(f"/projects/{project}/exports", {"format": "coco", "with_images": False})["id"])[
                "images"
            ]
            == 30
        )

    row = wait_until(lambda: over(api, f"/runs/{run}"), seconds=240, what="the end of the run")
    annotator.finish()

    assert (row["state"], row["attempt"], row["error"]) == ("done", 3, ""), row
    assert row["trained"]["number"] == 1
    assert_resumed(api, run)
    assert annotator.wrong == []
    assert annotator.failures > 0, "No request ever failed: the web server was not really away."
    assert len(annotator.acknowledged) > 100
    annotator.compare()


def api_state(product: Product, api: Api, run: str) -> str:
    """State of the run as the database says, whether or not the web server is there."""

    with sqlite3.connect(f"file:{product.home / 'marquee.sqlite3'}?mode=ro", uri=True) as database:
        return str(
            database.execute("select state from trainer_run where id = ?", (run.replace("-", ""),)).fetchone()[0]
        )


def assert_resumed(api: Api, run: str) -> None:
    """Later attempts went on from a checkpoint: no attempt began at 0 again, and every epoch was done."""
    assert epochs_of(api, run, 1)[0] == 0
    for attempt in (2, 3):
        begun, before = epochs_of(api, run, attempt)[0], max(epochs_of(api, run, attempt - 1))
        assert 0 < begun <= before + 1
    assert set(epochs_of(api, run)) == set(range(EPOCHS))
    texts = [
        row["data"]["text"] for row in api.get(f"/runs/{run}/events", params={"kind": "state", "limit": 500})["results"]
    ]
    assert any("killed (signal 9)" in text for text in texts), texts


def archive(count: int) -> bytes:
    """A zip of pictures, all different."""
    random = np.random.default_rng(5)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as folder:
        for number in range(count):
            picture = io.BytesIO()
            Image.fromarray(random.integers(0, 256, (24, 32, 3), np.uint8)).resize((640, 480)).save(picture, "JPEG")
            folder.writestr(f"batch/{number:03d}.jpg", picture.getvalue())
    return buffer.getvalue()


def test_an_archive_is_unpacked_once_although_the_worker_dies(product: Product, api: Api) -> None:
    project = api.post("/projects", {"name": "Unpacked", "task": "detect", "labels": [{"name": "thing"}]})["id"]
    data = archive(PICTURES)
    upload = api.post(f"/projects/{project}/uploads", {"name": "batch.zip", "size": len(data)})["id"]
    headers = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    api.call("PATCH", f"/uploads/{upload}", data=data, headers=headers)
    job = api.post(f"/uploads/{upload}/unpack")["id"]

    def begun() -> bool:
        row = api.get(f"/jobs/{job}")
        assert row["state"] not in OVER, f"The archive is too small to be interrupted: {row}"
        return int(row["done"]) > 0

    wait_until(begun, seconds=60, what="the first pictures", every=0.02)
    old = killed(product, "worker")
    row = api.get(f"/jobs/{job}")
    assert row["state"] == "running"
    assert row["done"] < PICTURES

    answers_again(product, api, "worker", old)
    result = job_result(api, job)
    assert {key: result[key] for key in ("added", "renamed", "duplicates", "refused")} == {
        "added": PICTURES, "renamed": 0, "duplicates": 0, "refused": []
    }  # fmt: skip
    names = [image["name"] for image in api.get(f"/projects/{project}/images", params={"limit": 500})["results"]]
    assert sorted(names) == [f"batch/{number:03d}.jpg" for number in range(PICTURES)]


def test_an_export_survives_the_worker(product: Product, api: Api, project: str) -> None:
    scope = {"format": "coco", "with_images": True, "scope": {"all": True}}
    old = killed(product, "worker")
    waiting = api.post(f"/projects/{project}/exports", scope)["id"]  # nobody is there to do it
    answers_again(product, api, "worker", old)
    assert job_result(api, waiting)["images"] == 72

    job = api.post(f"/projects/{project}/exports", scope)["id"]
    wait_until(
        lambda: api.get(f"/jobs/{job}")["state"] != "queued", seconds=60, what="the start of the export", every=0.01
    )
    old = killed(product, "worker")
    answers_again(product, api, "worker", old)
    result = job_result(api, job)
    with zipfile.ZipFile(io.BytesIO(api.get(f"/jobs/{job}/download"))) as packed:
        assert packed.testzip() is None
        assert len([name for name in packed.namelist() if name.endswith(".jpg")]) == 72 == result["images"]


def test_a_browser_keeps_what_is_drawn_while_the_server_is_gone(
    browser: Browser, product: Product, api: Api, project: str
) -> None:
    image = api.get(f"/projects/{project}/images", params={"state": "new", "limit": 10})["results"][-1]
    assert product.process is not None
    supervisor = psutil.Process(product.process.pid)
    desk = Desk(browser, product, api).open(project, image["id"])
    try:
        supervisor.suspend()  # so that the server stays away for a while
        product.kill("web")
        desk.draw(0.1, 0.1)
        desk.draw(0.3, 0.1)
        expect(desk.chip).to_have_text("Offline, 2 changes kept")
        supervisor.resume()
        expect(desk.chip).to_have_text("Saved", timeout=60_000)
        assert [row["revision"] for row in api.get(f"/images/{image['id']}/annotations")["annotations"]] == [1, 1]
        assert len(history(api, image["id"])) == 2
        assert desk.errors == []
    finally:
        supervisor.resume()
        desk.context.close()


def test_ctrl_c_leaves_no_process_and_a_second_start_keeps_everything(product: Product, api: Api, project: str) -> None:
    run = start_run(api, project)
    learned(api, run, attempt=1, epochs=2)
    before: dict[str, Any] = api.get(f"/projects/{project}")
    assert product.process is not None
    family = psutil.Process(product.process.pid).children(recursive=True)
    parts: list[Callable[[], list[psutil.Process]]] = [
        lambda p=part: product.children(p) for part in ("web", "worker", "redis", "training")
    ]
    assert all(part() for part in parts)

    product.process.send_signal(signal.SIGINT)
    assert product.process.wait(60) == 0
    _, alive = psutil.wait_procs(family, timeout=10)
    assert [process.cmdline() for process in alive] == []

    product.start()
    assert api.get("/session")["user"]["username"] == "admin"  # still signed in
    after: dict[str, Any] = api.get(f"/projects/{project}")
    assert after["counts"] == before["counts"]
    wait_until(lambda: epochs_of(api, run)[-1] >= 4, seconds=120, what="the run to go on")
    row = api.get(f"/runs/{run}")
    assert row["state"] in {"running", "done"}, row
    assert epochs_of(api, run).count(0) == 1  # it went on, it did not begin again
    api.post(f"/runs/{run}/cancel", expect=(200, 409))
