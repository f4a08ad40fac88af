"""Invitations: the only way for a new person to get an account without an administrator."""

import secrets
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotator.core.errors import InvalidInput, LimitExceeded, NotFound, PermissionRefused
from annotator.core.permissions import may_grant
from annotator.events import publish
from annotator.models import Invitation, Membership, Project, User
from annotator.queries.access import role_of
from annotator.services.accounts import check_password, create_user
from annotator.services.audit import record
from annotator.services.tokens import digest_of

VALID_DAYS = 14
MAX_OPEN = 500


@transaction.atomic
def create_invitation(
    *, actor: User, project: Project, role: str, email: str = "", days: int = VALID_DAYS
) -> tuple[Invitation, str]:
    """Invite one person; returns the row and the token of the link, which is shown once."""
    if not may_grant(role_of(actor, project.id), role):
        raise PermissionRefused("Only an owner can invite another owner.")
    if Invitation.objects.filter(project=project, accepted_at=None).count() >= MAX_OPEN:
        raise LimitExceeded(f"This project has {MAX_OPEN} open invitations. Withdraw some first.")
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        project=project,
        role=role,
        email=email,
        digest=digest_of(token),
        created_by=actor,
        expires_at=timezone.now() + timedelta(days=days),
    )
    record(actor=actor, action="invitation.created", project=project, target=email, detail={"role": role})
    publish("members", project_id=project.id)
    return invitation, token


@transaction.atomic
def withdraw_invitation(*, actor: User, project: Project, invitation_id: UUID) -> None:
    """Make an open invitation void; raises :class:`NotFound`."""
    deleted, _ = Invitation.objects.filter(project=project, pk=invitation_id, accepted_at=None).delete()
    if not deleted:
        raise NotFound("This invitation does not exist, or somebody has accepted it.")
    record(actor=actor, action="invitation.withdrawn", project=project)
    publish("members", project_id=project.id)


def find_invitation(token: str) -> Invitation:
    """The open invitation of a link; raises :class:`NotFound`."""
    live = Invitation.objects.filter(digest=digest_of(token), accepted_at=None, expires_at__gt=timezone.now())
    invitation = live.select_related("project").first()
    if invitation is None:
        raise NotFound("This invitation was accepted already, was withdrawn or has expired. Ask for a new one.")
    return invitation


@transaction.atomic
def accept_invitation(
    *, token: str, person: User | None, username: str = "", password: str = "", display_name: str = ""
) -> User:
    """Join the project: as ``person`` who is signed in, or as a new account with ``username`` and ``password``.

    An existing membership is kept when its role is the stronger one. Returns who joined.
    """
    invitation = find_invitation(token)
    joined = person or _new_account(invitation, username, password, display_name)
    claimed = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(
        accepted_by=joined, accepted_at=timezone.now()
    )
    if not claimed:
        raise NotFound("Somebody else has just accepted this invitation.")
    if invitation.project is not None:
        _join(joined, invitation.project, invitation.role)
        record(
            actor=joined,
            action="invitation.accepted",
            project=invitation.project,
            target=joined.username,
            detail={"role": invitation.role},
        )
        publish("members", project_id=invitation.project.id)
    return joined


def _new_account(invitation: Invitation, username: str, password: str, display_name: str) -> User:
    if not username or not password:
        raise InvalidInput("Choose a user name and a password, or sign in first if you have an account.")
    person = create_user(username=username, email=invitation.email, display_name=display_name)
    check_password(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    return person


def _join(person: User, project: Project, role: str) -> None:
    roles = list(Membership.Role.values)
    membership, created = Membership.objects.get_or_create(user=person, project=project, defaults={"role": role})
    if not created and roles.index(role) < roles.index(membership.role):
        membership.role = role
        membership.save(update_fields=["role"])
