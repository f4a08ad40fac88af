"""Personal access tokens: made, found and revoked. Only their SHA-256 digest is kept."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from annotator.core.errors import InvalidInput, LimitExceeded, NotFound
from annotator.models import AccessToken, Project, User
from annotator.services.audit import record

PREFIX = "mq_"
MAX_TOKENS = 50
LAST_USED_EVERY = timedelta(minutes=1)


def digest_of(secret: str) -> str:
    """SHA-256 of a secret that has enough entropy not to need a slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create_token(
    *, actor: User, name: str, scope: str, project: Project | None = None, expires_in_days: int | None = None
) -> tuple[AccessToken, str]:
    """Make a token of ``actor``; returns the row and the secret, which is shown once."""
    if scope not in AccessToken.Scope.values:
        raise InvalidInput(f"scope must be one of {', '.join(AccessToken.Scope.values)}.")
    if AccessToken.objects.filter(user=actor, revoked_at=None).count() >= MAX_TOKENS:
        raise LimitExceeded(f"You have {MAX_TOKENS} access tokens. Revoke one that you no longer use.")
    secret = PREFIX + secrets.token_urlsafe(32)
    expires_at = timezone.now() + timedelta(days=expires_in_days) if expires_in_days else None
    token = AccessToken.objects.create(
        user=actor,
        name=name,
        prefix=secret[:8],
        digest=digest_of(secret),
        scope=scope,
        project=project,
        expires_at=expires_at,
    )
    record(actor=actor, action="token.created", project=project, target=name, detail={"scope": scope})
    return token, secret


def find_token(secret: str) -> AccessToken | None:
    """The live token with this secret, its person loaded; notes the use at most once a minute."""
    if not secret.startswith(PREFIX) or len(secret) > 100:
        return None
    now = timezone.now()
    live = Q(revoked_at=None, user__is_active=True) & (Q(expires_at=None) | Q(expires_at__gt=now))
    token = AccessToken.objects.select_related("user").filter(live, digest=digest_of(secret)).first()
    if token is not None and (token.last_used_at is None or now - token.last_used_at > LAST_USED_EVERY):
        AccessToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


@transaction.atomic
def revoke_token(*, actor: User, token_id: UUID) -> None:
    """Revoke one of ``actor``'s tokens; raises :class:`NotFound` for any other."""
    token = AccessToken.objects.filter(user=actor, pk=token_id, revoked_at=None).first()
    if token is None:
        raise NotFound("This access token does not exist, or it was revoked already.")
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    record(actor=actor, action="token.revoked", project=token.project, target=token.name)
