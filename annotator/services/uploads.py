"""Resumable uploads of large files, and unpacking archives of pictures.

The protocol is tus in spirit: create with a size, append parts at an offset, ask for the offset after an interruption.
Parts are written outside of any transaction; an advisory lock on the file keeps two writers apart.
"""

import fcntl
import io
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils import timezone

from annotator.config import get_config
from annotator.core.archives import ArchiveLimits, Member, copy_member, read_members
from annotator.core.errors import AnnotatorError, Conflict, InvalidInput, LimitExceeded, NotFound, Unavailable
from annotator.core.images import NotAPicture
from annotator.core.names import clean_name
from annotator.core.progress import Progress
from annotator.core.video import FrameChoice, NotAVideo, chosen_frames, frame_count, is_video
from annotator.models import Job, Project, Upload, User
from annotator.queries.uploads import received_bytes, upload_path
from annotator.services.intake import Intake, IntakeResult
from annotator.services.jobs import create_job

READ_BYTES = 1 << 20
MAX_OPEN = 50
"""Unfinished uploads per person: nobody fills the disk with beginnings."""
MAX_AGE = timedelta(days=7)
SPARE_BYTES = 256 * 2**20
"""Disk space that stays free for the database whatever people upload."""
FRAME_QUALITY = 95
MAX_REPORTED, MAX_SHOWN = 1000, 50
"""Files named in the report, and refused ones named wherever the job is shown."""


class Readable(Protocol):
    """Where a part comes from."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes; none at the end."""


class WrongOffset(Conflict):
    """A part does not continue where the file ends; ``fields["offset"]`` says where that is."""

    code = "wrong_offset"


def create_upload(*, actor: User, project: Project, name: str, size: int) -> Upload:
    """Announce a file of ``size`` bytes; raises :class:`LimitExceeded` when it is too large or the disk too full."""
    limit = get_config().max_upload_mb * 2**20
    if not 0 < size <= limit:
        raise LimitExceeded(
            f"An upload has 1 byte to {limit // 2**20:,} MiB (MARQUEE_MAX_UPLOAD_MB), not {size:,} bytes."
        )
    if Upload.objects.filter(user=actor, state=Upload.State.OPEN).count() >= MAX_OPEN:
        raise LimitExceeded(f"You have {MAX_OPEN} unfinished uploads; finish or cancel one first.")
    folder = get_config().home / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < size + SPARE_BYTES:
        raise Unavailable(f"The server's disk has no room for {size // 2**20:,} MiB. Free some space and try again.")
    upload = Upload.objects.create(project=project, user=actor, name=clean_name(name), size=size)
    upload_path(upload).touch()
    return upload


def append_part(*, upload: Upload, offset: int, source: Readable) -> Upload:
    """Append what ``source`` holds at ``offset``; raises :class:`WrongOffset`, :class:`LimitExceeded` and the like.

    Everything that arrived before a connection broke is kept; the next part continues there.
    """
    if upload.state != Upload.State.OPEN:
        raise Conflict(f"This upload is {upload.state}; start a new one.")
    with _locked_file(upload) as target:
        here = target.seek(0, 2)
        if offset != here:
            raise WrongOffset(f"The upload continues at byte {here}, not {offset}.", fields={"offset": here})
        try:
            while chunk := source.read(min(READ_BYTES, upload.size - here + 1)):
                if here + len(chunk) > upload.size:
                    raise LimitExceeded(f"More bytes arrive than the {upload.size:,} that were announced.")
                target.write(chunk)
                here += len(chunk)
        except OSError as error:
            raise Unavailable(
                f"The part could not be written: {error.strerror or error}. Free some space and go on."
            ) from error
        finally:
            target.flush()
            upload.offset = target.seek(0, 2)
            _keep_offset(upload)
    return upload


