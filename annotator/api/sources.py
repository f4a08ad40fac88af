"""Places that a project's images come from."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import Body, ProjectScopedViewSet
from annotator.api.jobs import JobSerializer
from annotator.core.permissions import Action
from annotator.models import Source, SourceFile
from annotator.queries.sources import public_options
from annotator.services.sources import create_source, delete_source, probe_source, start_sync, update_source


class SourceSerializer(serializers.ModelSerializer[Source]):
    """A source without its secrets."""

    options = serializers.SerializerMethodField()
    secrets_set = serializers.SerializerMethodField()
    images = serializers.SerializerMethodField()
    report = serializers.DictField(child=serializers.IntegerField(), read_only=True)

    class Meta:
        model = Source
        fields = (
            "id", "project", "name", "plugin", "options", "secrets_set", "copies", "images", "created_at", "synced_at",
            "report",
        )  # fmt: skip
        read_only_fields = fields

    def get_options(self, source: Source) -> dict[str, Any]:
        """Options that may be shown."""
        return public_options(source)[0]

    def get_secrets_set(self, source: Source) -> list[str]:
        """Names of secrets that are set."""
        return public_options(source)[1]

    def get_images(self, source: Source) -> int:
        """Images of the project that come from here."""
        return source.files.filter(state=SourceFile.State.HERE, image__isnull=False).count()


class SourceBody(Body):
    """A new source."""

    name = serializers.CharField(max_length=200)
    plugin = serializers.CharField(max_length=100)
    options = serializers.DictField()
    copies = serializers.BooleanField(default=True)


class SourceChanges(Body):
    """What may be changed; empty secrets stay as they are."""

    name = serializers.CharField(max_length=200, required=False)
    options = serializers.DictField(required=False)
    copies = serializers.BooleanField(required=False)


class ProbeBody(Body):
    """A place to try."""

    plugin = serializers.CharField(max_length=100)
    options = serializers.DictField()


class ProbeSerializer(serializers.Serializer[Any]):
    """What is there."""

    names = serializers.ListField(child=serializers.CharField())
    more = serializers.BooleanField()


class SourceListViewSet(ProjectScopedViewSet):
    """``/projects/{id}/sources``."""

    queryset = Source.objects.all()
    actions_required = {"list": Action.IMPORTS_RUN, "create": Action.IMPORTS_RUN, "probe": Action.IMPORTS_RUN}

    @extend_schema(responses=SourceSerializer(many=True), operation_id="sources_list")
    def list(self, request: Request, project_id: UUID) -> Response:
        """All sources of the project."""
        return self.whole(Source.objects.filter(project=self.project), SourceSerializer)

    @extend_schema(request=SourceBody, responses={201: SourceSerializer}, operation_id="sources_create")
    def create(self, request: Request, project_id: UUID) -> Response:
        """Add a source; nothing is read yet."""
        source = create_source(actor=self.actor, project=self.project, **self.body(SourceBody))
        return Response(SourceSerializer(source).data, status=201)

    @extend_schema(request=ProbeBody, responses=ProbeSerializer, operation_id="sources_probe")
    def probe(self, request: Request, project_id: UUID) -> Response:
        """Look whether a place can be reached."""
        return Response(ProbeSerializer(probe_source(actor=self.actor, **self.body(ProbeBody))).data)


class SourceViewSet(ProjectScopedViewSet):
    """``/sources/{id}``."""

    queryset = Source.objects.select_related("project")
    actions_required = {
        "retrieve": Action.IMPORTS_RUN,
        "partial_update": Action.IMPORTS_RUN,
        "destroy": Action.IMPORTS_RUN,
        "sync": Action.IMPORTS_RUN,
    }

    @extend_schema(responses=SourceSerializer, operation_id="sources_retrieve")
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One source."""
        return Response(SourceSerializer(self.get_object()).data)

    @extend_schema(request=SourceChanges, responses=SourceSerializer, operation_id="sources_update")
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change name, options or copying."""
        source = update_source(actor=self.actor, source=self.get_object(), **self.body(SourceChanges))
        return Response(SourceSerializer(source).data)

    @extend_schema(responses={204: None}, operation_id="sources_destroy")
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Forget a source; its images stay."""
        delete_source(actor=self.actor, source=self.get_object())
        return Response(status=204)

    @extend_schema(request=None, responses={202: JobSerializer}, operation_id="sources_sync")
    def sync(self, request: Request, pk: UUID) -> Response:
        """Find new, changed and vanished images, in the background."""
        return Response(JobSerializer(start_sync(actor=self.actor, source=self.get_object())).data, status=202)
