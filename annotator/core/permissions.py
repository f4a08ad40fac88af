"""The permission table: the specification, the code and the test of who may do what in a project."""

from enum import StrEnum


class Role(StrEnum):
    """Roles in a project, from most to least powerful."""

    OWNER = "owner"
    MANAGER = "manager"
    REVIEWER = "reviewer"
    ANNOTATOR = "annotator"
    VIEWER = "viewer"


class Action(StrEnum):
    """What can be done in a project. Reading images, labels, versions, runs, models and rounds is ``project.view``."""

    PROJECT_VIEW = "project.view"
    PROJECT_EDIT = "project.edit"
    PROJECT_DELETE = "project.delete"
    SCHEMA_EDIT = "schema.edit"
    MEMBERS_VIEW = "members.view"
    MEMBERS_EDIT = "members.edit"
    IMAGES_ADD = "images.add"
    IMAGES_EDIT = "images.edit"
    IMAGES_DELETE = "images.delete"
    ANNOTATIONS_EDIT = "annotations.edit"
    ANNOTATIONS_REVIEW = "annotations.review"
    JOBS_VIEW = "jobs.view"
    IMPORTS_RUN = "imports.run"
    EXPORTS_RUN = "exports.run"
    VERSIONS_CREATE = "versions.create"
    RUNS_START = "runs.start"
    RUNS_CONTROL = "runs.control"
    MODELS_EDIT = "models.edit"
    ROUNDS_START = "rounds.start"
    PREDICTIONS_DECIDE = "predictions.decide"
    AUDIT_VIEW = "audit.view"


READING: frozenset[Action] = frozenset(
    {Action.PROJECT_VIEW, Action.MEMBERS_VIEW, Action.JOBS_VIEW, Action.EXPORTS_RUN, Action.AUDIT_VIEW}
)
"""Actions that change no project data."""
ADMINISTERING: frozenset[Action] = frozenset({Action.PROJECT_DELETE, Action.MEMBERS_EDIT, Action.AUDIT_VIEW})
"""Actions that an access token may do only with the scope ``admin``."""

_VIEWER = frozenset({Action.PROJECT_VIEW, Action.MEMBERS_VIEW, Action.JOBS_VIEW})
_ANNOTATOR = _VIEWER | {Action.ANNOTATIONS_EDIT, Action.PREDICTIONS_DECIDE}
_REVIEWER = _ANNOTATOR | {Action.ANNOTATIONS_REVIEW, Action.EXPORTS_RUN, Action.IMAGES_ADD}
_MANAGER = frozenset(Action) - {Action.PROJECT_DELETE}

_ALLOWED: dict[Role, frozenset[Action]] = {
    Role.VIEWER: _VIEWER,
    Role.ANNOTATOR: _ANNOTATOR,
    Role.REVIEWER: _REVIEWER,
    Role.MANAGER: _MANAGER,
    Role.OWNER: frozenset(Action),
}

TABLE: dict[Action, frozenset[Role]] = {
    action: frozenset(role for role, allowed in _ALLOWED.items() if action in allowed) for action in Action
}
"""Roles that may do an action."""


def allows(role: str | None, action: Action) -> bool:
    """Whether ``role`` may do ``action``; ``None`` is somebody who is not a member."""
    return role in TABLE[action]


def may_grant(granter: str | None, role: str) -> bool:
    """Whether ``granter`` may give or take away ``role``: owners are made and unmade by owners only."""
    return allows(granter, Action.MEMBERS_EDIT) and (role != Role.OWNER or granter == Role.OWNER)
