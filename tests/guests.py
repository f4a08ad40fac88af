"""Installs the sample guest packages with pip, the way anybody would, into a folder of their own."""

import shutil
import subprocess
import sys
from pathlib import Path

ASSETS = Path(__file__).parent / "assets" / "guest_plugin"
PACKAGES = ("marquee-guest", "marquee-guest-broken")


def install_guests(folder: Path) -> Path:
    """Install both packages below ``folder``; returns what belongs on PYTHONPATH. Sources: ``folder/sources``."""
    sources = []
    for name in PACKAGES:
        shutil.copytree(ASSETS / name, folder / "sources" / name)  # a build leaves files beside its sources
        sources.append(str(folder / "sources" / name))
    target = folder / "site"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    answer = subprocess.run([*command, "--target", str(target), *sources], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return target
