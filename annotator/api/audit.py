"""The audit log: of the installation for administrators, of a project for those who may see it."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import ApiViewSet, Body
from annotator.api.people import UserSummarySerializer
from annotator.core.errors import PermissionRefused
from annotator.core.permissions import Action
from annotator.models import AuditEvent
from annotator.queries.access import is_instance_admin, require


class AuditEventSerializer(serializers.ModelSerializer[AuditEvent]):
    """One event."""

    actor = UserSummarySerializer(allow_null=True, read_only=True)

    class Meta:
        model = AuditEvent
        fields = ("id", "actor", "action", "project", "target", "detail", "address", "at")
        read_only_fields = fields


class AuditQuery(Body):
    """Filters of the list."""

    project = serializers.UUIDField(required=False)
    cursor = serializers.CharField(required=False)
    limit = serializers.CharField(required=False)


class AuditViewSet(ApiViewSet):
    """``/audit?project=``."""

    queryset = AuditEvent.objects.select_related("actor")

    @extend_schema(parameters=[AuditQuery], responses=AuditEventSerializer(many=True), operation_id="audit_list")
    def list(self, request: Request) -> Response:
        """Newest first; without a project only administrators see it."""
        project_id = self.query(AuditQuery).get("project")
        events = self.get_queryset()
        if project_id is not None:
            require(self.actor, project_id, Action.AUDIT_VIEW)
            return self.page(events.filter(project=project_id), AuditEventSerializer)
        if not is_instance_admin(self.actor):
            raise PermissionRefused("Only an administrator may see the log of the whole installation. Name a project.")
        return self.page(events, AuditEventSerializer)
