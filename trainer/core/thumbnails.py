"""An embedding before any model exists: colours and edges of a thumbnail."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

VERSION = "thumbnail-v1"
"""Part of the cache's name: another recipe never mixes with stored vectors."""
SIDE = 64
_LEVELS = 4
_CELLS = 4
_DIRECTIONS = 8
WIDTH = _LEVELS**3 + _CELLS * _CELLS * (3 + _DIRECTIONS)
"""Length of the vector: colour histogram, mean colours and edge directions of a 4 × 4 grid."""


def thumbnail_embedding(picture: Image.Image) -> NDArray[np.float32]:
    """Describe a picture by (WIDTH,) numbers of length 1: Hellinger-scaled histograms of colours and gradients."""
    small = picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)
    pixels = np.asarray(small, np.float32) / 255.0
    parts = (_colours(pixels), 0.5 * _grid(pixels), _edges(pixels.mean(axis=2)))
    vector = np.concatenate([part / max(float(np.linalg.norm(part)), 1e-6) for part in parts]).astype(np.float32)
    unit: NDArray[np.float32] = vector / np.float32(np.sqrt(len(parts)))
    return unit


def _colours(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    levels = np.minimum((pixels * _LEVELS).astype(np.int64), _LEVELS - 1)
    flat = (levels[..., 0] * _LEVELS + levels[..., 1]) * _LEVELS + levels[..., 2]
    shares = np.bincount(flat.ravel(), minlength=_LEVELS**3) / flat.size
    return np.sqrt(shares).astype(np.float32)


def _grid(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    cell = SIDE // _CELLS
    means = pixels.reshape(_CELLS, cell, _CELLS, cell, 3).mean(axis=(1, 3))
    centred: NDArray[np.float32] = means.ravel() - np.float32(0.5)
    return centred


def _edges(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Gradient strength by direction (opposite ones are the same) in each cell."""
    down, right = np.gradient(grey)
    strength = np.hypot(down, right)
    direction = np.arctan2(down, right) % np.pi
    index = np.minimum((direction * (_DIRECTIONS / np.pi)).astype(np.int64), _DIRECTIONS - 1)
    cell = SIDE // _CELLS
    rows, columns = np.indices(grey.shape) // cell
    place = (rows * _CELLS + columns) * _DIRECTIONS + index
    sums = np.bincount(place.ravel(), weights=strength.ravel(), minlength=_CELLS * _CELLS * _DIRECTIONS)
    return np.sqrt(sums).astype(np.float32)
