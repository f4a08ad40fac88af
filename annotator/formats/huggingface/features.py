"""What a Hugging Face dataset says of itself: the YAML of ``README.md`` and ``dataset_info.json``."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

INFO_FILES = ("dataset_info.json", "dataset_infos.json")
NESTED = frozenset({"objects", "annotations"})
_STRUCTURE = frozenset({"dtype", "sequence", "list", "struct", "feature", "features", "class_label", "dataset_info"})
_LARGEST = 4 << 20
_MOST_NODES = 100_000
_DEEPEST = 20


@dataclass
class Card:
    """The parts of ``README.md`` and the class names of each column (``objects.category`` for those of objects)."""

    head: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    names: dict[str, list[str]] = field(default_factory=dict)


def card_of(folder: Path) -> Card:
    """Read what there is; files that cannot be read say nothing."""
    card = Card()
    raw = _text(folder / "README.md")
    if raw.startswith("---"):
        head, _, card.text = raw[3:].partition("\n---")
        card.text = card.text.lstrip("\n")
        try:
            found = yaml.load(head, Loader=_Loader)
            card.head = found if isinstance(found, dict) else {}
        except (yaml.YAMLError, ValueError, RecursionError, TypeError):
            card.head = {}
    sources: list[Any] = [card.head]
    for name in INFO_FILES:
        try:
            sources.append(json.loads(_text(folder / name) or "null"))
        except (ValueError, RecursionError):
            continue
    for source in sources:
        _Walk(card.names).visit(source, (), 0)
    return card


def _text(path: Path) -> str:
    if not path.is_file() or path.is_symlink() or path.stat().st_size > _LARGEST:
        return ""
    return path.read_text(encoding="utf-8-sig", errors="replace")


class _Walk:
    """Looks for ClassLabel features, however deep; YAML's aliases may make a small file endless, so it counts."""

    def __init__(self, names: dict[str, list[str]]) -> None:
        self._names = names
        self._left = _MOST_NODES

    def visit(self, node: Any, path: tuple[str, ...], depth: int) -> None:
        """Keep the names of a feature, or look into what is below."""
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST:
            return
        if isinstance(node, list):
            for item in node:
                self.visit(item, path, depth + 1)
        if not isinstance(node, Mapping):
            return
        if isinstance(node.get("name"), str):
            path = (*path, node["name"])
        label = node.get("class_label", node if node.get("_type") == "ClassLabel" else None)
        if isinstance(label, Mapping) and path and (names := _names(label.get("names"))):
            prefix = "objects." if NESTED & set(path[:-1]) else ""
            self._names.setdefault(prefix + path[-1], names)
            return
        for key, value in node.items():
            inside = path if key in _STRUCTURE or not isinstance(key, str) else (*path, key)
            self.visit(value, inside, depth + 1)


def _names(value: Any) -> list[str]:
    """A list of names, or names by number (text or not)."""
    if isinstance(value, list):
        return [str(name) for name in value]
    if not isinstance(value, Mapping):
        return []
    try:
        return [str(value[key]) for key in sorted(value, key=int)]
    except (TypeError, ValueError):
        return []


def card_text(names: list[str], head: Mapping[str, Any], text: str) -> str:
    """A ``README.md`` that tells the loader which classes the numbers mean."""
    label = {"class_label": {"names": {str(number): name for number, name in enumerate(names)}}}
    integers: Any = {"dtype": label} if names else {"dtype": "int64"}
    features = [
        {"name": "image", "dtype": "image"},
        {"name": "width", "dtype": "int64"},
        {"name": "height", "dtype": "int64"},
        {"name": "labels", "sequence": label if names else "int64"},
        {
            "name": "objects",
            "struct": [
                {"name": "bbox", "sequence": {"sequence": "float64", "length": 4}},
                {"name": "categories", "sequence": integers["dtype"]},
                {"name": "iscrowd", "sequence": "bool"},
            ],
        },
    ]
    content = {**head, "dataset_info": {"features": features}}
    dumped = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    return f"---\n{dumped}---\n{text}" if text else f"---\n{dumped}---\n"
