"""The order for a training subprocess: what it is given, and where everything of a run lies.

The contract *spec and inputs in; journal, checkpoints and artifacts out; SIGTERM = finish early, end of stdin = die* is
the seam at which other executors (containers, clusters) can be put in place of a local process.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from trainer.core.records import ModelTask

EXIT_REFUSED = 3
"""Exit code of a job that failed for a reason it could explain; starting it again would not help."""


class JobSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a job may know. It holds no secrets and no address of a database, queue or store."""

    run: str
    kind: Literal["train", "predict"]
    backend: str
    task: ModelTask
    labels: tuple[str, ...]
    device: str
    seed: int
    attempt: int
    options: dict[str, Any] = {}
    weights: str = ""
    """Path of the weights to start from or to predict with; empty = from scratch."""
    official_weights: str = ""
    """Name of weights to download first; set only where downloads are allowed."""
    weights_folder: str = ""
    """Where downloaded weights are kept."""
    confidence: float = 0.05
    """Predictions below this score are not kept as objects."""
    polygons: bool = False
    """Turn predicted masks into polygons, because the project draws polygons."""


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Paths of a run below its folder."""

    root: Path

    @property
    def spec(self) -> Path:
        """The order (JSON)."""
        return self.root / "spec.json"

    @property
    def manifest(self) -> Path:
        """Input images, one record a line."""
        return self.root / "manifest.jsonl"

    @property
    def journal(self) -> Path:
        """What the job reports, one event a line."""
        return self.root / "events.jsonl"

    @property
    def log(self) -> Path:
        """Standard output and error of the job."""
        return self.root / "log.txt"

    @property
    def checkpoints(self) -> Path:
        """Our own complete copies of checkpoints."""
        return self.root / "checkpoints"

    @property
    def output(self) -> Path:
        """The backend's working folder."""
        return self.root / "output"

    @property
    def trained(self) -> Path:
        """Written once training is finished: weights, metrics, epochs (JSON)."""
        return self.root / "trained.json"

    @property
    def report(self) -> Path:
        """Evaluation report (JSON)."""
        return self.root / "report.json"

    @property
    def shards(self) -> Path:
        """Predictions in shards: arrays (embeddings, box signals) and objects; see :mod:`trainer.core.shards`."""
        return self.root / "shards"

    @property
    def result(self) -> Path:
        """Written last: the job is complete (JSON)."""
        return self.root / "result.json"


def write_atomically(path: Path, content: bytes) -> None:
    """Write ``content`` so that a reader sees the old file or the whole new one, also after a crash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    partial.replace(path)


def write_spec(folder: RunFolder, spec: JobSpec) -> None:
    """Write the order of the next attempt."""
    write_atomically(folder.spec, msgspec.json.encode(spec))


def read_spec(path: Path) -> JobSpec:
    """Read an order; raises ``msgspec.ValidationError`` naming the wrong field."""
    return msgspec.json.decode(path.read_bytes(), type=JobSpec)
