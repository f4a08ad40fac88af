"""Tables in text files: encodings, separators, quotes, lines."""

from pathlib import Path

import pytest

from annotator.core.records import Issue
from annotator.formats.shared.tables import cells_of, delimiter_of, head_lines, number_of, read_rows, text_encoding


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"", "utf-8"),
        ("ä".encode(), "utf-8"),
        ("ä".encode("utf-8-sig"), "utf-8-sig"),
        ("ä".encode("utf-16"), "utf-16"),
        ("ä".encode("utf-32"), "utf-32"),
        ("ä".encode("cp1252"), "cp1252"),
        (("ä" * 40_000 + "x").encode(), "utf-8"),
        (b"x" + ("ä" * 40_000).encode()[:-1], "cp1252"),
    ],
)
def test_encodings(tmp_path: Path, data: bytes, encoding: str) -> None:
    (tmp_path / "a.csv").write_bytes(data)
    assert text_encoding(tmp_path / "a.csv") == encoding


@pytest.mark.parametrize(
    ("line", "delimiter"),
    [("a,b", ","), ("a;b,c;d", ";"), ('"a;b;c",d', ","), ("a\tb", "\t"), ("a|b", "|"), ("a", ",")],
)
def test_delimiters(line: str, delimiter: str) -> None:
    assert delimiter_of(line) == delimiter


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("a, b ,c\r\n", ["a", "b", "c"]),
        ('a, "b, c" ,d', ["a", "b, c", "d"]),
        ('"a ""b""",c', ['a "b"', "c"]),
        ('a,"b', ["a", "b"]),
        ("a,,", ["a", "", ""]),
    ],
)
def test_cells(line: str, cells: list[str]) -> None:
    assert cells_of(line, ",") == cells


def rows(path: Path, text: bytes) -> tuple[list[tuple[int, list[str]]], list[Issue]]:
    path.write_bytes(text)
    issues: list[Issue] = []
    return [tuple(row) for row in read_rows(path, file="a.csv", report=issues.append)], issues  # type: ignore[misc]


def test_lines_and_cells_over_several_lines(tmp_path: Path) -> None:
    found, issues = rows(tmp_path / "a.csv", b'a,b\r\n\r\n"1\r\n2",3\n4,"5\n6,7\n8,9')
    assert found == [(1, ["a", "b"]), (3, ["1 2", "3"]), (5, ["4", "5"]), (6, ["6", "7"]), (7, ["8", "9"])]
    assert issues == []


def test_an_endless_line_costs_itself(tmp_path: Path) -> None:
    found, issues = rows(tmp_path / "a.csv", b"a,b\n" + b"x" * (2 << 20) + b"\nc,d\n")
    assert [cells for _, cells in found] == [["a", "b"], ["c", "d"]]
    assert [(issue.code, issue.where) for issue in issues] == [("unparsable_file", "line 2")]


def test_the_first_lines() -> None:
    assert head_lines("a\n\nb\n".encode("utf-16"), 5) == ["a", "b"]
    assert head_lines(b"a\nb\nc\n", 2) == ["a", "b"]


def test_numbers() -> None:
    assert (number_of("1.5"), number_of("1,5"), number_of("-2")) == (1.5, 1.5, -2)
    assert all(number_of(text) != number_of(text) for text in ("", "x", "1,2,3", "1.2,3", "nan"))
