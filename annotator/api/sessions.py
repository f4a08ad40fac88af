"""Who is signed in; signing in and out."""

from importlib.util import find_spec
from typing import Any

from django.contrib.auth import authenticate, login, logout
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from annotator import __version__
from annotator.api.authentication import set_csrf_cookie
from annotator.api.base import ApiViewSet, Body
from annotator.api.people import LINK_SESSION, UserSerializer
from annotator.config import get_config
from annotator.core.errors import AnnotatorError
from annotator.models import Project, User
from annotator.services.accounts import redeem_sign_in_link
from annotator.services.audit import current_address, record
from annotator.services.throttle import count_attempt

PER_ADDRESS = 30
PER_ACCOUNT = 10


class SignInFailed(AnnotatorError):
    """Wrong name or password, or a locked account; which of them is not said."""

    code = "sign_in_failed"
    status = 401


class CredentialsBody(Body):
    """Name and password."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class SignInLinkBody(Body):
    """The token of a one-time link."""

    token = serializers.CharField(max_length=200)


class SetupSerializer(serializers.Serializer[Any]):
    """What a fresh installation offers."""

    demo_available = serializers.BooleanField()


class SessionSerializer(serializers.Serializer[Any]):
    """Who is signed in and what this installation can do."""

    user = UserSerializer(allow_null=True)
    version = serializers.CharField()
    setup = SetupSerializer()
    training_available = serializers.BooleanField()
    source_url = serializers.CharField()


def describe_session(request: Request, user: User | None) -> dict[str, Any]:
    """The answer of every route here."""
    config = get_config()
    return {
        "user": UserSerializer(user, context={"request": request}).data if user else None,
        "version": __version__,
        "setup": {"demo_available": config.demo and not Project.objects.filter(is_demo=True).exists()},
        "training_available": find_spec("torch") is not None,  # asks for the package without importing it
        "source_url": config.source_url,
    }


def sign_in(request: Request, user: User, *, by_link: bool) -> None:
    """Begin a session with a fresh key."""
    login(request._request, user, backend="django.contrib.auth.backends.ModelBackend")
    request._request.session[LINK_SESSION] = by_link


class SessionViewSet(ApiViewSet):
    """``/session``: open to everybody, CSRF-checked, throttled by address and account."""

    permission_classes = [AllowAny]
    session_only = frozenset({"create", "link", "destroy"})

    @extend_schema(responses=SessionSerializer, operation_id="session_retrieve")
    def retrieve(self, request: Request) -> Response:
        """Who is signed in; sets the CSRF cookie."""
        set_csrf_cookie(request)
        return Response(describe_session(request, request.user if isinstance(request.user, User) else None))

    @extend_schema(request=CredentialsBody, responses=SessionSerializer, operation_id="session_create")
    def create(self, request: Request) -> Response:
        """Sign in by password."""
        body = self.body(CredentialsBody)
        count_attempt("sign_in_address", current_address.get() or "", limit=PER_ADDRESS)
        count_attempt("sign_in_account", body["username"].lower(), limit=PER_ACCOUNT)
        user = authenticate(request._request, username=body["username"], password=body["password"])
        if not isinstance(user, User):
            record(actor=None, action="session.refused", target=body["username"])
            raise SignInFailed("User name and password do not belong together, or the account is locked.")
        sign_in(request, user, by_link=False)
        record(actor=user, action="session.started", target=user.username, detail={"by": "password"})
        return Response(describe_session(request, user))

    @extend_schema(request=SignInLinkBody, responses=SessionSerializer, operation_id="session_link")
    def link(self, request: Request) -> Response:
        """Sign in by a one-time link."""
        token = self.body(SignInLinkBody)["token"]
        count_attempt("link_address", current_address.get() or "", limit=PER_ADDRESS)
        user = redeem_sign_in_link(token)
        sign_in(request, user, by_link=True)
        return Response(describe_session(request, user))

    @extend_schema(request=None, responses={204: None}, operation_id="session_destroy")
    def destroy(self, request: Request) -> Response:
        """Sign out."""
        if isinstance(request.user, User):
            record(actor=request.user, action="session.ended", target=request.user.username)
        logout(request._request)
        return Response(status=204)
