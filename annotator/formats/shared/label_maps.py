"""``label_map.pbtxt`` of the TensorFlow Object Detection API: numbers and names of classes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from annotator.formats.shared.tables import text_encoding

_LARGEST = 16 << 20
_TOKEN = re.compile(r"""#[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[{}<>]|[^\s:{}<>"',;#]+""")
_ESCAPE = re.compile(r"\\([0-7]{1,3}|x[0-9a-fA-F]{1,2}|.)")
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(slots=True)
class MapItem:
    """One class."""

    number: int
    name: str
    display: str = ""


def parse_label_map(path: Path) -> list[MapItem]:
    """Items in the file's order; ``name`` is the class as the records write it."""
    if path.stat().st_size > _LARGEST:
        return []
    text = path.read_text(encoding=text_encoding(path), errors="replace")
    return [item for item in _items(_TOKEN.findall(text)) if item.name and item.number >= 0]


def _items(words: list[str]) -> Iterator[MapItem]:
    depth, key = 0, ""
    item = MapItem(-1, "")
    for word in words:
        if word.startswith("#"):
            continue
        if word in {"{", "<"}:
            depth += 1
            item = MapItem(-1, "") if depth == 1 else item
            key = ""
        elif word in {"}", ">"}:
            if depth == 1:
                item.name = item.name or item.display
                yield item
            depth, key = max(depth - 1, 0), ""
        elif depth == 1 and key:
            _set(item, key, word)
            key = ""
        elif depth == 1:
            key = word


def _set(item: MapItem, key: str, word: str) -> None:
    if key == "id" and word.isascii() and word.isdecimal() and len(word) < 10:
        item.number = int(word)
    elif key == "name":
        item.name = _text(word)
    elif key == "display_name":
        item.display = _text(word)


def _text(word: str) -> str:
    """A text without its quotes; numbers in it are bytes of UTF-8."""
    if word[:1] not in {'"', "'"}:
        return word
    text = _ESCAPE.sub(_unescaped, word[1:-1])
    if text != word[1:-1] and not text.isascii():
        try:
            return text.encode("latin-1").decode("utf-8")
        except UnicodeError:
            return text
    return text


def _unescaped(match: re.Match[str]) -> str:
    code = match.group(1)
    if code[0] in "01234567":
        return chr(int(code, 8))
    if code[0] == "x" and len(code) > 1:
        return chr(int(code[1:], 16))
    return _SIMPLE.get(code, code)


def format_label_map(names: Sequence[str]) -> str:
    """A map that counts from 1."""
    escapes = {code: f"\\{code:03o}" for code in range(32)} | {ord('"'): '\\"', ord("\\"): "\\\\"}
    items = (
        f'item {{\n  id: {number}\n  name: "{name.translate(escapes)}"\n}}\n'
        for number, name in enumerate(names, start=1)
    )
    return "".join(items)
