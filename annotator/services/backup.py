"""Backup and restore of a whole installation as one tar archive."""

import io
import json
import shutil
import sqlite3
import subprocess
import tarfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from annotator.config import Config
from annotator.core.errors import Conflict, FormatError, InvalidInput, Unavailable
from annotator.core.progress import Progress

NOT_STATE = frozenset({"redis", "logs", "uploads", "marquee.lock", "secret_key", "tmp"})
"""Parts of ``home`` that a backup leaves out: rebuilt, transient or secret."""
DATABASE_FILES = ("marquee.sqlite3", "marquee.sqlite3-wal", "marquee.sqlite3-shm")
MANIFEST = "marquee-backup.json"
FORMAT = 1


def write_backup(*, config: Config, target: Path, progress: Progress) -> dict[str, Any]:
    """Write database and files into ``target`` (tar); safe while the product runs. Returns the manifest.

    The database is copied first: a file that is added meanwhile may be in the archive without a row, never the other way
    round. With an S3 store the images stay in the bucket and the manifest says so.
    """
    if target.exists():
        raise Conflict(f"{target} exists already; choose another name.")
    partial = target.with_name(target.name + ".partial")
    files = _state_files(config)
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "database": connection.vendor,
        "files": len(files),
        "images_in_bucket": config.s3_bucket or None,
    }
    work = config.home / "tmp"
    work.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(partial, "w") as archive:
            _add_bytes(archive, MANIFEST, json.dumps(manifest, indent=1).encode())
            dump = _dump_database(work)
            archive.add(dump, arcname=f"database/{dump.name}")
            dump.unlink()
            for number, file in enumerate(files, 1):
                if file.exists():
                    archive.add(file, arcname=f"home/{file.relative_to(config.home)}", recursive=False)
                progress.advance(number, len(files), "Files")
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return {**manifest, "path": str(target), "bytes": target.stat().st_size}


def _state_files(config: Config) -> list[Path]:
    tops = [
        p for p in sorted(config.home.iterdir()) if p.name not in NOT_STATE | set(DATABASE_FILES) and p.name[0] != "."
    ]
    return [f for top in tops for f in ([top] if top.is_file() else sorted(q for q in top.rglob("*") if q.is_file()))]


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))


def _dump_database(work: Path) -> Path:
    if connection.vendor == "sqlite":
        copy = work / "marquee.sqlite3"
        copy.unlink(missing_ok=True)
        with closing(sqlite3.connect(settings.DATABASES["default"]["NAME"])) as database:
            database.execute("VACUUM INTO ?", (str(copy),))
        return copy
    copy = work / "marquee.dump"
    _postgres_tool("pg_dump", "--format=custom", "--no-owner", f"--file={copy}")
    return copy


def _postgres_tool(tool: str, *arguments: str) -> None:
    if shutil.which(tool) is None:
        raise Unavailable(
            f"{tool} was not found; install PostgreSQL's client programs to back up or restore this database."
        )
    database = settings.DATABASES["default"]
    place = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    env = {variable: str(database[key]) for variable, key in place.items() if database[key]}
    done = subprocess.run(
        [tool, *arguments],
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", **env},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Unavailable(f"{tool} failed: {done.stderr.strip()[-500:]}")


def restore_backup(*, config: Config, source: Path, force: bool, progress: Progress) -> dict[str, Any]:
    """Bring ``source`` back into ``config.home`` and the configured database; the product must be stopped.

    Refuses a home that holds a database already unless ``force``; then the old one is moved aside, not deleted.
    """
    if not source.is_file():
        raise InvalidInput(f"{source} is not a file.")
    try:
        with tarfile.open(source) as archive:
            manifest = _read_manifest(archive)
            aside = _make_room(config, force=force)
            members = [member for member in archive if member.name.startswith(("home/", "database/"))]
            for number, member in enumerate(members, 1):
                _restore_member(config, archive, member)
                progress.advance(number, len(members), "Files")
    except tarfile.TarError as error:
        raise FormatError(f"{source} is not a readable backup: {error}.") from error
    return {**manifest, "restored": len(members), "moved_aside": str(aside) if aside else None}


def _read_manifest(archive: tarfile.TarFile) -> dict[str, Any]:
    first = archive.next()
    content = archive.extractfile(first) if first is not None and first.name == MANIFEST else None
    if content is None:
        raise FormatError("The archive is not a backup of Marquee: its manifest is missing.")
    manifest: dict[str, Any] = json.load(content)
    if manifest.get("format") != FORMAT:
        raise FormatError(f"The backup has format {manifest.get('format')}; this version reads format {FORMAT}.")
    if manifest["database"] != connection.vendor:
        raise Conflict(
            f"The backup holds a “{manifest['database']}” database and this installation uses {connection.vendor}. "
            "Restore with the same kind of database (DATABASE_URL)."
        )
    return manifest


def _make_room(config: Config, *, force: bool) -> Path | None:
    database = config.home / DATABASE_FILES[0]
    if connection.vendor != "sqlite" or not database.exists():
        return None
    if not force:
        raise Conflict(f"{config.home} holds a database already; use --force to move it aside and restore.")
    connection.close()
    aside = config.home / f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    aside.mkdir()
    for name in (*DATABASE_FILES, "store"):
        if (config.home / name).exists():
            shutil.move(config.home / name, aside / name)
    return aside


def _restore_member(config: Config, archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    top, _, name = member.name.partition("/")
    content = archive.extractfile(member)
    if not member.isfile() or content is None or ".." in Path(name).parts or Path(name).is_absolute():
        raise FormatError(f"The backup holds an entry that it should not: {member.name}.")
    dump = top == "database" and name == "marquee.dump"
    target = (config.home / "tmp" / name) if dump else config.home / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        shutil.copyfileobj(content, out, 1 << 20)
    if dump:
        _postgres_tool(
            "pg_restore",
            "--clean",
            "--if-exists",
            "--no-owner",
            f"--dbname={settings.DATABASES['default']['NAME']}",
            str(target),
        )
        target.unlink()
