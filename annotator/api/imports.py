"""Imports: looking at files, bringing them in, going on, taking back, and the report to download."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import Body, ProjectScopedViewSet
from annotator.api.jobs import JobSerializer
from annotator.core.permissions import Action
from annotator.models import Job
from annotator.services.import_files import list_places
from annotator.services.import_report import iter_csv, iter_json
from annotator.services.import_settings import ImportSettings, NewLabel
from annotator.services.import_undo import create_undo
from annotator.services.imports import create_import, resume_import


class NewLabelBody(Body):
    """A label to be made; several names of the files may share it."""

    name = serializers.CharField(max_length=200)
    color = serializers.CharField(max_length=20, required=False, allow_blank=True)


@extend_schema_field(
    {
        "oneOf": [
            {"type": "integer"},
            {"type": "string", "enum": ["create", "ignore"]},
            {
                "type": "object",
                "properties": {"name": {"type": "string"}, "color": {"type": "string"}},
                "required": ["name"],
                "additionalProperties": False,
            },
        ]
    }
)
class LabelChoiceField(serializers.JSONField):
    """A label id, ``create``, ``ignore`` or a new label."""

    def to_internal_value(self, data: Any) -> Any:
        """Anything else is refused."""
        if isinstance(data, Mapping):
            body = NewLabelBody(data=dict(data))
            body.is_valid(raise_exception=True)
            return NewLabel(**body.validated_data)
        if isinstance(data, bool) or not (isinstance(data, int) or data in ("create", "ignore")):
            raise serializers.ValidationError(
                "Give a label id, “create”, “ignore” or a new label as {“name”, “color”}."
            )
        return data


class LabelChoicesField(serializers.DictField):
    """Name in the files → what it means."""

    child = LabelChoiceField()


class ImportBody(Body):
    """What to bring in, and how. Without ``dry_run: false`` nothing is changed: look first, then import.

    With the ``token`` of a dry run nothing else is needed but ``mode`` and ``labels``: exactly what was shown comes in.
    """

    upload = serializers.UUIDField(required=False)
    path = serializers.CharField(max_length=1000, required=False, help_text="Inside MARQUEE_IMPORT_ROOTS.")
    source = serializers.UUIDField(required=False, help_text="A source of the project, e.g. a bucket.")  # type: ignore[assignment]  # our word; Field has one too
    format = serializers.CharField(max_length=100, required=False, allow_blank=True, help_text="Found out when empty.")
    options = serializers.DictField(required=False)
    mode = serializers.ChoiceField(choices=["add", "replace", "skip", "predictions"], required=False)
    labels = LabelChoicesField(required=False)
    dry_run = serializers.BooleanField(default=True)
    keep_splits = serializers.BooleanField(required=False)
    label_fraction = serializers.FloatField(min_value=0.0001, max_value=1, required=False)
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    size_only = serializers.BooleanField(
        required=False, help_text="Make images of records that have a size but no picture."
    )
    token = serializers.CharField(max_length=64, required=False, help_text="From the result of a dry run.")


class PlaceEntrySerializer(serializers.Serializer[Any]):
    """A folder or a file that can be imported."""

    name = serializers.CharField()
    path = serializers.CharField()
    folder = serializers.BooleanField()


class PlacesSerializer(serializers.Serializer[Any]):
    """What lies at a place of the server; ``entries`` is empty when imports from folders are switched off."""

    path = serializers.CharField()
    parent = serializers.CharField(allow_null=True)  # type: ignore[assignment]  # our word for it; Field has one too
    entries = PlaceEntrySerializer(many=True)
    more = serializers.BooleanField()


class PlaceQuery(serializers.Serializer[Any]):
    """Query parameters of places."""

    path = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class DownloadQuery(serializers.Serializer[Any]):
    """Query parameters of a report."""

    kind = serializers.ChoiceField(choices=["json", "csv"], default="json")


class ImportViewSet(ProjectScopedViewSet):
    """``/projects/{id}/imports``."""

    queryset = Job.objects.all()
    actions_required = {"create": Action.IMPORTS_RUN, "places": Action.IMPORTS_RUN}

    @extend_schema(request=ImportBody, responses={202: JobSerializer}, operation_id="imports_create")
    def create(self, request: Request, project_id: UUID) -> Response:
        """Start an import, or with ``dry_run`` only a look at it; the report is the job's result.

        409 when the files have changed since the dry run whose token is given.
        """
        values = self.body(ImportBody)
        values |= {name: str(values[name]) for name in ("upload", "source") if name in values}
        job = create_import(actor=self.actor, project=self.project, settings=ImportSettings(**values))
        return Response(JobSerializer(job).data, status=202)

    @extend_schema(
        responses=PlacesSerializer,
        parameters=[OpenApiParameter("path", OpenApiTypes.STR)],
        operation_id="imports_places",
    )
    def places(self, request: Request, project_id: UUID) -> Response:
        """Folders of the server that imports may read; without a path the roots."""
        return Response(list_places(self.query(PlaceQuery)["path"]))


class ImportJobViewSet(ProjectScopedViewSet):
    """``/imports/{job}``."""

    queryset = Job.objects.select_related("created_by", "project")
    actions_required = {"undo": Action.IMPORTS_RUN, "resume": Action.IMPORTS_RUN, "download": Action.JOBS_VIEW}

    @extend_schema(request=None, responses={202: JobSerializer}, operation_id="imports_undo")
    def undo(self, request: Request, pk: UUID) -> Response:
        """Take the import back as far as nobody has worked on it; one that still runs is cancelled first."""
        return Response(JobSerializer(create_undo(actor=self.actor, job=self.get_object())).data, status=202)

    @extend_schema(request=None, responses={202: JobSerializer}, operation_id="imports_resume")
    def resume(self, request: Request, pk: UUID) -> Response:
        """Let a failed or cancelled import go on where it stopped."""
        return Response(JobSerializer(resume_import(actor=self.actor, job=self.get_object())).data, status=202)

    @extend_schema(
        parameters=[OpenApiParameter("kind", OpenApiTypes.STR, enum=["json", "csv"])],
        responses={200: OpenApiResponse(OpenApiTypes.BINARY, description="The report as a file.")},
        operation_id="imports_download",
    )
    def download(self, request: Request, pk: UUID) -> HttpResponse | StreamingHttpResponse:
        """The whole report with every issue, as JSON or (the issues) as CSV."""
        job: Job = self.get_object()
        kind = self.query(DownloadQuery)["kind"]
        lines: Iterable[str] = iter_csv(job) if kind == "csv" else iter_json(job)
        media = "text/csv; charset=utf-8" if kind == "csv" else "application/json"
        answer = StreamingHttpResponse(lines, content_type=media)
        answer["Content-Disposition"] = f'attachment; filename="import-report-{job.id}.{kind}"'
        return answer
