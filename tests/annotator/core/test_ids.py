"""Identifiers sort by time and never repeat."""

from annotator.core.ids import uuid7


def test_version_variant_and_order() -> None:
    found = [uuid7() for _ in range(2000)]
    assert len(set(found)) == 2000
    assert {(item.version, item.variant) for item in found} == {(7, "specified in RFC 4122")}
    millis = [item.int >> 80 for item in found]
    assert millis == sorted(millis)
