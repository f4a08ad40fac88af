"""Frozen dataset versions: made, described, compared, checked, restored, deleted."""

from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import Body, ProjectScopedViewSet
from annotator.api.jobs import JobSerializer
from annotator.api.people import UserSummarySerializer
from annotator.api.splits import SplitBody, read_rule
from annotator.core.errors import InvalidInput
from annotator.core.permissions import Action
from annotator.models import DatasetVersion, Image
from annotator.queries.files import signed_url
from annotator.queries.version_diff import MAX_LIMIT, WORDS, diff_page, summarise_diff
from annotator.queries.versions import verify_version
from annotator.services.splits import describe_draft, draft_split
from annotator.services.version_jobs import compare_versions, start_restore
from annotator.services.versions import (
    AT_ONCE,
    VersionSettings,
    delete_version,
    describe_version,
    freeze_version,
    start_version,
    version_images,
)


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


class VersionBody(SplitBody):
    """How to freeze."""

    name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    notes = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    only_states = serializers.ListField(child=serializers.ChoiceField(choices=Image.State.choices), required=False)
    refresh_held_out = serializers.BooleanField(
        required=False,
        help_text="Draw validation and test anew instead of keeping those of earlier versions.",
    )


class VersionChanges(Body):
    """What may be changed of a version: nothing that is frozen."""

    name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    notes = serializers.CharField(max_length=10_000, required=False, allow_blank=True)


class WarningSerializer(serializers.Serializer[Any]):
    """Something about a split that would falsify figures."""

    code = serializers.CharField()
    n = serializers.IntegerField()
    text = serializers.CharField()
    samples = serializers.ListField(child=serializers.CharField())


class SplitPreviewSerializer(serializers.Serializer[Any]):
    """What a version would hold: sizes, class balance, warnings."""

    images = serializers.IntegerField()
    splits = serializers.DictField(child=serializers.IntegerField())
    annotations = serializers.DictField(child=serializers.IntegerField())
    labels = serializers.ListField(child=serializers.DictField())
    groups = serializers.IntegerField(help_text="Groups of two and more images that stay together.")
    fixed = serializers.IntegerField(help_text="Images whose split is decided already.")
    held_out_kept = serializers.BooleanField()
    test_locked = serializers.BooleanField()
    warnings = WarningSerializer(many=True)


class VersionListViewSet(ProjectScopedViewSet):
    """``/projects/{id}/versions``."""

    queryset = DatasetVersion.objects.select_related("created_by").order_by("-number")
    actions_required = {
        "list": Action.PROJECT_VIEW,
        "create": Action.VERSIONS_CREATE,
        "preview": Action.VERSIONS_CREATE,
    }

    @extend_schema(responses=VersionSerializer(many=True), operation_id="versions_list")
    def list(self, request: Request, project_id: UUID) -> Response:
        """Versions, newest first."""
        return self.page(self.get_queryset(), VersionSerializer)

    @extend_schema(
        request=VersionBody,
        responses={201: VersionSerializer, 202: JobSerializer},
        operation_id="versions_create",
    )
    def create(self, request: Request, project_id: UUID) -> Response:
        """Freeze what is labelled now: at once (201), or in the background when there is much of it (202: a job)."""
        settings = self._settings()
        many = version_images(self.project, settings.states)[: AT_ONCE + 1].count() > AT_ONCE
        if many:
            job = start_version(actor=self.actor, project=self.project, settings=settings)
            return Response(JobSerializer(job).data, status=202)
        version = freeze_version(actor=self.actor, project=self.project, settings=settings)
        return Response(VersionSerializer(version).data, status=201)

    @extend_schema(request=VersionBody, responses=SplitPreviewSerializer, operation_id="versions_preview")
    def preview(self, request: Request, project_id: UUID) -> Response:
        """What freezing would give; nothing is written."""
        settings = self._settings()
        images = version_images(self.project, settings.states)
        draft = draft_split(self.project, images, settings.rule, refresh_held_out=settings.refresh_held_out)
        return Response(describe_draft(self.project, draft))

    def _settings(self) -> VersionSettings:
        values = self.body(VersionBody)
        return VersionSettings(
            name=values.get("name", ""),
            notes=values.get("notes", ""),
            rule=read_rule(values),
            states=tuple(values.get("only_states", ())),
            refresh_held_out=values.get("refresh_held_out", False),
        )


