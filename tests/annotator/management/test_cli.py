"""The console script, as shells run it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = str(Path(__file__).resolve().parents[3])
PROGRAM = [sys.executable, "-c", "from annotator.management.cli import console; console()"]


def start(*arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": ROOT}
    return subprocess.Popen(
        [*PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def test_the_bare_command_says_what_there_is() -> None:
    out, err = start().communicate()
    assert "convert" in out
    assert err == ""


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    """As in ``marquee convert … --inspect | head -1``: no trace of a broken pipe, whatever the command was doing."""
    rows = "".join(f'{{"image":"{n:05d}.png","annotations":[]}},' for n in range(20_000))
    (tmp_path / "set.json").write_text(f"[{rows[:-1]}]")
    process = start("convert", str(tmp_path), "--inspect", "--from", "createml")
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith("{")
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait() == 141
