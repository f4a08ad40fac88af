"""Intake: every file answered for itself, stored once under its hash, position stripped, duplicates noticed."""

import errno
import hashlib
import io
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import default_storage
from PIL import Image as Pictures

from annotator.core.exif import strip_position
from annotator.events import images_added
from annotator.models import Image, Project
from annotator.queries.files import blob_key, variant_key
from annotator.services import intake as module
from annotator.services.intake import Intake, IntakeResult, add_image_file, add_images, summary
from annotator.services.size_only import SizedName, add_size_only_images
from tests.annotator.core.test_exif import GPS
from tests.annotator.core.test_exif import picture as camera_picture
from tests.annotator.core.test_heif import make_heic
from tests.concurrency import at_once
from tests.factories.annotations import make_annotation
from tests.factories.images import make_picture
from tests.factories.projects import make_label, make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SimpleNamespace:
    person = make_user()
    return SimpleNamespace(person=person, project=make_project(owner=person))


def add(world: SimpleNamespace, data: bytes, name: str = "a.jpg", **options: Any) -> IntakeResult:
    return add_image_file(actor=world.person, project=world.project, name=name, data=data, **options)


def stored(image: Image | None) -> bytes:
    assert image is not None
    with default_storage.open(blob_key(image.sha256)) as blob:
        return bytes(blob.read())


def test_a_picture_is_measured_and_stored_under_its_hash(world: SimpleNamespace) -> None:
    data = make_picture(1, size=(320, 200), kind="PNG")
    result = add(world, data, "set/a.png", split="val", metadata={"camera": 3})
    image = Image.objects.get()
    assert (result.status, result.image) == ("added", image)
    assert image.sha256 == image.original_sha256 == hashlib.sha256(data).hexdigest()
    assert (image.name, image.format, image.bytes, image.split) == ("set/a.png", "PNG", len(data), "val")
    assert (image.width, image.height, image.orientation, image.uploader) == (320, 200, 1, world.person)
    assert image.metadata == {"camera": 3}
    assert stored(image) == data
    with default_storage.open(variant_key("thumb", image.sha256)) as blob, Pictures.open(blob) as thumb:
        assert (thumb.format, thumb.size) == ("WEBP", (256, 160))


def test_displayed_size_follows_the_orientation(world: SimpleNamespace) -> None:
    image = add(world, camera_picture()).image
    assert image is not None
    assert (image.width, image.height, image.orientation) == (24, 32, 6)


def test_position_is_stripped_before_storing_and_the_same_upload_is_still_known(world: SimpleNamespace) -> None:
    data = camera_picture()
    image = add(world, data).image
    assert image is not None
    assert stored(image) == strip_position(data)
    assert image.sha256 == hashlib.sha256(stored(image)).hexdigest()
    assert image.original_sha256 == hashlib.sha256(data).hexdigest()
    assert [add(world, again, "b.jpg").status for again in (data, strip_position(data))] == ["duplicate", "duplicate"]


def test_position_stays_when_the_project_says_so(world: SimpleNamespace) -> None:
    world.project.settings = {"strip_position": False}
    data = camera_picture()
    image = add(world, data).image
    assert stored(image) == data
    with Pictures.open(io.BytesIO(stored(image))) as opened:
        assert opened.getexif().get_ifd(GPS)[1] == "N"


def test_exact_duplicates_name_the_first(world: SimpleNamespace) -> None:
    data = make_picture(1)
    first = add(world, data, "first.jpg").image
    result = add(world, data, "second.jpg")
    assert (result.status, result.image) == ("duplicate", first)
    assert "first.jpg" in result.detail
    assert Image.objects.count() == 1


def test_another_project_may_have_the_same_picture_and_shares_its_bytes(world: SimpleNamespace) -> None:
    data = make_picture(1)
    first = add(world, data).image
    other = add_image_file(actor=world.person, project=make_project(), name="a.jpg", data=data)
    assert (other.status, other.image and other.image.sha256) == ("added", first and first.sha256)


