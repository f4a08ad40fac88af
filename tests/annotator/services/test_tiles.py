"""Large pictures are cut once, by a worker, when somebody looks at them or because it takes long."""

import io
from itertools import count
from typing import Any

import numpy as np
import pytest
from django.core.files.storage import default_storage
from PIL import Image as Pictures

from annotator.core.errors import NotFound
from annotator.models import Image
from annotator.queries import files
from annotator.queries.files import TILES_DONE, tile_key
from annotator.services import intake, tiles
from annotator.services.files import delete_blobs_after_commit
from annotator.services.tiles import ask_for_tiles, has_tiles, make_tiles
from annotator.tasks.files import cut_tiles_of
from tests.factories.images import make_stored_image
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db
_seeds = count()


@pytest.fixture
def image() -> Image:
    return make_stored_image(make_project(), "wide.tif", data=tiff())


def tiff() -> bytes:
    """Another one every time: the store outlives a test."""
    values = np.random.default_rng(next(_seeds)).integers(0, 256, (520, 2100), dtype=np.uint8)
    buffer = io.BytesIO()
    Pictures.fromarray(values).save(buffer, "TIFF")
    return buffer.getvalue()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    messages: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(tiles, "enqueue", lambda name, **ids: messages.append((name, ids)))
    monkeypatch.setattr(tiles, "_asked", {})
    return messages


def names(image: Image) -> list[str]:
    folder = files.tiles_folder(image.sha256)
    try:
        levels, _ = default_storage.listdir(folder)
        return sorted(f"{level}/{name}" for level in levels for name in default_storage.listdir(f"{folder}/{level}")[1])
    except FileNotFoundError:
        return []


@pytest.mark.usefixtures("store")
def test_tiles_are_stored_and_deleted_with_their_picture(image: Image, django_capture_on_commit_callbacks: Any) -> None:
    assert make_tiles(image.sha256)
    assert names(image) == sorted(f"0/{column}_{row}.webp" for column in range(5) for row in range(2))
    with default_storage.open(tile_key(image.sha256, "0/4_1.webp")) as stream:
        assert Pictures.open(stream).size == (52, 8)
    Image.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        delete_blobs_after_commit([image.sha256])
    assert not names(image)
    assert not has_tiles(image.sha256)


def test_cutting_again_does_nothing(image: Image) -> None:
    make_tiles(image.sha256)
    default_storage.delete(tile_key(image.sha256, "0/0_0.webp"))
    assert make_tiles(image.sha256)
    assert "0/0_0.webp" not in names(image)


def test_what_is_cut_right_now_is_left_to_that_one(image: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "_wanted", {image.sha256})
    assert not make_tiles(image.sha256)
    assert not has_tiles(image.sha256)


def test_a_failed_cut_may_be_tried_again(image: Image) -> None:
    with pytest.raises(NotFound):
        make_tiles("0" * 64)
    with pytest.raises(NotFound):
        make_tiles("0" * 64)
    cut_tiles_of(f"{'0' * 64},{image.sha256}")  # the missing one keeps nobody waiting
    assert default_storage.exists(tile_key(image.sha256, TILES_DONE))


def test_tiles_of_a_picture_that_was_deleted_meanwhile_are_not_left_behind(image: Image) -> None:
    Image.objects.all().delete()
    make_tiles(image.sha256)
    assert not names(image)


def test_who_waits_sends_few_messages(sent: list[Any]) -> None:
    for _ in range(3):
        ask_for_tiles("a" * 64)
    ask_for_tiles("b" * 64)
    assert sent == [("annotator.make_tiles", {"hashes": "a" * 64}), ("annotator.make_tiles", {"hashes": "b" * 64})]


def test_huge_pictures_are_cut_before_anybody_looks(sent: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "enqueue", lambda *_, **__: None)
    make_stored_image(make_project(), "wide.tif", data=tiff())
    assert sent == []
    monkeypatch.setattr(files, "WHOLE_PIXELS", 1_000_000)
    huge = make_stored_image(make_project(), "huge.tif", data=tiff())
    assert sent == [("annotator.make_tiles", {"hashes": huge.sha256})]
