"""Every built-in plugin of the eight families is tested by its family's contract kit and has a place in the docs."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from annotator.plugins.families import all_families
from annotator.plugins.registry import BUILT_IN, Listing

ROOT = Path(__file__).resolve().parents[2]
KITS = {
    "formats": "DatasetFormatContract",
    "sources": "ImageSourceContract",
    "checks": "QualityCheckContract",
    "backends": "BackendContract",
    "strategies": "StrategyContract",
    "augmentations": "AugmentationContract",
    "exporters": "ExporterContract",
    "interactors": "InteractorContract",
}


def built_ins() -> list[Listing]:
    return [listing for registry in all_families() for listing in registry.listings() if listing.origin == BUILT_IN]


def kit_tests(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(kit, ``module:Class``) of each test class that inherits a kit and names its plugin."""
    imported = {
        alias.asname or alias.name: f"{node.module}:{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node in ast.walk(tree):
        if not (isinstance(node, ast.ClassDef) and node.name.startswith("Test")):
            continue
        kits = [base.id for base in node.bases if isinstance(base, ast.Name) and base.id.endswith("Contract")]
        for statement in node.body:
            if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "plugin":
                target = imported.get(ast.unparse(statement.value), "")
                yield from ((kit, target) for kit in kits)


@cache
def kit_coverage() -> frozenset[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for package in ("annotator", "trainer"):
        for path in (ROOT / "tests" / package).rglob("test_*.py"):
            found |= set(kit_tests(ast.parse(path.read_text())))
    return frozenset(found)


def test_there_are_eight_families() -> None:
    assert [registry.family for registry in all_families()] == list(KITS)


@pytest.mark.parametrize("listing", built_ins(), ids=lambda listing: f"{listing.family}-{listing.name}")
def test_a_contract_kit_tests_it(listing: Listing) -> None:
    assert (KITS[listing.family], listing.target) in kit_coverage(), (
        f"Write a class that inherits {KITS[listing.family]} with plugin = {listing.target.partition(':')[2]}."
    )


@pytest.mark.parametrize("listing", built_ins(), ids=lambda listing: f"{listing.family}-{listing.name}")
def test_the_docs_have_a_heading_for_it(listing: Listing) -> None:
    page = ROOT / "docs" / "plugins" / f"{listing.family}.md"
    assert page.exists(), f"docs/plugins/{listing.family}.md is missing."
    headings = re.findall(r"^#{2,3} .*`([a-z0-9_]+)`", page.read_text(), flags=re.MULTILINE)
    assert listing.name in headings, f"docs/plugins/{listing.family}.md needs a heading with `{listing.name}`."


def test_the_docs_promise_no_plugin_that_is_not_there() -> None:
    for registry in all_families():
        page = ROOT / "docs" / "plugins" / f"{registry.family}.md"
        headings = re.findall(r"^#{2,3} .*`([a-z0-9_]+)`", page.read_text(), flags=re.MULTILINE)
        names = {listing.name for listing in built_ins() if listing.family == registry.family}
        assert set(headings) <= names, page.name


def test_every_built_in_works() -> None:
    broken = {
        f"{status.listing.family}/{status.listing.name}": status.error
        for registry in all_families()
        for status in registry.statuses()
        if status.listing.origin == BUILT_IN and status.state != "ok"
    }
    assert broken == {}
