"""JSON as a stream."""

import json
from pathlib import Path
from typing import Any

import pytest

from annotator.formats.shared.json_writing import ArrayFile, dump_json


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"é": [1, 2.5, None, True]}, '{"é":[1,2.5,null,true]}'),
        (float("nan"), "null"),
        ({1: Path("a")}, '{"1":"a"}'),
        (10**30, "1" + "0" * 30),
        ("\ud800", '"?"'),
        (nested(3), "[[[[]]]]"),
    ],
)
def test_any_value_can_be_written(value: Any, text: str) -> None:
    assert dump_json(value) == text.encode()


def test_deep_values() -> None:
    assert json.loads(dump_json(nested(400))) == nested(400)
    assert dump_json(nested(100_000)) == b"null"


def test_a_file_of_items(tmp_path: Path) -> None:
    with ArrayFile(tmp_path / "sub" / "a.json", head=b'{"items":[', tail=b"\n]}\n") as file:
        for number in range(3):
            file.add({"n": number})
    assert json.loads((tmp_path / "sub" / "a.json").read_bytes()) == {"items": [{"n": 0}, {"n": 1}, {"n": 2}]}


def test_a_file_that_was_given_up_is_not_ended(tmp_path: Path) -> None:
    def give_up() -> None:
        with ArrayFile(tmp_path / "a.json") as file:
            file.add(1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        give_up()
    assert (tmp_path / "a.json").read_bytes() == b"[\n1"
