"""The examples of docs/plugins/writing.md are complete and keep their contracts: each runs with its kit."""

import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from annotator.plugins.base import Plugin
from annotator.plugins.families import all_families

PAGE = Path(__file__).resolve().parents[2] / "docs" / "plugins" / "writing.md"


def sections() -> dict[str, str]:
    """Code by heading (“A strategy” → ``strategy``)."""
    parts = re.split(r"^## An? (\w+)$", PAGE.read_text(), flags=re.MULTILINE)
    found = {}
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        if code := re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL):
            found[name] = "\n".join(code)
    return found


EXAMPLES = sections()


@pytest.fixture
def example(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The code of one section as a module."""
    name = f"docs_example_{request.param}"
    (tmp_path / f"{name}.py").write_text(EXAMPLES[request.param])
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    yield importlib.import_module(name)
    del sys.modules[name]


def test_every_family_has_an_example() -> None:
    assert {f"{name}s" for name in EXAMPLES} == {
        registry.family.replace("strategies", "strategys") for registry in all_families()
    }


@pytest.mark.parametrize("example", EXAMPLES, indirect=True)
def test_it_keeps_its_contract(example: ModuleType, tmp_path: Path) -> None:
    own = [value for value in vars(example).values() if inspect.isclass(value) and value.__module__ == example.__name__]
    contracts = {registry.contract for registry in all_families()}
    assert any(issubclass(value, tuple(contracts)) for value in own if issubclass(value, Plugin))
    kits = [value for value in own if value.__name__.startswith("Test")]
    assert len(kits) == 1
    tests = [name for name in dir(kits[0]) if name.startswith("test_")]
    assert len(tests) >= 3
    for name in tests:
        method = getattr(kits[0](), name)
        folder = tmp_path / name
        folder.mkdir()
        method(**({"tmp_path": folder} if "tmp_path" in inspect.signature(method).parameters else {}))
