"""Where classes are folders or numbers: ImageNet's two ways to lay out a set."""

import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path, PurePosixPath

from annotator.formats.shared.files import PICTURE_SUFFIXES
from annotator.formats.shared.label_files import own_file
from annotator.formats.shared.tables import text_encoding

SYNSETS = ("synsets.txt", "synset_words.txt", "LOC_synset_mapping.txt")
SPLIT_FOLDERS = {
    "train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val", "test": "test",
    "testing": "test",
}  # fmt: skip
"""Only whole words: a class may well be called bullet_train."""
_FORBIDDEN = re.compile(r"[/\\\x00-\x1f]")
_SYNSET = re.compile(r"n\d{8}\b")
_LISTED = re.compile(
    r"(?P<path>.*?\.(?:" + "|".join(suffix[1:] for suffix in sorted(PICTURE_SUFFIXES)) + r"))(?:\s+(?P<rest>.*))?",
    re.IGNORECASE,
)
_LARGEST_LIST = 64 << 20


def class_lines(folder: Path) -> list[str]:
    """Lines of ``synsets.txt``: the classes in the order of their numbers; empty when there is none."""
    for name in SYNSETS:
        path = folder / name
        if own_file(folder, path) and path.stat().st_size <= _LARGEST_LIST:
            text = path.read_text(encoding=text_encoding(path), errors="replace")
            return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    return []


def has_class_list(folder: Path) -> bool:
    """Whether there is a ``synsets.txt``, be it without a class."""
    return any(own_file(folder, folder / name) for name in SYNSETS)


def class_folders(names: Sequence[str]) -> dict[str, str]:
    """Folder → class: the name itself, without what no folder may be called, and its WordNet number when it has one."""
    folders: dict[str, str] = {}
    for name in names:
        plain = _FORBIDDEN.sub("_", name).strip() or "_"
        plain = f"_{plain}" if plain.startswith(".") or plain.lower() in SPLIT_FOLDERS else plain
        folder, number = plain, 2
        while folder in folders:
            folder, number = f"{plain}-{number}", number + 1
        folders[folder] = name
    for name in names:
        if found := _SYNSET.match(name):
            folders.setdefault(found.group(), name)
    return folders


def split_folders(
    pictures: Iterable[Sequence[str]], classes: Collection[str], *, listed: bool = False
) -> frozenset[str]:
    """Which of the outermost folders are splits and not classes, from the parts of the pictures' paths.

    A folder called ``train`` beside ``car`` and ``ship`` is a class. Splits have class folders in them, and there are
    several of them or nothing else. Where the classes are ``listed``, every such folder that is none of them is a split.
    """
    outermost: set[str] = set()
    deep: set[str] = set()
    for parts in pictures:
        if len(parts) > 1:
            outermost.add(parts[0])
        if len(parts) > 2:
            deep.add(parts[0])
    words = {name for name in outermost if name.lower() in SPLIT_FOLDERS and name not in classes}
    if listed:
        return frozenset(words)
    if not words & deep or not (classes or len(words) > 1 or words == outermost):
        return frozenset()
    return frozenset(words)


def split_and_class(parts: Sequence[str], splits: Collection[str]) -> tuple[str | None, str | None]:
    """The split and the class folder of a picture; folders below a class belong to it, and one right in a split has none."""
    if parts[0] in splits:
        return SPLIT_FOLDERS[parts[0].lower()], parts[1] if len(parts) > 2 else None
    return None, parts[0] if len(parts) > 1 else None


def parse_listed(line: str) -> tuple[str, list[str]]:
    """``path idx [idx …]`` as path and what follows; spaces belong to the path up to its ending."""
    found = _LISTED.fullmatch(line.strip())
    if found:
        return found["path"], (found["rest"] or "").split()
    words = line.split()
    count = next((i for i, word in enumerate(reversed(words)) if not word.isdecimal()), len(words) - 1)
    cut = len(words) - count
    return " ".join(words[:cut]), words[cut:]


def looks_listed(lines: Sequence[str]) -> bool:
    """Whether most of the lines of a file are pictures with numbers of classes."""
    parsed = [parse_listed(line) for line in lines]
    good = sum(
        bool(rest) and all(word.isdecimal() for word in rest) and PurePosixPath(path).suffix.lower() not in {"", ".txt"}
        for path, rest in parsed
    )
    return 2 * good > len(parsed)
