"""Resumable uploads, and unpacking archives of pictures."""

import fcntl
import io
import stat
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from annotator.config import get_config
from annotator.core.errors import Cancelled, Conflict, InvalidInput, LimitExceeded, NotFound
from annotator.core.progress import SilentProgress
from annotator.core.video import FrameChoice
from annotator.models import Image, Job, Upload
from annotator.queries.uploads import received_bytes, upload_path
from annotator.services import uploads
from annotator.services.jobs import run_job
from annotator.services.uploads import (
    WrongOffset,
    append_part,
    cancel_upload,
    create_upload,
    run_unpack,
    start_unpack,
    sweep_uploads,
)
from tests.annotator.core.test_video import make_video
from tests.factories.images import make_picture
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SimpleNamespace:
    person = make_user()
    return SimpleNamespace(person=person, project=make_project(owner=person))


def begin(world: SimpleNamespace, size: int, name: str = "pictures.zip") -> Upload:
    return create_upload(actor=world.person, project=world.project, name=name, size=size)


def send_all(world: SimpleNamespace, data: bytes) -> Upload:
    return append_part(upload=begin(world, len(data)), offset=0, source=io.BytesIO(data))


def make_zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def unpack(world: SimpleNamespace, data: bytes) -> Job:
    job = start_unpack(actor=world.person, upload=send_all(world, data))
    done = run_job(job_id=job.id, owner="test")
    assert done is not None
    done.refresh_from_db()
    return done


def test_parts_are_appended_until_complete(world: SimpleNamespace) -> None:
    upload = begin(world, 10)
    append_part(upload=upload, offset=0, source=io.BytesIO(b"01234"))
    assert (upload.state, upload.offset) == ("open", 5)
    append_part(upload=upload, offset=5, source=io.BytesIO(b"56789"))
    assert (upload.state, upload.offset) == ("complete", 10)
    assert upload_path(upload).read_bytes() == b"0123456789"


def test_a_part_that_does_not_continue_is_told_where_to(world: SimpleNamespace) -> None:
    upload = begin(world, 10)
    append_part(upload=upload, offset=0, source=io.BytesIO(b"01234"))
    with pytest.raises(WrongOffset) as caught:
        append_part(upload=upload, offset=0, source=io.BytesIO(b"01234"))
    assert caught.value.fields == {"offset": 5}
    assert upload_path(upload).read_bytes() == b"01234"


