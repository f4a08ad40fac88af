"""Options of formats from texts as people type them on a command line."""

from collections.abc import Mapping
from typing import Any

import msgspec

from annotator.core.errors import InvalidInput
from annotator.plugins.base import Options
from annotator.plugins.formats import DatasetFormat


def split_options(
    values: Mapping[str, str], reader: type[DatasetFormat], writer: type[DatasetFormat] | None
) -> tuple[Options, Options]:
    """Options of the reader and of the writer from typed texts; a name that both know goes to both.

    Raises :class:`InvalidInput` for a name that neither knows and for values that do not fit.
    """
    sides: list[dict[str, str]] = [{}, {}]
    for name, text in values.items():
        side, dot, bare = name.partition(".")
        wanted = {"from": [0], "to": [1]}.get(side, [0, 1]) if dot else [0, 1]
        key = bare if dot and side in {"from", "to"} else name
        takers = [n for n in wanted if key in _fields((reader, writer)[n])]
        if not takers:
            known = sorted({*_fields(reader), *_fields(writer)})
            raise InvalidInput(f"There is no option “{name}”. Known are: {', '.join(known) or 'none'}.")
        for number in takers:
            sides[number][key] = text
    return _typed(reader, sides[0]), _typed(writer, sides[1]) if writer else Options()


def _fields(plugin: type[DatasetFormat] | None) -> tuple[str, ...]:
    return plugin.Options.__struct_fields__ if plugin else ()


def _typed(plugin: type[DatasetFormat], values: Mapping[str, str]) -> Options:
    """Convert texts by the types of the fields; what is no plain value is read as JSON."""
    given: dict[str, Any] = {}
    for name, text in values.items():
        try:
            msgspec.convert({name: text}, plugin.Options, strict=False)
            given[name] = text
        except msgspec.ValidationError as error:
            try:
                given[name] = msgspec.json.decode(text)
            except msgspec.DecodeError:
                raise InvalidInput(f"Option {name} of {plugin.title}: {error}.") from None
    try:
        return msgspec.convert(given, plugin.Options, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInput(f"Options of {plugin.title}: {error}.") from error