def cancel_upload(*, upload: Upload) -> None:
    """Forget an upload and its bytes; harmless when it is gone."""
    Upload.objects.filter(pk=upload.pk, state=Upload.State.OPEN).update(state=Upload.State.CANCELLED)
    if upload.state == Upload.State.COMPLETE:
        Upload.objects.filter(pk=upload.pk).update(state=Upload.State.CANCELLED)
    upload_path(upload).unlink(missing_ok=True)


def start_unpack(*, actor: User, upload: Upload, frames: FrameChoice | None = None) -> Job:
    """Queue the unpacking of a complete archive; asking again while it waits or runs answers the same job.

    ``frames`` says which frames of a video become pictures.
    """
    if upload.state != Upload.State.COMPLETE:
        raise Conflict("The upload is not complete; send the rest first.", fields={"offset": received_bytes(upload)})
    with transaction.atomic():
        Upload.objects.select_for_update().get(pk=upload.pk)
        jobs = Job.objects.filter(project_id=upload.project_id, kind=Job.Kind.UNPACK)
        for job in jobs.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING)):
            if job.parameters.get("upload") == str(upload.id):
                return job
        choice = msgspec.to_builtins(frames or FrameChoice())
        parameters = {"upload": str(upload.id), "name": upload.name, "frames": choice}
        return create_job(actor=actor, project=upload.project, kind=Job.Kind.UNPACK, parameters=parameters)


def sweep_uploads() -> int:
    """Delete uploads that nobody continued for a week, and files without a row; returns how many."""
    old = Upload.objects.filter(updated_at__lt=timezone.now() - MAX_AGE)
    removed = 0
    for upload in old.filter(state__in=(Upload.State.OPEN, Upload.State.COMPLETE)):
        cancel_upload(upload=upload)
        removed += 1
    old.filter(state=Upload.State.CANCELLED).delete()
    return removed


def run_unpack(job: Job, progress: Progress) -> dict[str, Any]:
    """Take the pictures of an archive in, file by file; safe to start again: what is there is recognised."""
    upload = Upload.objects.filter(pk=UUID(job.parameters["upload"]), project_id=job.project_id).first()
    if upload is None or not upload_path(upload).exists():
        raise NotFound("The uploaded archive is not there any more; upload it again.")
    report = UnpackReport(job)
    try:
        if zipfile.is_zipfile(upload_path(upload)):
            _unpack(upload, job, report, progress)
        elif is_video(upload.name):
            with Intake(actor=job.created_by, project=job.project) as intake:
                _take_video(upload_path(upload), upload.name, job, intake, report, progress)
        else:
            _take_single(upload, job, report)
    finally:
        job.result = report.as_json()
    cancel_upload(upload=upload)
    return report.as_json()


def _unpack(upload: Upload, job: Job, report: "UnpackReport", progress: Progress) -> None:
    try:
        archive = zipfile.ZipFile(upload_path(upload))
    except zipfile.BadZipFile as error:
        raise InvalidInput(f"“{upload.name}” is a damaged zip archive ({error}). Make it again.") from None
    with archive, Intake(actor=job.created_by, project=job.project) as intake:
        members, refused = read_members(archive, ArchiveLimits())
        for entry in refused:
            report.add(IntakeResult(entry.name, "refused", code=entry.code, detail=entry.detail))
        progress.advance(0, len(members), "Unpacking")
        for number, member in enumerate(members, 1):
            if is_video(member.name):
                _take_packed_video(archive, member, job, intake, report, progress)
            else:
                report.add(_take_in(archive, member, intake))
            progress.advance(number, len(members), member.name)


def _take_single(upload: Upload, job: Job, report: "UnpackReport") -> None:
    """A large picture comes by the same way; anything else is refused as a whole."""
    with Intake(actor=job.created_by, project=job.project) as intake:
        result = intake.add(upload_path(upload), name=upload.name)
    report.add(result)
    if result.code == NotAPicture.code:
        raise InvalidInput(f"“{upload.name}” is neither a zip archive nor a picture or video that can be read.")


