"""What is installed, as the Plugins page shows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from annotator.checks.tiny import TinyCheck
from annotator.core.errors import NotFound
from annotator.plugins import registry
from annotator.plugins.checks import QualityCheck
from annotator.plugins.families import all_families
from annotator.queries.plugins import get_plugin, list_plugins, refresh_plugins, traits_of


@dataclass(frozen=True)
class Guest:
    """What ``importlib.metadata`` knows of an entry point."""

    name: str
    value: str
    group: str = "marquee.checks"

    @property
    def dist(self) -> SimpleNamespace:
        return SimpleNamespace(name="guest-package", version="1.2")

    @property
    def module(self) -> str:
        return self.value.partition(":")[0]

    @property
    def attr(self) -> str:
        return self.value.partition(":")[2]


@pytest.fixture
def guests(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Guest]]:
    """Entry points of the family ``checks`` that a test adds."""
    found: list[Guest] = []
    monkeypatch.setattr(registry, "entry_points", lambda group: [guest for guest in found if guest.group == group])
    refresh_plugins()
    yield found
    monkeypatch.undo()
    refresh_plugins()


def test_every_family_is_listed_and_every_built_in_works() -> None:
    refresh_plugins()
    listed = list_plugins()
    assert {plugin["family"] for plugin in listed} == {registry.family for registry in all_families()}
    built_in = [plugin for plugin in listed if plugin["origin"] == "marquee"]
    assert [(p["family"], p["name"], p["error"]) for p in built_in if p["state"] != "ok"] == []
    for plugin in built_in:
        assert plugin["title"], plugin
        assert plugin["description"], plugin
        assert plugin["options_schema"]["type"] == "object"


def test_a_broken_guest_breaks_only_itself_and_says_why(guests: list[Guest]) -> None:
    guests += [Guest("lost", "no_such_module:Check"), Guest("wrong", "json:JSONDecoder")]
    refresh_plugins()
    lost, wrong = get_plugin("checks", "lost"), get_plugin("checks", "wrong")
    assert (lost["state"], lost["origin"], lost["version"]) == ("broken", "guest-package", "1.2")
    assert "no_such_module" in lost["error"]
    assert "is not a QualityCheck" in wrong["error"]
    assert get_plugin("checks", "tiny")["state"] == "ok"


def test_a_guest_with_a_taken_name_is_shadowed(guests: list[Guest]) -> None:
    guests.append(Guest("tiny", "elsewhere:TinyCheck"))
    refresh_plugins()
    states = {plugin["target"]: plugin["state"] for plugin in list_plugins() if plugin["name"] == "tiny"}
    assert states == {"annotator.checks.tiny:TinyCheck": "ok", "elsewhere:TinyCheck": "shadowed"}
    assert get_plugin("checks", "tiny")["state"] == "ok"


def test_nothing_is_looked_for_twice(guests: list[Guest]) -> None:
    before = list_plugins()
    guests.append(Guest("late", "no_such_module:Check"))
    assert list_plugins() is before
    refresh_plugins()
    assert get_plugin("checks", "late")["state"] == "broken"


class LonelyCheck(TinyCheck):
    """Sound, but something that it needs is not installed."""

    @classmethod
    def unavailable(cls) -> str:
        return "It needs a package that is not installed."


def test_a_plugin_that_misses_something_says_so_and_is_not_broken(guests: list[Guest]) -> None:
    guests.append(Guest("lonely", f"{__name__}:LonelyCheck"))
    refresh_plugins()
    plugin = get_plugin("checks", "lonely")
    assert (plugin["state"], plugin["error"]) == ("ok", "It needs a package that is not installed.")


def test_an_unknown_plugin() -> None:
    with pytest.raises(NotFound, match="made_up"):
        get_plugin("checks", "made_up")


def test_traits_are_what_the_contract_declares() -> None:
    class Contract(QualityCheck):
        tasks: ClassVar[frozenset[str]] = frozenset()
        streaming: ClassVar[bool] = False
        own: ClassVar[Any] = None

    class Member(Contract):
        tasks = frozenset({"segment", "detect"})
        hidden = 1

    assert traits_of(Contract, Member) == {"tasks": ["detect", "segment"], "streaming": False, "own": None}
