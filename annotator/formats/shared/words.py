"""Names of classes in files whose columns are cut at spaces: as single words, and back again by a list beside them."""

from collections.abc import Iterable
from pathlib import Path

from annotator.formats.shared.tables import text_encoding

CLASS_LIST = "classes.txt"
_LARGEST = 16 << 20


def words_of(names: Iterable[str]) -> dict[str, str]:
    """Name → word without spaces, each its own: ``traffic light`` becomes ``traffic_light``."""
    names = list(dict.fromkeys(names))
    words = {name: name for name in names if name and not any(c.isspace() for c in name)}
    taken = set(words)
    for name in names:
        if name not in words:
            plain = word = "_".join(name.split()) or "_"
            number = 2
            while word in taken:
                word, number = f"{plain}-{number}", number + 1
            words[name] = word
            taken.add(word)
    return {name: words[name] for name in names}


def write_class_list(folder: Path, names: Iterable[str]) -> None:
    """Write the full names in their order, a line each."""
    lines = "".join(f"{' '.join(name.splitlines())}\n" for name in names)
    (folder / CLASS_LIST).write_text(lines, encoding="utf-8")


def read_class_list(folder: Path) -> list[str]:
    """Full names in their order; empty when there is no list."""
    path = folder / CLASS_LIST
    if not path.is_file() or path.is_symlink() or path.stat().st_size > _LARGEST:
        return []
    text = path.read_text(encoding=text_encoding(path), errors="replace")
    return list(dict.fromkeys(line.rstrip("\r") for line in text.split("\n") if line.strip()))


def names_of(names: Iterable[str]) -> dict[str, str]:
    """Word → name, for the names of a list."""
    return {word: name for name, word in words_of(names).items()}


def digits(value: float) -> str:
    """Shortest text that reads back as the same number, with two decimals at least."""
    text = f"{value:.2f}"
    return text if float(text) == float(value) else repr(float(value))
