"""Accounts of the installation, for administrators."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import AdminViewSet, Body
from annotator.core.errors import NotFound
from annotator.models import User
from annotator.services.accounts import LINK_HOURS, change_user, create_sign_in_link, create_user


class AccountSerializer(serializers.ModelSerializer[User]):
    """An account as administrators see it."""

    is_admin = serializers.BooleanField(source="is_superuser", read_only=True)

    class Meta:
        model = User
        fields = ("id", "username", "display_name", "email", "is_admin", "is_active", "last_login", "date_joined")
        read_only_fields = fields


class NewAccountBody(Body):
    """A new account; its first sign-in is by link."""

    username = serializers.CharField(max_length=150)
    email = serializers.EmailField(max_length=254, allow_blank=True, default="")
    display_name = serializers.CharField(max_length=150, allow_blank=True, default="")
    is_admin = serializers.BooleanField(default=False)


class AccountBody(Body):
    """What administrators may change."""

    is_active = serializers.BooleanField(required=False)
    is_admin = serializers.BooleanField(required=False)


class LinkSerializer(serializers.Serializer[Any]):
    """A one-time sign-in link, shown this once."""

    url = serializers.CharField()
    expires_in_hours = serializers.IntegerField()


class UserViewSet(AdminViewSet):
    """``/users``."""

    queryset = User.objects.order_by("username")
    session_only = frozenset({"link"})

    @extend_schema(responses=AccountSerializer(many=True), operation_id="users_list")
    def list(self, request: Request) -> Response:
        """All accounts."""
        return self.page(self.get_queryset(), AccountSerializer)

    @extend_schema(request=NewAccountBody, responses={201: AccountSerializer}, operation_id="users_create")
    def create(self, request: Request) -> Response:
        """Make an account without a password."""
        person = create_user(actor=self.actor, **self.body(NewAccountBody))
        return Response(AccountSerializer(person).data, status=201)

    @extend_schema(request=AccountBody, responses=AccountSerializer, operation_id="users_update")
    def partial_update(self, request: Request, pk: int) -> Response:
        """Lock, unlock, make or unmake an administrator."""
        person = change_user(actor=self.actor, person=self._person(pk), **self.body(AccountBody))
        return Response(AccountSerializer(person).data)

    @extend_schema(request=None, responses={201: LinkSerializer}, operation_id="users_link")
    def link(self, request: Request, pk: int) -> Response:
        """Make a link that signs this person in once, e.g. after a lost password."""
        token = create_sign_in_link(user=self._person(pk), actor=self.actor)
        url = request.build_absolute_uri(f"/link/{token}")
        return Response({"url": url, "expires_in_hours": LINK_HOURS}, status=201)

    def _person(self, pk: int) -> User:
        person = User.objects.filter(pk=pk).first()
        if person is None:
            raise NotFound("There is no such account.")
        return person
