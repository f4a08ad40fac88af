"""Personal access tokens of the signed-in person."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import ApiViewSet, Body
from annotator.core.errors import NotFound
from annotator.models import AccessToken
from annotator.queries.access import visible_projects
from annotator.services.tokens import create_token, revoke_token


class TokenSerializer(serializers.ModelSerializer[AccessToken]):
    """A token without its secret."""

    class Meta:
        model = AccessToken
        fields: tuple[str, ...] = (
            "id",
            "name",
            "prefix",
            "scope",
            "project",
            "expires_at",
            "last_used_at",
            "created_at",
        )
        read_only_fields = fields


class NewTokenSerializer(TokenSerializer):
    """A token with its secret, shown this once."""

    token = serializers.CharField(read_only=True)

    class Meta(TokenSerializer.Meta):
        fields: tuple[str, ...] = (*TokenSerializer.Meta.fields, "token")
        read_only_fields = fields


class TokenBody(Body):
    """What a new token may do and for how long."""

    name = serializers.CharField(max_length=100)
    scope = serializers.ChoiceField(choices=AccessToken.Scope.choices, default=AccessToken.Scope.READ)
    project = serializers.UUIDField(required=False, allow_null=True, default=None)
    expires_in_days = serializers.IntegerField(
        min_value=1, max_value=3650, required=False, allow_null=True, default=None
    )


class TokenViewSet(ApiViewSet):
    """``/tokens``: a token cannot make or revoke tokens."""

    queryset = AccessToken.objects.filter(revoked_at=None).order_by("-id")
    session_only = frozenset({"create", "destroy"})

    @extend_schema(responses=TokenSerializer(many=True), operation_id="tokens_list")
    def list(self, request: Request) -> Response:
        """One's live tokens."""
        return self.page(self.get_queryset().filter(user=self.actor), TokenSerializer)

    @extend_schema(request=TokenBody, responses={201: NewTokenSerializer}, operation_id="tokens_create")
    def create(self, request: Request) -> Response:
        """Make a token; the answer is the only place where its secret appears."""
        body: dict[str, Any] = self.body(TokenBody)
        if body["project"] is not None:
            body["project"] = visible_projects(self.actor).filter(id=body["project"]).first()
            if body["project"] is None:
                raise NotFound("This project does not exist, or you may not see it.")
        token, secret = create_token(actor=self.actor, **body)
        return Response({**TokenSerializer(token).data, "token": secret}, status=201)

    @extend_schema(request=None, responses={204: None}, operation_id="tokens_destroy")
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Revoke one of one's own tokens."""
        revoke_token(actor=self.actor, token_id=pk)
        return Response(status=204)
