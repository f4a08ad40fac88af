"""The folder source: the contract, and that it never leaves its folder."""

from pathlib import Path

import pytest

from annotator.core.errors import NotFound
from annotator.plugins.base import Options
from annotator.plugins.sources import SourceItem
from annotator.plugins.testing import ImageSourceContract
from annotator.sources.folder import FolderOptions, FolderSource


class TestContract(ImageSourceContract):
    plugin = FolderSource

    def prepare(self, folder: Path) -> Options:
        for name, data in {**self.files, "notes.txt": b"no picture"}.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(data)
        return FolderOptions(path=str(folder))


@pytest.mark.parametrize("name", ["../secret.png", "/etc/passwd", "link.png", "gone.png"])
def test_it_never_leaves_its_folder(tmp_path: Path, name: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret.png").write_bytes(b"secret")
    (root / "link.png").symlink_to(tmp_path / "secret.png")
    options = FolderOptions(path=str(root))
    assert list(FolderSource().items(options=options)) == []
    with pytest.raises(NotFound), FolderSource().open(SourceItem(name), options=options):
        pass


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no folder"):
        list(FolderSource().items(options=FolderOptions(path=str(tmp_path / "gone"))))
