"""Invitations: made by managers, accepted by whoever has the link."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import ApiViewSet, Body, ProjectScopedViewSet
from annotator.api.people import role_field
from annotator.api.sessions import PER_ADDRESS, SessionSerializer, describe_session, sign_in
from annotator.core.permissions import Action
from annotator.models import Invitation, User
from annotator.services.audit import current_address
from annotator.services.invitations import (
    VALID_DAYS,
    accept_invitation,
    create_invitation,
    find_invitation,
    withdraw_invitation,
)
from annotator.services.throttle import count_attempt


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """An open invitation without its link."""

    class Meta:
        model = Invitation
        fields: tuple[str, ...] = ("id", "role", "email", "created_at", "expires_at")
        read_only_fields = fields


class NewInvitationSerializer(InvitationSerializer):
    """An invitation with its link, shown this once."""

    url = serializers.CharField(read_only=True)

    class Meta(InvitationSerializer.Meta):
        fields: tuple[str, ...] = (*InvitationSerializer.Meta.fields, "url")
        read_only_fields = fields


class InvitationBody(Body):
    """Whom to invite as what."""

    role = role_field(default="annotator")
    email = serializers.EmailField(max_length=254, allow_blank=True, default="")
    days = serializers.IntegerField(min_value=1, max_value=90, default=VALID_DAYS)


class OfferSerializer(serializers.Serializer[Any]):
    """What the person with the link is shown."""

    project_name = serializers.CharField(allow_null=True)
    role = role_field()
    expires_at = serializers.DateTimeField()


class AcceptBody(Body):
    """A new account; empty for somebody who is signed in."""

    username = serializers.CharField(max_length=150, allow_blank=True, default="")
    password = serializers.CharField(max_length=1000, trim_whitespace=False, allow_blank=True, default="")
    display_name = serializers.CharField(max_length=150, allow_blank=True, default="")


class ProjectInvitationViewSet(ProjectScopedViewSet):
    """``/projects/{id}/invitations``."""

    queryset = Invitation.objects.filter(accepted_at=None).order_by("-id")
    actions_required = {
        "list": Action.MEMBERS_EDIT,
        "create": Action.MEMBERS_EDIT,
        "destroy": Action.MEMBERS_EDIT,
    }

    @extend_schema(responses=InvitationSerializer(many=True), operation_id="invitations_list")
    def list(self, request: Request, project_id: UUID) -> Response:
        """Invitations that nobody has accepted yet."""
        return self.page(self.get_queryset(), InvitationSerializer)

    @extend_schema(request=InvitationBody, responses={201: NewInvitationSerializer}, operation_id="invitations_create")
    def create(self, request: Request, project_id: UUID) -> Response:
        """Make an invitation; the answer is the only place where its link appears."""
        invitation, token = create_invitation(actor=self.actor, project=self.project, **self.body(InvitationBody))
        url = request.build_absolute_uri(f"/invite/{token}")
        return Response({**InvitationSerializer(invitation).data, "url": url}, status=201)

    @extend_schema(request=None, responses={204: None}, operation_id="invitations_destroy")
    def destroy(self, request: Request, project_id: UUID, invitation_id: UUID) -> Response:
        """Withdraw an invitation."""
        withdraw_invitation(actor=self.actor, project=self.project, invitation_id=invitation_id)
        return Response(status=204)


class OfferViewSet(ApiViewSet):
    """``/invitations/{token}``: open to whoever has the link, throttled."""

    permission_classes = [AllowAny]
    session_only = frozenset({"accept"})

    @extend_schema(responses=OfferSerializer, operation_id="invitation_offer")
    def retrieve(self, request: Request, token: str) -> Response:
        """What the invitation offers."""
        count_attempt("invitation", current_address.get() or "", limit=PER_ADDRESS)
        invitation = find_invitation(token)
        name = invitation.project.name if invitation.project else None
        return Response(
            OfferSerializer({"project_name": name, "role": invitation.role, "expires_at": invitation.expires_at}).data
        )

    @extend_schema(request=AcceptBody, responses=SessionSerializer, operation_id="invitation_accept")
    def accept(self, request: Request, token: str) -> Response:
        """Join as the signed-in person, or with a new account that is then signed in."""
        count_attempt("invitation", current_address.get() or "", limit=PER_ADDRESS)
        person = request.user if isinstance(request.user, User) else None
        joined = accept_invitation(token=token, person=person, **self.body(AcceptBody))
        if person is None:
            sign_in(request, joined, by_link=False)
        return Response(describe_session(request, joined))
