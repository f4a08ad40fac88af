"""Where an import reads from: an uploaded archive or a folder of the server, and which format it is in."""

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from annotator.config import get_config
from annotator.core.archives import ArchiveLimits, copy_member, read_members
from annotator.core.errors import AnnotatorError, InvalidInput, NotFound, PermissionRefused, PluginError
from annotator.core.progress import Progress
from annotator.core.records import Issue
from annotator.models import Project, Upload
from annotator.plugins.families import FORMATS
from annotator.plugins.formats import DatasetFormat, Report
from annotator.queries.uploads import upload_path

_SURE = 0.5
_COMPLETE = ".complete"


@dataclass(frozen=True, slots=True)
class FormatGuess:
    """One format that a folder may be in."""

    name: str
    title: str
    confidence: float
    reasons: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For reports."""
        return {"format": self.name, "title": self.title, "confidence": self.confidence, "reasons": list(self.reasons)}


def guess_formats(folder: Path) -> list[FormatGuess]:
    """Formats that recognise ``folder``, the likeliest first; a broken plugin recognises nothing."""
    found: list[FormatGuess] = []
    for name in FORMATS.names():
        try:
            plugin = FORMATS.get(name)
        except PluginError:
            continue
        if plugin.can_read:
            seen = plugin().recognises(folder)
            if seen.confidence > 0:
                found.append(FormatGuess(name, plugin.title, seen.confidence, seen.reasons))
    return sorted(found, key=lambda guess: -guess.confidence)


def choose_format(folder: Path, wanted: str) -> tuple[DatasetFormat, list[FormatGuess]]:
    """The wanted format, or the one that is surely recognised; raises :class:`InvalidInput` when none is."""
    guesses = guess_formats(folder)
    if wanted:
        cls = FORMATS.get(wanted)
        if not cls.can_read:
            raise PluginError(f"{cls.title} can be written but not read.")
        return cls(), guesses
    if not guesses or guesses[0].confidence < _SURE:
        seen = ", ".join(f"{g.title} ({g.confidence:.0%})" for g in guesses) or "none"
        known = ", ".join(FORMATS.names())
        raise InvalidInput(
            f"The format of this dataset was not recognised (candidates: {seen}). Name it; known are {known}.",
            fields={"candidates": [guess.as_json() for guess in guesses]},
        )
    return FORMATS.get(guesses[0].name)(), guesses


def allowed_path(text: str) -> Path:
    """A server path inside the allowed import roots, with links resolved; raises :class:`PermissionRefused` else."""
    roots = [Path(root).resolve() for root in get_config().import_roots]
    if not roots:
        raise PermissionRefused(
            "Imports from folders of the server are switched off (MARQUEE_IMPORT_ROOTS). Upload it."
        )
    path = Path(text)
    candidates = [path] if path.is_absolute() else [root / path for root in roots]
    for candidate in candidates:
        resolved = candidate.resolve()
        if any(resolved.is_relative_to(root) for root in roots) and resolved.exists():
            return resolved
    raise PermissionRefused("This path is not inside a folder that imports may read (MARQUEE_IMPORT_ROOTS).")


def find_upload(project: Project, upload_id: UUID | str) -> Upload:
    """A complete upload of the project; raises :class:`NotFound` or :class:`InvalidInput`."""
    upload = Upload.objects.filter(project=project, id=upload_id).first()
    if upload is None or upload.state == Upload.State.CANCELLED or not upload_path(upload).exists():
        raise NotFound("The uploaded archive is not there (any more); upload it again.")
    if upload.state != Upload.State.COMPLETE:
        raise InvalidInput("The upload is not complete; send the rest first.")
    return upload


@contextmanager
def opened_dataset(source: Path, *, work: Path, report: Report, progress: Progress) -> Iterator[Path]:
    """The folder to read: ``source`` itself, or its contents unpacked into ``work`` (kept when the block fails).

    A finished unpacking is recognised by a later attempt and not repeated.
    """
    if source.is_dir():
        yield _inner(source)
        return
    if not (work / _COMPLETE).exists():
        shutil.rmtree(work, ignore_errors=True)
        _unpack(source, work / "data", report, progress)
        (work / _COMPLETE).touch()
    yield _inner(work / "data")
    shutil.rmtree(work, ignore_errors=True)


def _inner(folder: Path) -> Path:
    """Archives often hold one folder with everything in it."""
    for _ in range(3):
        children = [path for path in folder.iterdir() if not path.name.startswith((".", "__MACOSX"))]
        if len(children) != 1 or not children[0].is_dir() or children[0].is_symlink():
            return folder
        folder = children[0]
    return folder


def _unpack(source: Path, target: Path, report: Report, progress: Progress) -> None:
    target.mkdir(parents=True)
    try:
        with zipfile.ZipFile(source) as archive:
            members, refused = read_members(archive, ArchiveLimits())
            for entry in refused:
                report(Issue("unsafe_path", "warning", entry.detail, file=entry.name))
            for number, member in enumerate(members, start=1):
                path = target / member.name
                try:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    with path.open("xb") as file:
                        copy_member(archive, member, file)
                except AnnotatorError as error:
                    path.unlink(missing_ok=True)
                    report(Issue("unparsable_file", "error", error.detail, file=member.name))
                except (FileExistsError, NotADirectoryError, IsADirectoryError):
                    text = f"“{member.name}” is twice in the archive; the first one was taken."
                    report(Issue("duplicate_file_name", "warning", text, file=member.name))
                progress.advance(number, len(members), "Unpacking")
    except zipfile.BadZipFile:
        raise InvalidInput("This is not a zip archive, or it is damaged. Make it again.") from None
