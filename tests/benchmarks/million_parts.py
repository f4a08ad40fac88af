"""The parts of the benchmark of a million annotations; each runs in a process of its own against a real database."""

import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import memory

LABELS = 80
WIDTH, HEIGHT = 1920, 1080
PAGE = 100
DEEP_PAGES = 40
STATES = (("labelled", 0.6), ("new", 0.2), ("reviewed", 0.15), ("in_progress", 0.04), ("skipped", 0.01))
SPLITS = (("train", 0.8), ("val", 0.1), ("", 0.1))


def write_coco(path: Path, images: int, each: int) -> int:
    """A COCO file of ``images`` × about ``each`` objects: 70 % boxes, 30 % polygons of 20 points, 80 labels of very
    different frequency, one image in twenty empty. Returns the number of objects."""
    rng = random.Random(1)
    weights = [1 / (rank + 1) ** 1.3 for rank in range(LABELS)]
    objects = 0
    with path.open("w") as file:
        file.write('{"categories":')
        json.dump([{"id": n + 1, "name": f"class {n:02d}"} for n in range(LABELS)], file)
        file.write(',"images":[')
        for n in range(images):
            name = f"part-{n % 10:02d}/img_{n:07d}.jpg"
            row = {"id": n + 1, "file_name": name, "width": WIDTH, "height": HEIGHT}
            file.write(("," if n else "") + json.dumps(row))
        file.write('],"annotations":[')
        for n in range(images):
            count = 0 if n % 20 == 7 else rng.randint(each - 5, each + 5) + (rng.random() < each / 15)
            for label in rng.choices(range(LABELS), weights, k=max(0, count)):
                objects += 1
                file.write(("," if objects > 1 else "") + json.dumps(_object(rng, objects, n + 1, label + 1)))
        file.write("]}")
    return objects


def _object(rng: random.Random, number: int, image: int, label: int) -> dict[str, Any]:
    x, y = round(rng.uniform(0, WIDTH - 300), 2), round(rng.uniform(0, HEIGHT - 300), 2)
    w, h = round(rng.uniform(10, 290), 2), round(rng.uniform(10, 290), 2)
    row = {"id": number, "image_id": image, "category_id": label, "bbox": [x, y, w, h], "area": w * h, "iscrowd": 0}
    if number % 10 < 3:
        ring = [round(v + rng.uniform(0, 250), 2) for _ in range(20) for v in (x, y)]
        row["segmentation"] = [ring]
    return row


def django() -> None:
    """Set Django up in this process, for the database that the environment names."""
    import os

    os.environ["DJANGO_SETTINGS_MODULE"] = "annotator.settings"
    import django as framework

    framework.setup()


def prepare() -> str:
    """Make the tables, a person and a project; returns the project's id."""
    django()
    from django.core.management import call_command

    from tests.factories.projects import make_project
    from tests.factories.users import make_user

    call_command("migrate", verbosity=0)
    return str(make_project(owner=make_user(), name="A million").id)


def bring_in(project_id: str, source: str) -> dict[str, Any]:
    """The import as the worker does it: a job with its ledger, from a folder of the server."""
    django()
    from annotator.core.progress import SilentProgress
    from annotator.models import Annotation, AnnotationRevision, Image, Job, Project
    from annotator.services.import_settings import ImportSettings
    from annotator.services.imports import create_import, run_import

    project = Project.objects.get(id=project_id)
    settings = ImportSettings(path=source, format="coco", size_only=True)
    job = create_import(actor=project.created_by, project=project, settings=settings)
    Job.objects.filter(id=job.id).update(state="running")
    result = run_import(job, SilentProgress())
    return {
        "counts": result["counts"],
        "images": Image.objects.count(),
        "annotations": Annotation.objects.count(),
        "revisions": AnnotationRevision.objects.count(),
        "megabytes": database_size(),
    }


