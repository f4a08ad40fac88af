"""Rounds: pick the images that are worth labelling next."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import Body, ProjectScopedViewSet
from annotator.api.images import ImageSerializer, image_item
from annotator.core.errors import NotFound
from annotator.core.permissions import Action
from trainer.models import ModelVersion, Round
from trainer.queries.rounds import list_picks, with_counts
from trainer.services import rounds


class ModelReferenceSerializer(serializers.Serializer[Any]):
    """A model by number."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()


class RoundCountsSerializer(serializers.Serializer[Any]):
    """How far the picks are; removed images are in none of them."""

    picked = serializers.IntegerField()
    labelled = serializers.IntegerField()
    skipped = serializers.IntegerField()
    waiting = serializers.IntegerField()


class RoundSerializer(serializers.Serializer[Any]):
    """A round as lists show it."""

    id = serializers.UUIDField()
    project = serializers.UUIDField()
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Round.State.choices)
    strategy = serializers.CharField()
    options = serializers.DictField()
    seed = serializers.IntegerField()
    size = serializers.IntegerField()
    pool_size = serializers.IntegerField(help_text="Images that the strategy chose from.")
    model = ModelReferenceSerializer(allow_null=True)
    progress = serializers.FloatField()
    message = serializers.CharField()
    error = serializers.CharField()
    counts = RoundCountsSerializer()
    created_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """By hand: counts come from the query."""
        return round_item(instance)


def round_item(row: Any) -> dict[str, Any]:
    """One round on the wire; counts must have been loaded by :func:`with_counts`."""
    plain = (
        "id",
        "number",
        "state",
        "strategy",
        "options",
        "seed",
        "size",
        "pool_size",
        "progress",
        "message",
        "error",
    )
    return {
        **{name: getattr(row, name) for name in plain},
        "project": row.project_id,
        "model": {"id": row.model_id, "number": row.model.number} if row.model else None,
        "counts": {name: getattr(row, name) for name in ("picked", "labelled", "skipped", "waiting")},
        "created_by": str(row.created_by) if row.created_by else None,
        "created_at": row.created_at,
        "ended_at": row.ended_at,
    }


class PickSerializer(serializers.Serializer[Any]):
    """One picked image and why."""

    image = ImageSerializer()
    rank = serializers.IntegerField()
    score = serializers.FloatField()
    kind = serializers.CharField(help_text="uncertain, rare, diverse, random, empty, duplicate or a plugin's own word.")
    reason = serializers.CharField()
    details = serializers.DictField()


class RoundDetailSerializer(RoundSerializer):
    """A round with its picks in order."""

    picks = PickSerializer(many=True)


class RoundListSerializer(serializers.Serializer[Any]):
    """Rounds, newest first."""

    next = serializers.CharField(allow_null=True)
    results = RoundSerializer(many=True)


class RoundBody(Body):
    """What to pick, and how."""

    strategy = serializers.CharField(max_length=100, default="hybrid")
    options = serializers.DictField(default=dict)
    size = serializers.IntegerField(min_value=1, max_value=rounds.MAX_SIZE)
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False, allow_null=True)
    model = serializers.UUIDField(required=False, allow_null=True)


class RoundListViewSet(ProjectScopedViewSet):
    """``/projects/{id}/rounds``."""

    queryset = Round.objects.order_by("-number")
    actions_required = {"list": Action.PROJECT_VIEW, "create": Action.ROUNDS_START}

    @extend_schema(responses=RoundListSerializer, operation_id="rounds_list")
    def list(self, request: Request, project_id: UUID) -> Response:
        """Rounds of the project, newest first."""
        return self.page(with_counts(self.get_queryset()), RoundSerializer)

    @extend_schema(request=RoundBody, responses={201: RoundSerializer})
    def create(self, request: Request, project_id: UUID) -> Response:
        """Start a round; picks appear when it is ``open``."""
        body = self.body(RoundBody)
        started = rounds.start_round(
            actor=self.actor, project=self.project, **{**body, "model": _model_of(project_id, body.get("model"))}
        )
        return Response(round_item(_counted(started.id)), status=201)


class RoundViewSet(ProjectScopedViewSet):
    """``/rounds/{id}``."""

    queryset = Round.objects.all()
    actions_required = {"retrieve": Action.PROJECT_VIEW, "close": Action.ROUNDS_START}

    @extend_schema(responses=RoundDetailSerializer)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """The round with its picks in order."""
        now = timezone.now()
        picks = [
            {
                "image": image_item(pick.image, now=now),
                "rank": pick.rank,
                "score": pick.score,
                "kind": pick.kind,
                "reason": pick.reason,
                "details": pick.details,
            }
            for pick in list_picks(self.get_object())
        ]
        return Response({**round_item(_counted(pk)), "picks": picks})

    @extend_schema(request=None, responses=RoundSerializer)
    def close(self, request: Request, pk: UUID) -> Response:
        """End the round early; unlabelled picks go back to the ordinary queue order."""
        rounds.close_round(actor=self.actor, round=self.get_object())
        return Response(round_item(_counted(pk)))


def _counted(pk: UUID) -> Any:
    return with_counts(Round.objects.filter(pk=pk)).get()


def _model_of(project_id: UUID, pk: UUID | None) -> ModelVersion | None:
    if pk is None:
        return None
    found = ModelVersion.objects.filter(project=project_id, pk=pk).first()
    if found is None:
        raise NotFound("This model does not exist in this project.")
    return found
