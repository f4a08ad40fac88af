"""Keys and links of stored pictures; both kinds of store are tested in services/test_files."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from annotator.models import Image
from annotator.queries import files

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def image(**fields: object) -> Image:
    values = {"sha256": "ab" * 32, "format": "JPEG", "bytes": 1000, "width": 640, "height": 480}
    return Image(**{**values, **fields})


def holds(url: str) -> bool:
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    path = parts.path.removeprefix(files.PREFIX)
    return files.is_signed(path, expires=query["e"][0], signature=query["s"][0])


def test_keys_are_spread_over_folders() -> None:
    assert files.blob_key("abcd" + "0" * 60) == "blobs/ab/cd/abcd" + "0" * 60
    assert files.variant_key("thumb", "abcd" + "0" * 60) == "variants/thumb/ab/cd/abcd" + "0" * 60 + ".webp"


def test_links_are_the_same_all_day_so_that_browsers_keep_the_picture() -> None:
    morning, evening = NOW.replace(hour=0), NOW.replace(hour=23, minute=59)
    assert files.thumb_url(image(), now=morning) == files.thumb_url(image(), now=evening)
    assert files.thumb_url(image(), now=morning) != files.thumb_url(image(), now=morning + timedelta(days=1))


def test_fresh_links_hold_and_old_ones_do_not() -> None:
    assert all(holds(url(image())) for url in (files.thumb_url, files.preview_url, files.original_url))
    assert holds(files.download_url("exports/1.zip", name="ü.zip"))
    assert not holds(files.thumb_url(image(), now=NOW - timedelta(days=4000)))


@pytest.mark.parametrize(
    ("fields", "own"),
    [
        ({}, True),
        ({"width": 3000}, False),
        ({"orientation": 6}, False),
        ({"format": "TIFF"}, False),
        ({"bytes": 5_000_000}, False),
        ({"metadata": {"mode": "I;16"}}, False),
        ({"metadata": {"skipped": {}}}, True),
    ],
)
def test_which_pictures_are_their_own_preview(fields: dict[str, object], own: bool) -> None:
    assert files.is_own_preview(image(**fields)) is own


@pytest.mark.parametrize("expires", ["", "x", "-1", "9" * 20, "１２"])
def test_nonsense_expiries_are_refused(expires: str) -> None:
    assert not files.is_signed("thumb/a.webp", expires=expires, signature="0" * 32)


@pytest.mark.parametrize(
    ("fields", "sharp", "levels"),
    [
        ({}, False, None),  # its own preview
        ({"width": 3000}, True, None),
        ({"width": 3000, "format": "BMP"}, True, None),
        ({"width": 3000, "format": "TIFF"}, False, 1),
        ({"format": "TIFF"}, False, None),  # the preview has every pixel
        ({"width": 5000, "format": "PNG", "metadata": {"mode": "I;16"}}, False, 2),
        ({"width": 12_001}, False, 3),
        ({"width": 8000, "height": 5001}, False, 2),
        ({"width": 8000, "height": 5000}, True, None),
        ({"width": 9000, "height": 9000, "sha256": ""}, False, None),
    ],
)
def test_full_resolution_comes_in_one_piece_or_in_tiles(
    fields: dict[str, object], sharp: bool, levels: int | None
) -> None:
    own = image(**fields)
    url, tiles = files.sharp_url(own), files.tiles_of(own)
    assert url == (files.original_url(own) if sharp else None)
    assert (tiles["levels"] if tiles else None) == levels


def test_one_signature_holds_for_all_tiles_of_a_picture() -> None:
    tiles = files.tiles_of(image(width=20_000))
    assert tiles is not None
    assert tiles["size"] == 512
    path, _, query = tiles["url"].partition("?")
    assert path == f"/files/tiles/{'ab' * 32}/{{level}}/{{column}}_{{row}}.webp"
    assert holds(f"/files/tiles/{'ab' * 32}?{query}")
