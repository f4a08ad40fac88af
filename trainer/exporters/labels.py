"""Class names beside an exported model, for programs that cannot read its metadata."""

from pathlib import Path


def write_labels(folder: Path, labels: tuple[str, ...]) -> Path:
    """Write one class name a line, in the order of the model's outputs."""
    path = folder / "labels.txt"
    path.write_text("".join(f"{' '.join(name.splitlines())}\n" for name in labels), encoding="utf-8")
    return path
