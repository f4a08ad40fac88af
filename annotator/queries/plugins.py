"""What is installed: every plugin of every family, where it comes from, and why it does not work if it does not."""

import importlib
from functools import cache
from inspect import get_annotations
from typing import Any

from annotator.core.errors import NotFound
from annotator.plugins.base import Plugin, options_schema
from annotator.plugins.families import all_families
from annotator.plugins.registry import Registry, Status

_NO_TRAITS = {"title", "description", "Options"}
_PLAIN = str | int | float | bool


@cache
def list_plugins() -> tuple[dict[str, Any], ...]:
    """All plugins as plain objects, families in their order. Imports every plugin once per process."""
    return tuple(_describe(registry, status) for registry in all_families() for status in registry.statuses())


def refresh_plugins() -> None:
    """Forget what was found, so that the next look finds newly installed guests."""
    importlib.invalidate_caches()
    for registry in all_families():
        registry.refresh()
    list_plugins.cache_clear()


def get_plugin(family: str, name: str) -> dict[str, Any]:
    """One plugin (the one that has the name, not a shadowed guest); raises :class:`NotFound`."""
    found = [plugin for plugin in list_plugins() if plugin["family"] == family and plugin["name"] == name]
    if not found:
        raise NotFound(f"There is no {family} plugin named “{name}”.")
    return min(found, key=lambda plugin: plugin["state"] == "shadowed")


def _describe(registry: Registry[Any], status: Status[Any]) -> dict[str, Any]:
    listing, plugin = status.listing, status.plugin
    described: dict[str, Any] = {
        "family": listing.family,
        "name": listing.name,
        "title": listing.name,
        "description": "",
        "origin": listing.origin,
        "version": listing.version,
        "target": listing.target,
        "state": status.state,
        "error": status.error,
        "options_schema": None,
        "traits": {},
    }
    if plugin is None:
        return described
    try:
        details = {
            "title": plugin.title or listing.name,
            "description": plugin.description,
            "options_schema": options_schema(plugin),
            "traits": traits_of(registry.contract, plugin),
            "error": _reason_against(plugin),
        }
    except Exception as error:  # noqa: BLE001 -- a guest's options may fail in any way; it must break only itself
        return {**described, "state": "broken", "error": f"Its options cannot be described: {error}."}
    return {**described, **details}


def _reason_against(plugin: type[Plugin]) -> str:
    """Why a sound plugin cannot work on this machine (a package or device is missing); families may declare that."""
    ask = getattr(plugin, "unavailable", None)
    return str(ask()) if callable(ask) else ""


def traits_of(contract: type[Plugin], plugin: type[Plugin]) -> dict[str, Any]:
    """What the plugin says about itself in the class variables that its contract declares (``tasks``, ``needs``, …)."""
    declared = [
        name
        for base in reversed(contract.__mro__)
        for name in get_annotations(base)
        if not name.startswith("_") and name not in _NO_TRAITS
    ]
    return {name: _plain(getattr(plugin, name)) for name in dict.fromkeys(declared) if hasattr(plugin, name)}


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset | set | tuple | list):
        items = [_plain(item) for item in value]
        return sorted(items, key=str) if isinstance(value, frozenset | set) else items
    return value if value is None or isinstance(value, _PLAIN) else str(value)
