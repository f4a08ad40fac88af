"""Every contract-kit class of the format tests, so that invariants hold for formats that nobody thought of here."""

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from typing import Any

import tests.annotator.formats as package
from annotator.core.errors import AnnotatorError
from annotator.core.progress import SilentProgress
from annotator.core.records import ImageRecord, Issue, LabelRecord
from annotator.plugins.testing import DatasetFormatContract

Kit = type[DatasetFormatContract]


@cache
def kits() -> tuple[Kit, ...]:
    """All kits, by name."""
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("test_") and module.name != "test_invariants":
            importlib.import_module(f"{package.__name__}.{module.name}")
    found: dict[str, Kit] = {}
    waiting = list(DatasetFormatContract.__subclasses__())
    while waiting:
        kit = waiting.pop()
        waiting += kit.__subclasses__()
        if kit.__module__.startswith(package.__name__) and hasattr(kit, "plugin"):
            found[f"{kit.__module__.rpartition('.')[2]}.{kit.__name__}"] = kit
    return tuple(found[name] for name in sorted(found))


def kinds_of(kit: Kit) -> frozenset[str]:
    """The geometry kinds that come back as they were."""
    return kit.plugin.kinds if kit.kinds is None else kit.kinds


def write(kit: Kit, images: list[ImageRecord], folder: Path, labels: list[LabelRecord]) -> list[Issue]:
    """Write a set into a fresh folder."""
    folder.mkdir(parents=True)
    issues: list[Issue] = []
    kit.plugin().write(
        images, folder, labels=labels, options=kit().parsed(), report=issues.append, progress=SilentProgress()
    )
    return issues


def read(kit: Kit, folder: Path) -> tuple[list[LabelRecord], list[ImageRecord], list[Issue]]:
    """Labels, images and what was reported."""
    issues: list[Issue] = []
    options = kit().parsed()
    images = list(kit.plugin().read(folder, options=options, report=issues.append))
    return kit.plugin().labels(folder, options=options, report=lambda issue: None), images, issues


def contents(folder: Path) -> dict[str, bytes]:
    """Relative path → bytes."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def attempt(kit: Kit, folder: Path) -> list[ImageRecord] | None:
    """Read what may be damaged; ``None`` when it was refused with a sentence."""
    try:
        return read(kit, folder)[1]
    except AnnotatorError:
        return None


def plain(value: Any) -> str:
    """An attribute's value as every format could write it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, int | float) else str(value)
