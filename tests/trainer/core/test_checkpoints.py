"""The last two checkpoints are kept, complete or not at all."""

from pathlib import Path

from trainer.core.checkpoints import checkpoints, keep_checkpoint, newest_checkpoint


def test_last_two_are_kept(tmp_path: Path) -> None:
    folder, source = tmp_path / "kept", tmp_path / "last.pt"
    assert newest_checkpoint(folder) is None
    for epoch in (0, 1, 2, 9, 10):
        source.write_bytes(b"x" * epoch)
        keep_checkpoint(source, folder, epoch=epoch)
    assert [path.name for path in checkpoints(folder)] == ["epoch-000009.pt", "epoch-000010.pt"]
    newest = newest_checkpoint(folder)
    assert newest is not None
    assert newest.read_bytes() == b"x" * 10


def test_what_a_kill_left_behind_is_no_checkpoint(tmp_path: Path) -> None:
    (tmp_path / ".partial.pt").write_bytes(b"half")
    (tmp_path / "epoch-1.pt.tmp").write_bytes(b"half")
    assert newest_checkpoint(tmp_path) is None
