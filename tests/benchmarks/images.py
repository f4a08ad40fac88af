"""The gallery's list over HTTP with 100,000 images in one project, on SQLite and PostgreSQL."""

import os
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import Table, measured, milliseconds
from tests.e2e.product import Api, Product
from tests.postgresql import PostgresqlMissing, start_cluster

TITLE = "Listing images"
QUESTION = (
    "How long does a page of 100 images take in a project of 100,000 with 100,000 annotations, under the gallery's filters "
    "and orders? Ratio: to the database alone fetching 100 plain rows by key. First pages also count their matches (to "
    "10,001)."
)
IMAGES = 100_000
REPEATS = 15
CASES: list[tuple[str, dict[str, Any]]] = [
    ("first page", {}),
    ("page 20", {"page": 20}),
    ("state labelled", {"state": "labelled"}),
    ("state new, split val", {"state": "new", "split": "val"}),
    ("with label", {"label": "LABEL"}),
    ("unlabelled", {"unlabelled": "true"}),
    ("name contains “7123”", {"search": "7123"}),
    ("most wanted first", {"order": "-score"}),
    ("score ≥ 0.9", {"min_score": 0.9}),
    ("by name", {"order": "name"}),
    ("most annotations first", {"order": "-annotations"}),
]


def run() -> Table:
    """Measure every database that is here."""
    columns = ["request", "SQLite p50 ms", "p95 ms", "× bare"]
    results = [measured(_variant, "").value]
    notes = [f"Bare SQLite: {milliseconds(results[0]['bare'], 0.5)} ms for 100 rows."]
    try:
        with tempfile.TemporaryDirectory(prefix="mqp-") as folder:
            results.append(measured(_postgresql, folder).value)
            columns += ["PostgreSQL p50 ms", "p95 ms", "× bare"]
            notes.append(f"Bare PostgreSQL: {milliseconds(results[1]['bare'], 0.5)} ms for 100 rows.")
    except PostgresqlMissing:
        notes.append("PostgreSQL was not run: its binaries are not installed here.")
    rows: list[list[object]] = []
    for name, _ in CASES:
        row: list[object] = [name]
        for result in results:
            samples = result[name]
            p50 = milliseconds(samples, 0.5)
            row += [p50, milliseconds(samples, 0.95), round(p50 / milliseconds(result["bare"], 0.5), 1)]
        rows.append(row)
    return Table(columns, rows, notes)


def _postgresql(folder: str) -> dict[str, list[float]]:
    return _variant(start_cluster(Path(folder) / "pg"))  # stopped when this process ends


def _variant(url: str) -> dict[str, list[float]]:
    """Start a product on the database, fill it, and ask; seconds of every request by case."""
    product = Product(MARQUEE_DEMO="0", **({"DATABASE_URL": url} if url else {})).start()
    try:
        api = Api(product).sign_in(product.link)
        project = api.post("/projects", {"name": "Bench", "task": "detect", "labels": [{"name": "a"}, {"name": "b"}]})[
            "id"
        ]
        label = api.get(f"/projects/{project}/labels")["labels"][0]["id"]
        os.environ.update(
            {k: v for k, v in product.environment.items() if k.startswith("MARQUEE_") or k == "DATABASE_URL"}
        )
        bare = _fill(project)
        return {"bare": bare, **{name: _ask(api, project, query, label) for name, query in CASES}}
    finally:
        product.stop()


def _ask(api: Api, project: str, query: dict[str, Any], label: int) -> list[float]:
    parameters: dict[str, Any] = {"limit": 100, **query}
    if parameters.get("label"):
        parameters["label"] = label
    for _ in range(parameters.pop("page", 1) - 1):
        parameters["cursor"] = api.get(f"/projects/{project}/images", params=parameters)["next"]
    samples = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        answer = api.get(f"/projects/{project}/images", params=parameters)
        samples.append(time.perf_counter() - begun)
        assert answer["results"]
    return samples


def _fill(project: str) -> list[float]:
    """Put rows in as the product would have them; seconds of fetching 100 rows without the product."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "annotator.settings"
    import django

    django.setup()
    import numpy as np
    from django.db import connection

    from annotator.core.ids import uuid7
    from annotator.models import Annotation, Image, Label

    rng = np.random.default_rng(3)
    labels = list(Label.objects.filter(project_id=project).order_by("position"))
    states = rng.choice([state.value for state in Image.State], IMAGES, p=[0.6, 0.05, 0.25, 0.08, 0.02])
    splits = rng.choice(["", "train", "val", "test"], IMAGES, p=[0.5, 0.35, 0.1, 0.05])
    for start in range(0, IMAGES, 5000):
        images = [
            Image(
                project_id=project, name=f"batch-{n // 1000:03d}/img-{n:06d}.jpg", sha256=f"{n:064x}", format="JPEG",
                bytes=90_000, width=1280, height=960, dhash=int(rng.integers(-(2**62), 2**62)), state=states[n],
                split=splits[n], score=float(rng.random()), annotation_count=int(states[n] in {"labelled", "reviewed"}) * 3,
            )
            for n in range(start, start + 5000)
        ]  # fmt: skip
        Image.objects.bulk_create(images, batch_size=500)
        Annotation.objects.bulk_create(
            [
                Annotation(
                    id=uuid7(), image=image, label=labels[n % 2], kind="box",
                    geometry={"type": "box", "x": 1.0, "y": 2.0, "w": 30.0, "h": 40.0},
                )
                for image in images if image.annotation_count
                for n in range(3)
            ],
            batch_size=500,
        )  # fmt: skip
    samples = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")  # autovacuum would within a minute
        for _ in range(REPEATS):
            begun = time.perf_counter()
            cursor.execute("SELECT * FROM annotator_image ORDER BY id LIMIT 100")
            assert len(cursor.fetchall()) == 100
            samples.append(time.perf_counter() - begun)
    return samples
