"""Background jobs: how far they are, cancelling them, what they made."""

from typing import Any
from uuid import UUID

from django.http import HttpResponseRedirect
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import ApiViewSet, ProjectScopedViewSet
from annotator.api.people import UserSummarySerializer
from annotator.core.errors import Conflict
from annotator.core.permissions import Action
from annotator.models import Job
from annotator.queries.access import require, visible_projects
from annotator.queries.files import download_url
from annotator.queries.jobs import list_jobs
from annotator.services.jobs import cancel_job

FEW = 3
_RIGHTS = {
    Job.Kind.IMPORT: Action.IMPORTS_RUN,
    Job.Kind.EXPORT: Action.EXPORTS_RUN,
    Job.Kind.UNPACK: Action.IMAGES_ADD,
    Job.Kind.VERSION: Action.VERSIONS_CREATE,
}

_OURS = frozenset({"file", "issues_file", "glance"})
"""Parts of a result that nobody else needs: keys of our store and the like."""
_LONG = frozenset({"files", "labels", "choices", "examples"})
"""Parts that grow with the data; the report has them."""


class JobSerializer(serializers.ModelSerializer[Job]):
    """A job; ``result`` is what it has found out so far."""

    created_by = UserSummarySerializer(read_only=True, allow_null=True)
    result = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = (
            "id",
            "project",
            "kind",
            "state",
            "done",
            "total",
            "message",
            "parameters",
            "result",
            "error",
            "created_by",
            "created_at",
            "started_at",
            "ended_at",
        )
        read_only_fields = fields

    def get_result(self, job: Job) -> dict[str, Any]:
        """Without the key of our store, and with few samples of each issue: the whole is the report."""
        result = {key: value for key, value in job.result.items() if key not in _OURS | _LONG}
        if "issues" in result:
            result["issues"] = [{**issue, "samples": issue.get("samples", [])[:FEW]} for issue in result["issues"]]
        return result


class JobFilter(serializers.Serializer[Any]):
    """Query parameters of lists of jobs."""

    active = serializers.BooleanField(required=False, default=False)
    kind = serializers.ChoiceField(choices=Job.Kind.choices, required=False)


_FILTER = [
    OpenApiParameter("active", OpenApiTypes.BOOL, description="Only jobs that wait or run."),
    OpenApiParameter("kind", OpenApiTypes.STR, enum=Job.Kind.values),
]


class JobListViewSet(ProjectScopedViewSet):
    """``/projects/{id}/jobs``."""

    queryset = Job.objects.select_related("created_by")
    actions_required = {"list": Action.JOBS_VIEW}

    @extend_schema(responses=JobSerializer(many=True), parameters=_FILTER, operation_id="jobs_list")
    def list(self, request: Request, project_id: UUID) -> Response:
        """Jobs of a project, newest first."""
        return self.page(list_jobs(project_id=self.project.id, **self.query(JobFilter)), JobSerializer)


class AllJobsViewSet(ApiViewSet):
    """``/jobs``."""

    queryset = Job.objects.all()

    @extend_schema(responses=JobSerializer(many=True), parameters=_FILTER, operation_id="jobs_list_all")
    def list(self, request: Request) -> Response:
        """Jobs of all projects that one may see, newest first."""
        jobs = list_jobs(**self.query(JobFilter)).filter(project__in=visible_projects(self.actor))
        return self.page(jobs, JobSerializer)


class JobViewSet(ProjectScopedViewSet):
    """``/jobs/{id}``."""

    queryset = Job.objects.select_related("created_by")
    actions_required = {
        "retrieve": Action.JOBS_VIEW,
        "cancel": Action.EXPORTS_RUN,  # the weakest right by which anybody starts a job
        "download": Action.EXPORTS_RUN,
        "report": Action.JOBS_VIEW,
    }

    @extend_schema(responses=JobSerializer, operation_id="jobs_retrieve")
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """How far it is."""
        return Response(JobSerializer(self.get_object()).data)

    @extend_schema(request=None, responses=JobSerializer, operation_id="jobs_cancel")
    def cancel(self, request: Request, pk: UUID) -> Response:
        """Stop it at its next checkpoint; the person who started it may, and whoever may start such jobs."""
        job = self.get_object()
        if job.created_by_id != self.actor.pk:
            require(self.actor, job.project_id, _RIGHTS.get(job.kind, Action.PROJECT_EDIT))
        return Response(JobSerializer(cancel_job(actor=self.actor, job=job)).data)

    @extend_schema(
        responses={302: OpenApiResponse(description="Redirect to a signed link that supports ranges.")},
        operation_id="jobs_download",
    )
    def download(self, request: Request, pk: UUID) -> HttpResponseRedirect:
        """The file that an export made."""
        job = self.get_object()
        key = job.result.get("file")
        if job.kind != Job.Kind.EXPORT or not key:
            raise Conflict("This job has no file to download (yet, or not any more).", fields={"state": job.state})
        return HttpResponseRedirect(download_url(key, name=str(job.result.get("name", "export.zip"))))

    @extend_schema(responses=OpenApiTypes.OBJECT, operation_id="jobs_report")
    def report(self, request: Request, pk: UUID) -> Response:
        """Everything that the job noticed: counts, labels, issues with samples, losses."""
        return Response({key: value for key, value in self.get_object().result.items() if key not in _OURS})
