"""Members of a project."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import Body, ProjectScopedViewSet
from annotator.api.people import UserSummarySerializer, role_field
from annotator.core.permissions import Action
from annotator.models import Membership
from annotator.services.members import add_member, change_role, remove_member


class MemberSerializer(serializers.ModelSerializer[Membership]):
    """One person's role."""

    user = UserSummarySerializer(read_only=True)
    role = role_field(read_only=True)

    class Meta:
        model = Membership
        fields = ("user", "role", "created_at")
        read_only_fields = fields


class NewMemberBody(Body):
    """An existing account and its role."""

    username = serializers.CharField(max_length=150)
    role = role_field()


class MemberBody(Body):
    """The new role."""

    role = role_field()


class MemberViewSet(ProjectScopedViewSet):
    """``/projects/{id}/members``."""

    queryset = Membership.objects.select_related("user").order_by("id")
    actions_required = {
        "list": Action.MEMBERS_VIEW,
        "create": Action.MEMBERS_EDIT,
        "partial_update": Action.MEMBERS_EDIT,
        "destroy": Action.MEMBERS_EDIT,
    }

    @extend_schema(responses=MemberSerializer(many=True), operation_id="members_list")
    def list(self, request: Request, project_id: UUID) -> Response:
        """Who is in the project."""
        return self.page(self.get_queryset(), MemberSerializer)

    @extend_schema(request=NewMemberBody, responses={201: MemberSerializer}, operation_id="members_create")
    def create(self, request: Request, project_id: UUID) -> Response:
        """Add somebody who has an account."""
        membership = add_member(actor=self.actor, project=self.project, **self.body(NewMemberBody))
        return Response(MemberSerializer(membership).data, status=201)

    @extend_schema(request=MemberBody, responses=MemberSerializer, operation_id="members_update")
    def partial_update(self, request: Request, project_id: UUID, user_id: int) -> Response:
        """Change a role."""
        membership = change_role(actor=self.actor, project=self.project, user_id=user_id, **self.body(MemberBody))
        return Response(MemberSerializer(membership).data)

    @extend_schema(request=None, responses={204: None}, operation_id="members_destroy")
    def destroy(self, request: Request, project_id: UUID, user_id: int) -> Response:
        """Take somebody out."""
        remove_member(actor=self.actor, project=self.project, user_id=user_id)
        return Response(status=204)
