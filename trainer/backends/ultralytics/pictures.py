"""Reading pictures as the network wants them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotator.core.errors import Unavailable


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Pixels (H, W, 3) BGR as displayed: EXIF orientation applied; raises :class:`Unavailable` for unreadable files."""
    import cv2  # noqa: PLC0415 -- comes with ultralytics

    data = np.fromfile(path, np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if picture is None:
        raise Unavailable(f"The picture {path.name} cannot be decoded. Remove the image and start again.")
    return np.asarray(picture, dtype=np.uint8)
