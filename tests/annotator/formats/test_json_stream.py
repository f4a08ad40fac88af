"""The splitter of huge JSON files: any window, any text, the same items."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.core.errors import FormatError
from annotator.formats.shared.json_stream import JsonFile, decode_item

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text('{}[]",:\\\\ é', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('{"}a', max_size=3), inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.lists(st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3), max_size=8)


def read(path: Path, window: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with JsonFile(path, window=window) as data:
        for key, at in data.members():
            found[key] = [decode_item(i.text) for i in data.items(at)] if data.is_array(at) else data.value(at)
            if data.is_array(at):
                assert all(data.data[i.offset : i.offset + len(i.text)] == i.text for i in data.items(at))
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(OBJECTS, OBJECTS, VALUES, st.integers(1, 80), st.sampled_from([None, 2]))
def test_any_window_gives_the_same_items(
    tmp_path: Path, first: list[Any], second: list[Any], other: Any, window: int, indent: int | None
) -> None:
    content = {"annotations": first, "info": {"x": other}, 'tricky "images": [{': second, "n": 1.5}
    path = tmp_path / "file.json"
    path.write_text(json.dumps(content, ensure_ascii=False, indent=indent))
    assert read(path, window) == content


def test_not_a_number_is_one_item(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text('{"a": [{"x": 1}, {"x": NaN}, {"x": 2}]}')
    values = [item["x"] for item in read(path, 1 << 20)["a"]]
    assert (values[0], values[2]) == (1, 2)
    assert values[1] != values[1]


def test_half_a_character_is_replaced() -> None:
    assert decode_item(b'{"a\\udc00": ["\\ud800", NaN]}') == {
        "a\ufffd": ["\ufffd", pytest.approx(float("nan"), nan_ok=True)]
    }


@pytest.mark.parametrize(
    "text", ["", "[1]", "{", '{"a"', '{"a": [', '{"a": [{}', '{"a": {"b": [}', "nonsense", "{1: 2}"]
)
def test_broken_files_are_refused_with_a_place(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file.json"
    path.write_text(text)
    with pytest.raises(FormatError, match=r"file\.json"):
        read(path, 64)


@given(st.lists(st.tuples(st.integers(0, 400_000), st.integers(0, 200_000)), max_size=30), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_any_piece_of_the_file(tmp_path: Path, pieces: list[tuple[int, int]], in_order: bool) -> None:
    path = tmp_path / "file.json"
    if not path.exists():
        path.write_bytes(bytes(range(256)) * 1600)
    whole = path.read_bytes()
    at = 0
    with JsonFile(path) as data:
        for place, size in pieces:
            start, length = (at, size % 500) if in_order else (place, size)
            at = start + length
            assert data.text(start, at) == whole[start:at]
