"""Texts inside XML that a program writes by hand: escaped, and without what XML has no place for."""

from xml.sax.saxutils import escape, quoteattr

_NO_PLACE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])


def xml_text(value: object) -> str:
    """``value`` as character data."""
    return escape(str(value).translate(_NO_PLACE))


def xml_attribute(name: str, value: object) -> str:
    """`` name="value"`` with a space before it."""
    return f" {name}={quoteattr(str(value).translate(_NO_PLACE))}"


def digits(value: float) -> str:
    """The shortest text that reads back as the same number."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))
