"""Runs: list, start, follow, finish, cancel, resume."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import Body, ProjectScopedViewSet
from annotator.api.people import UserSummarySerializer
from annotator.core.errors import InvalidInput
from annotator.core.permissions import Action
from annotator.models import DatasetVersion
from trainer.core.records import ModelTask
from trainer.models import ModelVersion, Run, RunEvent
from trainer.queries.runs import detailed_runs, list_events, list_runs, queue_position
from trainer.services.runs import cancel_run, finish_run, resume_run, start_prediction, start_training

TASKS = [task.value for task in ModelTask]
MAX_IMAGES = 20_000


class RunVersionSerializer(serializers.ModelSerializer[DatasetVersion]):
    """The dataset version of a run, in short."""

    class Meta:
        model = DatasetVersion
        fields = ("id", "number", "name", "hash", "counts")
        read_only_fields = fields


class RunModelSerializer(serializers.ModelSerializer[ModelVersion]):
    """A model, in short."""

    class Meta:
        model = ModelVersion
        fields = ("id", "number", "name")
        read_only_fields = fields


class RunSerializer(serializers.ModelSerializer[Run]):
    """A training or prediction as it stands now."""

    version = RunVersionSerializer(read_only=True, allow_null=True)
    model = RunModelSerializer(read_only=True, allow_null=True, help_text="The model that a prediction uses.")
    trained = serializers.SerializerMethodField(help_text="The model that a training made.")
    created_by = UserSummarySerializer(read_only=True, allow_null=True)
    options = serializers.DictField(read_only=True)
    scope = serializers.DictField(read_only=True)
    status = serializers.DictField(read_only=True)
    provenance = serializers.DictField(read_only=True)
    result = serializers.DictField(read_only=True)
    queue_position = serializers.SerializerMethodField(
        help_text="Runs that start before this one; null when it does not wait."
    )

    class Meta:
        model = Run
        fields = (
            "id", "project", "kind", "name", "state", "backend", "task", "options", "weights", "seed", "version",
            "model", "trained", "scope", "stop_requested", "attempt", "device", "progress", "status", "provenance",
            "result", "error", "exit_code", "created_by", "created_at", "started_at", "ended_at", "queue_position",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(RunModelSerializer(allow_null=True))
    def get_trained(self, run: Run) -> dict[str, Any] | None:
        """The model in short, once there is one."""
        model = getattr(run, "trained", None)
        return dict(RunModelSerializer(model).data) if model is not None else None

    def get_queue_position(self, run: Run) -> int | None:
        """Place in the queue."""
        return queue_position(run)


class FreezeBody(Body):
    """How to freeze a new dataset version for the training."""

    name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    fractions = serializers.DictField(child=serializers.FloatField(min_value=0, max_value=1), required=False)


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "enum": ["unlabelled", "all"]},
            {"type": "array", "items": {"type": "string", "format": "uuid"}},
        ]
    }
)
class PoolField(serializers.JSONField):
    """``unlabelled``, ``all`` or a list of image ids."""

    def to_internal_value(self, data: Any) -> Any:
        """Anything else is refused."""
        if data in ("unlabelled", "all"):
            return str(data)
        if not isinstance(data, list) or len(data) > MAX_IMAGES:
            raise serializers.ValidationError(f"Give “unlabelled”, “all” or at most {MAX_IMAGES} image ids.")
        try:
            return [UUID(str(value)) for value in data]
        except ValueError as error:
            raise serializers.ValidationError("An image id is not a UUID.") from error


class PredictionScopeBody(Body):
    """Which images to predict, and from which confidence on objects are kept."""

    images = PoolField(required=False)
    confidence = serializers.FloatField(min_value=0.001, max_value=1, default=0.1)


class NewRunBody(Body):
    """A training (``backend``, ``task``, …, ``version`` or ``freeze``) or a prediction (``model``, ``scope``)."""

    kind = serializers.ChoiceField(choices=[Run.Kind.TRAIN.value, Run.Kind.PREDICT.value])
    name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    backend = serializers.CharField(max_length=100, required=False)
    task = serializers.ChoiceField(choices=TASKS, required=False)
    options = serializers.DictField(required=False)
    weights = serializers.CharField(max_length=300, required=False, allow_blank=True)
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    version = serializers.UUIDField(required=False)
    freeze = FreezeBody(required=False)
    model = serializers.UUIDField(required=False)
    scope = PredictionScopeBody(required=False)


_TRAINING = {"name", "backend", "task", "options", "weights", "seed", "version", "freeze"}


class RunEventSerializer(serializers.ModelSerializer[RunEvent]):
    """One event: metrics of an epoch, a log line or a change of state."""

    data = serializers.DictField(read_only=True)  # type: ignore[assignment]  # a field of that name

    class Meta:
        model = RunEvent
        fields = ("id", "attempt", "kind", "data", "at")
        read_only_fields = fields


class RunEventQuery(Body):
    """Filters of the events."""

    kind = serializers.MultipleChoiceField(choices=RunEvent.Kind.choices, required=False)
    after = serializers.IntegerField(min_value=0, default=0)
    cursor = serializers.CharField(required=False)
    limit = serializers.CharField(required=False)


class RunListViewSet(ProjectScopedViewSet):
    """``/projects/{id}/runs``."""

    queryset = Run.objects.all()
    actions_required = {"list": Action.PROJECT_VIEW, "create": Action.RUNS_START}

    @extend_schema(responses=RunSerializer(many=True), operation_id="runs_list")
    def list(self, request: Request, project_id: UUID) -> Response:
        """Newest first."""
        return self.page(list_runs(project_id=self.project.id), RunSerializer)

    @extend_schema(request=NewRunBody, responses={201: RunSerializer}, operation_id="runs_create")
    def create(self, request: Request, project_id: UUID) -> Response:
        """Queue a training or a prediction."""
        body = self.body(NewRunBody)
        run = self._train(body) if body.pop("kind") == Run.Kind.TRAIN else self._predict(body)
        return Response(RunSerializer(detailed_runs().get(id=run.id)).data, status=status.HTTP_201_CREATED)

    def _train(self, body: dict[str, Any]) -> Run:
        _refuse(body, _TRAINING, "training")
        if "backend" not in body:
            raise InvalidInput("Name the backend to train with.", fields={"fields": {"backend": ["Missing."]}})
        body.setdefault("task", self.project.task)
        body.setdefault("options", {})
        return start_training(actor=self.actor, project=self.project, **body)

    def _predict(self, body: dict[str, Any]) -> Run:
        _refuse(body, {"model", "scope"}, "prediction")
        if "model" not in body:
            raise InvalidInput("Name the model to predict with.", fields={"fields": {"model": ["Missing."]}})
        return start_prediction(actor=self.actor, project=self.project, model=body["model"], **body.get("scope", {}))


def _refuse(body: dict[str, Any], known: set[str], kind: str) -> None:
    if unknown := sorted(set(body) - known):
        raise InvalidInput(f"A {kind} has no {', '.join(unknown)}.")


class RunViewSet(ProjectScopedViewSet):
    """``/runs/{id}`` and what can be asked of a run."""

    queryset = detailed_runs()
    actions_required = {
        "retrieve": Action.PROJECT_VIEW,
        "events": Action.PROJECT_VIEW,
        "finish": Action.RUNS_CONTROL,
        "cancel": Action.RUNS_CONTROL,
        "resume": Action.RUNS_CONTROL,
    }

    @extend_schema(responses=RunSerializer, operation_id="runs_retrieve")
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """The run with its live values."""
        return Response(RunSerializer(self.get_object()).data)

    @extend_schema(parameters=[RunEventQuery], responses=RunEventSerializer(many=True), operation_id="runs_events")
    def events(self, request: Request, pk: UUID) -> Response:
        """Events behind ``after``, oldest first."""
        wanted = self.query(RunEventQuery)
        events = list_events(run=self.get_object(), kinds=sorted(wanted.get("kind", [])), after=wanted["after"])
        return self.page(events, RunEventSerializer)

    @extend_schema(request=None, responses=RunSerializer, operation_id="runs_finish")
    def finish(self, request: Request, pk: UUID) -> Response:
        """Finish early and keep the best model."""
        return self._answer(finish_run(actor=self.actor, run=self.get_object()))

    @extend_schema(request=None, responses=RunSerializer, operation_id="runs_cancel")
    def cancel(self, request: Request, pk: UUID) -> Response:
        """End without a model."""
        return self._answer(cancel_run(actor=self.actor, run=self.get_object()))

    @extend_schema(request=None, responses=RunSerializer, operation_id="runs_resume")
    def resume(self, request: Request, pk: UUID) -> Response:
        """Go on from the last checkpoint."""
        return self._answer(resume_run(actor=self.actor, run=self.get_object()))

    def _answer(self, run: Run) -> Response:
        return Response(RunSerializer(detailed_runs().get(id=run.id)).data)
