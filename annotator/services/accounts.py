"""Accounts: made by administrators and invitations only; signed in by password or by a one-time link."""

import secrets
from datetime import timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from annotator.core.errors import Conflict, InvalidInput, NotFound
from annotator.models import SignInLink, User
from annotator.services.audit import record
from annotator.services.tokens import digest_of

LINK_HOURS = 24
_check_characters = UnicodeUsernameValidator()


@transaction.atomic
def create_user(
    *, username: str, email: str = "", display_name: str = "", is_admin: bool = False, actor: User | None = None
) -> User:
    """Make an account without a password; raises :class:`InvalidInput` or :class:`Conflict` with a sentence."""
    name = check_username(username)
    person = User(username=name, email=email, display_name=display_name, is_superuser=is_admin, is_staff=is_admin)
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(f"Somebody is called “{name}” already. Choose another user name.") from error
    record(actor=actor, action="user.created", target=name, detail={"is_admin": is_admin})
    return person


def check_username(username: str) -> str:
    """The name without surrounding blanks; raises :class:`InvalidInput`."""
    name = username.strip()
    try:
        _check_characters(name)
    except ValidationError as error:
        raise InvalidInput("A user name has letters, digits and @ . + - _ only.") from error
    if not 1 <= len(name) <= 150:
        raise InvalidInput("A user name has 1 to 150 characters.")
    if User.objects.filter(username__iexact=name).exists():
        raise Conflict(f"Somebody is called “{name}” already. Choose another user name.")
    return name


def ensure_first_admin() -> User:
    """The first active administrator; an account “admin” without password is made when there is none."""
    found = User.objects.filter(is_superuser=True, is_active=True).order_by("id").first()
    if found is not None:
        return found
    name, number = "admin", 1
    while User.objects.filter(username__iexact=name).exists():
        number += 1
        name = f"admin{number}"
    return create_user(username=name, display_name="Administrator", is_admin=True)


@transaction.atomic
def create_sign_in_link(*, user: User, actor: User | None = None, hours: int = LINK_HOURS) -> str:
    """A token that signs ``user`` in once (path ``/link/<token>``); only its digest is kept."""
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(user=user, digest=digest_of(token), expires_at=timezone.now() + timedelta(hours=hours))
    record(actor=actor, action="link.created", target=user.username)
    return token


@transaction.atomic
def redeem_sign_in_link(token: str) -> User:
    """The person of a link, which is used up by this; raises :class:`NotFound`."""
    now = timezone.now()
    live = SignInLink.objects.filter(digest=digest_of(token), used_at=None, expires_at__gt=now, user__is_active=True)
    link = live.select_related("user").first()
    if link is None or not live.update(used_at=now):
        raise NotFound("This sign-in link was used already or has expired. Ask an administrator for a new one.")
    record(actor=link.user, action="session.started", target=link.user.username, detail={"by": "link"})
    return link.user


@transaction.atomic
def set_password(*, actor: User, old: str, new: str, old_needed: bool) -> None:
    """Set ``actor``'s password and make older sign-in links void; raises :class:`InvalidInput` with what is wrong."""
    if old_needed and not actor.check_password(old):
        raise InvalidInput("The old password is wrong.", fields={"fields": {"old": ["The old password is wrong."]}})
    check_password(new, actor)
    actor.set_password(new)
    actor.save(update_fields=["password"])
    SignInLink.objects.filter(user=actor, used_at=None).delete()
    record(actor=actor, action="password.changed", target=actor.username)


def check_password(password: str, person: User) -> None:
    """Raise :class:`InvalidInput` with the reasons why a password is too weak."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), fields={"fields": {"password": error.messages}}) from error


@transaction.atomic
def change_profile(*, actor: User, **changes: Any) -> User:
    """Change ``display_name``, ``email`` and ``preferences`` of oneself; preferences are merged key by key."""
    if "preferences" in changes:
        changes["preferences"] = {**actor.preferences, **changes["preferences"]}
    for name, value in changes.items():
        setattr(actor, name, value)
    actor.save(update_fields=list(changes))
    return actor


@transaction.atomic
def change_user(*, actor: User, person: User, is_active: bool | None = None, is_admin: bool | None = None) -> User:
    """Lock or unlock an account, make or unmake an administrator; the last administrator stays."""
    list(User.objects.select_for_update().filter(is_superuser=True).order_by("id"))  # two must not unmake each other
    if is_active is not None:
        person.is_active = is_active
    if is_admin is not None:
        person.is_superuser = person.is_staff = is_admin
    person.save(update_fields=["is_active", "is_superuser", "is_staff"])
    if not User.objects.filter(is_superuser=True, is_active=True).exists():
        raise Conflict("This is the last active administrator. Make somebody else one first.")
    record(
        actor=actor,
        action="user.changed",
        target=person.username,
        detail={"is_active": person.is_active, "is_admin": person.is_superuser},
    )
    return person
