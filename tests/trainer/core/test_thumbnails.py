"""Embeddings without a model."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from trainer.core.thumbnails import WIDTH, thumbnail_embedding


def picture(colour: str, *, stripes: bool = False, size: tuple[int, int] = (256, 200)) -> Image.Image:
    image = Image.new("RGB", size, colour)
    if stripes:
        draw = ImageDraw.Draw(image)
        for x in range(0, size[0], 20):
            draw.line([(x, 0), (x, size[1])], fill="black", width=6)
    return image


def test_a_vector_of_length_one() -> None:
    for image in (picture("red"), picture("black"), picture("white", stripes=True), Image.new("L", (1, 1))):
        vector = thumbnail_embedding(image)
        assert vector.shape == (WIDTH,)
        assert np.isfinite(vector).all()
        assert float(np.linalg.norm(vector)) <= 1 + 1e-5


def test_the_same_picture_smaller_is_nearly_the_same() -> None:
    large = picture("teal", stripes=True)
    assert float(thumbnail_embedding(large) @ thumbnail_embedding(large.resize((128, 100)))) > 0.95


@pytest.mark.parametrize("other", [picture("blue", stripes=True), picture("red")])
def test_other_colours_and_other_edges_are_farther(other: Image.Image) -> None:
    base = picture("red", stripes=True)
    shifted = picture("#e60000", stripes=True)
    vector = thumbnail_embedding(base)
    assert float(vector @ thumbnail_embedding(shifted)) > float(vector @ thumbnail_embedding(other)) + 0.1


def test_modes_do_not_matter() -> None:
    image = picture("red", stripes=True)
    assert np.allclose(thumbnail_embedding(image), thumbnail_embedding(image.convert("RGBA")), atol=1e-4)
