"""What the training form shows."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import ProjectScopedViewSet
from annotator.core.permissions import Action
from trainer.models import Run
from trainer.queries.training import describe_training


class LabelCountSerializer(serializers.Serializer[Any]):
    """Objects of a class on labelled images."""

    name = serializers.CharField()
    count = serializers.IntegerField()


class StartWeightsSerializer(serializers.Serializer[Any]):
    """Weights that a training may start from."""

    name = serializers.CharField()
    title = serializers.CharField()
    task = serializers.CharField()
    available = serializers.BooleanField()
    downloadable = serializers.BooleanField()
    note = serializers.CharField()


class BackendSerializer(serializers.Serializer[Any]):
    """A training backend: whether it can be used here, and with which options."""

    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    tasks = serializers.ListField(child=serializers.CharField())
    available = serializers.BooleanField()
    error = serializers.CharField()
    architectures = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    options_schema = serializers.DictField()
    suggested_options = serializers.DictField(help_text="Values to begin with on this machine and this data.")
    weights = StartWeightsSerializer(many=True)


class DeviceSerializer(serializers.Serializer[Any]):
    """A device that can train; ``busy_run`` is the run that holds it."""

    host = serializers.CharField()
    device = serializers.CharField()
    description = serializers.CharField()
    busy_run = serializers.UUIDField(allow_null=True)


class TrainingFormSerializer(serializers.Serializer[Any]):
    """Everything that the training form needs."""

    labelled_images = serializers.IntegerField()
    labels = LabelCountSerializer(many=True)
    warnings = serializers.ListField(child=serializers.CharField())
    backends = BackendSerializer(many=True)
    devices = DeviceSerializer(many=True)


class TrainingViewSet(ProjectScopedViewSet):
    """``/projects/{id}/training``."""

    queryset = Run.objects.none()
    actions_required = {"retrieve": Action.PROJECT_VIEW}

    @extend_schema(responses=TrainingFormSerializer, operation_id="training_retrieve")
    def retrieve(self, request: Request, project_id: UUID) -> Response:
        """Data, backends, weights, devices and warnings."""
        return Response(TrainingFormSerializer(describe_training(project=self.project)).data)
