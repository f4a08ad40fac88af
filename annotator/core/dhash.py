"""Difference hash: 64 bits that stay nearly the same when a picture is resized or compressed again.

Method: Krawetz, “Kind of Like That” (2013): shrink to 9 × 8 grey pixels, one bit per horizontal neighbour pair.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

NEAR_BITS = 6
"""Two pictures whose hashes differ in at most this many bits may be the same."""


def difference_hash(picture: Image.Image) -> int:
    """Hash of a displayed (already turned) picture as a signed 64-bit integer, which is what databases store."""
    grey = np.asarray(picture.convert("L").resize((9, 8), Image.Resampling.BOX), dtype=np.int16)
    bits = (grey[:, 1:] > grey[:, :-1]).ravel()
    return int(np.packbits(bits).view(">i8")[0])


def near_hashes(hashes: NDArray[np.int64], wanted: int, *, bits: int = NEAR_BITS) -> NDArray[np.intp]:
    """Indices of ``hashes`` (N,) within ``bits`` of ``wanted``, nearest first, earlier first among equals."""
    distance = np.bitwise_count((hashes ^ np.int64(wanted)).view(np.uint64))  # of signed numbers it counts |x|
    near = np.flatnonzero(distance <= bits)
    return near[np.argsort(distance[near], kind="stable")]
