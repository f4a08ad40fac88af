"""One mechanism for every plugin family: a lazy table of built-ins plus entry points of guests."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from inspect import isabstract
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from annotator.core.errors import PluginError
from annotator.plugins.base import Plugin

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

P = TypeVar("P", bound=Plugin)
BUILT_IN = "marquee"


def entry_points(group: str) -> "Iterable[EntryPoint]":
    """Guests of a group; what finds them takes longer to import than some commands to run, so only on demand."""
    from importlib.metadata import entry_points as installed  # noqa: PLC0415

    return installed(group=group)


@dataclass(frozen=True, slots=True)
class Listing:
    """What is known about a plugin without importing it."""

    family: str
    name: str
    origin: str
    """Distribution it comes from; ``marquee`` for built-ins."""
    version: str
    target: str
    """``module:Class``."""
    shadowed: bool = False
    """True when a built-in of the same name keeps the place."""


@dataclass(frozen=True, slots=True)
class Status(Generic[P]):
    """A listing after the attempt to import it."""

    listing: Listing
    state: Literal["ok", "broken", "shadowed"]
    error: str = ""
    plugin: type[P] | None = None


class Registry(Generic[P]):
    """Plugins of one family by name.

    ``group`` is the entry-point group (``marquee.formats``), ``contract`` the ABC that members must complete and
    ``built_ins`` a literal table ``name -> "module:Class"``. Listing imports nothing; a broken guest breaks only itself.
    """

    def __init__(self, group: str, contract: type[P], built_ins: Mapping[str, str]) -> None:
        self.group = group
        self.contract = contract
        self._built_ins = dict(built_ins)
        self._overrides: dict[str, type[P]] = {}

    @property
    def family(self) -> str:
        """The family's short name: ``formats`` for the group ``marquee.formats``."""
        return self.group.rpartition(".")[2]

    @cached_property
    def _entries(self) -> "dict[str, tuple[EntryPoint, Listing]]":
        from importlib.metadata import EntryPoint  # noqa: PLC0415 -- see entry_points

        found: dict[str, tuple[EntryPoint, Listing]] = {}
        for name, target in self._built_ins.items():
            entry = EntryPoint(name=name, value=target, group=self.group)
            found[name] = (entry, self._built_in(name, target))
        for guest in entry_points(group=self.group):
            if guest.name not in found:
                found[guest.name] = (guest, self._describe(guest, shadowed=False))
        return found

    def _built_in(self, name: str, target: str) -> Listing:
        return Listing(self.family, name, BUILT_IN, "", target)

    @cached_property
    def _shadowed(self) -> list[Listing]:
        winners = {id(entry) for entry, _ in self._entries.values()}
        guests = [guest for guest in entry_points(group=self.group) if guest.name in self._entries]
        return [
            self._describe(guest, shadowed=True)
            for guest in guests
            if id(guest) not in winners and self._entries[guest.name][1].target != guest.value
        ]

    def _describe(self, guest: "EntryPoint", *, shadowed: bool) -> Listing:
        dist = guest.dist
        origin, version = (dist.name, dist.version) if dist is not None else ("unknown", "")
        return Listing(self.family, guest.name, origin, version, guest.value, shadowed)

    def refresh(self) -> None:
        """Look for guests again; what was imported stays imported until the process restarts."""
        for name in ("_entries", "_shadowed"):
            self.__dict__.pop(name, None)

    def names(self) -> list[str]:
        """All names that can be asked for, built-ins first."""
        return list(dict.fromkeys([*self._entries, *self._overrides]))

    def listings(self) -> list[Listing]:
        """What is installed, without importing it."""
        return [listing for _, listing in self._entries.values()] + self._shadowed

    def get(self, name: str) -> type[P]:
        """The plugin class of that name; raises :class:`PluginError` with a sentence when it cannot be had."""
        if name in self._overrides:
            return self._overrides[name]
        if name in self._built_ins:  # no guest can take its place
            return self._load(self._built_in(name, self._built_ins[name]))
        if name not in self._entries:
            known = ", ".join(sorted(self.names())) or "none"
            raise PluginError(f"There is no {self.family} plugin named “{name}”. Known: {known}.")
        return self._load(self._entries[name][1])

    def _load(self, listing: Listing) -> type[P]:
        module, _, attribute = listing.target.partition(" ")[0].partition("[")[0].partition(":")
        try:
            plugin: Any = import_module(module)
            for part in attribute.split(".") if attribute else ():
                plugin = getattr(plugin, part)
        except Exception as error:  # a guest may fail in any way while it is imported; it must break only itself
            raise PluginError(
                f"The {self.family} plugin “{listing.name}” from {listing.origin} cannot be imported: "
                f"{type(error).__name__}: {error}."
            ) from error
        if not (isinstance(plugin, type) and issubclass(plugin, self.contract)):
            raise PluginError(f"{listing.target} is not a {self.contract.__name__}; see docs/plugins.")
        if isabstract(plugin):
            missing = ", ".join(sorted(getattr(plugin, "__abstractmethods__", ())))
            raise PluginError(f"{plugin.__name__} leaves {missing} undefined.")
        return plugin

    def statuses(self) -> Iterator[Status[P]]:
        """Import every member and say which work; for the Plugins page and ``marquee plugins``."""
        for listing in self.listings():
            if listing.shadowed:
                kept = self._entries[listing.name][1].origin
                yield Status(listing, "shadowed", f"The name is taken by {kept}; rename the entry point.")
                continue
            try:
                yield Status(listing, "ok", plugin=self.get(listing.name))
            except PluginError as error:
                yield Status(listing, "broken", str(error))

    @contextmanager
    def override(self, name: str, plugin: type[P]) -> Iterator[None]:
        """Register ``plugin`` for the length of a test."""
        self._overrides[name] = plugin
        try:
            yield
        finally:
            del self._overrides[name]
