"""The subprocess of a run: started in a group of its own, told to finish, killed without leaving anything behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from annotator.config import child_environment, get_config
from trainer.core.job import RunFolder

SOURCE_ROOT = Path(__file__).resolve().parents[2]


class JobProcess:
    """A running ``python -m trainer.job``. It dies with us: its standard input ends when we do."""

    def __init__(self, folder: RunFolder, *, threads: int, device: str = "cpu") -> None:
        paths = [str(SOURCE_ROOT), os.environ.get("PYTHONPATH", "")]
        environment = {
            **child_environment(),
            "PYTHONPATH": os.pathsep.join(path for path in paths if path),
            "PYTHONUNBUFFERED": "1",
            # libraries keep their settings and caches in our home, not in a person's
            "XDG_CONFIG_HOME": str(get_config().home / "libraries"),
            "XDG_CACHE_HOME": str(get_config().home / "libraries" / "cache"),
            # explicit: threads that spin on cores they do not have make training ten times slower
            "OMP_NUM_THREADS": str(threads),
            "MKL_NUM_THREADS": str(threads),
            "OMP_WAIT_POLICY": "PASSIVE",
            **_visible(device),
        }
        with folder.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "trainer.job", str(folder.spec)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder.root,
                env=environment,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Process id, also the id of its group."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """Exit code, negative for a signal; ``None`` while it runs."""
        return self._process.poll()

    def finish(self) -> None:
        """Ask it to finish early: keep the best model, evaluate, exit normally."""
        self._signal(signal.SIGTERM, group=False)

    def kill(self) -> None:
        """End the whole group at once and wait for it. Checkpoints are complete at any moment, so nothing is lost."""
        self._signal(signal.SIGKILL, group=True)
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()

    def _signal(self, number: signal.Signals, *, group: bool) -> None:
        try:
            if group:
                os.killpg(self._process.pid, number)
            else:
                self._process.send_signal(number)
        except ProcessLookupError:
            pass  # it ended by itself in the meantime


def _visible(device: str) -> dict[str, str]:
    """Show the job its own GPU only, counted as nvidia-smi counts; libraries cannot take another one by mistake."""
    kind, _, number = device.partition(":")
    if kind != "cuda":
        return {"CUDA_VISIBLE_DEVICES": ""}
    return {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": number or "0"}


def device_in_job(device: str) -> str:
    """The name of ``device`` inside the job, which sees one GPU: ``cuda:3`` → ``cuda:0``."""
    return "cuda:0" if device.startswith("cuda") else device


def last_lines(path: Path, count: int = 12, limit: int = 8192) -> list[str]:
    """The last non-empty lines of a log."""
    if not path.exists():
        return []
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - limit))
        text = file.read().decode("utf-8", "replace")
    return [line.rstrip()[:300] for line in text.replace("\r", "\n").splitlines() if line.strip()][-count:]
