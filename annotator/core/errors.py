"""Errors that a person can act on.

Every expected failure is an :class:`AnnotatorError` subclass: a stable ``code`` for programs, an HTTP ``status`` for the
interface layer, ``retryable`` for the task layer and a sentence for people. ``ValueError`` is kept for our own bugs.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class AnnotatorError(Exception):
    """Base of all expected failures; ``str(error)`` says what happened and what to do."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str, *, fields: Mapping[str, Any] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields: dict[str, Any] = dict(fields or {})


class InvalidInput(AnnotatorError):
    """The request was understood but a value in it cannot be used."""

    code = "invalid"
    status = 422


class NotFound(AnnotatorError):
    """The object does not exist, or the actor may not know that it does."""

    code = "not_found"
    status = 404


class PermissionRefused(AnnotatorError):
    """The actor may see the object but not do this with it."""

    code = "permission_refused"
    status = 403


class Conflict(AnnotatorError):
    """Somebody else changed the object in the meantime, or it is in the wrong state."""

    code = "conflict"
    status = 409


class LimitExceeded(AnnotatorError):
    """A configured limit (size, count, rate) was exceeded."""

    code = "limit_exceeded"
    status = 413


class TooManyRequests(AnnotatorError):
    """Attempts come faster than the limit; ``fields["retry_after"]`` is in seconds."""

    code = "too_many_requests"
    status = 429


class Unavailable(AnnotatorError):
    """A service that we need (queue, store, optional package) does not answer; trying later may help."""

    code = "unavailable"
    status = 503
    retryable = True


class Cancelled(AnnotatorError):
    """Work was cancelled by a person; raised at the next checkpoint of a long job."""

    code = "cancelled"
    status = 409


class FormatError(AnnotatorError):
    """A file of a dataset cannot be understood; ``fields`` may name ``file`` and ``line``."""

    code = "format_error"
    status = 422


class PluginError(AnnotatorError):
    """A plugin is unknown, broken or incomplete."""

    code = "plugin_error"
    status = 422
