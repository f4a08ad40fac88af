"""Starting imports and exports; both are background jobs."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import Body, ProjectScopedViewSet
from annotator.api.jobs import JobSerializer
from annotator.core.permissions import Action
from annotator.models import Image, Job
from annotator.services.exports import ExportSettings, create_export
from annotator.services.import_settings import ImportSettings
from annotator.services.imports import create_import


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string", "enum": ["create", "ignore"]}]})
class LabelChoiceField(serializers.JSONField):
    """A label id, ``create`` or ``ignore``."""

    def to_internal_value(self, data: Any) -> Any:
        """Anything else is refused."""
        if isinstance(data, bool) or not (isinstance(data, int) or data in ("create", "ignore")):
            raise serializers.ValidationError("Give a label id, “create” or “ignore”.")
        return data


class LabelChoicesField(serializers.DictField):
    """Name in the files → what it means."""

    child = LabelChoiceField()


class ImportBody(Body):
    """What to bring in, and how. Without ``dry_run: false`` nothing is changed: look first, then import."""

    upload = serializers.UUIDField(required=False)
    path = serializers.CharField(max_length=1000, required=False, help_text="Inside MARQUEE_IMPORT_ROOTS.")
    format = serializers.CharField(max_length=100, required=False, allow_blank=True, help_text="Found out when empty.")
    options = serializers.DictField(required=False)
    mode = serializers.ChoiceField(choices=["add", "replace", "skip"], required=False)
    labels = LabelChoicesField(required=False)
    dry_run = serializers.BooleanField(default=True)
    keep_splits = serializers.BooleanField(required=False)
    label_fraction = serializers.FloatField(min_value=0.0001, max_value=1, required=False)
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)


class ScopeBody(Body):
    """Which images: a frozen version, images in some states (default: labelled and reviewed), or all."""

    version = serializers.UUIDField(required=False)
    states = serializers.ListField(child=serializers.ChoiceField(choices=Image.State.choices), required=False)
    all = serializers.BooleanField(required=False)


class ExportBody(Body):
    """What to write, and how."""

    format = serializers.CharField(max_length=100)
    options = serializers.DictField(required=False)
    scope = ScopeBody(required=False)
    with_images = serializers.BooleanField(default=True)


class ImportViewSet(ProjectScopedViewSet):
    """``/projects/{id}/imports``."""

    queryset = Job.objects.all()
    actions_required = {"create": Action.IMPORTS_RUN}

    @extend_schema(request=ImportBody, responses={202: JobSerializer}, operation_id="imports_create")
    def create(self, request: Request, project_id: UUID) -> Response:
        """Start an import, or with ``dry_run`` only a look at it; the report is the job's result."""
        values = self.body(ImportBody)
        if "upload" in values:
            values["upload"] = str(values["upload"])
        job = create_import(actor=self.actor, project=self.project, settings=ImportSettings(**values))
        return Response(JobSerializer(job).data, status=202)


class ExportViewSet(ProjectScopedViewSet):
    """``/projects/{id}/exports``."""

    queryset = Job.objects.all()
    actions_required = {"create": Action.EXPORTS_RUN}

    @extend_schema(request=ExportBody, responses={202: JobSerializer}, operation_id="exports_create")
    def create(self, request: Request, project_id: UUID) -> Response:
        """Start an export; the archive is at ``/jobs/{id}/download`` when the job is done."""
        values = self.body(ExportBody)
        scope = values.pop("scope", {})
        settings = ExportSettings(
            **values,
            version=str(scope["version"]) if "version" in scope else None,
            states=tuple(scope.get("states", ())),
            everything=scope.get("all", False),
        )
        job = create_export(actor=self.actor, project=self.project, settings=settings)
        return Response(JobSerializer(job).data, status=202)
