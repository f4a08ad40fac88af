"""A million annotations in the product: importing, listing, exporting, on both databases."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks import million_parts as parts
from tests.benchmarks.measure import Table, measured, milliseconds
from tests.postgresql import PostgresqlMissing, start_cluster

TITLE = "A million annotations"
QUESTION = (
    "What does it cost to import 1,000,000 annotations on 100,000 images whose files are elsewhere (COCO, 70 % boxes, 30 % "
    "polygons, 80 labels) through the product's own import job; how fast are its lists afterwards, and what does the "
    "COCO export of everything cost? Every part in a fresh process; requests go through the whole of Django, one after "
    "the other, without the network."
)
IMAGES, EACH, TIMES = int(os.environ.get("MILLION_IMAGES", "100000")), 10, int(os.environ.get("MILLION_TIMES", "40"))


def run() -> Table:
    """SQLite, then PostgreSQL where its binaries are."""
    what = f"{TIMES} requests of each kind, pages of {parts.PAGE} images; first column the median, second the 95th percentile, in ms"
    notes = [f"Lists: {what}. Targets: lists under 50 ms (95 %), export under 300 MB."]
    with tempfile.TemporaryDirectory(prefix="mq-million-", dir="/tmp" if Path("/tmp").is_dir() else None) as name:
        folder = Path(name)
        source = folder / "in" / "instances.json"
        source.parent.mkdir()
        objects = parts.write_coco(source, IMAGES, EACH)
        notes.append(
            f"The file has {IMAGES:,} images, {objects:,} objects and {source.stat().st_size / 2**20:,.0f} MB."
        )
        found = {"SQLite": _measure(folder / "sqlite", source, "")}
        try:
            found["PostgreSQL"] = _measure(folder / "postgresql", source, start_cluster(folder / "pg"))
        except PostgresqlMissing as reason:
            notes.append(f"Not on PostgreSQL: {reason}")
    columns = ["what", *(title for name in found for title in (name, f"{name} p95"))]
    rows = [[what, *(cell for one in found.values() for cell in one[what])] for what in found["SQLite"]]
    return Table(columns, rows, notes)


def _measure(home: Path, source: Path, url: str) -> dict[str, tuple[object, object]]:
    """Two cells by row: the figure, and for requests the 95th percentile."""
    home.mkdir()
    with _environment(home, source, url):
        project = str(measured(parts.prepare).value)
        came = measured(parts.bring_in, project, str(source))
        measured(parts.work_on, project)
        asked = measured(parts.ask, project, TIMES).value
        went = measured(parts.send_out, project, str(home / "out.zip"))
    plain: dict[str, object] = {
        "annotations": came.value["annotations"],
        "import: seconds": round(came.seconds, 1),
        "import: CPU seconds of the worker": round(came.cpu_seconds, 1),
        "import: peak memory MB": round(came.peak_mb),
        "database MB": round(came.value["megabytes"]),
        "export: seconds": round(went.seconds, 1),
        "export: CPU seconds of the worker": round(went.cpu_seconds, 1),
        "export: peak memory MB": round(went.peak_mb),
        "export: archive MB": round(went.value["bytes"] / 2**20, 1),
    }
    lists = {title: (milliseconds(taken, 0.5), milliseconds(taken, 0.95)) for title, taken, _ in asked}
    worked = {title: (milliseconds(cpu, 0.5), milliseconds(cpu, 0.95)) for title, _, cpu in asked}
    return {
        **{what: (value, "–") for what, value in plain.items()},
        "slowest list": max(lists.values(), key=lambda found: found[1]),
        "slowest list: CPU ms of the web process": max(worked.values(), key=lambda found: found[1]),
        **lists,
    }


@contextmanager
def _environment(home: Path, source: Path, url: str) -> Iterator[None]:
    """A home and a Redis of its own; children inherit it."""
    from annotator.config import load
    from annotator.embedded import redis_server

    wanted = {
        "MARQUEE_HOME": str(home),
        "MARQUEE_IMPORT_ROOTS": str(source.parent),
        "MARQUEE_SECRET_KEY": "benchmark-" + "0123456789abcdef" * 2,
        "DATABASE_URL": url,
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    settings = load(os.environ)
    redis = subprocess.Popen(redis_server.command(settings), stdout=subprocess.DEVNULL)
    try:
        while not settings.redis_socket.exists():
            time.sleep(0.02)
        yield
    finally:
        redis.terminate()
        redis.wait()
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
        shutil.rmtree(home, ignore_errors=True)
