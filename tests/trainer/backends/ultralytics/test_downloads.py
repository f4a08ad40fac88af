"""Official weights are fetched whole or not at all."""

from pathlib import Path

import pytest

from annotator.core.errors import Unavailable
from trainer.backends.ultralytics.downloads import download


def test_a_file_is_fetched_once(tmp_path: Path) -> None:
    release, folder = tmp_path / "release", tmp_path / "weights"
    release.mkdir()
    (release / "yolo11n.pt").write_bytes(b"weights")
    path = download("yolo11n.pt", folder, base=release.as_uri())
    assert path.read_bytes() == b"weights"
    (release / "yolo11n.pt").unlink()
    assert download("yolo11n.pt", folder, base=release.as_uri()) == path


def test_failures_are_explained_and_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="could not be downloaded"):
        download("yolo11n.pt", tmp_path / "weights", base=(tmp_path / "missing").as_uri())
    assert list((tmp_path / "weights").iterdir()) == []
    with pytest.raises(Unavailable, match="not one of the official weights"):
        download("../evil.pt", tmp_path / "weights", base=tmp_path.as_uri())
