"""Datasets of several annotation files."""

from pathlib import Path

import pytest

from annotator.core.errors import FormatError
from annotator.core.records import Issue
from annotator.formats.shared.several_files import read_each


def opened(path: Path) -> str:
    if path.stat().st_size == 0:
        raise FormatError(f"{path.name} is empty.", fields={"file": path.name, "offset": 3})
    return path.read_text()


def test_refused_files_cost_only_themselves(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one")
    (tmp_path / "b").touch()
    issues: list[Issue] = []
    paths = [tmp_path / name for name in ("a", "b", "gone")]
    assert read_each(paths, opened, root=tmp_path, report=issues.append, nothing="nothing") == ["one"]
    assert [(i.code, i.severity, i.file, i.where) for i in issues] == [
        ("unparsable_file", "error", "b", "byte 3"),
        ("unparsable_file", "error", "gone", None),
    ]


def test_a_set_of_refused_files_is_refused_as_the_first_was(tmp_path: Path) -> None:
    (tmp_path / "b").touch()
    issues: list[Issue] = []
    with pytest.raises(FormatError, match="b is empty"):
        read_each([tmp_path / "b"], opened, root=tmp_path, report=issues.append, nothing="nothing here")
    with pytest.raises(FormatError, match="nothing here"):
        read_each([], opened, root=tmp_path, report=issues.append, nothing="nothing here")
    assert issues == []
