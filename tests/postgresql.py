"""A throw-away PostgreSQL cluster for the data-layer tests, from the machine's own binaries."""

import atexit
import os
import pwd
import shutil
import subprocess
from pathlib import Path


class PostgresqlMissing(RuntimeError):
    """The binaries are not installed."""


def find_binaries() -> Path:
    """Folder with ``initdb`` and ``postgres``: newest of Debian's places, else PATH."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    if found is None:
        raise PostgresqlMissing("The tests need PostgreSQL: install the package “postgresql” (initdb was not found).")
    return Path(found).parent


def start_cluster(folder: Path) -> str:
    """Make and start a cluster in ``folder``; returns its URL. Durability is off, it listens on a Unix socket only."""
    binaries = find_binaries()
    folder.mkdir(parents=True, exist_ok=True)
    demote = None
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        folder.parent.chmod(0o711)

        def demote() -> None:
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)

    data = folder / "data"
    run = {"stdout": subprocess.DEVNULL, "cwd": folder, "preexec_fn": demote}
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"], check=True, **run
    )
    options = f"-F -c fsync=off -c full_page_writes=off -c listen_addresses='' -k {folder} -c max_connections=200"
    subprocess.run(
        [binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"], check=True, **run
    )
    stop = [str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"]
    atexit.register(lambda: subprocess.run(stop, check=False, stdout=subprocess.DEVNULL, preexec_fn=demote, cwd="/"))
    return f"postgres://postgres@{str(folder).replace('/', '%2F')}/postgres"
