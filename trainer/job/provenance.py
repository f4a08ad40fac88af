"""What a result came from: versions, hardware, hashes."""

import hashlib
import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = (
    "marquee",
    "torch",
    "torchvision",
    "ultralytics",
    "faster-coco-eval",
    "numpy",
    "opencv-python-headless",
    "opencv-python",
)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def describe_environment(device: str) -> dict[str, Any]:
    """Library versions, code version and hardware of this process."""
    return {
        "python": platform.python_version(),
        "libraries": {name: found for name in PACKAGES if (found := _version(name))},
        "code": code_version(),
        "hardware": {
            "machine": platform.machine(),
            "system": f"{platform.system()} {platform.release()}",
            "cpus": os.cpu_count(),
            "device": device,
        },
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def code_version() -> str:
    """The commit of our own source, or the installed version where there is no checkout."""
    root = Path(__file__).resolve().parents[2]
    if (root / ".git").exists():
        command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12", "--match", ""]
        try:
            found = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
        except OSError:
            return _version("marquee")
        if found.returncode == 0:
            return found.stdout.strip()
    return _version("marquee")
