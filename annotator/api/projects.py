"""Projects: list, make, change, delete, overview."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import ApiViewSet, Body, ProjectScopedViewSet
from annotator.api.labels import LabelBody
from annotator.api.pagination import KeysetPagination
from annotator.api.people import role_field
from annotator.core.labels import MAX_LABELS
from annotator.core.permissions import Action
from annotator.core.project_settings import merge_settings
from annotator.models import Project
from annotator.queries.access import visible_projects
from annotator.queries.files import thumb_url
from annotator.queries.overview import load_overview
from annotator.queries.projects import ProjectCard, describe_projects
from annotator.services.projects import change_project, create_project, delete_project


class CountsSerializer(serializers.Serializer[Any]):
    """Figures of a project; ``labelled`` includes reviewed images."""

    images = serializers.IntegerField()
    labelled = serializers.IntegerField()
    reviewed = serializers.IntegerField()
    annotations = serializers.IntegerField()


class BestMetricSerializer(serializers.Serializer[Any]):
    """The figure of the best model."""

    name = serializers.CharField()
    value = serializers.FloatField()


class SettingsSerializer(serializers.Serializer[Any]):
    """Settings with their defaults; see ``core.project_settings``."""

    strip_position = serializers.BooleanField()
    prediction_threshold = serializers.FloatField()
    lease_minutes = serializers.IntegerField()
    review_required = serializers.BooleanField()
    near_duplicate_bits = serializers.IntegerField()
    test_locked = serializers.BooleanField(help_text="Changed by /projects/{id}/splits/lock only.")


class ProjectSerializer(serializers.Serializer[Any]):
    """A project as the person sees it."""

    id = serializers.UUIDField(source="project.id")
    name = serializers.CharField(source="project.name")
    description = serializers.CharField(source="project.description")
    task = serializers.ChoiceField(choices=Project.Task.choices, source="project.task")
    role = role_field()
    counts = CountsSerializer()
    cover = serializers.SerializerMethodField()
    best_metric = BestMetricSerializer(allow_null=True)
    members = serializers.IntegerField()
    is_demo = serializers.BooleanField(source="project.is_demo")
    schema_revision = serializers.IntegerField(source="project.schema_revision")
    created_at = serializers.DateTimeField(source="project.created_at")
    settings = serializers.SerializerMethodField()

    def get_cover(self, card: ProjectCard) -> list[str]:
        """Thumbnails of the first images."""
        return [url for image in card.cover if (url := thumb_url(image)) is not None]

    @extend_schema_field(SettingsSerializer)
    def get_settings(self, card: ProjectCard) -> dict[str, Any]:
        """Settings with their defaults."""
        return merge_settings(card.project.settings, {})


class NewProjectBody(Body):
    """A new project."""

    name = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=10_000, allow_blank=True, default="")
    task = serializers.ChoiceField(choices=Project.Task.choices, default=Project.Task.DETECT)
    labels = serializers.ListField(child=LabelBody(), max_length=MAX_LABELS, default=list)
    settings = serializers.DictField(default=dict)


class ProjectBody(Body):
    """What managers may change."""

    name = serializers.CharField(max_length=200, required=False)
    description = serializers.CharField(max_length=10_000, allow_blank=True, required=False)
    task = serializers.ChoiceField(choices=Project.Task.choices, required=False)
    settings = serializers.DictField(required=False)


class ConfirmBody(Body):
    """The project's name, typed."""

    confirm = serializers.CharField(max_length=200, trim_whitespace=False)


class LabelFiguresSerializer(serializers.Serializer[Any]):
    """How often a label occurs."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    color = serializers.CharField()
    count = serializers.IntegerField()
    images = serializers.IntegerField()


class DaySerializer(serializers.Serializer[Any]):
    """Images labelled on one day (UTC)."""

    date = serializers.DateField()
    count = serializers.IntegerField()


class ActivitySerializer(serializers.Serializer[Any]):
    """One line of the history."""

    id = serializers.CharField()
    at = serializers.DateTimeField()
    actor = serializers.CharField(allow_null=True)
    text = serializers.CharField()


class NextActionSerializer(serializers.Serializer[Any]):
    """What to do now."""

    kind = serializers.CharField()
    text = serializers.CharField()


class OverviewSerializer(serializers.Serializer[Any]):
    """Everything of the overview page."""

    counts = CountsSerializer()
    states = serializers.DictField(child=serializers.IntegerField())
    splits = serializers.DictField(child=serializers.IntegerField())
    labels = LabelFiguresSerializer(many=True)
    labelled_per_day = DaySerializer(many=True)
    activity = ActivitySerializer(many=True)
    next_action = NextActionSerializer()


class ProjectListViewSet(ApiViewSet):
    """``/projects``."""

    queryset = Project.objects.all()

    @extend_schema(responses=ProjectSerializer(many=True), operation_id="projects_list")
    def list(self, request: Request) -> Response:
        """Projects that one may see, newest first."""
        paginator = KeysetPagination()
        rows = paginator.paginate_queryset(visible_projects(self.actor), request)
        cards = describe_projects(rows, user=self.actor)
        return paginator.get_paginated_response(ProjectSerializer(many=True, instance=cards).data)

    @extend_schema(request=NewProjectBody, responses={201: ProjectSerializer}, operation_id="projects_create")
    def create(self, request: Request) -> Response:
        """Make a project and own it."""
        project = create_project(actor=self.actor, **self.body(NewProjectBody))
        return Response(ProjectSerializer(describe_projects([project], user=self.actor)[0]).data, status=201)


class ProjectViewSet(ProjectScopedViewSet):
    """``/projects/{id}``."""

    queryset = Project.objects.all()
    actions_required = {
        "retrieve": Action.PROJECT_VIEW,
        "partial_update": Action.PROJECT_EDIT,
        "destroy": Action.PROJECT_DELETE,
        "overview": Action.PROJECT_VIEW,
    }

    @extend_schema(responses=ProjectSerializer, operation_id="projects_retrieve")
    def retrieve(self, request: Request, project_id: UUID) -> Response:
        """One project."""
        return self._answer(self.project)

    @extend_schema(request=ProjectBody, responses=ProjectSerializer, operation_id="projects_update")
    def partial_update(self, request: Request, project_id: UUID) -> Response:
        """Change name, description, task or settings."""
        return self._answer(change_project(actor=self.actor, project=self.project, **self.body(ProjectBody)))

    @extend_schema(request=ConfirmBody, responses={204: None}, operation_id="projects_destroy")
    def destroy(self, request: Request, project_id: UUID) -> Response:
        """Delete the project and everything in it."""
        delete_project(actor=self.actor, project=self.project, **self.body(ConfirmBody))
        return Response(status=204)

    @extend_schema(responses=OverviewSerializer, operation_id="projects_overview")
    def overview(self, request: Request, project_id: UUID) -> Response:
        """Figures, history and advice."""
        return Response(OverviewSerializer(load_overview(self.project)).data)

    def _answer(self, project: Project) -> Response:
        return Response(ProjectSerializer(describe_projects([project], user=self.actor)[0]).data)
