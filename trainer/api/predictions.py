"""Predictions of an image, decisions about them, and how many were accepted."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import Body, ProjectScopedViewSet
from annotator.core.permissions import Action
from annotator.models import Image, Project
from trainer.api.rounds import ModelReferenceSerializer
from trainer.models import Prediction
from trainer.queries.predictions import count_decisions, pending_predictions, rejected_ids
from trainer.services.predictions import reject_predictions


class PredictionSerializer(serializers.Serializer[Any]):
    """One proposed object."""

    id = serializers.UUIDField()
    label = serializers.IntegerField()  # type: ignore[assignment]  # fields have such an attribute themselves
    geometry = serializers.DictField()
    score = serializers.FloatField()
    state = serializers.ChoiceField(choices=Prediction.State.choices)


class PredictionsSerializer(serializers.Serializer[Any]):
    """What the newest model proposes on an image and nobody has decided on."""

    model = ModelReferenceSerializer(allow_null=True)
    predictions = PredictionSerializer(many=True)
    rejected = serializers.ListField(child=serializers.UUIDField(), help_text="Turned down, the last one first.")


class RejectBody(Body):
    """Which predictions to turn down, or with ``undo`` to bring back."""

    ids = serializers.ListField(child=serializers.UUIDField(), max_length=2000)
    undo = serializers.BooleanField(default=False)


class RejectedSerializer(serializers.Serializer[Any]):
    """How many changed."""

    changed = serializers.IntegerField()


class DecisionsSerializer(serializers.Serializer[Any]):
    """Decisions about one model's predictions."""

    model = ModelReferenceSerializer()
    accepted = serializers.IntegerField()
    edited = serializers.IntegerField()
    rejected = serializers.IntegerField()
    pending = serializers.IntegerField()
    accepted_share = serializers.FloatField(allow_null=True, help_text="Accepted untouched, of those decided on.")


class AcceptanceSerializer(serializers.Serializer[Any]):
    """Per model, newest first."""

    next = serializers.CharField(allow_null=True)
    results = DecisionsSerializer(many=True)


class PredictionsViewSet(ProjectScopedViewSet):
    """``/images/{id}/predictions``."""

    queryset = Image.objects.all()
    actions_required = {"list": Action.PROJECT_VIEW, "reject": Action.PREDICTIONS_DECIDE}

    @extend_schema(responses=PredictionsSerializer, operation_id="predictions_list")
    def list(self, request: Request, pk: UUID) -> Response:
        """Pending predictions of the newest run."""
        image = self.get_object()
        model, predictions = pending_predictions(image)
        rows = [
            {"id": p.id, "label": p.label_id, "geometry": p.geometry, "score": p.score, "state": p.state}
            for p in predictions
        ]
        reference = {"id": model.id, "number": model.number} if model else None
        return Response({"model": reference, "predictions": rows, "rejected": rejected_ids(image)})

    @extend_schema(request=RejectBody, responses=RejectedSerializer)
    def reject(self, request: Request, pk: UUID) -> Response:
        """Turn predictions down, or take that back."""
        body = self.body(RejectBody)
        return Response({"changed": reject_predictions(actor=self.actor, image=self.get_object(), **body)})


class AcceptanceViewSet(ProjectScopedViewSet):
    """``/projects/{id}/acceptance``."""

    queryset = Project.objects.all()
    actions_required = {"retrieve": Action.PROJECT_VIEW}

    @extend_schema(responses=AcceptanceSerializer)
    def retrieve(self, request: Request, project_id: UUID) -> Response:
        """Decisions per model."""
        return Response({"next": None, "results": count_decisions(self.project)})
