"""What is written does not depend on the hash seed of the process (invariant 2)."""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def digests() -> str:
    """One line per kit: its name and a hash of everything it writes of its own sample."""
    from tests.annotator.formats.kits import contents, kits

    lines = []
    for kit in kits():
        with tempfile.TemporaryDirectory() as name:
            case = kit()
            case.write(case.sample(Path(name) / "in"), Path(name) / "out")
            text = repr(sorted(contents(Path(name) / "out").items()))
        digest = hashlib.sha256(text.encode()).hexdigest()
        lines.append(f"{kit.__module__}.{kit.__name__} {digest}")
    return "\n".join(lines)


def written(seed: str) -> list[str]:
    code = "from tests.annotator.formats.test_hash_seed import digests; print(digests())"
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.splitlines()


def test_every_format_writes_the_same_in_every_process() -> None:
    first, second = written("1"), written("4242")
    assert len(first) > 10
    assert first == second
