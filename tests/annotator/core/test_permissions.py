"""The permission table itself."""

from itertools import pairwise

import pytest

from annotator.core.permissions import ADMINISTERING, READING, TABLE, Action, Role, allows, may_grant


def test_every_action_has_roles_and_the_owner_may_all() -> None:
    assert set(TABLE) == set(Action)
    assert all(Role.OWNER in roles for roles in TABLE.values())


def test_a_viewer_only_looks() -> None:
    allowed = {action for action in Action if allows(Role.VIEWER, action)}
    assert allowed == {Action.PROJECT_VIEW, Action.MEMBERS_VIEW, Action.JOBS_VIEW}
    assert allowed <= READING


def test_a_viewer_may_not_export() -> None:
    assert not allows(Role.VIEWER, Action.EXPORTS_RUN)
    assert not allows(Role.ANNOTATOR, Action.EXPORTS_RUN)
    assert allows(Role.REVIEWER, Action.EXPORTS_RUN)


def test_a_stranger_may_nothing() -> None:
    assert not any(allows(None, action) for action in Action)
    assert not any(allows("admin", action) for action in Action)


def test_each_role_may_at_least_what_the_next_may() -> None:
    order = list(Role)
    for stronger, weaker in pairwise(order):
        assert {a for a in Action if allows(weaker, a)} < {a for a in Action if allows(stronger, a)}


def test_only_owners_delete_projects() -> None:
    assert TABLE[Action.PROJECT_DELETE] == {Role.OWNER}
    assert Action.PROJECT_DELETE in ADMINISTERING


@pytest.mark.parametrize(
    ("granter", "role", "may"),
    [
        ("owner", "owner", True),
        ("manager", "owner", False),
        ("manager", "manager", True),
        ("manager", "viewer", True),
        ("reviewer", "viewer", False),
        (None, "viewer", False),
    ],
)
def test_who_may_grant_what(granter: str | None, role: str, may: bool) -> None:
    assert may_grant(granter, role) is may
