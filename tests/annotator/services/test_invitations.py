"""Invitations."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotator.core.errors import Conflict, InvalidInput, LimitExceeded, NotFound, PermissionRefused
from annotator.models import AuditEvent, Invitation, Membership, Project, User
from annotator.services import invitations
from annotator.services.invitations import accept_invitation, create_invitation, find_invitation, withdraw_invitation
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db
GOOD = {"username": "noor", "password": "correct horse battery"}


@pytest.fixture
def project() -> Project:
    return make_project(owner=make_user("olga"), members={"manager": make_user("max")})


def invite(project: Project, role: str = "annotator", by: str = "olga") -> str:
    return create_invitation(actor=User.objects.get(username=by), project=project, role=role)[1]


def test_a_new_person_gets_an_account_with_the_invited_role_only(project: Project) -> None:
    joined = accept_invitation(token=invite(project, "reviewer"), person=None, **GOOD)
    assert (joined.username, joined.is_superuser, joined.check_password(GOOD["password"])) == ("noor", False, True)
    assert Membership.objects.get(user=joined).role == "reviewer"


def test_an_invitation_works_once(project: Project) -> None:
    token = invite(project)
    accept_invitation(token=token, person=None, **GOOD)
    with pytest.raises(NotFound, match="accepted already"):
        accept_invitation(token=token, person=make_user())


def test_somebody_who_is_signed_in_joins_as_they_are(project: Project) -> None:
    person = make_user()
    assert accept_invitation(token=invite(project), person=person) == person
    assert User.objects.count() == 3


@pytest.mark.parametrize(("had", "invited"), [("viewer", "manager"), ("manager", "viewer")])
def test_an_invitation_never_takes_rights_away(project: Project, had: str, invited: str) -> None:
    person = make_user()
    Membership.objects.create(user=person, project=project, role=had)
    accept_invitation(token=invite(project, invited), person=person)
    assert Membership.objects.get(user=person, project=project).role == "manager"


@pytest.mark.parametrize(
    ("account", "error"),
    [
        ({}, InvalidInput),
        ({"username": "noor"}, InvalidInput),
        ({"username": "noor", "password": "short"}, InvalidInput),
        ({"username": "OLGA", "password": "correct horse battery"}, Conflict),
    ],
)
def test_a_bad_account_leaves_the_invitation_open(
    project: Project, account: dict[str, str], error: type[Exception]
) -> None:
    token = invite(project)
    with pytest.raises(error):
        accept_invitation(token=token, person=None, **account)
    assert User.objects.count() == 2
    assert find_invitation(token).accepted_at is None


def test_expired_and_withdrawn_invitations_are_void(project: Project) -> None:
    expired, withdrawn = invite(project), invite(project)
    Invitation.objects.filter(pk=find_invitation(expired).pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    olga = User.objects.get(username="olga")
    withdraw_invitation(actor=olga, project=project, invitation_id=find_invitation(withdrawn).pk)
    for token in (expired, withdrawn, "guess"):
        with pytest.raises(NotFound):
            accept_invitation(token=token, person=None, **GOOD)


def test_only_owners_invite_owners(project: Project) -> None:
    invite(project, "manager", by="max")
    with pytest.raises(PermissionRefused):
        invite(project, "owner", by="max")
    invite(project, "owner", by="olga")


def test_one_withdraws_from_ones_own_project_only(project: Project) -> None:
    invitation = find_invitation(invite(project))
    with pytest.raises(NotFound):
        withdraw_invitation(actor=make_user(), project=make_project(), invitation_id=invitation.pk)


def test_the_secret_is_stored_nowhere(project: Project) -> None:
    token = invite(project)
    assert token not in repr(list(Invitation.objects.values())) + repr(list(AuditEvent.objects.values()))


def test_there_is_an_end_to_inviting(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "MAX_OPEN", 1)
    invite(project)
    with pytest.raises(LimitExceeded):
        invite(project)
