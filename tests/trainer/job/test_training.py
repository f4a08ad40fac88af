"""A training job: what is done already is not done again, and the reason of a refusal reaches the journal."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from annotator.core.records import ImageRecord
from trainer.core.job import EXIT_REFUSED, JobSpec, RunFolder, write_spec
from trainer.core.journal import Journal, read_journal
from trainer.core.manifest import write_records
from trainer.core.records import ModelTask
from trainer.job.monitor import JournalMonitor
from trainer.job.training import train
from trainer.plugins.families import BACKENDS


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "fakes"))
    from marquee_fake_backend import FakeBackend

    with BACKENDS.override("fake", FakeBackend):
        yield


def prepare(tmp_path: Path, split: str = "val", **values: Any) -> tuple[JobSpec, RunFolder, JournalMonitor]:
    folder = RunFolder(tmp_path)
    write_records(folder.manifest, [ImageRecord("a", 1, 1, split="train"), ImageRecord("b", 1, 1, split=split)])
    spec = JobSpec(
        **{
            "run": "r",
            "kind": "train",
            "backend": "fake",
            "task": ModelTask.DETECT,
            "labels": ("a",),
            "device": "cpu",
            "seed": 0,
            "attempt": 1,
            **values,
        }
    )
    write_spec(folder, spec)
    return spec, folder, JournalMonitor(Journal(folder.journal, attempt=1), folder.checkpoints)


def test_result_names_weights_split_and_origin(tmp_path: Path) -> None:
    spec, folder, monitor = prepare(tmp_path, options={"epochs": 2})
    train(spec, folder, monitor)
    result = orjson.loads(folder.result.read_bytes())
    assert (result["weights"], result["epochs"], result["split"]) == ("output/best.json", 2, "val")
    assert result["environment"]["hardware"]["device"] == "cpu"
    lines = [event["data"]["line"] for event in read_journal(folder.journal, 0)[0] if event["kind"] == "log"]
    assert lines[0].startswith("No pretrained weights were chosen")


def test_a_finished_training_is_only_evaluated(tmp_path: Path) -> None:
    spec, folder, monitor = prepare(tmp_path, options={"epochs": 2, "trace": str(tmp_path / "trace")})
    train(spec, folder, monitor)
    folder.result.unlink()
    train(spec, folder, monitor)
    assert folder.result.exists()
    assert (tmp_path / "trace").read_text().count("start") == 1


@pytest.mark.parametrize(("split", "judged"), [("val", "val"), ("test", "test"), ("train", "train")])
def test_the_split_to_judge_by(tmp_path: Path, split: str, judged: str) -> None:
    spec, folder, monitor = prepare(tmp_path, split=split, options={"epochs": 1})
    train(spec, folder, monitor)
    assert orjson.loads(folder.report.read_bytes())["split"] == judged


def test_missing_start_weights_are_refused_with_a_sentence(tmp_path: Path) -> None:
    import subprocess

    _, folder, _ = prepare(tmp_path, weights=str(tmp_path / "gone.pt"))
    fakes = Path(__file__).parents[1] / "fakes"
    environment = {"PYTHONPATH": f"{Path(__file__).parents[3]}:{fakes}", "PATH": ""}
    command = [sys.executable, "-m", "trainer.job", str(folder.spec)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, start_new_session=True)
    assert process.wait(timeout=60) == EXIT_REFUSED
    error = read_journal(folder.journal, 0)[0][-1]
    assert error["kind"] == "error"
    assert error["data"]["detail"].startswith("The start weights gone.pt are no longer there.")
