"""Frozen dataset versions."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import Body, ProjectScopedViewSet
from annotator.api.people import UserSummarySerializer
from annotator.core.permissions import Action
from annotator.models import DatasetVersion, Image
from annotator.services.versions import create_version


class VersionSerializer(serializers.ModelSerializer[DatasetVersion]):
    """A version: what it holds and how it was split."""

    created_by = UserSummarySerializer(read_only=True, allow_null=True)
    parameters = serializers.DictField(read_only=True)
    labels = serializers.ListField(child=serializers.DictField(), read_only=True)
    counts = serializers.DictField(read_only=True)

    class Meta:
        model = DatasetVersion
        fields = (
            "id",
            "project",
            "number",
            "name",
            "notes",
            "hash",
            "parameters",
            "labels",
            "counts",
            "created_by",
            "created_at",
        )
        read_only_fields = fields


class FractionsField(serializers.DictField):
    """``{"train", "val", "test"}``, together 1."""

    child = serializers.FloatField(min_value=0, max_value=1)


class VersionBody(Body):
    """How to freeze."""

    name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    notes = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    fractions = FractionsField(required=False)
    only_states = serializers.ListField(child=serializers.ChoiceField(choices=Image.State.choices), required=False)
    refresh_held_out = serializers.BooleanField(
        required=False,
        help_text="Draw validation and test anew instead of keeping those of earlier versions.",
    )


class VersionListViewSet(ProjectScopedViewSet):
    """``/projects/{id}/versions``."""

    queryset = DatasetVersion.objects.select_related("created_by").order_by("-number")
    actions_required = {"list": Action.PROJECT_VIEW, "create": Action.VERSIONS_CREATE}

    @extend_schema(responses=VersionSerializer(many=True), operation_id="versions_list")
    def list(self, request: Request, project_id: UUID) -> Response:
        """Versions, newest first."""
        return self.page(self.get_queryset(), VersionSerializer)

    @extend_schema(request=VersionBody, responses={201: VersionSerializer}, operation_id="versions_create")
    def create(self, request: Request, project_id: UUID) -> Response:
        """Freeze what is labelled now."""
        values: dict[str, Any] = self.body(VersionBody)
        version = create_version(actor=self.actor, project=self.project, **values)
        return Response(VersionSerializer(version).data, status=201)


class VersionViewSet(ProjectScopedViewSet):
    """``/versions/{id}``."""

    queryset = DatasetVersion.objects.select_related("created_by")
    actions_required = {"retrieve": Action.PROJECT_VIEW}

    @extend_schema(responses=VersionSerializer, operation_id="versions_retrieve")
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One version."""
        return Response(VersionSerializer(self.get_object()).data)
