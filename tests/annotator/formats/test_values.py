"""Values that nobody checked."""

import math

import pytest

from annotator.core.errors import FormatError
from annotator.formats.shared.values import decode_json, flat_numbers, near, number, open_ring, pixels, text_of, whole


@pytest.mark.parametrize(("value", "found"), [(3, 3), ("3.5", 3.5), (" 4 ", 4), (-0.0, 0)])
def test_numbers(value: object, found: float) -> None:
    assert number(value) == found


@pytest.mark.parametrize("value", [None, True, "", "x", "nan", "inf", [], {}, 10**400, float("nan"), "1e999"])
def test_what_is_no_number(value: object) -> None:
    assert math.isnan(number(value))
    assert whole(value) is None


def test_whole_numbers_and_sizes() -> None:
    assert (whole("60"), whole(3.0), whole(3.5), whole(1e300), whole(2**53)) == (60, 3, None, None, 2**53)
    assert pixels("60", 40.0) == (60, 40)
    assert [pixels(0, 40), pixels(-1, 40), pixels(1, None), pixels(1e12, 4)] == [None] * 4


def test_texts_and_points() -> None:
    assert [text_of(" a "), text_of(3), text_of(None), text_of(True), text_of([])] == ["a", "3", "", "", ""]
    assert flat_numbers([[1, "2"], (3, 4, 5)]) == [1, 2, 3, 4]
    assert [flat_numbers(value) for value in ("12", None, [1], [[1]], [["1", "x"]], ["12"])] == [None] * 6
    assert flat_numbers([[1e9, -1e9]]) == [1e9, -1e9]
    assert flat_numbers([[1.1e9, 0]]) is None
    assert open_ring([0, 0, 1, 0, 1, 1, 0, 0]) == [0, 0, 1, 0, 1, 1]
    assert open_ring([0, 0, 0, 0, 0, 0]) == [0, 0, 0, 0, 0, 0]


def test_json_with_small_faults() -> None:
    assert decode_json(b'\xef\xbb\xbf{"a": [1]}', "x") == {"a": [1]}
    assert math.isnan(decode_json(b'{"a": NaN}', "x")["a"])
    assert decode_json('{"é": 1}'.encode("utf-16"), "x") == {"é": 1}
    assert decode_json(b'["\\ud800", NaN]', "x")[0] == "\ufffd"


@pytest.mark.parametrize("text", [b"", b"[1,", b"\xff", b"[" * 500_000, b'{"a":' * 500_000, b'{"a" 1}', b"1" * 10_000])
def test_what_is_no_json(text: bytes) -> None:
    with pytest.raises(FormatError) as error:
        decode_json(text, "name.json")
    assert error.value.fields["file"] == "name.json"


def test_the_place_of_a_fault() -> None:
    with pytest.raises(FormatError) as error:
        decode_json(b'{"a": 1, b: 2}', "x")
    assert error.value.fields["offset"] == 9


def test_numbers_that_could_be_pixels() -> None:
    assert near([0, -1e9, 3.5])
    assert not any(near([1, value]) for value in (1.1e9, math.nan, math.inf))
