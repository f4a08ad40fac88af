"""Members of projects and their roles. Owners are made and unmade by owners; a project always has one."""

from django.db import IntegrityError, transaction

from annotator.core.errors import Conflict, InvalidInput, NotFound, PermissionRefused
from annotator.core.permissions import Role, may_grant
from annotator.events import publish
from annotator.models import AccessToken, Membership, Project, User
from annotator.queries.access import role_of
from annotator.services.audit import record


@transaction.atomic
def add_member(*, actor: User, project: Project, username: str, role: str) -> Membership:
    """Give an existing account a role; raises :class:`InvalidInput`, :class:`Conflict`, :class:`PermissionRefused`."""
    _check_grant(actor, project, role)
    person = User.objects.filter(username__iexact=username.strip(), is_active=True).first()
    if person is None:
        raise InvalidInput(f"There is no account called “{username[:100]}”. Send an invitation instead.")
    try:
        with transaction.atomic():
            membership = Membership.objects.create(user=person, project=project, role=role)
    except IntegrityError as error:
        raise Conflict(f"{person} is a member already. Change the role instead.") from error
    _tell(actor, project, "member.added", person, role)
    return membership


@transaction.atomic
def change_role(*, actor: User, project: Project, user_id: int, role: str) -> Membership:
    """Change a member's role; the last owner cannot be demoted."""
    membership = lock_member(project, user_id)
    _check_grant(actor, project, role)
    _check_grant(actor, project, membership.role)
    old, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    _check_owner_left(project)
    _tell(actor, project, "member.role_changed", membership.user, role, old=old)
    return membership


@transaction.atomic
def remove_member(*, actor: User, project: Project, user_id: int) -> None:
    """Take a person out of a project, with their access tokens for it."""
    membership = lock_member(project, user_id)
    if membership.user_id != actor.pk:
        _check_grant(actor, project, membership.role)
    person = membership.user
    membership.delete()
    _check_owner_left(project)
    AccessToken.objects.filter(user=person, project=project).delete()
    _tell(actor, project, "member.removed", person, membership.role)


def lock_member(project: Project, user_id: int) -> Membership:
    """The membership, with all of the project's locked until the transaction ends; raises :class:`NotFound`.

    Two owners who demote each other at the same moment would otherwise leave a project without any.
    """
    list(Membership.objects.select_for_update().filter(project=project).order_by("id"))
    membership = Membership.objects.select_related("user").filter(project=project, user=user_id).first()
    if membership is None:
        raise NotFound("This person is not a member of the project.")
    return membership


def _check_grant(actor: User, project: Project, role: str) -> None:
    if role not in Role._value2member_map_:
        raise InvalidInput(f"role must be one of {', '.join(Role)}.")
    if not may_grant(role_of(actor, project.id), role):
        raise PermissionRefused("Only an owner can make or unmake owners.")


def _check_owner_left(project: Project) -> None:
    if not Membership.objects.filter(project=project, role=Role.OWNER).exists():
        raise Conflict("A project needs an owner. Make somebody else owner first, or delete the project.")


def _tell(actor: User, project: Project, action: str, person: User, role: str, **detail: str) -> None:
    record(actor=actor, action=action, project=project, target=person.username, detail={"role": role, **detail})
    publish("members", project_id=project.id, user=person.pk)
    publish("project", user_id=person.pk, id=str(project.id))
