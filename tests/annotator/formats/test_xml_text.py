"""Texts inside XML."""

from xml.etree import ElementTree

from annotator.formats.shared.xml_text import digits, xml_attribute, xml_text

NASTY = "a<b>&\"'\n\tü猫\x00\x0b\ud800\ufffe"


def test_any_text_can_be_read_again() -> None:
    data = f"<a{xml_attribute('x', NASTY)}>{xml_text(NASTY)}</a>".encode()
    root = ElementTree.fromstring(data)
    kept = "a<b>&\"'\n\tü猫"
    assert (root.get("x"), root.text) == (kept, kept)


def test_numbers_keep_their_value() -> None:
    assert [digits(value) for value in (3, 3.0, 0.1, -2.5)] == ["3", "3", "0.1", "-2.5"]
