"""Converting datasets, beside other converters: CPU seconds, peak memory, and what came out.

``python -m tests.benchmarks formats`` (or ``make bench-formats``). The other tools live in an environment of their own,
which is made in the folder for temporary files when it is missing. ``MARQUEE_BENCH_SETS`` (names, separated by commas)
measures some sets again and keeps the other rows; tools are compared within a set only.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.formats_data import SETS, SetSpec, make_set
from tests.benchmarks.measure import NotRun, Table

TITLE = "Converting datasets"
QUESTION = (
    "What does it cost to convert COCO to Pascal VOC, YOLO and COCO: CPU seconds (user and system, of the whole command "
    "with its start) and peak memory of the process, beside other converters on the same files in one run? Files and "
    "objects are counted in what was written."
)
COLUMNS = ("job", "tool", "cpu_s", "peak_mb", "files", "objects", "cpu_to_marquee", "note")
PINS = Path(__file__).with_name("formats_peers.txt")
RESULT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks" / "formats.json"
SCRIPT = Path(__file__).with_name("formats_peers.py")
LIMIT_SECONDS = 600
AGAIN_BELOW = 5.0
"""Jobs that took less CPU time are run twice, and the better run counts: noise only ever adds, and weighs more there."""
BUDGET_SECONDS = float(os.environ.get("MARQUEE_BENCH_BUDGET", "4800"))
"""Jobs that have not begun by then are left out, and their rows say so."""
LAUNCHER = """
import os, signal, sys
child = os.fork()
if not child:
    os.dup2(2, 1)
    signal.alarm(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])
