"""Files behind signed links: ranges, caching, types, and nothing without a signature."""

import asyncio
import io
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image as Pictures

from annotator.api.files import application
from annotator.models import Image, Project
from annotator.queries import files
from annotator.services import tiles
from annotator.services.files import put_object
from tests.factories.images import make_picture, make_stored_image
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def get(url: str, method: str = "GET", **headers: str) -> Answer:
    parts = urlsplit(url)
    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "method": method,
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(application(scope, receive, send))
    start, *rest = sent
    assert not rest[-1].get("more_body")
    decoded = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], decoded, b"".join(part.get("body", b"") for part in rest))


@pytest.fixture
def image() -> Image:
    return make_stored_image(make_project(), data=make_picture(1, size=(300, 200)))


def test_original_is_sent_whole_with_its_own_type(image: Image) -> None:
    answer = get(files.original_url(image))
    assert (answer.status, answer.body) == (200, make_picture(1, size=(300, 200)))
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-length"] == str(image.bytes)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in answer.headers["cache-control"]
    assert "private" in answer.headers["cache-control"]
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("wanted", "part", "content_range"),
    [
        ("bytes=10-19", slice(10, 20), "bytes 10-19/"),
        ("bytes=-5", slice(-5, None), None),
        ("bytes=0-", slice(0, None), None),
    ],
)
def test_ranges(image: Image, wanted: str, part: slice, content_range: str | None) -> None:
    whole = get(files.original_url(image)).body
    answer = get(files.original_url(image), range=wanted)
    assert (answer.status, answer.body) == (206, whole[part])
    if content_range:
        assert answer.headers["content-range"] == f"{content_range}{len(whole)}"


def test_range_outside_of_the_file(image: Image) -> None:
    answer = get(files.original_url(image), range="bytes=99999-")
    assert (answer.status, answer.headers["content-range"]) == (416, f"bytes */{image.bytes}")


def test_range_of_an_older_version_sends_everything(image: Image) -> None:
    answer = get(files.original_url(image), range="bytes=0-1", if_range='"other"')
    assert (answer.status, len(answer.body)) == (200, image.bytes)


def test_head_sends_no_body(image: Image) -> None:
    answer = get(files.original_url(image), method="HEAD")
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", str(image.bytes))


def test_what_the_browser_has_is_not_sent_again(image: Image) -> None:
    first = get(files.thumb_url(image))
    again = get(files.thumb_url(image), if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")


def test_variants_are_made_on_first_view(image: Image) -> None:
    big = make_stored_image(make_project(), data=make_picture(2, size=(3000, 20), kind="PNG"))
    key = files.variant_key("preview", big.sha256)
    assert not default_storage.exists(key)
    answer = get(files.preview_url(big))
    assert (answer.status, answer.headers["content-type"]) == (200, "image/webp")
    assert answer.body[8:12] == b"WEBP"
    assert default_storage.exists(key)
    default_storage.delete(files.variant_key("thumb", image.sha256))
    assert get(files.thumb_url(image)).status == 200


def test_small_pictures_are_their_own_preview(image: Image) -> None:
    assert files.preview_url(image) == files.original_url(image)
    image.orientation = 6
    assert "/preview/" in files.preview_url(image)


@pytest.mark.parametrize(
    "change", [("thumb", "original"), ("s=", "s=0"), ("e=", "e=1"), (".webp", ".html"), ("?", "?x=")]
)
def test_a_changed_link_is_refused_without_a_body_of_the_file(image: Image, change: tuple[str, str]) -> None:
    answer = get(files.thumb_url(image).replace(*change, 1))
    assert answer.status == 403
    assert answer.headers["content-type"].startswith("text/plain")


def test_links_expire(image: Image) -> None:
    old = files.thumb_url(image, now=timezone.now() - timezone.timedelta(days=3))
    assert get(old).status == 403


def test_links_need_both_parts(image: Image) -> None:
    assert get(f"/files/thumb/{image.sha256}.webp").status == 403


@pytest.mark.parametrize(
    "path", ["thumb/../../secret_key", "original/x.jpg", "other/a.webp", "thumb/" + "a" * 64 + ".exe"]
)
def test_signed_nonsense_is_not_found(path: str) -> None:
    assert get(files.signed_url(path)).status == 404


def test_a_missing_picture_is_not_found(image: Image) -> None:
    default_storage.delete(files.blob_key(image.sha256))
    assert get(files.original_url(image)).status == 404
    assert get(files.signed_url(f"preview/{image.sha256}.webp")).status == 404


def test_downloads_are_attachments_whatever_they_are_called() -> None:
    put_object("exports/1.zip", b"0123456789")
    answer = get(files.download_url("exports/1.zip", name="my <b>export</b> ü.html"), range="bytes=2-3")
    assert (answer.status, answer.body) == (206, b"23")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''my%20%3Cb%3Eexport%3C%2Fb%3E%20%C3%BC.html"
    )


def test_downloads_never_leave_the_store() -> None:
    assert get(files.download_url("../secret_key", name="x")).status == 404


def test_only_reading(image: Image) -> None:
    assert get(files.thumb_url(image), method="POST").status == 405


def test_large_files_are_sent_in_parts() -> None:
    data = bytes(range(256)) * 4096
    put_object("exports/large.bin", data)
    assert get(files.download_url("exports/large.bin", name="large.bin")).body == data


def wide_tiff(project: Project) -> Image:
    buffer = io.BytesIO()
    Pictures.new("L", (2100, 600), 90).save(buffer, "TIFF")
    return make_stored_image(project, "wide.tif", data=buffer.getvalue())


def tile_url(image: Image, *, level: int = 0, column: int = 0, row: int = 0) -> str:
    tiles = files.tiles_of(image)
    assert tiles is not None
    return str(tiles["url"]).format(level=level, column=column, row=row)


def test_tiles_are_asked_of_a_worker_and_sent_when_they_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(tiles, "enqueue", lambda name, hashes: sent.append(hashes))
    wide = wide_tiff(make_project())
    waiting = get(tile_url(wide))
    assert (waiting.status, waiting.headers["retry-after"], waiting.body, sent) == (202, "2", b"", [wide.sha256])
    assert waiting.headers["cache-control"] == "no-store"
    tiles.make_tiles(wide.sha256)
    answer = get(tile_url(wide, column=4, row=1))
    assert (answer.status, answer.headers["content-type"]) == (200, "image/webp")
    assert Pictures.open(io.BytesIO(answer.body)).size == (52, 88)
    assert get(tile_url(wide), if_none_match=get(tile_url(wide)).headers["etag"]).status == 304
    assert get(tile_url(wide, column=5)).status == get(tile_url(wide, level=1)).status == 404


def test_a_link_to_tiles_is_for_one_picture_and_for_nothing_else() -> None:
    wide = wide_tiff(make_project())
    url = tile_url(wide)
    assert get(url.replace(wide.sha256, "0" * 64)).status == 403
    assert get(url.replace("/tiles/", "/original/").replace("/0/0_0.webp", ".tif")).status == 403
    assert get(url.replace("0_0.webp", "0_0.html")).status == 403
    assert get(url.replace("0/0_0.webp", "../0_0.webp")).status == 403
    assert get(url.replace("/0/0_0.webp", "")).status == 404