def _take_in(archive: zipfile.ZipFile, member: Member, intake: Intake) -> IntakeResult:
    folder = get_config().home / "uploads"
    try:
        with tempfile.TemporaryFile(dir=folder) as unpacked:
            copy_member(archive, member, unpacked)
            return intake.add(unpacked, name=member.name)
    except AnnotatorError as error:
        return IntakeResult(member.name, "refused", code=error.code, detail=error.detail)


def _take_packed_video(
    archive: zipfile.ZipFile, member: Member, job: Job, intake: Intake, report: "UnpackReport", progress: Progress
) -> None:
    with tempfile.NamedTemporaryFile(dir=get_config().home / "uploads", suffix=Path(member.name).suffix) as unpacked:
        try:
            copy_member(archive, member, cast("BinaryIO", unpacked))
            unpacked.flush()
            _take_video(Path(unpacked.name), member.name, job, intake, report, progress)
        except (NotAVideo, LimitExceeded, InvalidInput) as error:
            report.add(IntakeResult(member.name, "refused", code=error.code, detail=error.detail))


def _take_video(path: Path, name: str, job: Job, intake: Intake, report: "UnpackReport", progress: Progress) -> None:
    """The chosen frames as ``<video>/frame_<number>.jpg``; equal ones (a still scene) are recognised as duplicates."""
    choice = msgspec.convert(job.parameters.get("frames") or {}, FrameChoice)
    total = frame_count(path)
    folder = Path(name).with_suffix("").as_posix()
    for frame in chosen_frames(path, choice, max_pixels=get_config().max_pixels):
        data = io.BytesIO()
        frame.picture.save(data, "JPEG", quality=FRAME_QUALITY)
        source = {"video": name, "frame": frame.number, "seconds": frame.time}
        report.add(intake.add(data, name=f"{folder}/frame_{frame.number:06d}.jpg", metadata=source))
        progress.advance(frame.number + 1, total, f"{name}: frame {frame.number:,}")


@dataclass
class UnpackReport:
    """Counts, and a line for every file that was not simply added."""

    job: Job
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("added", "renamed", "duplicate", "refused"), 0)
    )
    files: list[dict[str, str]] = field(default_factory=list)

    def add(self, result: IntakeResult) -> None:
        """Note one file. What an interrupted attempt of this job added is counted as added, not as a duplicate."""
        status = "added" if self._is_own(result) else result.status
        self.counts[status] += 1
        if status != "added" and len(self.files) < MAX_REPORTED:
            line = {"name": result.name, "status": status, "code": result.code, "detail": result.detail}
            self.files.append(line)

    def _is_own(self, result: IntakeResult) -> bool:
        first = result.image
        return (
            result.status == "duplicate"
            and self.job.attempt > 1
            and first is not None
            and first.name == result.name
            and first.created_at >= self.job.created_at
        )

    def as_json(self) -> dict[str, Any]:
        """The job's result."""
        refused = [line for line in self.files if line["status"] == "refused"][:MAX_SHOWN]
        return {
            "added": self.counts["added"],
            "renamed": self.counts["renamed"],
            "duplicates": self.counts["duplicate"],
            "refused_count": self.counts["refused"],
            "refused": refused,
            "files": self.files,
            "files_unlisted": sum(self.counts.values()) - self.counts["added"] - len(self.files),
        }


@contextmanager
def _locked_file(upload: Upload) -> Iterator[BinaryIO]:
    path: Path = upload_path(upload)
    try:
        stream = path.open("r+b")
    except FileNotFoundError:
        raise NotFound("The bytes of this upload are gone; start a new one.") from None
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict("Another part of this upload is arriving now; wait for it.") from None
        yield stream


def _keep_offset(upload: Upload) -> None:
    if upload.offset == upload.size:
        upload.state = Upload.State.COMPLETE
    upload.save(update_fields=["offset", "state", "updated_at"])