def test_a_used_name_is_changed_and_said(world: SimpleNamespace) -> None:
    results = [add(world, make_picture(seed), "set/a.jpg") for seed in range(3)]
    assert [result.status for result in results] == ["added", "renamed", "renamed"]
    assert [result.image and result.image.name for result in results] == ["set/a.jpg", "set/a (2).jpg", "set/a (3).jpg"]
    assert "“set/a (2).jpg”" in results[1].detail


def test_near_duplicates_are_taken_in_and_noticed(world: SimpleNamespace) -> None:
    original = make_picture(1, size=(400, 300))
    smaller = io.BytesIO()
    Pictures.open(io.BytesIO(original)).resize((300, 225)).save(smaller, "JPEG", quality=70)
    first = add(world, original, "first.jpg").image
    result = add(world, smaller.getvalue(), "again.jpg")
    assert (result.status, result.code) == ("added", "near_duplicate")
    assert result.image is not None
    assert result.image.duplicate_of == first
    assert "first.jpg" in result.detail
    third = add(world, make_picture(1, size=(200, 150)), "third.jpg").image
    assert third is not None
    assert third.duplicate_of == first  # the group has one first


def test_near_hashes_of_pictures_that_look_different_are_no_duplicates(world: SimpleNamespace) -> None:
    def plain(color: tuple[int, int, int]) -> bytes:
        buffer = io.BytesIO()
        Pictures.new("RGB", (64, 48), color).save(buffer, "PNG")
        return buffer.getvalue()

    first, second = add(world, plain((10, 10, 10)), "dark.png"), add(world, plain((240, 240, 240)), "light.png")
    assert first.image is not None
    assert second.image is not None
    assert first.image.dhash == second.image.dhash
    assert second.image.duplicate_of is None


def test_near_duplicates_are_noticed_within_one_batch_too(world: SimpleNamespace) -> None:
    files = [
        ("a.jpg", io.BytesIO(make_picture(1, size=(400, 300)))),
        ("b.jpg", io.BytesIO(make_picture(1, size=(200, 150)))),
    ]
    results = add_images(actor=world.person, project=world.project, files=files)
    assert [result.code for result in results] == ["", "near_duplicate"]


def test_one_bad_file_never_keeps_the_rest_out(world: SimpleNamespace, tmp_path: Path) -> None:
    good = tmp_path / "good.jpg"
    good.write_bytes(make_picture(1))
    files: list[tuple[str, Any]] = [
        ("page.jpg", io.BytesIO(b"<html><script>alert(1)</script>")),
        ("cut.jpg", io.BytesIO(make_picture(2)[:500])),
        ("empty.jpg", io.BytesIO()),
        ("../up.jpg", io.BytesIO(make_picture(3))),
        ("gone.jpg", tmp_path / "gone.jpg"),
        ("good.jpg", good),
    ]
    results = add_images(actor=world.person, project=world.project, files=files)
    assert [result.status for result in results] == ["refused"] * 5 + ["added"]
    assert summary(results) == {"added": 1, "renamed": 0, "duplicate": 0, "refused": 5}
    assert all(result.name.split("/")[-1] in result.detail for result in results[:5])
    assert Image.objects.count() == 1


def test_a_full_disk_is_a_sentence(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "put_blob", full)
    result = add(world, make_picture(1))
    assert (result.status, result.code) == ("refused", "store_failed")
    assert "No space left" in result.detail
    assert Image.objects.count() == 0


