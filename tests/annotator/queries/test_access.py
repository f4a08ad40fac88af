"""Who may see and do what."""

from uuid import uuid4

import pytest

from annotator.core.errors import NotFound, PermissionRefused
from annotator.core.permissions import Action
from annotator.models import AccessToken, User
from annotator.queries.access import is_instance_admin, require, role_of, visible_projects
from annotator.services.tokens import create_token
from tests.factories.projects import make_project
from tests.factories.users import make_admin, make_user

pytestmark = pytest.mark.django_db


def with_token(user: User, **options: object) -> User:
    """``user`` as a request with such a token would bring them."""
    token, _ = create_token(actor=user, name="t", **{"scope": "write", **options})
    user.token = token
    return user


def test_a_member_sees_their_projects_only() -> None:
    person = make_user()
    mine, _ = make_project(members={"viewer": person}), make_project(owner=make_user())
    assert list(visible_projects(person)) == [mine]
    assert role_of(person, mine.id) == "viewer"


def test_an_administrator_counts_as_owner_everywhere() -> None:
    project = make_project(owner=make_user())
    admin = make_admin()
    assert role_of(admin, project.id) == "owner"
    assert require(admin, project.id, Action.PROJECT_DELETE) == project


@pytest.mark.parametrize("exists", [True, False])
def test_foreign_and_unknown_projects_look_the_same(exists: bool) -> None:
    project_id = make_project(owner=make_user()).id if exists else uuid4()
    with pytest.raises(NotFound, match="does not exist, or you may not see it"):
        require(make_user(), project_id, Action.PROJECT_VIEW)


def test_a_weak_role_is_told_which_right_is_missing() -> None:
    person = make_user()
    project = make_project(members={"viewer": person})
    with pytest.raises(PermissionRefused, match=r"viewer.*exports\.run"):
        require(person, project.id, Action.EXPORTS_RUN)


def test_a_token_of_one_project_sees_no_other() -> None:
    person = make_user()
    one, other = make_project(owner=person), make_project(owner=person)
    with_token(person, project=one)
    assert list(visible_projects(person)) == [one]
    assert role_of(person, other.id) is None
    with pytest.raises(NotFound):
        require(person, other.id, Action.PROJECT_VIEW)


@pytest.mark.parametrize(
    ("scope", "action", "may"),
    [
        ("read", Action.PROJECT_VIEW, True),
        ("read", Action.EXPORTS_RUN, True),
        ("read", Action.ANNOTATIONS_EDIT, False),
        ("read", Action.AUDIT_VIEW, False),
        ("write", Action.ANNOTATIONS_EDIT, True),
        ("write", Action.MEMBERS_EDIT, False),
        ("write", Action.PROJECT_DELETE, False),
        ("admin", Action.PROJECT_DELETE, True),
    ],
)
def test_a_token_never_does_more_than_its_scope(scope: str, action: Action, may: bool) -> None:
    person = make_user()
    project = make_project(owner=person)
    with_token(person, scope=scope)
    if may:
        assert require(person, project.id, action) == project
    else:
        with pytest.raises(PermissionRefused, match="access token"):
            require(person, project.id, action)


def test_a_token_never_does_more_than_its_person() -> None:
    person = make_user()
    project = make_project(members={"viewer": person})
    with_token(person, scope="admin")
    with pytest.raises(PermissionRefused):
        require(person, project.id, Action.PROJECT_EDIT)


def test_an_administrator_is_one_by_session_or_unlimited_admin_token() -> None:
    admin = make_admin()
    project = make_project(owner=make_user())
    assert is_instance_admin(admin)
    for scope, limit, expected in [("write", None, False), ("admin", project, False), ("admin", None, True)]:
        with_token(admin, scope=scope, project=limit)
        assert is_instance_admin(admin) is expected
    assert AccessToken.objects.count() == 3
