"""Names of files that are no text: from a disc that an old computer wrote."""

import json
import os
from pathlib import Path

import pytest
from PIL import Image

from annotator.core.progress import SilentProgress
from annotator.formats.imagenet.plugin import ImageNetFormat, ImageNetOptions
from annotator.management.convert import main
from annotator.plugins.families import FORMATS
from annotator.plugins.reading import read_images, read_labels
from annotator.services.conversion import Conversion, convert


def old_set(root: Path) -> Path:
    """Two classes with a picture each; the bytes of their names are Latin-1."""
    for folder in (b"caf\xe9", b"b\xe4r"):
        path = root / os.fsdecode(folder)
        path.mkdir(parents=True)
        Image.new("RGB", (6, 4)).save(root / "new.png")
        (root / "new.png").rename(path / os.fsdecode(b"\xfc.png"))
    return root


def test_names_are_what_they_were_meant_to_be(tmp_path: Path) -> None:
    plugin, options = ImageNetFormat(), ImageNetOptions()
    root = old_set(tmp_path)
    images = list(read_images(plugin, root, options=options, report=lambda issue: None))
    assert [(i.name, [a.label for a in i.annotations]) for i in images] == [
        ("bär/ü.png", ["bär"]),
        ("café/ü.png", ["café"]),
    ]
    assert [label.name for label in read_labels(plugin, root, options=options, report=lambda issue: None)] == [
        "bär",
        "café",
    ]
    assert all(image.path is not None and image.path.is_file() for image in images)


@pytest.mark.parametrize("name", [name for name in FORMATS.names() if FORMATS.get(name).can_write])
def test_every_format_writes_them(tmp_path: Path, name: str) -> None:
    job = Conversion(source=old_set(tmp_path / "in"), target=tmp_path / "out", from_format="imagenet", to_format=name)
    report = convert(job, SilentProgress())
    assert report["counts"]["images"] == 2
    assert [label["n"] for label in report["labels"]] == [1, 1]


def test_the_command_prints_what_anybody_can_read(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    source = old_set(tmp_path / "in")
    (source / os.fsdecode(b"_annotations\xe9.createml.json")).write_text("[")
    assert main([str(source), "--from", "createml", "--to", "coco", "--dry-run", "--json"]) == 2
    assert "_annotations" in json.loads(capfdbinary.readouterr().out)["detail"]
