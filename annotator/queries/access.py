"""Who may see and do what: every view and every queryset goes through here."""

from uuid import UUID

from django.db.models import QuerySet

from annotator.core.errors import NotFound, PermissionRefused
from annotator.core.permissions import ADMINISTERING, READING, Action, Role, allows
from annotator.models import AccessToken, Membership, Project, User


def is_instance_admin(user: User) -> bool:
    """Whether ``user`` acts as an instance administrator; a token needs the scope ``admin`` and no project limit."""
    if not user.is_superuser:
        return False
    token = user.token
    return token is None or (token.scope == AccessToken.Scope.ADMIN and token.project_id is None)


def visible_projects(user: User) -> QuerySet[Project]:
    """Projects that ``user`` may see; a token may limit them further."""
    projects = Project.objects.all()
    if not is_instance_admin(user):
        projects = projects.filter(id__in=Membership.objects.filter(user=user).values("project"))
    if user.token is not None and user.token.project_id is not None:
        projects = projects.filter(id=user.token.project_id)
    return projects


def role_of(user: User, project_id: UUID) -> str | None:
    """The role of ``user`` in a project, ``None`` for strangers. Instance administrators count as owners."""
    if user.token is not None and user.token.project_id not in {None, project_id}:
        return None
    if is_instance_admin(user):
        return Role.OWNER
    return Membership.objects.filter(user=user, project=project_id).values_list("role", flat=True).first()


def require(user: User, project_id: UUID, action: Action) -> Project:
    """The project, if ``user`` may do ``action`` in it.

    Raises :class:`NotFound` for strangers, who must not learn that it exists, and :class:`PermissionRefused` when the
    role, or the scope of the access token, does not include the action.
    """
    project = visible_projects(user).filter(id=project_id).first()
    role = role_of(user, project_id) if project is not None else None
    if project is None or role is None:
        raise NotFound("This project does not exist, or you may not see it.")
    if not allows(role, action):
        raise PermissionRefused(
            f"Your role in “{project.name}” ({role}) does not include {action}. Ask a manager for it."
        )
    _require_scope(user, action)
    return project


def _require_scope(user: User, action: Action) -> None:
    """Raise when the request's access token is too weak for ``action``."""
    if user.token is None or user.token.scope == AccessToken.Scope.ADMIN:
        return
    if action in ADMINISTERING or (user.token.scope == AccessToken.Scope.READ and action not in READING):
        raise PermissionRefused(
            f"This access token ({user.token.scope}) does not include {action}. Make one with a wider scope."
        )
