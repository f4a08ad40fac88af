"""Measuring: percentiles, and functions in fresh processes with their time and peak memory."""

import multiprocessing
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil


@dataclass
class Table:
    """What a benchmark found: rows of one run, side by side."""

    columns: Sequence[str]
    rows: list[Sequence[object]]
    notes: list[str] = field(default_factory=list)


class NotRun(Exception):
    """The machine lacks what the benchmark needs; the text says what."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A function's answer and what it cost in a process of its own."""

    value: Any
    seconds: float
    cpu_seconds: float
    peak_mb: float
    """Most memory that the process ever held."""
    before_mb: float
    """What it held when the function began."""


def milliseconds(samples: Sequence[float], share: float) -> float:
    """A percentile (0–1) of seconds, in milliseconds."""
    ordered = sorted(samples)
    found = 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]
    return round(found, 1 if found >= 1 else 3)


def memory(key: str) -> float:
    """Megabytes of this process by their name in Linux: ``VmRSS`` now, ``VmHWM`` at most so far."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith(key))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def _call(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Measured:
    before, begun, cpu = memory("VmRSS"), time.perf_counter(), time.process_time()
    value = function(*arguments)
    seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - cpu
    return Measured(value, seconds, cpu_seconds, memory("VmHWM"), before)


def measured(function: Callable[..., Any], *arguments: Any) -> Measured:
    """Call ``function`` (importable by name) in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_call, function, arguments).result()


def machine() -> dict[str, Any]:
    """Where and when; no names of hosts or people."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False)
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
        "code": commit.stdout.strip(),
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "load_before": round(os.getloadavg()[0], 1),
    }
