"""Signed links hold until they expire and cannot be made up."""

from datetime import UTC, datetime, timedelta

from annotator.core.signing import PERIOD, expiry_after, is_valid, sign

KEY = b"key"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_links_of_one_day_are_equal_and_hold_at_least_a_day() -> None:
    assert expiry_after(NOW) == expiry_after(NOW + timedelta(hours=11))
    assert PERIOD <= expiry_after(NOW) - NOW.timestamp() <= 2 * PERIOD
    assert expiry_after(NOW) != expiry_after(NOW + timedelta(hours=13))


def test_a_signature_holds_for_its_text_key_and_expiry_only() -> None:
    expires = expiry_after(NOW)
    signature = sign("thumb/a", key=KEY, expires=expires)
    assert is_valid("thumb/a", signature, key=KEY, expires=expires, now=NOW)
    assert not is_valid("thumb/b", signature, key=KEY, expires=expires, now=NOW)
    assert not is_valid("thumb/a", signature, key=b"other", expires=expires, now=NOW)
    assert not is_valid("thumb/a", signature, key=KEY, expires=expires + 1, now=NOW)
    assert not is_valid("thumb/a", signature, key=KEY, expires=expires, now=NOW + timedelta(days=3))
