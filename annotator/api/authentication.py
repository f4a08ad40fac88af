"""Two ways to be somebody: a session cookie with CSRF check, or an access token in the Authorization header."""

from django.middleware.csrf import get_token
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from annotator.core.errors import PermissionRefused
from annotator.models import AccessToken, User
from annotator.services.tokens import find_token


class CsrfFailed(PermissionRefused):
    """A session request without a valid CSRF token."""

    code = "csrf_failed"


class AccessTokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer mq_…``. A token that does not hold is refused, never ignored."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        """The token's person; ``None`` when the request carries no Authorization header."""
        header = request.headers.get("authorization", "")
        if not header:
            return None
        kind, _, text = header.partition(" ")
        token = find_token(text.strip()) if kind.lower() == "bearer" else None
        if token is None:
            raise AuthenticationFailed(
                "This access token is unknown, expired or revoked. Make a new one in your settings."
            )
        token.user.token = token
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Makes the answer a 401 rather than a 403."""
        return "Bearer"


class CsrfSessionAuthentication(SessionAuthentication):
    """The session cookie. CSRF is checked on every unsafe request, also before sign-in (sign-in CSRF)."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """The session's person, if there is one and the account is active."""
        if request.method not in SAFE_METHODS:
            self.enforce_csrf(request)
        person = getattr(request._request, "user", None)
        return (person, None) if isinstance(person, User) and person.is_active else None

    def enforce_csrf(self, request: Request) -> None:
        """Raise our own error with a sentence instead of REST framework's."""
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            raise CsrfFailed("The request carries no valid CSRF token. Reload the page and try again.") from error

    def authenticate_header(self, request: Request) -> str:
        """See :class:`AccessTokenAuthentication`."""
        return "Bearer"


def set_csrf_cookie(request: Request) -> None:
    """Make the answer to ``request`` set the CSRF cookie."""
    get_token(request._request)
