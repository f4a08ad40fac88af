"""Starting exports; they are background jobs."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import Body, ProjectScopedViewSet
from annotator.api.image_queries import ImageFilterQuery, read_filter
from annotator.api.jobs import JobSerializer
from annotator.api.splits import SplitBody, read_rule
from annotator.core.permissions import Action
from annotator.models import Image, Job
from annotator.services.export_selection import ExportSettings
from annotator.services.exports import create_export


class ScopeBody(Body):
    """Which images: a frozen version, a view (filters of the image list), some states, or all.

    Default: labelled and reviewed images. At most one of them.
    """

    version = serializers.UUIDField(required=False)
    filter = ImageFilterQuery(required=False)
    states = serializers.ListField(child=serializers.ChoiceField(choices=Image.State.choices), required=False)
    all = serializers.BooleanField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One way to say which."""
        if len([name for name, value in attrs.items() if value]) > 1:
            raise serializers.ValidationError("Give one of “version”, “filter”, “states” and “all”.")
        return attrs


class ExportBody(Body):
    """What to write, and how. With ``dry_run`` nothing is written: the job's result says what would be lost."""

    format = serializers.CharField(max_length=100)
    options = serializers.DictField(required=False)
    scope = ScopeBody(required=False)
    with_images = serializers.BooleanField(default=True)
    split = SplitBody(required=False, allow_null=True, help_text="Divide anew; without, images keep their split.")
    dry_run = serializers.BooleanField(default=False)


class ExportViewSet(ProjectScopedViewSet):
    """``/projects/{id}/exports``."""

    queryset = Job.objects.all()
    actions_required = {"create": Action.EXPORTS_RUN}

    @extend_schema(request=ExportBody, responses={202: JobSerializer}, operation_id="exports_create")
    def create(self, request: Request, project_id: UUID) -> Response:
        """Start an export; the archive is at ``/jobs/{id}/download`` when the job is done."""
        values = self.body(ExportBody)
        scope = values.pop("scope", {})
        split = values.pop("split", None)
        settings = ExportSettings(
            **values,
            version=str(scope["version"]) if "version" in scope else None,
            view=read_filter(scope["filter"]) if "filter" in scope else None,
            states=tuple(scope.get("states", ())),
            everything=scope.get("all", False),
            split=None if split is None else read_rule(split),
        )
        job = create_export(actor=self.actor, project=self.project, settings=settings)
        return Response(JobSerializer(job).data, status=202)
