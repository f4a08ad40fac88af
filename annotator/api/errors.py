"""One answer for every failure: ``{"code", "detail", …}`` with a sentence that says what happened and what to do."""

import logging
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from annotator.core.errors import AnnotatorError, LimitExceeded, NotFound, PermissionRefused, Unavailable

logger = logging.getLogger(__name__)

_CODES: dict[type[exceptions.APIException], str] = {
    exceptions.ParseError: "malformed",
    exceptions.AuthenticationFailed: "sign_in_failed",
    exceptions.NotAuthenticated: "signed_out",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.NotAcceptable: "not_acceptable",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
    exceptions.PermissionDenied: "permission_refused",
    exceptions.NotFound: "not_found",
}
_SENTENCES = {"signed_out": "You are signed out. Sign in and try again."}


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Turn an expected failure into an answer; ``None`` lets the unexpected become a logged 500."""
    known = _translate(error)
    if isinstance(known, AnnotatorError):
        answer = Response({"code": known.code, "detail": known.detail, **known.fields}, status=known.status)
        if "retry_after" in known.fields:
            answer["Retry-After"] = str(known.fields["retry_after"])
        return answer
    if isinstance(known, exceptions.ValidationError):
        return _invalid(known)
    if isinstance(known, exceptions.APIException):
        return _from_rest_framework(known)
    logger.error("Unexpected failure in %s.", context.get("view"), exc_info=error)
    return None


def _translate(error: Exception) -> Exception:
    """Give failures of Django the form of our own."""
    if isinstance(error, Http404):
        return NotFound("This does not exist, or you may not see it.")
    if isinstance(error, PermissionDenied):
        return PermissionRefused("You may not do this.")
    if isinstance(error, RequestDataTooBig):
        return LimitExceeded("The request is larger than this server accepts. Send it in smaller parts.")
    if isinstance(error, TooManyFilesSent):
        most = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        return LimitExceeded(f"Send at most {most} files at once, and the rest in another request.")
    if isinstance(error, SuspiciousOperation):
        return exceptions.ParseError("The request is malformed.")
    if isinstance(error, OperationalError):
        logger.error("The database does not answer.", exc_info=error)
        return Unavailable("The database is busy or does not answer. Nothing was changed; try again in a moment.")
    return error


def _invalid(error: exceptions.ValidationError) -> Response:
    fields = error.detail if isinstance(error.detail, dict) else {"": error.detail}
    name, message = _first(fields)
    sentence = f"{name}: {message}" if name else message
    return Response({"code": "invalid", "detail": sentence, "fields": fields}, status=422)


def _first(detail: Any, path: str = "") -> tuple[str, str]:
    """Path and text of the first message in nested validation errors."""
    if isinstance(detail, dict):
        name, inner = next((n, i) for n, i in detail.items() if i)
        own = "" if name == "non_field_errors" else str(name)
        return _first(inner, f"{path}.{own}".strip("."))
    if isinstance(detail, list):
        index, inner = next((i, item) for i, item in enumerate(detail) if item)
        return _first(inner, f"{path}[{index}]" if isinstance(inner, dict) else path)
    return path, str(detail)


def _from_rest_framework(error: exceptions.APIException) -> Response:
    code = next((code for kind, code in _CODES.items() if isinstance(error, kind)), "error")
    headers: dict[str, str] = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    detail = _SENTENCES.get(code) or str(error.detail)
    return Response({"code": code, "detail": detail}, status=error.status_code, headers=headers)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer of Django's own CSRF middleware."""
    return _answer(request, 403, "csrf_failed", f"The request carries no valid CSRF token ({reason}). Reload the page.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Anything Django calls suspicious, e.g. a wrong Host header."""
    return _answer(
        request, 400, "malformed", "The request is malformed, or this address is not one of the server's names."
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No route matched."""
    return _answer(request, 404, "not_found", "There is nothing at this address.")


def server_error(request: HttpRequest) -> HttpResponse:
    """A bug of ours; the log has the details."""
    return _answer(request, 500, "server_error", "The server failed on this request. The log of the server says why.")


def _answer(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"code": code, "detail": detail}, status=status)
    return HttpResponse(detail, status=status, content_type="text/plain; charset=utf-8")
