"""Palettes and pictures of numbers or colours."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from annotator.formats.shared.palettes import (
    VOC_INDEX,
    hex_colour,
    indices_of_colours,
    nearest_colours,
    packed,
    read_pixel_map,
    rgb_of_hex,
    unpacked,
    voc_colour,
    voc_palette,
)


def test_the_palette_of_voc() -> None:
    known = {
        0: (0, 0, 0),
        1: (128, 0, 0),
        2: (0, 128, 0),
        7: (128, 128, 128),
        15: (192, 128, 128),
        255: (224, 224, 192),
    }
    assert {index: voc_colour(index) for index in known} == known
    assert len(VOC_INDEX) == 256
    assert voc_palette()[3:6] == [128, 0, 0]


def test_colours_as_text_and_numbers() -> None:
    assert rgb_of_hex(hex_colour((1, 20, 255))) == (1, 20, 255)
    assert rgb_of_hex("ffffff") == (255, 255, 255)
    assert rgb_of_hex("red") is rgb_of_hex("#fff") is rgb_of_hex("") is None
    assert unpacked(packed((3, 2, 1))) == (3, 2, 1)


def test_colours_become_numbers() -> None:
    values = np.array([[packed((1, 2, 3)), packed((9, 9, 9))], [packed((0, 0, 0)), packed((255, 255, 255))]])
    table = {(1, 2, 3): 5, (0, 0, 0): 0}
    assert indices_of_colours(values, table, 77).tolist() == [[5, 77], [0, 77]]
    assert indices_of_colours(values, {}, 77).tolist() == [[77, 77], [77, 77]]


@pytest.mark.parametrize(
    ("mode", "kind", "value"),
    [("1", "index", 255), ("L", "index", 9), ("P", "index", 9), ("LA", "index", 9), ("I;16", "index", 900),
     ("I", "index", 70000), ("RGB", "colour", packed((9, 8, 7))), ("RGBA", "colour", packed((9, 8, 7)))],
)  # fmt: skip
def test_every_mode_of_pictures(tmp_path: Path, mode: str, kind: str, value: int) -> None:
    fill: dict[str, float | tuple[float, ...]] = {"LA": (9, 40), "RGB": (9, 8, 7), "RGBA": (9, 8, 7, 128)}
    plain = {"1": 1, "L": 9, "P": 9, "I;16": 900, "I": 70000}
    file = tmp_path / ("a.tif" if mode == "I" else "a.png")
    picture = Image.new(mode, (3, 2), fill.get(mode, plain.get(mode)))
    if mode == "P":
        picture.putpalette(voc_palette())
    picture.save(file)
    found = read_pixel_map(file)
    assert found is not None
    assert (found.kind, found.values.shape, found.values.tolist()) == (kind, (2, 3), [[value] * 3] * 2)
    assert not found.lossy


def test_grey_colours_are_numbers_and_jpeg_is_lossy(tmp_path: Path) -> None:
    Image.new("RGB", (3, 2), (4, 4, 4)).save(tmp_path / "a.png")
    Image.new("L", (8, 8), 4).save(tmp_path / "a.jpg")
    (tmp_path / "torn.png").write_bytes(b"\x89PNG\r\n")
    grey, blurred = read_pixel_map(tmp_path / "a.png"), read_pixel_map(tmp_path / "a.jpg")
    assert grey is not None
    assert blurred is not None
    assert (grey.kind, blurred.lossy) == ("index", True)
    assert read_pixel_map(tmp_path / "torn.png") is read_pixel_map(tmp_path / "none.png") is None


def test_the_nearest_colours() -> None:
    values = np.array([[packed((250, 4, 3)), packed((1, 2, 3))], [packed((0, 0, 130)), packed((0, 0, 70))]])
    found = nearest_colours(values, [(255, 0, 0), (0, 0, 0), (0, 0, 142)])
    assert [[unpacked(int(v)) for v in row] for row in found] == [[(255, 0, 0), (0, 0, 0)], [(0, 0, 142), (0, 0, 0)]]
