"""People and their access tokens for tests."""

from itertools import count

from django.conf import settings

from annotator.models import User
from annotator.services.tokens import create_token

PASSWORD = "correct horse battery"
_HASHES: dict[tuple[str, str], str] = {}
_numbers = count(1)


def make_user(username: str = "", *, password: str = "", **fields: object) -> User:
    """An active account; with ``password`` (hashed once per process) one can sign in by password."""
    person = User(username=username or f"person{next(_numbers)}", **fields)
    if password:
        known = (password, settings.PASSWORD_HASHERS[0])
        if known not in _HASHES:
            person.set_password(password)
            _HASHES[known] = person.password
        person.password = _HASHES[known]
    else:
        person.set_unusable_password()
    person.save()
    return person


def make_admin(username: str = "") -> User:
    """An instance administrator."""
    return make_user(username, is_superuser=True)


def make_token(user: User, *, scope: str = "write", project: object = None, expires_in_days: int | None = None) -> str:
    """The secret of a fresh access token."""
    _, secret = create_token(actor=user, name="test", scope=scope, project=project, expires_in_days=expires_in_days)
    return secret
