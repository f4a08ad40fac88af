"""Tiles put together again are the picture, on every level."""

import io

import numpy as np
import pytest
from PIL import Image

from annotator.core.images import NotAPicture, TooManyPixels, to_display_mode
from annotator.core.tiles import TILE_SIDE, Tile, count_levels, cut_rows

LIMIT = 50_000_000


def noise(width: int, height: int) -> Image.Image:
    values = np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(values)


def stored(picture: Image.Image, kind: str = "TIFF", orientation: int = 1) -> io.BytesIO:
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    picture.save(buffer, kind, **({} if kind == "BMP" else {"exif": exif}))
    return buffer


def put_together(tiles: list[Tile], level: int) -> Image.Image:
    mine = [tile for tile in tiles if tile.level == level]
    last = max(mine, key=lambda tile: (tile.row, tile.column))
    size = (
        last.column * TILE_SIDE + last.picture.width,
        last.row * TILE_SIDE + last.picture.height,
    )
    whole = Image.new("RGB", size)
    for tile in mine:
        whole.paste(tile.picture, (tile.column * TILE_SIDE, tile.row * TILE_SIDE))
    return whole


def cut(source: io.BytesIO) -> list[Tile]:
    return [tile for row in cut_rows(source, max_pixels=LIMIT) for tile in row]


@pytest.mark.parametrize(
    ("size", "levels"),
    [((2048, 10), 0), ((2049, 10), 1), ((10, 4096), 1), ((4097, 4097), 2), ((16_000, 11_000), 3), ((65_535, 1), 5)],
)
def test_levels_end_where_the_preview_is_as_large(size: tuple[int, int], levels: int) -> None:
    assert count_levels(*size) == levels


@pytest.mark.parametrize("size", [(4500, 700), (513, 2561), (2560, 512)])
def test_every_level_is_half_the_one_before(size: tuple[int, int]) -> None:
    picture = noise(*size)
    tiles = cut(stored(picture))
    assert {tile.level for tile in tiles} == set(range(count_levels(*size)))
    for level in range(count_levels(*size)):
        assert put_together(tiles, level) == (picture if level == 0 else picture.reduce(2**level))
        assert all(max(tile.picture.size) <= TILE_SIDE for tile in tiles)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_a_picture_that_lies_on_its_side_is_cut_upright(kind: str) -> None:
    picture = Image.new("RGB", (2200, 600), (0, 0, 255))
    picture.paste((255, 0, 0), (0, 0, 50, 50))
    whole = put_together(cut(stored(picture, kind, orientation=6)), 0)
    assert whole.size == (600, 2200)
    assert [whole.getpixel(spot)[0] > 200 for spot in ((3, 3), (596, 3), (3, 2196))] == [False, True, False]  # type: ignore[index]


def test_deep_pictures_are_as_bright_as_their_preview() -> None:
    values = np.linspace(100, 4000, 2100 * 600).reshape(600, 2100).astype(np.uint16)
    whole = put_together(cut(stored(Image.fromarray(values))), 0)
    assert whole == to_display_mode(Image.fromarray(values))
    assert (whole.getpixel((0, 0)), whole.getpixel((2099, 599))) == ((0, 0, 0), (255, 255, 255))


def test_tiles_are_webp() -> None:
    tile = cut(stored(noise(2100, 20)))[-1]
    assert (tile.level, tile.column, tile.row, tile.picture.size) == (0, 4, 0, (52, 20))
    decoded = Image.open(io.BytesIO(tile.encoded()))
    assert (decoded.format, decoded.size) == ("WEBP", (52, 20))


@pytest.mark.parametrize("kind", ["TIFF", "PNG", "BMP"])
def test_full_resolution_loses_nothing_that_the_file_has(kind: str) -> None:
    values = np.full((40, 2100, 3), (30, 60, 200), np.uint8)
    values[:, ::8] = (255, 0, 0)
    picture = Image.fromarray(values)
    tile = cut(stored(picture, kind))[0]
    shown = Image.open(io.BytesIO(tile.encoded())).convert("RGB")
    assert shown.tobytes() == picture.crop((0, 0, 512, 40)).tobytes()


def test_tiles_of_lossy_and_of_smaller_pictures_are_small() -> None:
    photo = noise(4200, 300)
    assert not any(tile.exact for tile in cut(stored(photo, "JPEG")))
    assert {tile.level for tile in cut(stored(photo, "PNG")) if tile.exact} == {0}


def test_small_pictures_have_none() -> None:
    assert cut(stored(noise(40, 30))) == []


def test_large_and_broken_pictures_are_refused_by_name() -> None:
    data = stored(noise(2100, 20))
    with pytest.raises(TooManyPixels):
        list(cut_rows(data, max_pixels=1000))
    with pytest.raises(NotAPicture):
        list(cut_rows(io.BytesIO(data.getvalue()[:5000]), max_pixels=LIMIT))