_, status, usage = os.wait4(child, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
"""
"""Starts a command from a small process: the peak memory of a child counts what its parent held."""
TARGETS = ("voc", "yolo", "coco")
_SUFFIX = {"voc": ".xml", "yolo": ".txt", "coco": ".json"}
_OBJECT = {"voc": b"<object>", "coco": b'"bbox"'}
_NO_PICTURES = "needs the pictures"
_BOXES_ONLY = "keeps boxes only"
_MANY_MINUTES = "takes about 35 ms of CPU a mask in a small trial: six minutes"
_TOO_LONG = "not run, to keep this short: a tenth of the boxes is in the first set"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command cost and wrote."""

    cpu: float
    peak_mb: float
    files: int
    objects: int


class Failed(Exception):
    """The command did not do it; the text says why."""


def refusal(tool: str, spec: SetSpec, target: str) -> str:
    """Why a tool is not asked to do a job; empty when it is."""
    if tool == "supervision" and not spec.pictures:
        return _NO_PICTURES
    if tool in {"globox", "panlabel"} and spec.kind != "box":
        return _BOXES_ONLY
    if tool == "datumaro" and spec.objects > 500_000:
        return _TOO_LONG
    if tool == "datumaro" and spec.kind == "mask" and target == "voc":
        return _MANY_MINUTES
    return ""


def command(tool: str, spec: SetSpec, target: str, source: Path, folder: Path, peers: Path | None) -> list[str]:
    """The command line that converts ``source`` into ``folder``."""
    if tool == "marquee":
        program = [str(Path(sys.executable).with_name("marquee")), "convert", str(source), str(folder / "out")]
        outlines = target == "yolo" and spec.kind != "box"
        return [*program, "--from", "coco", "--to", target, *(["--option", "to.task=segment"] if outlines else [])]
    if peers is None:
        raise Failed("could not be installed here")
    if tool == "panlabel":  # a program of its own
        made = folder / ("annotations.json" if target == "coco" else "out")
        file = source / "annotations" / "instances_train.json"
        names = ["convert", "-f", "coco", "-t", target, "-i", str(file), "-o", str(made), "--allow-lossy"]
        return [str(peers / "bin" / "panlabel"), *names]
    return [str(peers / "bin" / "python"), "-P", str(SCRIPT), tool, target, str(source), str(folder), spec.kind]


def measure(arguments: Sequence[str], folder: Path, target: str) -> Cost:
    """Run a command and count what it wrote; raises :class:`Failed`."""
    folder.mkdir(parents=True)
    with tempfile.TemporaryFile() as output:
        launcher = [sys.executable, "-I", "-S", "-c", LAUNCHER, str(LIMIT_SECONDS), *arguments]
        said = subprocess.run(launcher, stdout=subprocess.PIPE, stderr=output, check=True).stdout.split()
        output.seek(0)
        text = output.read().decode(errors="replace").strip()
    code, cpu, peak = int(said[0]), float(said[1]), float(said[2])
    if code == -signal.SIGALRM:
        raise Failed(f"not done after {LIMIT_SECONDS} s")
    files, objects = count(folder, target)
    if code not in {0, 1} or objects == 0:
        raise Failed(f"failed: {text.splitlines()[-1][:160] if text else code}")
    return Cost(cpu, peak / (2**20 if sys.platform == "darwin" else 2**10), files, objects)


def count(folder: Path, target: str) -> tuple[int, int]:
    """Annotation files and objects below ``folder``."""
    files = objects = 0
    for path in _files(folder, _SUFFIX[target]):
        if target == "yolo":
            rows = path.read_bytes().splitlines()
            is_labels = "ImageSets" not in path.parts and all(row[:1].isdigit() for row in rows)
            files += is_labels
            objects += len(rows) if is_labels else 0
        else:
            found = _occurrences(path, _OBJECT[target])
            files += 1
            objects += found
    return files, objects


def _files(folder: Path, suffix: str) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (Path(place) / name for name in names if name.endswith(suffix))


def _occurrences(path: Path, needle: bytes) -> int:
    found, rest = 0, b""
    with path.open("rb") as file:
        while block := file.read(1 << 24):
            text = rest + block
            found += text.count(needle)
            rest = text[-len(needle) + 1 :]
    return found


def peers_environment() -> Path | None:
    """The environment of the other tools, made if it is missing; ``None`` when that is not possible."""
    mark = hashlib.sha256(PINS.read_bytes()).hexdigest()[:12]
    place = Path(os.environ.get("MARQUEE_BENCH_PEERS", tempfile.gettempdir())) / f"marquee-bench-peers-{mark}"
    if not (place / ".complete").exists():
        shutil.rmtree(place, ignore_errors=True)
        venv.create(place, with_pip=True)
        program = [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", "-r", str(PINS)]
        if subprocess.run(program, check=False, cwd=place).returncode:  # from elsewhere: our own package is none of its
            return None
        (place / ".complete").touch()
    return place


def _work_folder() -> str | None:
    """Files in memory where there is room: then no disc decides."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 12 << 30 else None


def _best(tool: str, spec: SetSpec, target: str, source: Path, work: Path, peers: Path | None) -> Cost:
    best: Cost | None = None
    for attempt in range(2):
        folder = work / f"{tool}-{target}-{attempt}"
        try:
            cost = measure(command(tool, spec, target, source, folder, peers), folder, target)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        best = cost if best is None or cost.cpu < best.cpu else best
        if best.cpu > AGAIN_BELOW:
            break
    if best is None:
        raise Failed("was not run")
    return best


def rows_of(
    spec: SetSpec, work: Path, tools: Sequence[str], peers: Path | None, until: float
) -> Iterator[dict[str, Any]]:
    """Measure all tools on one set, target by target; nothing is begun after ``until`` (``time.monotonic``)."""
    source = work / "source"
    make_set(spec, source)
    before = {(row["job"], row["tool"]): row for row in rows_before([spec.name])}
    for target in TARGETS:
        ours: float | None = None
        for tool in tools:
            row: dict[str, Any] = dict.fromkeys(COLUMNS)
            row |= {"job": f"{spec.name} → {target}", "tool": tool, "note": refusal(tool, spec, target)}
            if not row["note"] and time.monotonic() > until:
                yield before.get((row["job"], tool)) or {**row, "note": "left out: the run took too long already"}
                continue
            if not row["note"]:
                try:
                    cost = _best(tool, spec, target, source, work, peers)
                    ours = cost.cpu if tool == "marquee" else ours
                    row |= {"cpu_s": round(cost.cpu, 2), "peak_mb": round(cost.peak_mb)}
                    row |= {"files": cost.files, "objects": cost.objects}
                    row["cpu_to_marquee"] = round(cost.cpu / ours, 2) if ours else None
                    row["note"] = _missing(spec, target, cost)
                except Failed as reason:
                    row["note"] = str(reason)
            print(f"  {row['job']:<24} {tool:<12} {row['cpu_s']} s {row['peak_mb']} MB {row['note']}", flush=True)
            yield row
    shutil.rmtree(source, ignore_errors=True)


def _missing(spec: SetSpec, target: str, cost: Cost) -> str:
    """What is not there that should be."""
    said = []
    expected = 1 if target == "coco" else spec.images
    if cost.files < expected:
        said.append(f"{expected - cost.files:,} files missing")
    if cost.objects != spec.objects:
        said.append(f"{cost.objects - spec.objects:+,} objects")
    return ", ".join(said)


def rows_before(sets: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of an earlier run for sets that are not measured again."""
    found: list[dict[str, Any]] = json.loads(RESULT.read_text())["rows"] if RESULT.exists() else []
    return [row for row in found if str(row["job"]).partition(" → ")[0] in sets]


TOOLS = ("marquee", "datumaro", "supervision", "globox", "panlabel")


def run() -> Table:
    """All sets, all tools."""
    if not Path(sys.executable).with_name("marquee").exists():
        raise NotRun("the command marquee is not installed beside this Python")
    peers = peers_environment()
    rows: list[Any] = []
    work = Path(tempfile.mkdtemp(prefix="marquee-bench-", dir=_work_folder()))
    until = time.monotonic() + BUDGET_SECONDS
    chosen = [name for name in os.environ.get("MARQUEE_BENCH_SETS", "").split(",") if name in SETS] or list(SETS)
    try:
        for spec in SETS.values():
            if spec.name not in chosen:
                rows += rows_before([spec.name])
                continue
            rows += rows_of(spec, work, TOOLS, peers, until)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    notes = [f"{spec.name}: {spec.title}." for spec in SETS.values()]
    notes += [
        "Tools are compared within a set, which was measured in one go; sets may have been measured one after another.",
        "cpu_to_marquee: how many times Marquee's CPU time. Jobs under 5 s were run twice, the better run counts.",
        "panlabel is a program in Rust that converts boxes only and holds the whole file in memory.",
        "globox and panlabel write no pictures; Marquee, datumaro and supervision put 10,000 in place, too.",
        "“files missing”: pictures without objects got no file.",
        f"Files lay {'in memory (tmpfs)' if _work_folder() else 'on disc'}.",
    ]
    return Table(COLUMNS, rows, notes)