def database_size() -> float:
    """Megabytes on the disk, indexes included."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
            return cursor.fetchone()[0] / 2**20
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(str(connection.settings_dict["NAME"])).stat().st_size / 2**20


def work_on(project_id: str) -> None:
    """States, splits and scores as after some months of work."""
    django()
    from django.db import connection

    from annotator.models import Image

    rng = random.Random(2)
    ids = list(Image.objects.filter(project_id=project_id).values_list("id", flat=True))
    groups: dict[tuple[str, str, float | None], list[Any]] = {}
    for image_id in ids:
        score = round(rng.random(), 2) if rng.random() < 0.5 else None
        key = (_drawn(rng, STATES), _drawn(rng, SPLITS), score)
        groups.setdefault(key, []).append(image_id)
    for (state, split, score), some in groups.items():
        for start in range(0, len(some), 1000):
            Image.objects.filter(id__in=some[start : start + 1000]).update(state=state, split=split, score=score)
    if connection.vendor == "postgresql":  # autovacuum does so within a minute; the measurement should not meet it
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _drawn(rng: random.Random, shares: tuple[tuple[str, float], ...]) -> str:
    return rng.choices([name for name, _ in shares], [share for _, share in shares])[0]


def ask(project_id: str, times: int) -> list[tuple[str, list[float], list[float]]]:
    """Seconds, and CPU seconds of this process, of every list request, through the whole stack of Django (session,
    permissions, serialisers). SQLite works in this process, PostgreSQL in its own."""
    django()
    from django.conf import settings
    from rest_framework.test import APIClient

    import annotator.asgi  # noqa: F401 -- as the web process begins
    from annotator.models import Project

    settings.ALLOWED_HOSTS = ["testserver"]
    client = APIClient()
    client.force_login(Project.objects.get(id=project_id).created_by)
    base = f"/api/v1/projects/{project_id}"
    samples: list[tuple[str, list[float], list[float]]] = []
    for title, path in _requests(project_id, lambda path: client.get(base + path).json()):
        url = path if path.startswith("/api") else base + path
        taken, worked = [], []
        for _ in range(times):
            begun, cpu = time.perf_counter(), time.process_time()
            answer = client.get(url)
            taken.append(time.perf_counter() - begun)
            worked.append(time.process_time() - cpu)
            assert answer.status_code == 200, answer.content[:500]
        samples.append((title, taken, worked))
    return samples


def _requests(project_id: str, get: Callable[[str], Any]) -> Iterator[tuple[str, str]]:
    from annotator.models import Image

    labels = [label["id"] for label in get("/labels")["labels"]]
    rare, common = labels[-1], labels[0]
    images = f"/images?limit={PAGE}"
    yield "first page", images
    yield "first page with boxes", f"{images}&with=boxes"
    for order in ("created", "-created", "name", "-name", "annotations", "-annotations", "score", "-score", "priority"):
        yield f"order {order}", f"{images}&order={order}"
        cursor = None
        for _ in range(DEEP_PAGES):
            page = get(f"/images?limit=500&order={order}" + (f"&cursor={cursor}" if cursor else ""))
            cursor = page["next"] or cursor
        yield f"order {order}, {DEEP_PAGES * 500:,} images down", f"{images}&order={order}&cursor={cursor}"
    for what, query in {
        "state new": "state=new",
        "state skipped, by name": "state=skipped&order=name",
        "state labelled, by name": "state=labelled&order=name",
        "state reviewed, most objects first": "state=reviewed&order=-annotations",
        "split val": "split=val",
        "split test (none)": "split=test",
        "without annotations": "unlabelled=true",
        "with annotations, by name": "unlabelled=false&order=name",
        "frequent label": f"label={common}",
        "rare label": f"label={rare}",
        "middling label": f"label={labels[30]}",
        "rare label, by name": f"label={rare}&order=name",
        "frequent label and state, most objects first": f"label={common}&state=reviewed&order=-annotations",
        "score 0.4–0.5": "min_score=0.4&max_score=0.5",
        "near-duplicates (none)": "duplicates=true",
    }.items():
        yield f"filter {what}", f"{images}&{query}"
    for what, text in {
        "one image": "img_0012345",
        "ten": "g_001234",
        "many": "part-03",
        "two letters": "99",
        "nothing": "no such name",
    }.items():
        yield f"search {what}", f"{images}&search={text}"
        yield f"search {what}, by name", f"{images}&search={text}&order=name"
    image = Image.objects.filter(project_id=project_id).order_by("id")[Image.objects.count() // 2]
    for what, query in {
        "by name": "order=name",
        "by objects": "order=-annotations",
        "by score": "order=-score",
        "of a rare label": f"label={rare}",
        "of a state": "state=reviewed&order=name",
        "of a search": "search=part-03&order=name",
    }.items():
        yield f"neighbours {what}", f"/api/v1/images/{image.id}/neighbours?{query}"
    yield "annotations of one image", f"/api/v1/images/{image.id}/annotations"
    yield "labels with counts", "/labels"
    yield "overview", "/overview"
    yield "project", ""
    yield "list of projects", "/api/v1/projects"


def send_out(project_id: str, target: str) -> dict[str, Any]:
    """The COCO export of everything, as a zip archive."""
    django()
    from annotator.core.progress import SilentProgress
    from annotator.models import Project
    from annotator.services.exports import ExportSettings, export_archive

    settings = ExportSettings(format="coco", everything=True, with_images=False)
    before = memory("VmRSS")
    result = export_archive(
        project=Project.objects.get(id=project_id), settings=settings, target=Path(target), progress=SilentProgress()
    )
    return {"counts": result["counts"], "bytes": Path(target).stat().st_size, "before": before}
