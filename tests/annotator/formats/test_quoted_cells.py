"""Cells that hold JSON."""

from pathlib import Path

from annotator.formats.shared.quoted_cells import cells, lines_of


def test_cells_of_tables() -> None:
    assert cells('a, b ,"c ""d"", e",') == ["a", "b", 'c "d", e', ""]
    assert cells("") == [""]
    assert cells(' "x" ,y') == ["x", "y"]
    assert cells('"open, y') == ['"open', "y"]
    assert len(cells(" " * 2_000_000 + "x" + '"' * 100_001)) == 1
    assert cells('a\t"b\tc"\t', "\t") == ["a", "b\tc", ""]
    assert cells('"' + "x" * 200_000 + '",y')[1] == "y"


def test_lines_of_tables(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a\r\n\r\nb\rc\n")
    assert list(lines_of(tmp_path / "a.csv")) == [(1, "a"), (3, "b"), (4, "c")]
