"""Small datasets in files for tests."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.factories.images import make_picture

Rows = Mapping[str, Sequence[str] | None]
"""Picture (``train/a.jpg``) → rows of its label file; ``None`` = no label file."""


def make_yolo(folder: Path, rows: Rows, *, names: Sequence[str] = ("cat", "dog"), seed: int = 0) -> Path:
    """A YOLO dataset with real pictures, each another one."""
    for number, (name, lines) in enumerate(rows.items()):
        picture = folder / "images" / name
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_bytes(make_picture(seed=seed * 1000 + number, size=(100, 50)))
        if lines is not None:
            labels = (folder / "labels" / name).with_suffix(".txt")
            labels.parent.mkdir(parents=True, exist_ok=True)
            labels.write_text("\n".join(lines))
    (folder / "data.yaml").write_text(f"names: [{', '.join(names)}]\n")
    return folder


CAT, DOG = "0 .5 .5 .2 .4", "1 .2 .5 .1 .2"
