"""The learning curve of a project."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import ProjectScopedViewSet
from annotator.core.permissions import Action
from annotator.models import Project
from trainer.api.rounds import RoundSerializer, round_item
from trainer.queries.learning_curve import load_learning_curve


class CurvePointSerializer(serializers.Serializer[Any]):
    """One model: what it learnt from and how good it is on validation."""

    model = serializers.UUIDField()
    number = serializers.IntegerField()
    labelled_images = serializers.IntegerField()
    labelled_objects = serializers.IntegerField()
    metric = serializers.CharField()
    value = serializers.FloatField()
    created_at = serializers.DateTimeField()


class LearningCurveSerializer(serializers.Serializer[Any]):
    """Models oldest first, and the rounds between them."""

    metric = serializers.CharField(allow_null=True)
    points = CurvePointSerializer(many=True)
    rounds = RoundSerializer(many=True)
    recent_gain = serializers.FloatField(allow_null=True, help_text="Newest model against the best one before it.")
    gain_per_hundred = serializers.FloatField(allow_null=True, help_text="Gain per 100 more images, last two models.")


class LearningCurveViewSet(ProjectScopedViewSet):
    """``/projects/{id}/learning-curve``."""

    queryset = Project.objects.all()
    actions_required = {"retrieve": Action.PROJECT_VIEW}

    @extend_schema(responses=LearningCurveSerializer)
    def retrieve(self, request: Request, project_id: UUID) -> Response:
        """The curve."""
        curve = load_learning_curve(self.project)
        return Response(
            {
                "metric": curve.metric,
                "points": curve.points,
                "rounds": [round_item(row) for row in curve.rounds],
                "recent_gain": curve.recent_gain,
                "gain_per_hundred": curve.gain_per_hundred,
            }
        )
