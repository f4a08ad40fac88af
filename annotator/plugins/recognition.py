"""Which format a folder is in, asked of all formats, with reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotator.core.errors import InvalidInput, PluginError
from annotator.core.names import readable
from annotator.plugins.families import FORMATS
from annotator.plugins.formats import DatasetFormat
from annotator.plugins.listing import Listing

_SURE = 0.5


@dataclass(frozen=True, slots=True)
class FormatGuess:
    """One format that a folder may be in."""

    name: str
    title: str
    confidence: float
    reasons: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For reports."""
        return {"format": self.name, "title": self.title, "confidence": self.confidence, "reasons": list(self.reasons)}


def guess_formats(listing: Listing, names: Sequence[str] | None = None) -> list[FormatGuess]:
    """Formats (all, or ``names``) that recognise the folder, the likeliest first; a broken one recognises nothing."""
    found: list[FormatGuess] = []
    for name in FORMATS.names() if names is None else names:
        try:
            plugin = FORMATS.get(name)
        except PluginError:
            continue
        if plugin.can_read:
            seen = plugin().recognises(listing)
            if seen.confidence > 0:
                reasons = tuple(map(readable, seen.reasons))
                found.append(FormatGuess(name, plugin.title, seen.confidence, reasons))
    return sorted(found, key=lambda guess: -guess.confidence)


def choose_format(folder: Path, wanted: str, *, ask: bool = True) -> tuple[DatasetFormat, list[FormatGuess]]:
    """The wanted format, or the one that is surely recognised; raises :class:`InvalidInput` when none is.

    When one is wanted, only that one is asked for its guess (not even that one without ``ask``): the others need not be
    imported.
    """
    if wanted:
        cls = FORMATS.get(wanted)
        if not cls.can_read:
            raise PluginError(f"{cls.title} can be written but not read.")
        return cls(), guess_formats(Listing(folder), [wanted]) if ask else []
    guesses = guess_formats(Listing(folder))
    if not guesses or guesses[0].confidence < _SURE:
        seen = ", ".join(f"{g.title} ({g.confidence:.0%})" for g in guesses) or "none"
        known = ", ".join(FORMATS.names())
        raise InvalidInput(
            f"The format of this dataset was not recognised (candidates: {seen}). Name it; known are {known}.",
            fields={"candidates": [guess.as_json() for guess in guesses]},
        )
    return FORMATS.get(guesses[0].name)(), guesses
