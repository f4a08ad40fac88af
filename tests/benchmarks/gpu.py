"""Training on a graphics card through the product, beside the bare library on the same data."""

import io
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import NotRun, Table
from tests.e2e.product import Api, Product, wait_until

TITLE = "Training on a GPU"
QUESTION = (
    "What does the product (queue, subprocess, journal, checkpoints, report) add to a training, beside the bare library with "
    "the same network, pictures, size, batch and number of epochs? From scratch, on the demo project's labelled pictures."
)
OPTIONS: dict[str, Any] = {"architecture": "yolo11n", "imgsz": 640, "epochs": 30, "batch": 8, "patience": 0}
BARE = """
import json, sys, time
from ultralytics import YOLO, settings
settings.update({"sync": False})
data, network, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
model = YOLO(network)
begun = time.perf_counter()
model.train(data=data, pretrained=False, plots=False, verbose=False, **options)
print("SECONDS", time.perf_counter() - begun)
"""


def run(device: str = "cuda:0", options: dict[str, Any] = OPTIONS) -> Table:
    """Measure on one device; raises :class:`NotRun` where there is no graphics card."""
    name = _device_name(device)
    product = Product(MARQUEE_DEVICES=device, MARQUEE_DEMO="0").start()
    try:
        api = Api(product).sign_in(product.link)
        made = api.post("/projects/demo")
        _over(api, f"/jobs/{made['job']}", 120)
        body = {
            "kind": "train",
            "backend": "ultralytics",
            "task": "detect",
            "options": options,
            "weights": "",
            "freeze": {},
        }
        begun = time.perf_counter()
        run_id = api.post(f"/projects/{made['project']}/runs", body)["id"]
        row = _over(api, f"/runs/{run_id}", 380)
        whole = time.perf_counter() - begun
        export = api.post(
            f"/projects/{made['project']}/exports", {"format": "yolo", "scope": {"version": row["version"]["id"]}}
        )
        _over(api, f"/jobs/{export['id']}", 60)
        archive = api.get(f"/jobs/{export['id']}/download")
    finally:
        product.stop()
    bare = _bare(archive, device, options)
    inside = float(row["provenance"]["train_seconds"])
    rows: list[list[object]] = [
        ["bare library, training", round(bare, 1), 1.0],
        ["product, training alone", round(inside, 1), round(inside / bare, 2)],
        ["product, from the click to the finished model", round(whole, 1), round(whole / bare, 2)],
    ]
    counts = row["version"]["counts"]["images"]
    return Table(["what", "seconds", "× bare"], rows, [f"{name}; {counts} pictures, {options}."])


def _device_name(device: str) -> str:
    command = [
        sys.executable,
        "-c",
        "import torch; print(torch.cuda.get_device_name(0) if torch.cuda.is_available() else '')",
    ]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    if found.returncode != 0:
        raise NotRun("the training extra (PyTorch) is not installed.")
    if not found.stdout.strip() and device != "cpu":
        raise NotRun("PyTorch finds no graphics card on this machine.")
    return found.stdout.strip() or "processor"


def _over(api: Api, path: str, seconds: float) -> dict[str, Any]:
    def ended() -> dict[str, Any] | None:
        row: dict[str, Any] = api.get(path)
        return row if row["state"] in {"done", "failed", "cancelled"} else None

    row = wait_until(ended, seconds=seconds, what=path, every=0.1)
    assert row["state"] == "done", row["error"]
    return row


def _bare(archive: bytes, device: str, options: dict[str, Any]) -> float:
    """Seconds of the library's own training on the exported dataset."""
    import json

    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(io.BytesIO(archive)) as packed:
            packed.extractall(folder)
        data = next(Path(folder).rglob("data.yaml"))
        own = {key: value for key, value in options.items() if key not in {"architecture", "workers"}}
        own |= {
            "device": device,
            "project": folder,
            "workers": options.get("workers", 4),
            "optimizer": "AdamW",
            "lr0": 0.001,
        }
        command = [sys.executable, "-c", BARE, str(data), f"{options['architecture']}.yaml", json.dumps(own)]
        environment = {**os.environ, "YOLO_OFFLINE": "1", "YOLO_CONFIG_DIR": folder, "WANDB_MODE": "disabled"}
        answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)
        assert "SECONDS" in answer.stdout, answer.stderr[-2000:]
        return float(answer.stdout.rsplit("SECONDS", 1)[1].split()[0])
