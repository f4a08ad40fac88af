"""The audit log: who did what, from where."""

from contextvars import ContextVar
from typing import Any

from annotator.models import AuditEvent, Project, User

current_address: ContextVar[str | None] = ContextVar("current_address", default=None)
"""Address of the client whose request is being served; set by the middleware, ``None`` in commands and workers."""


def record(
    *,
    actor: User | None,
    action: str,
    project: Project | None = None,
    target: str = "",
    detail: dict[str, Any] | None = None,
) -> AuditEvent:
    """Append one event; ``action`` is ``noun.verb`` (``member.role_changed``). Call it in the change's transaction."""
    return AuditEvent.objects.create(
        actor=actor,
        action=action,
        project=project,
        target=target[:200],
        detail=detail or {},
        address=current_address.get(),
    )