class IntegritySerializer(serializers.Serializer[Any]):
    """Whether the manifest still is what was frozen."""

    ok = serializers.BooleanField()
    hash = serializers.CharField(allow_blank=True)
    expected = serializers.CharField()
    images = serializers.IntegerField()
    missing_images = serializers.IntegerField(help_text="Images that were deleted from the project since.")
    error = serializers.CharField(allow_blank=True)


class DiffQuery(serializers.Serializer[Any]):
    """What to compare with, and which of the differences to list."""

    base = serializers.UUIDField()
    change = serializers.ChoiceField(choices=WORDS, required=False, default="")
    label = serializers.CharField(required=False, default="", max_length=200)  # type: ignore[assignment]  # fields have such an attribute themselves
    cursor = serializers.CharField(required=False, default=None, max_length=20)
    limit = serializers.IntegerField(min_value=1, max_value=MAX_LIMIT, required=False, default=60)


class VersionViewSet(ProjectScopedViewSet):
    """``/versions/{id}``."""

    queryset = DatasetVersion.objects.select_related("created_by", "project")
    actions_required = {
        "retrieve": Action.PROJECT_VIEW,
        "partial_update": Action.VERSIONS_CREATE,
        "destroy": Action.VERSIONS_CREATE,
        "integrity": Action.PROJECT_VIEW,
        "diff": Action.PROJECT_VIEW,
        "restore": Action.VERSIONS_CREATE,
    }

    @extend_schema(responses=VersionSerializer, operation_id="versions_retrieve")
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One version."""
        return Response(VersionSerializer(self.get_object()).data)

    @extend_schema(request=VersionChanges, responses=VersionSerializer, operation_id="versions_update")
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change its name or notes."""
        version = describe_version(actor=self.actor, version=self.get_object(), changes=self.body(VersionChanges))
        return Response(VersionSerializer(version).data)

    @extend_schema(responses={204: None}, operation_id="versions_delete")
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete it for good; refused while a run was trained on it."""
        delete_version(actor=self.actor, version=self.get_object())
        return Response(status=204)

    @extend_schema(responses=IntegritySerializer, operation_id="versions_integrity")
    def integrity(self, request: Request, pk: UUID) -> Response:
        """Read the stored manifest and compare its hash."""
        return Response(verify_version(self.get_object()))

    @extend_schema(
        responses=OpenApiTypes.OBJECT,
        parameters=[
            OpenApiParameter("base", OpenApiTypes.UUID, required=True, description="The version to compare with."),
            OpenApiParameter("change", OpenApiTypes.STR, enum=WORDS, description="Only images with this change."),
            OpenApiParameter("label", OpenApiTypes.STR, description="Only images with a change of this class."),
            OpenApiParameter("cursor", OpenApiTypes.STR),
            OpenApiParameter("limit", OpenApiTypes.INT),
        ],
        operation_id="versions_diff",
    )
    def diff(self, request: Request, pk: UUID) -> Response:
        """What changed since another version: numbers (on the first page) and images with their shapes, in pages."""
        values = self.query(DiffQuery)
        head: DatasetVersion = self.get_object()
        base = DatasetVersion.objects.filter(project=self.project, id=values.pop("base")).first()
        if base is None:
            raise InvalidInput("This project has no such dataset version to compare with.", fields={"base": "unknown"})
        with compare_versions(base, head) as comparison:
            rows, following = diff_page(comparison, **values)
            summary = {} if values["cursor"] else {"summary": summarise_diff(base, head, comparison)}
        return Response({"next": following, **summary, "results": _with_thumbs(rows)})

    @extend_schema(request=None, responses={202: JobSerializer}, operation_id="versions_restore")
    def restore(self, request: Request, pk: UUID) -> Response:
        """Put its annotations back into the project; what is there now is frozen as a version first."""
        job = start_restore(actor=self.actor, version=self.get_object())
        return Response(JobSerializer(job).data, status=202)


def _with_thumbs(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries with a link to their picture, where the image still is in the project."""
    here = set(Image.objects.filter(id__in=[entry["id"] for entry in entries]).values_list("id", flat=True))
    shown = []
    for entry in entries:
        sha256, exists = entry.pop("sha256"), UUID(entry["id"]) in here
        thumb = signed_url(f"thumb/{sha256}.webp") if sha256 and exists else None
        shown.append({**entry, "exists": exists, "thumb_url": thumb})
    return shown
