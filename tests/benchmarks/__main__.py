"""``python -m tests.benchmarks [name …]``: run benchmarks, each in its own process, and write docs/benchmarks."""

import argparse
import json
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import NotRun, machine
from tests.benchmarks.report import write_readme

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "benchmarks"
NAMES = ("save", "images", "acquisition", "canvas", "export", "gpu")
LONG = {"formats": 5400, "million": 3600}
"""Benchmarks that run only when they are named, and the seconds that they may take."""
LIMIT_SECONDS = 400
"""A benchmark that takes longer is stopped and counted as failed."""


def run_one(name: str) -> int:
    """Run one benchmark in this process and write its JSON; 0 also when the machine cannot run it."""
    module = import_module(f"tests.benchmarks.{name}")
    result: dict[str, Any] = {"name": name, "title": module.TITLE, "question": module.QUESTION, "machine": machine()}
    begun = time.monotonic()
    try:
        table = module.run()
    except NotRun as reason:
        print(f"  not run: {reason}")
        before = FOLDER / f"{name}.json"
        if before.exists() and json.loads(before.read_text())["state"] == "run":
            return 0  # figures of a machine that could are worth more than the note that this one cannot
        result |= {"state": "not run", "reason": str(reason), "columns": [], "rows": [], "notes": []}
    else:
        result |= {"state": "run", "columns": list(table.columns), "rows": table.rows, "notes": table.notes}
    result["seconds"] = round(time.monotonic() - begun, 1)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    return 0


def main() -> int:
    """Entry point; 1 when a benchmark failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "names", nargs="*", choices=[*NAMES, *LONG, []], help="benchmarks to run; all but the long ones by default"
    )
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.here:
        return run_one(arguments.names[0])
    failed = []
    for name in arguments.names or NAMES:
        print(f"▸ {name}", flush=True)
        begun = time.monotonic()
        try:
            code = subprocess.run(
                [sys.executable, "-m", "tests.benchmarks", "--here", name],
                cwd=ROOT,
                timeout=LONG.get(name, LIMIT_SECONDS),
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            code = 1
        failed += [name] if code else []
        print(f"  {'failed' if code else 'done'} in {time.monotonic() - begun:.0f} s", flush=True)
    write_readme(FOLDER, (*NAMES, *LONG))
    print(f"Results: {FOLDER.relative_to(ROOT)}/README.md" + (f". Failed: {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
