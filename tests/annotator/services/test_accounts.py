"""Accounts, one-time links, passwords."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotator.core.errors import Conflict, InvalidInput, NotFound
from annotator.models import AuditEvent, SignInLink, User
from annotator.services.accounts import (
    change_profile,
    change_user,
    create_sign_in_link,
    create_user,
    ensure_first_admin,
    redeem_sign_in_link,
    set_password,
)
from tests.factories.users import PASSWORD, make_admin, make_user

pytestmark = pytest.mark.django_db


def test_the_first_start_makes_one_administrator() -> None:
    first = ensure_first_admin()
    assert (first.username, first.is_superuser, first.has_usable_password()) == ("admin", True, False)
    assert ensure_first_admin() == first


def test_a_locked_administrator_does_not_count() -> None:
    make_admin("admin")
    User.objects.update(is_active=False)
    assert ensure_first_admin().username == "admin2"


def test_names_differ_in_more_than_case() -> None:
    create_user(username=" mara ")
    with pytest.raises(Conflict, match="MARA"):
        create_user(username="MARA")
    assert User.objects.get().username == "mara"


@pytest.mark.parametrize("username", ["", "   ", "a b", "<script>", "x" * 151])
def test_names_that_are_none(username: str) -> None:
    with pytest.raises(InvalidInput, match="user name"):
        create_user(username=username)


def test_a_new_account_cannot_sign_in_by_password() -> None:
    assert not create_user(username="mara").has_usable_password()


def test_links_work_once_and_not_for_ever() -> None:
    person = make_user()
    token, late = create_sign_in_link(user=person), create_sign_in_link(user=person)
    assert redeem_sign_in_link(token) == person
    with pytest.raises(NotFound, match="used already"):
        redeem_sign_in_link(token)
    SignInLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotFound):
        redeem_sign_in_link(late)


def test_a_link_of_a_locked_account_is_void() -> None:
    person = make_user(is_active=False)
    with pytest.raises(NotFound):
        redeem_sign_in_link(create_sign_in_link(user=person))


def test_the_secret_of_a_link_is_stored_nowhere() -> None:
    token = create_sign_in_link(user=make_user())
    stored = repr(list(SignInLink.objects.values())) + repr(list(AuditEvent.objects.values()))
    assert token not in stored


def test_a_password_is_changed_with_the_old_one_and_ends_open_links() -> None:
    person = make_user("mara", password=PASSWORD)
    link = create_sign_in_link(user=person)
    with pytest.raises(InvalidInput, match="old password"):
        set_password(actor=person, old="guess", new="a better one 42", old_needed=True)
    set_password(actor=person, old=PASSWORD, new="a better one 42", old_needed=True)
    person.refresh_from_db()
    assert person.check_password("a better one 42")
    with pytest.raises(NotFound):
        redeem_sign_in_link(link)


@pytest.mark.parametrize("password", ["short", "password123", "maramaramara"])
def test_weak_passwords_are_refused_with_the_reason(password: str) -> None:
    person = make_user("maramaramara")
    with pytest.raises(InvalidInput) as caught:
        set_password(actor=person, old="", new=password, old_needed=False)
    assert caught.value.fields["fields"]["password"]


def test_preferences_are_merged() -> None:
    person = make_user(preferences={"theme": "dark", "keys": {"a": 1}})
    change_profile(actor=person, preferences={"keys": {"b": 2}}, display_name="Mara")
    person.refresh_from_db()
    assert person.preferences == {"theme": "dark", "keys": {"b": 2}}
    assert str(person) == "Mara"


def test_the_last_administrator_stays() -> None:
    admin = make_admin()
    for change in ({"is_active": False}, {"is_admin": False}):
        with pytest.raises(Conflict, match="last"):
            change_user(actor=admin, person=User.objects.get(pk=admin.pk), **change)
    admin.refresh_from_db()
    assert (admin.is_active, admin.is_superuser) == (True, True)
    other = change_user(actor=admin, person=make_user(), is_admin=True)
    change_user(actor=other, person=admin, is_active=False)
    assert not User.objects.get(pk=admin.pk).is_active
