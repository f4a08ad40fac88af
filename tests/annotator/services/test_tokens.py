"""Personal access tokens."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from annotator.core.errors import InvalidInput, LimitExceeded, NotFound
from annotator.models import AccessToken, User
from annotator.services import tokens
from annotator.services.tokens import create_token, find_token, revoke_token
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


def test_the_secret_has_32_bytes_and_is_stored_nowhere() -> None:
    token, secret = create_token(actor=make_user(), name="ci", scope="read")
    assert secret.startswith("mq_")
    assert len(secret) == 3 + 43
    assert secret not in repr(AccessToken.objects.values().get())
    assert secret.startswith(token.prefix)


def test_a_token_is_found_with_its_person() -> None:
    person = make_user()
    _, secret = create_token(actor=person, name="ci", scope="read")
    found = find_token(secret)
    assert found is not None
    assert found.user == person


@pytest.mark.parametrize("secret", ["", "mq_", "mq_wrong", "wrong", "mq_" + "x" * 10_000])
def test_nothing_is_found_for_other_secrets(secret: str) -> None:
    create_token(actor=make_user(), name="ci", scope="read")
    assert find_token(secret) is None


def test_expired_and_revoked_tokens_and_those_of_locked_accounts_are_dead() -> None:
    person = make_user()
    secrets = [create_token(actor=person, name="t", scope="read", expires_in_days=1)[1] for _ in range(3)]
    expired, revoked, locked = (find_token(secret) for secret in secrets)
    assert None not in (expired, revoked, locked)
    AccessToken.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    revoke_token(actor=person, token_id=revoked.pk)
    assert [find_token(secret) is None for secret in secrets] == [True, True, False]
    User.objects.update(is_active=False)
    assert find_token(secrets[2]) is None


def test_the_last_use_is_written_once_a_minute() -> None:
    token, secret = create_token(actor=make_user(), name="t", scope="read")
    find_token(secret)
    first = AccessToken.objects.get().last_used_at
    find_token(secret)
    assert AccessToken.objects.get().last_used_at == first
    AccessToken.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    find_token(secret)
    assert AccessToken.objects.get(pk=token.pk).last_used_at >= first


def test_one_revokes_ones_own_only() -> None:
    token, _ = create_token(actor=make_user(), name="t", scope="read")
    for token_id in (token.pk, uuid4()):
        with pytest.raises(NotFound):
            revoke_token(actor=make_user(), token_id=token_id)
    token.refresh_from_db()
    assert token.revoked_at is None


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    person = make_user()
    monkeypatch.setattr(tokens, "MAX_TOKENS", 1)
    create_token(actor=person, name="t", scope="read", project=make_project(owner=person))
    with pytest.raises(LimitExceeded):
        create_token(actor=person, name="t", scope="read")
    with pytest.raises(InvalidInput, match="scope"):
        create_token(actor=make_user(), name="t", scope="root")