class BrokenConnection(io.RawIOBase):
    """Gives some bytes, then fails as a lost client does."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = [b"012"]

    def read(self, size: int = -1) -> bytes:
        if not self.parts:
            raise OSError("the client went away")
        return self.parts.pop()


def test_what_arrived_before_the_connection_broke_is_kept(world: SimpleNamespace) -> None:
    upload = begin(world, 10)
    with pytest.raises(Exception, match="went away"):
        append_part(upload=upload, offset=0, source=BrokenConnection())
    fresh = Upload.objects.get(pk=upload.pk)
    assert (fresh.offset, received_bytes(fresh)) == (3, 3)


def test_received_bytes_come_from_the_file_when_the_row_was_not_written(world: SimpleNamespace) -> None:
    upload = begin(world, 10)
    upload_path(upload).write_bytes(b"0123")  # killed between the bytes and the row
    assert received_bytes(upload) == 4
    append_part(upload=upload, offset=4, source=io.BytesIO(b"456789"))
    assert upload.state == "complete"


def test_more_than_announced_is_refused(world: SimpleNamespace) -> None:
    upload = begin(world, 3)
    with pytest.raises(LimitExceeded):
        append_part(upload=upload, offset=0, source=io.BytesIO(b"0123"))
    assert upload.state == "open"


def test_two_writers_are_kept_apart(world: SimpleNamespace) -> None:
    upload = begin(world, 3)
    with upload_path(upload).open("r+b") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Conflict, match="arriving now"):
            append_part(upload=upload, offset=0, source=io.BytesIO(b"012"))


def test_size_and_number_of_uploads_are_limited(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "get_config", lambda: replace(get_config(), max_upload_mb=1))
    with pytest.raises(LimitExceeded, match="MARQUEE_MAX_UPLOAD_MB"):
        begin(world, 2**20 + 1)
    monkeypatch.setattr(uploads, "MAX_OPEN", 1)
    begin(world, 1)
    with pytest.raises(LimitExceeded, match="unfinished"):
        begin(world, 1)


def test_a_full_disk_is_said_before_anything_is_sent(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads.shutil, "disk_usage", lambda _: SimpleNamespace(free=10))
    with pytest.raises(Exception, match="no room"):
        begin(world, 2**20)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a\\b.zip", "a\x00.zip", ""])
def test_names_are_data(world: SimpleNamespace, name: str) -> None:
    with pytest.raises(InvalidInput):
        begin(world, 1, name)


def test_cancel_forgets_the_bytes(world: SimpleNamespace) -> None:
    upload = begin(world, 3)
    cancel_upload(upload=upload)
    assert not upload_path(upload).exists()
    with pytest.raises(Conflict):
        append_part(upload=Upload.objects.get(pk=upload.pk), offset=0, source=io.BytesIO(b"0"))


def test_unpack_wants_a_complete_upload_and_answers_the_same_job(world: SimpleNamespace) -> None:
    with pytest.raises(Conflict):
        start_unpack(actor=world.person, upload=begin(world, 3))
    upload = send_all(world, b"zip")
    first = start_unpack(actor=world.person, upload=upload)
    assert start_unpack(actor=world.person, upload=upload).id == first.id


def test_unpack_takes_pictures_in_and_reports_the_rest(world: SimpleNamespace) -> None:
    picture = make_picture(1)
    job = unpack(
        world,
        make_zip(
            {
                "set/a.jpg": picture,
                "set/b.png": make_picture(2, kind="PNG"),
                "set/again.jpg": picture,
                "set/notes.txt": b"hello",
                "__MACOSX/set/._a.jpg": b"x",
                "set/.DS_Store": b"x",
            }
        ),
    )
    assert job.state == "done"
    counts = {name: job.result[name] for name in ("added", "duplicates", "refused_count", "renamed")}
    assert counts == {"added": 2, "duplicates": 1, "refused_count": 1, "renamed": 0}
    assert [line["name"] for line in job.result["refused"]] == ["set/notes.txt"]
    assert {(line["name"], line["status"]) for line in job.result["files"]} == {
        ("set/again.jpg", "duplicate"),
        ("set/notes.txt", "refused"),
    }
    assert set(Image.objects.values_list("name", flat=True)) == {"set/a.jpg", "set/b.png"}
    assert Image.objects.first().uploader == world.person
    assert not list((get_config().home / "uploads").glob(f"*{job.parameters['upload']}*"))


def test_unsafe_entries_stay_packed(world: SimpleNamespace) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("good.jpg", make_picture(1))
        for name in ("../up.jpg", "/root.jpg", "c:\\windows.jpg", "nul\x00.jpg"):
            info = zipfile.ZipInfo("x")
            info.filename = info.orig_filename = name
            archive.writestr(info, make_picture(2))
        link = zipfile.ZipInfo("link.jpg")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("bomb.jpg", bytes(64 * 2**20))
    job = unpack(world, buffer.getvalue())
    assert (job.state, job.result["added"], job.result["refused_count"]) == ("done", 1, 6)
    assert list(Image.objects.values_list("name", flat=True)) == ["good.jpg"]


def test_neither_an_archive_nor_a_picture_says_so(world: SimpleNamespace) -> None:
    job = unpack(world, b"this is no zip file")
    assert job.state == "failed"
    assert "neither a zip archive nor a picture" in job.error


def test_a_damaged_archive_says_so(world: SimpleNamespace) -> None:
    data = make_zip({"a.jpg": make_picture(1)})
    job = unpack(world, data[:-22] + b"PK\x05\x06" + b"\xff" * 18)
    assert job.state == "failed"
    assert "pictures.zip" in job.error


def test_a_single_large_picture_comes_in_the_same_way(world: SimpleNamespace) -> None:
    job = unpack(world, make_picture(1))
    assert (job.state, job.result["added"]) == ("done", 1)
    assert Image.objects.get().name == "pictures.zip"


def test_damaged_entry_is_reported_and_the_rest_goes_in(world: SimpleNamespace) -> None:
    good = make_picture(1)
    data = bytearray(make_zip({"good.jpg": good, "bad.jpg": make_picture(2)}))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        at = archive.getinfo("bad.jpg").header_offset
    data[at + 60 : at + 90] = bytes(30)
    job = unpack(world, bytes(data))
    assert (job.result["added"], job.result["refused_count"]) == (1, 1)


class StopsAfter(SilentProgress):
    """Somebody presses Cancel after so many files."""

    def __init__(self, files: int) -> None:
        self.left = files

    def advance(self, done: int, total: int | None = None, message: str = "") -> None:
        if done >= self.left:
            raise Cancelled("The job was cancelled.")


def test_cancelled_and_started_again_goes_on_where_it_was(world: SimpleNamespace) -> None:
    data = make_zip({f"{n}.jpg": make_picture(n) for n in range(4)})
    job = start_unpack(actor=world.person, upload=send_all(world, data))
    with pytest.raises(Cancelled):
        run_unpack(job, StopsAfter(2))
    assert (Image.objects.count(), job.result["added"]) == (2, 2)
    job.attempt = 2
    result = run_unpack(job, SilentProgress())
    assert {name: result[name] for name in ("added", "duplicates")} == {"added": 4, "duplicates": 0}
    assert Image.objects.count() == 4


def test_archive_that_is_gone_says_so(world: SimpleNamespace) -> None:
    upload = send_all(world, b"zip")
    job = start_unpack(actor=world.person, upload=upload)
    upload_path(upload).unlink()
    with pytest.raises(NotFound, match="upload it again"):
        run_unpack(job, SilentProgress())


def test_sweep_removes_what_nobody_continued(world: SimpleNamespace) -> None:
    old, new = begin(world, 3), begin(world, 3)
    Upload.objects.filter(pk=old.pk).update(updated_at=old.created_at - uploads.MAX_AGE * 2)
    assert sweep_uploads() == 1
    assert not upload_path(old).exists()
    assert upload_path(new).exists()


def video_bytes(folder: Path) -> bytes:
    return make_video(folder / "made.mp4").read_bytes()


def test_a_video_becomes_pictures(world: SimpleNamespace, tmp_path: Path) -> None:
    data = video_bytes(tmp_path)
    upload = append_part(upload=begin(world, len(data), "night/ride.mp4"), offset=0, source=io.BytesIO(data))
    job = start_unpack(actor=world.person, upload=upload, frames=FrameChoice(by="scene"))
    done = run_job(job_id=job.id, owner="test")
    assert done is not None
    assert (done.state, done.result["added"]) == ("done", 3)
    found = Image.objects.order_by("name").values_list("name", "metadata__frame", "metadata__video")
    assert list(found) == [(f"night/ride/frame_{number:06d}.jpg", number, "night/ride.mp4") for number in (0, 20, 40)]


def test_a_video_in_an_archive_and_one_that_is_none(world: SimpleNamespace, tmp_path: Path) -> None:
    files = {"a.mp4": video_bytes(tmp_path), "bad.mp4": b"no video", "b.jpg": make_picture(1)}
    job = unpack(world, make_zip(files))
    assert (job.state, job.result["added"] + job.result["duplicates"], job.result["refused_count"]) == ("done", 7, 1)
    assert job.result["refused"][0]["name"] == "bad.mp4"


def test_a_video_that_is_none_says_so(world: SimpleNamespace) -> None:
    upload = append_part(upload=begin(world, 8, "a.mp4"), offset=0, source=io.BytesIO(b"no video"))
    job = start_unpack(actor=world.person, upload=upload)
    done = run_job(job_id=job.id, owner="test")
    assert done is not None
    assert done.state == "failed"
    assert "no video" in done.error
