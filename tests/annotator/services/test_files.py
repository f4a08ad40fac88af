"""The object store: whole objects only, shared blobs, real deletion; the same on local files and on S3."""

import io
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from django.core.files.storage import default_storage

from annotator.api.files import _open, find_file
from annotator.core.errors import NotFound
from annotator.models import Image
from annotator.queries import files
from annotator.services.files import delete_blobs_after_commit, ensure_variant, put_object
from tests.factories.images import make_image, make_picture, make_stored_image
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db

DATA = make_picture(1, size=(300, 200))


def read(key: str) -> bytes:
    with default_storage.open(key) as stream:
        return bytes(stream.read())


def test_objects_are_replaced_whole(store: str) -> None:
    put_object("a/b.txt", b"first")
    put_object("a/b.txt", io.BytesIO(b"second"))
    assert read("a/b.txt") == b"second"


def test_a_failed_write_leaves_the_old_object_and_no_rubbish() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("the disk is gone")

    put_object("a/kept.txt", b"old")
    with pytest.raises(OSError, match="disk"):
        put_object("a/kept.txt", Broken())
    folder = Path(default_storage.path("a"))
    assert read("a/kept.txt") == b"old"
    assert [path.name for path in folder.iterdir() if path.name.startswith(".new")] == []


def test_intake_local_path_and_records(store: str) -> None:
    image = make_stored_image(make_project(), data=DATA)
    with files.local_path(image) as path:
        assert path.read_bytes() == DATA
    assert path.exists() is (store == "local")  # a fetched copy goes away, the store's own file stays


def test_missing_bytes_are_said(store: str) -> None:
    with pytest.raises(NotFound, match="missing"), files.local_path(make_image(make_project())):
        pass


def test_variants_are_made_when_missing(store: str) -> None:
    image = make_stored_image(make_project(), data=DATA)
    default_storage.delete(files.variant_key("thumb", image.sha256))
    key = ensure_variant("thumb", image.sha256)
    assert read(key)[8:12] == b"WEBP"
    assert ensure_variant("thumb", image.sha256) == key


def test_links_lead_to_the_bytes(store: str) -> None:
    image = make_stored_image(make_project(), data=DATA)
    parts = urlsplit(files.original_url(image))
    opened = _open(find_file(parts.path.removeprefix(files.PREFIX), parts.query))
    if store == "local":
        assert opened.stream is not None
        with opened.stream as stream:
            assert (stream.read(), opened.size) == (DATA, len(DATA))
        return
    assert opened.stream is None
    with urlopen(opened.redirect) as answer:
        assert answer.read() == DATA
        assert answer.headers["Content-Type"] == "image/jpeg"


def test_unused_blobs_are_deleted_and_used_ones_stay(store: str, django_capture_on_commit_callbacks: Any) -> None:
    image = make_stored_image(make_project(), data=DATA)
    gone = make_stored_image(make_project(), data=make_picture(2))
    Image.objects.filter(pk=gone.pk).delete()
    with django_capture_on_commit_callbacks(execute=True):
        delete_blobs_after_commit([image.sha256, gone.sha256])
    assert default_storage.exists(files.blob_key(image.sha256))
    assert not default_storage.exists(files.blob_key(gone.sha256))
    assert not default_storage.exists(files.variant_key("thumb", gone.sha256))
