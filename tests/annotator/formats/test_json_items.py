"""Items of streamed JSON."""

import pytest

from annotator.formats.shared.json_items import as_list, as_object, decoded


@pytest.mark.parametrize(("text", "value"), [(b'{"a": [1]}', {"a": [1]}), (b"7", 7), (b'"\\ud800"', "\ufffd")])
def test_values(text: bytes, value: object) -> None:
    assert decoded(text) == value


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"nonsense", b"1" * 10_000 + b"x"])
def test_what_is_no_json_is_nothing(text: bytes) -> None:
    assert decoded(text) is None


def test_kinds() -> None:
    assert [as_object(value) for value in ({"a": 1}, [1], None)] == [{"a": 1}, {}, {}]
    assert [as_list(value) for value in ({"a": 1}, [1], None)] == [[], [1], []]
