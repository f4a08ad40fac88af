"""Models: list, look at, rename, judge, download."""

from typing import Any
from uuid import UUID

from django.http import HttpResponseRedirect
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import Body, ProjectScopedViewSet
from annotator.core.permissions import Action
from annotator.queries.files import download_url
from annotator.services.audit import record
from trainer.models import ModelVersion
from trainer.queries.models import list_models, load_report
from trainer.services.models import rename_model


class ModelLabelSerializer(serializers.Serializer[Any]):
    """A class of the model, in the order of its outputs."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class ModelSerializer(serializers.ModelSerializer[ModelVersion]):
    """A trained model with its metrics and where it came from."""

    labels = ModelLabelSerializer(many=True, read_only=True)
    metrics = serializers.DictField(child=serializers.FloatField(), read_only=True)
    provenance = serializers.SerializerMethodField()

    class Meta:
        model = ModelVersion
        fields = (
            "id", "project", "number", "name", "run", "backend", "task", "labels", "metrics", "labelled_images",
            "labelled_objects", "bytes", "sha256", "created_at", "provenance",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.DictField())
    def get_provenance(self, model: ModelVersion) -> dict[str, Any]:
        """Dataset hash, weights, options, seed, code, libraries and hardware of its run."""
        return model.run.provenance if model.run is not None else {}


class ModelBody(Body):
    """What can be changed of a model."""

    name = serializers.CharField(max_length=200, allow_blank=True)


class ShownObjectSerializer(serializers.Serializer[Any]):
    """An object of a picture in the report."""

    label = serializers.CharField()  # type: ignore[assignment]  # a field of that name, not the label of a form
    geometry = serializers.DictField()
    score = serializers.FloatField(required=False, allow_null=True)


class WorstImageSerializer(serializers.Serializer[Any]):
    """A picture with many mistakes."""

    image = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    score = serializers.FloatField()
    reason = serializers.CharField()
    thumb_url = serializers.CharField(allow_null=True)
    preview_url = serializers.CharField(allow_null=True)
    truth = ShownObjectSerializer(many=True)
    predicted = ShownObjectSerializer(many=True)


class ClassReportSerializer(serializers.Serializer[Any]):
    """Figures of one class; null where there was nothing to judge by."""

    name = serializers.CharField()
    images = serializers.IntegerField()
    instances = serializers.IntegerField()
    precision = serializers.FloatField(allow_null=True)
    recall = serializers.FloatField(allow_null=True)
    map50 = serializers.FloatField(allow_null=True)
    map50_95 = serializers.FloatField(allow_null=True)


class ConfusionSerializer(serializers.Serializer[Any]):
    """Rows are the truth, columns the prediction; “background” is last where objects are looked for."""

    labels = serializers.ListField(child=serializers.CharField())
    matrix = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))


class ReportSerializer(serializers.Serializer[Any]):
    """Evaluation report of a model."""

    split = serializers.CharField()
    images = serializers.IntegerField(required=False)
    confidence = serializers.FloatField(required=False, allow_null=True)
    overall = serializers.DictField(child=serializers.FloatField(allow_null=True))
    classes = ClassReportSerializer(many=True)
    curves = serializers.DictField(required=False)
    confusion = ConfusionSerializer(required=False)
    worst = WorstImageSerializer(many=True, required=False)


class ModelListViewSet(ProjectScopedViewSet):
    """``/projects/{id}/models``."""

    queryset = ModelVersion.objects.all()
    actions_required = {"list": Action.PROJECT_VIEW}

    @extend_schema(responses=ModelSerializer(many=True), operation_id="models_list")
    def list(self, request: Request, project_id: UUID) -> Response:
        """Newest first."""
        return self.page(list_models(project_id=self.project.id), ModelSerializer)


class ModelViewSet(ProjectScopedViewSet):
    """``/models/{id}``."""

    queryset = ModelVersion.objects.select_related("run")
    actions_required = {
        "retrieve": Action.PROJECT_VIEW,
        "partial_update": Action.MODELS_EDIT,
        "report": Action.PROJECT_VIEW,
        "download": Action.EXPORTS_RUN,
    }

    @extend_schema(responses=ModelSerializer, operation_id="models_retrieve")
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """The model."""
        return Response(ModelSerializer(self.get_object()).data)

    @extend_schema(request=ModelBody, responses=ModelSerializer, operation_id="models_update")
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Rename it."""
        model = rename_model(actor=self.actor, model=self.get_object(), **self.body(ModelBody))
        return Response(ModelSerializer(model).data)

    @extend_schema(responses=ReportSerializer, operation_id="models_report")
    def report(self, request: Request, pk: UUID) -> Response:
        """Curves, confusion matrix, per-class table and worst pictures."""
        return Response(load_report(self.get_object()))

    @extend_schema(
        responses={302: OpenApiResponse(description="Address of the weights file.")}, operation_id="models_download"
    )
    def download(self, request: Request, pk: UUID) -> HttpResponseRedirect:
        """Send the browser to the weights file."""
        model: ModelVersion = self.get_object()
        record(actor=self.actor, action="model.downloaded", project=self.project, target=str(model.id))
        suffix = model.weights_key.rpartition(".")[2]
        return HttpResponseRedirect(
            download_url(model.weights_key, name=f"{model.backend}-{model.task}-model-{model.number}.{suffix}")
        )
