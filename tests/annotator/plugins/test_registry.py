"""The registry: lazy, fair to guests, clear about what is broken."""

from abc import abstractmethod
from importlib.metadata import EntryPoint
from typing import Annotated

import msgspec
import pytest

from annotator.core.errors import InvalidInput, PluginError
from annotator.plugins import registry as registry_module
from annotator.plugins.base import Options, Plugin, options_schema, parse_options
from annotator.plugins.registry import Registry


class Greeter(Plugin):
    """A contract for these tests."""

    @abstractmethod
    def greet(self) -> str: ...


class Polite(Greeter):
    title = "Polite"

    class Options(Options):
        times: Annotated[int, msgspec.Meta(ge=1, le=3, title="Times", extra_json_schema={"x-advanced": True})] = 1

    def greet(self) -> str:
        return "Good morning"


class Unfinished(Greeter):
    pass


NOT_A_PLUGIN = object()
HERE = __name__


@pytest.fixture
def guests(monkeypatch: pytest.MonkeyPatch) -> list[EntryPoint]:
    found: list[EntryPoint] = []
    monkeypatch.setattr(registry_module, "entry_points", lambda group: [e for e in found if e.group == group])
    return found


def make(built_ins: dict[str, str] | None = None) -> Registry[Greeter]:
    return Registry("marquee.greeters", Greeter, built_ins or {})


def test_listing_imports_nothing(guests: list[EntryPoint]) -> None:
    listings = make({"ghost": "no.such.module:Ghost"}).listings()
    assert [(item.name, item.origin) for item in listings] == [("ghost", "marquee")]


def test_get_gives_the_class(guests: list[EntryPoint]) -> None:
    assert make({"polite": f"{HERE}:Polite"}).get("polite")().greet() == "Good morning"


def test_guest_is_found_by_entry_point(guests: list[EntryPoint]) -> None:
    guests.append(EntryPoint("visitor", f"{HERE}:Polite", "marquee.greeters"))
    assert make().names() == ["visitor"]
    assert make().get("visitor").title == "Polite"


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("no.such.module:Ghost", "cannot be imported: ModuleNotFoundError"),
        (f"{HERE}:Unfinished", "Unfinished leaves greet undefined."),
        (f"{HERE}:NOT_A_PLUGIN", "is not a Greeter"),
    ],
)
def test_a_broken_guest_breaks_only_itself(guests: list[EntryPoint], target: str, sentence: str) -> None:
    guests.append(EntryPoint("bad", target, "marquee.greeters"))
    states = {s.listing.name: (s.state, s.error) for s in make({"polite": f"{HERE}:Polite"}).statuses()}
    assert states["polite"] == ("ok", "")
    assert states["bad"][0] == "broken"
    assert sentence in states["bad"][1]


def test_a_built_in_keeps_its_name(guests: list[EntryPoint]) -> None:
    guests.append(EntryPoint("polite", f"{HERE}:Unfinished", "marquee.greeters"))
    registry = make({"polite": f"{HERE}:Polite"})
    assert registry.get("polite").title == "Polite"
    assert [(s.listing.name, s.state) for s in registry.statuses()] == [("polite", "ok"), ("polite", "shadowed")]


def test_an_unknown_name_lists_the_known_ones(guests: list[EntryPoint]) -> None:
    with pytest.raises(PluginError, match=r"There is no greeters plugin named “rude”\. Known: polite\."):
        make({"polite": f"{HERE}:Polite"}).get("rude")


def test_override_lasts_for_the_block(guests: list[EntryPoint]) -> None:
    registry = make()
    with registry.override("own", Polite):
        assert registry.get("own") is Polite
    assert registry.names() == []


def test_options_become_a_schema_and_are_validated() -> None:
    assert options_schema(Polite)["properties"]["times"] == {
        "title": "Times", "type": "integer", "minimum": 1, "maximum": 3, "default": 1, "x-advanced": True,
    }  # fmt: skip
    assert parse_options(Polite, {"times": 2}) == Polite.Options(times=2)
    with pytest.raises(InvalidInput, match=r"Options of Polite: Expected `int` <= 3 - at `\$.times`."):
        parse_options(Polite, {"times": 9})
    with pytest.raises(InvalidInput, match="unknown field `volume`"):
        parse_options(Polite, {"volume": 1})
