"""What all plugins share: a title, a description and typed options that become JSON Schema and a form."""

from abc import ABC
from typing import Any, ClassVar

import msgspec

from annotator.core.errors import InvalidInput


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of plugin options.

    Subclass with typed, defaulted fields; use ``Annotated[int, msgspec.Meta(ge=1, title="Epochs", description="…",
    extra_json_schema={"x-advanced": True})]`` for bounds, titles and to move a field below “Advanced” in the form.
    """


class Plugin(ABC):  # noqa: B024 -- the families' contracts declare the abstract methods
    """Base of every plugin contract."""

    title: ClassVar[str] = ""
    """Name shown to people."""
    description: ClassVar[str] = ""
    """One or two sentences: what it does and when to choose it."""
    Options: ClassVar[type[Options]] = Options


def options_schema(plugin: type[Plugin]) -> dict[str, Any]:
    """Flat JSON Schema (draft 2020-12) of the plugin's options, ``$ref`` resolved at the top."""
    (schema,), components = msgspec.json.schema_components([plugin.Options], ref_template="#/$defs/{name}")
    resolved = components.pop(plugin.Options.__name__) if "$ref" in schema else schema
    return {**resolved, **({"$defs": components} if components else {})}


def parse_options(plugin: type[Plugin], values: dict[str, Any] | None) -> Options:
    """Validate ``values`` and fill defaults; raises :class:`InvalidInput` whose sentence names the field."""
    try:
        return msgspec.convert(values or {}, plugin.Options, strict=True)
    except msgspec.ValidationError as error:
        raise InvalidInput(f"Options of {plugin.title or plugin.__name__}: {error}.") from error
