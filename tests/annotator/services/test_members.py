"""Members and their roles."""

import pytest

from annotator.core.errors import Conflict, InvalidInput, NotFound, PermissionRefused
from annotator.models import AccessToken, AuditEvent, Membership, Project, User
from annotator.services.members import add_member, change_role, remove_member
from annotator.services.tokens import create_token
from tests.factories.projects import make_project
from tests.factories.users import make_admin, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project(owner=make_user("olga"), members={"manager": make_user("max"), "annotator": make_user("anna")})


def person(name: str) -> User:
    return User.objects.get(username=name)


def roles(project: Project) -> dict[str, str]:
    return dict(Membership.objects.filter(project=project).values_list("user__username", "role"))


def test_adding(project: Project) -> None:
    make_user("noor")
    add_member(actor=person("max"), project=project, username="Noor ", role="viewer")
    assert roles(project)["noor"] == "viewer"
    assert AuditEvent.objects.get(action="member.added").target == "noor"


@pytest.mark.parametrize(
    ("actor", "username", "role", "error"),
    [
        ("max", "nobody", "viewer", InvalidInput),
        ("max", "locked", "viewer", InvalidInput),
        ("max", "anna", "viewer", Conflict),
        ("max", "noor", "owner", PermissionRefused),
        ("olga", "noor", "king", InvalidInput),
    ],
)
def test_adding_that_is_refused(project: Project, actor: str, username: str, role: str, error: type[Exception]) -> None:
    make_user("noor")
    make_user("locked", is_active=False)
    before = roles(project)
    with pytest.raises(error):
        add_member(actor=person(actor), project=project, username=username, role=role)
    assert roles(project) == before


@pytest.mark.parametrize(
    ("actor", "target", "role", "error"),
    [
        ("max", "anna", "owner", PermissionRefused),
        ("max", "olga", "viewer", PermissionRefused),
        ("max", "max", "owner", PermissionRefused),
        ("olga", "olga", "manager", Conflict),
    ],
)
def test_owners_are_protected(project: Project, actor: str, target: str, role: str, error: type[Exception]) -> None:
    before = roles(project)
    with pytest.raises(error):
        change_role(actor=person(actor), project=project, user_id=person(target).pk, role=role)
    assert roles(project) == before


def test_an_owner_makes_another_and_steps_back(project: Project) -> None:
    olga = person("olga")
    change_role(actor=olga, project=project, user_id=person("anna").pk, role="owner")
    change_role(actor=olga, project=project, user_id=olga.pk, role="viewer")
    assert roles(project) == {"olga": "viewer", "max": "manager", "anna": "owner"}
    changes = AuditEvent.objects.filter(action="member.role_changed").order_by("id")
    assert [(e.target, e.detail["old"], e.detail["role"]) for e in changes] == [
        ("anna", "annotator", "owner"),
        ("olga", "owner", "viewer"),
    ]


def test_an_administrator_may_what_an_owner_may(project: Project) -> None:
    change_role(actor=make_admin(), project=project, user_id=person("anna").pk, role="owner")
    assert roles(project)["anna"] == "owner"


def test_removing_takes_the_tokens_for_the_project_along(project: Project) -> None:
    anna = person("anna")
    create_token(actor=anna, name="here", scope="write", project=project)
    create_token(actor=anna, name="everywhere", scope="write")
    remove_member(actor=person("max"), project=project, user_id=anna.pk)
    assert "anna" not in roles(project)
    assert [token.name for token in AccessToken.objects.all()] == ["everywhere"]


def test_the_last_owner_cannot_go(project: Project) -> None:
    with pytest.raises(PermissionRefused):
        remove_member(actor=person("max"), project=project, user_id=person("olga").pk)
    with pytest.raises(Conflict, match="needs an owner"):
        remove_member(actor=person("olga"), project=project, user_id=person("olga").pk)
    assert roles(project)["olga"] == "owner"


def test_strangers_are_no_members(project: Project) -> None:
    for act in (lambda n: remove_member(actor=person("olga"), project=project, user_id=n),):
        with pytest.raises(NotFound):
            act(make_user().pk)
