"""Pictures and image rows for tests."""

import hashlib
import io
from itertools import count
from typing import Any

import numpy as np
from PIL import Image as Pictures

from annotator.models import Image, Project
from annotator.services.intake import add_image_file

_numbers = count(1)


def make_picture(
    seed: int = 0, *, size: tuple[int, int] = (64, 48), kind: str = "JPEG", mode: str = "RGB", **save: Any
) -> bytes:
    """Bytes of a noisy picture; another ``seed`` is another picture, also for the eye."""
    rng = np.random.default_rng(seed)
    coarse = Pictures.fromarray(rng.integers(0, 256, (9, 12, 3), dtype=np.uint8))
    picture = coarse.resize(size, Pictures.Resampling.BICUBIC).convert(mode)
    buffer = io.BytesIO()
    picture.save(buffer, kind, **save)
    return buffer.getvalue()


def make_image(project: Project, name: str = "", **fields: Any) -> Image:
    """An image row without bytes: fast, for everything that does not read pictures."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "name": name or f"image-{number:05d}.jpg",
        "sha256": hashlib.sha256(f"image {number}".encode()).hexdigest(),
        "format": "JPEG",
        "bytes": 1000,
        "width": 640,
        "height": 480,
    }
    return Image.objects.create(project=project, **{**values, **fields})


def make_stored_image(project: Project, name: str = "", *, data: bytes | None = None, **fields: Any) -> Image:
    """An image whose bytes went through the real intake."""
    number = next(_numbers)
    result = add_image_file(
        actor=None, project=project, name=name or f"stored-{number:05d}.jpg", data=data or make_picture(seed=number)
    )
    assert result.image is not None, result.detail
    if fields:
        Image.objects.filter(pk=result.image.pk).update(**fields)
        result.image.refresh_from_db()
    return result.image
