"""The save protocol over HTTP, through the really started product, on SQLite."""

import io
import sqlite3
import tempfile
import threading
import time
from pathlib import Path
from uuid import uuid4

import numpy as np
from PIL import Image

from tests.benchmarks.measure import Table, milliseconds
from tests.e2e.product import Api, Product

TITLE = "Saving annotations"
QUESTION = (
    "How many operations a second does the save protocol take in (client ids, merge check, revision history, news to other "
    "browsers, one transaction per request), with one and with four people who save without a pause? Beside it: the same "
    "server answering a request that stores nothing, and bare SQLite transactions with the same settings."
)
SECONDS = 4.0


def run() -> Table:
    """Measure; the product runs on this machine too."""
    product = Product(MARQUEE_DEMO="0").start()
    try:
        api = Api(product).sign_in(product.link)
        project = api.post("/projects", {"name": "Bench", "task": "detect", "labels": [{"name": "thing"}]})["id"]
        label = api.get(f"/projects/{project}/labels")["labels"][0]["id"]
        images = [_image(api, project, number) for number in range(4)]
        rows: list[list[object]] = []
        for writers in (1, 4):
            clients = [_client(product, api) for _ in range(writers)]
            floor = _together([lambda c=c: c.get("/session") for c in clients])
            rows.append(_row("GET /session (stores nothing)", writers, 0, floor))
            for batch in (1, 20):
                calls = [
                    lambda c=c, image=image, batch=batch: _save(c, image, label, batch)
                    for c, image in zip(clients, images, strict=False)
                ]
                rows.append(_row(f"save, {batch} per request", writers, batch, _together(calls)))
    finally:
        product.stop()
    rows.append(_row("bare SQLite, 2 INSERT + 1 UPDATE", 1, 1, _sqlite()))
    return Table(
        ["what", "writers", "requests/s", "operations/s", "p50 ms", "p95 ms"],
        rows,
        ["Client and server share the cores; the client's own part (Python) is in the times."],
    )


def _row(what: str, writers: int, batch: int, samples: list[float]) -> list[object]:
    rate = len(samples) / SECONDS
    return [
        what, writers, round(rate), round(rate * batch) if batch else "–",
        milliseconds(samples, 0.5), milliseconds(samples, 0.95),
    ]  # fmt: skip


def _image(api: Api, project: str, number: int) -> str:
    pixels = np.random.default_rng(number).integers(0, 256, (12, 16, 3), np.uint8)
    picture = io.BytesIO()
    Image.fromarray(pixels).resize((640, 480)).save(picture, "JPEG")
    files = {"files": (f"{number}.jpg", picture.getvalue())}
    return str(api.call("POST", f"/projects/{project}/images", files=files)["results"][0]["image"]["id"])


def _client(product: Product, api: Api) -> Api:
    client = Api(product)
    client.session.cookies.update(api.session.cookies)
    return client


def _save(api: Api, image: str, label: int, batch: int) -> None:
    operations = [
        {"id": str(uuid4()), "type": "create", "annotation": str(uuid4()), "label": label,
         "geometry": {"type": "box", "x": n, "y": n, "w": 50, "h": 40}}
        for n in range(batch)
    ]  # fmt: skip
    results = api.post(f"/images/{image}/operations", {"operations": operations})["results"]
    assert all(result["status"] == "applied" for result in results)


def _together(calls: list) -> list[float]:
    """Seconds of every call, made again and again by one thread per entry for ``SECONDS``."""
    samples: list[float] = []
    until = time.perf_counter() + SECONDS

    def loop(call) -> None:
        while (begun := time.perf_counter()) < until:
            call()
            samples.append(time.perf_counter() - begun)

    threads = [threading.Thread(target=loop, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return samples


def _sqlite() -> list[float]:
    """What the database alone would take for an annotation, its revision and the image's counter."""
    samples: list[float] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        sqlite3.connect(Path(folder) / "bench.db", isolation_level=None) as db,
    ):
        db.executescript(
            "pragma journal_mode=wal; pragma synchronous=normal; create table a (id text primary key, v text);"
            "create table h (id integer primary key, v text); create table i (id integer primary key, n int);"
            "insert into i values (1, 0)"
        )
        until = time.perf_counter() + SECONDS
        while (begun := time.perf_counter()) < until:
            db.execute("begin immediate")
            db.execute("insert into a values (?, ?)", (str(uuid4()), "x" * 120))
            db.execute("insert into h (v) values (?)", ("x" * 300,))
            db.execute("update i set n = n + 1")
            db.execute("commit")
            samples.append(time.perf_counter() - begun)
    return samples
