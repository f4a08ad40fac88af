"""Oneself: profile, preferences, password."""

import json
from typing import Any

from django.contrib.auth import update_session_auth_hash
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import ApiViewSet, Body
from annotator.api.people import LINK_SESSION, UserSerializer, needs_old_password
from annotator.services.accounts import change_profile, set_password
from annotator.services.throttle import count_attempt

MAX_PREFERENCES = 64 * 1024


class ProfileBody(Body):
    """What one may change about oneself."""

    display_name = serializers.CharField(max_length=150, allow_blank=True, required=False)
    email = serializers.EmailField(max_length=254, allow_blank=True, required=False)
    preferences = serializers.DictField(required=False)

    def validate_preferences(self, value: dict[str, Any]) -> dict[str, Any]:
        """Opaque, but not without bounds."""
        if len(json.dumps(value)) > MAX_PREFERENCES:
            raise serializers.ValidationError("Preferences may have 64 KiB at most.")
        return value


class PasswordBody(Body):
    """Old and new password; ``old`` may be left out after a one-time link."""

    old = serializers.CharField(max_length=1000, trim_whitespace=False, required=False, allow_blank=True, default="")
    new = serializers.CharField(max_length=1000, trim_whitespace=False)


class MeViewSet(ApiViewSet):
    """``/me``."""

    session_only = frozenset({"password"})

    @extend_schema(responses=UserSerializer, operation_id="me_retrieve")
    def retrieve(self, request: Request) -> Response:
        """Oneself."""
        return Response(UserSerializer(self.actor, context={"request": request}).data)

    @extend_schema(request=ProfileBody, responses=UserSerializer, operation_id="me_update")
    def partial_update(self, request: Request) -> Response:
        """Change profile or preferences; preferences are merged key by key."""
        user = change_profile(actor=self.actor, **self.body(ProfileBody))
        return Response(UserSerializer(user, context={"request": request}).data)

    @extend_schema(request=PasswordBody, responses={204: None}, operation_id="me_password")
    def password(self, request: Request) -> Response:
        """Set the password; every other session of this account ends."""
        body = self.body(PasswordBody)
        count_attempt("password", str(self.actor.pk), limit=10)
        set_password(actor=self.actor, **body, old_needed=needs_old_password(self.actor, request))
        update_session_auth_hash(request._request, self.actor)
        request._request.session[LINK_SESSION] = False
        return Response(status=204)