def test_bytes_deleted_by_somebody_in_between_are_there_in_the_end(
    world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Intake._write

    def delete_then_write(self: Intake, image: Image, near: Image | None) -> IntakeResult:
        default_storage.delete(blob_key(image.sha256))
        return original(self, image, near)

    monkeypatch.setattr(Intake, "_write", delete_then_write)
    data = make_picture(1)
    assert stored(add(world, data).image) == data


def test_news_are_sent_once_per_batch(world: SimpleNamespace, django_capture_on_commit_callbacks: Any) -> None:
    heard: list[dict[str, Any]] = []

    def listen(**kwargs: Any) -> None:
        heard.append(kwargs)

    images_added.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        add_images(
            actor=world.person,
            project=world.project,
            files=[(f"{n}.jpg", io.BytesIO(make_picture(n))) for n in range(3)],
        )
    (news,) = heard
    assert len(news["image_ids"]) == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_pictures_from_many_at_once_are_there_once() -> None:
    project: Project = make_project()
    batch = [(f"{n}.jpg", make_picture(n)) for n in range(3)]

    def upload() -> list[str]:
        files = [(name, io.BytesIO(data)) for name, data in batch]
        return [result.status for result in add_images(actor=None, project=project, files=files)]

    answers = at_once([upload] * 4)
    assert Image.objects.filter(project=project).count() == 3
    assert sum(answer.count("added") for answer in answers) == 3
    assert {status for answer in answers for status in answer} == {"added", "duplicate"}


@pytest.mark.django_db(transaction=True)
def test_the_same_name_from_many_at_once_becomes_many_names() -> None:
    project = make_project()
    add_one = partial(add_image_file, actor=None, project=project, name="a.jpg")
    at_once([partial(add_one, data=make_picture(seed)) for seed in range(4)])
    assert set(Image.objects.values_list("name", flat=True)) == {"a.jpg", "a (2).jpg", "a (3).jpg", "a (4).jpg"}


def test_a_picture_of_a_telephone_comes_in_as_jpeg(world: SimpleNamespace) -> None:
    with Intake(actor=None, project=world.project) as intake:
        first = intake.add(io.BytesIO(make_heic()), name="trip/IMG 1.HEIC")
        again = intake.add(io.BytesIO(make_heic()), name="trip/IMG 2.HEIC")
    assert first.image is not None
    assert (first.status, first.image.name, first.image.format) == ("added", "trip/IMG 1.jpg", "JPEG")
    assert first.image.metadata["converted_from"] == "trip/IMG 1.HEIC"
    assert again.status == "duplicate"


def waiting(world: SimpleNamespace, name: str = "a.jpg", *, size: tuple[int, int] = (64, 48)) -> Image:
    made = add_size_only_images(actor=None, project=world.project, images=[SizedName(name, *size, "val", {"id": 1})])
    return made[name]


def test_a_picture_fills_the_image_that_waits_for_it(world: SimpleNamespace) -> None:
    image = waiting(world)
    label = make_label(world.project, "cat")
    make_annotation(image, label)
    data = make_picture(4)
    result = add(world, data, split="train", metadata={"import": "x", "camera": 3})
    assert (result.status, result.code, result.image) == ("added", "filled", image)
    image = Image.objects.get()
    assert (image.has_file, image.format, image.bytes, image.uploader) == (True, "JPEG", len(data), world.person)
    assert (image.split, image.metadata, image.annotation_count) == ("val", {"id": 1, "camera": 3}, 1)
    assert stored(image) == data
    assert add(world, data, "b.jpg").status == "duplicate"


def test_another_picture_of_that_name_is_refused(world: SimpleNamespace) -> None:
    image = waiting(world, size=(640, 480))
    result = add(world, make_picture(4))
    assert (result.status, result.code) == ("refused", "size_disagrees_with_image")
    assert "64 × 48" in result.detail
    image.refresh_from_db()
    assert not image.has_file
    assert Image.objects.count() == 1


def test_many_images_may_wait(world: SimpleNamespace) -> None:
    for name in ("a.jpg", "b.jpg"):
        waiting(world, name)
    assert add(world, make_picture(4), "c.jpg").code == ""
    assert Image.objects.filter(sha256="").count() == 2
