"""Annotations of an image: read, save by operations, history."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import Body, ProjectScopedViewSet
from annotator.core.errors import InvalidInput
from annotator.core.permissions import Action
from annotator.models import Annotation, AnnotationRevision, Image
from annotator.queries.annotations import list_annotations
from annotator.queries.history import list_history
from annotator.services.operations import Operation, restore_revision, save_operations

_TYPES = ("create", "update", "delete", "restore")
_VALUES = ("label", "geometry", "attributes", "z_order", "source", "score", "prediction")
_OWN = ("id", "type", "annotation", "base_revision")


class AnnotationSerializer(serializers.Serializer[Any]):
    """One annotation; its geometry is described in docs/concepts.md."""

    id = serializers.UUIDField()
    label = serializers.IntegerField()  # type: ignore[assignment]  # fields have such an attribute themselves
    geometry = serializers.DictField()
    attributes = serializers.DictField()
    z_order = serializers.IntegerField()
    revision = serializers.IntegerField()
    source = serializers.ChoiceField(choices=Annotation.Source.choices)  # type: ignore[assignment]  # fields have such an attribute themselves
    score = serializers.FloatField(allow_null=True)
    prediction = serializers.UUIDField(allow_null=True)
    created_by = serializers.IntegerField(allow_null=True)
    updated_at = serializers.DateTimeField()


class AnnotationsSerializer(serializers.Serializer[Any]):
    """Everything on one image."""

    image_revision = serializers.IntegerField()
    annotations = AnnotationSerializer(many=True)


class OperationSerializer(serializers.Serializer[Any]):
    """One change of one shape; an update carries only the fields that changed."""

    id = serializers.UUIDField(help_text="Made by the client; the same id again is answered as before.")
    type = serializers.ChoiceField(choices=_TYPES)
    annotation = serializers.UUIDField()
    base_revision = serializers.IntegerField(
        required=False, help_text="Revision the change was made on; 0 = on the operation before it in this batch."
    )
    label = serializers.IntegerField(required=False)  # type: ignore[assignment]  # fields have such an attribute themselves
    geometry = serializers.DictField(required=False)
    attributes = serializers.DictField(required=False)
    z_order = serializers.IntegerField(required=False)
    source = serializers.CharField(required=False)  # type: ignore[assignment]  # fields have such an attribute themselves
    score = serializers.FloatField(required=False, allow_null=True)
    prediction = serializers.UUIDField(required=False, allow_null=True)


class OperationsBody(Body):
    """A batch of operations; each is checked and answered for itself."""

    operations = serializers.ListField(child=serializers.JSONField())


class OperationsRequestSerializer(serializers.Serializer[Any]):
    """A batch of at most 2000 operations."""

    operations = OperationSerializer(many=True)


class OperationResultSerializer(serializers.Serializer[Any]):
    """Answer to one operation."""

    operation = serializers.CharField(allow_null=True)
    annotation = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(choices=["applied", "repeated", "conflict", "invalid", "missing"])
    code = serializers.CharField()
    detail = serializers.CharField()
    revision = serializers.IntegerField(allow_null=True)
    current = AnnotationSerializer(allow_null=True, help_text="The other side's version, for conflicts.")


class SaveOutcomeSerializer(serializers.Serializer[Any]):
    """Answers in the order of the operations."""

    image_revision = serializers.IntegerField()
    results = OperationResultSerializer(many=True)


class RevisionSerializer(serializers.ModelSerializer[AnnotationRevision]):
    """One entry of the history."""

    actor = serializers.SerializerMethodField()
    snapshot = serializers.DictField()

    class Meta:
        model = AnnotationRevision
        fields = ("id", "operation", "annotation", "revision", "change", "snapshot", "actor", "at")
        read_only_fields = fields

    def get_actor(self, row: AnnotationRevision) -> dict[str, Any] | None:
        """Who did it."""
        return {"id": row.actor_id, "name": str(row.actor)} if row.actor else None


class HistoryQuery(serializers.Serializer[Any]):
    """The history of one shape only."""

    annotation = serializers.UUIDField(required=False)


class RestoreBody(Body):
    """Which revision of which shape comes back."""

    annotation = serializers.UUIDField()
    revision = serializers.IntegerField(min_value=1)
    operation = serializers.UUIDField()


class AnnotationViewSet(ProjectScopedViewSet):
    """``/images/{id}/annotations``, ``…/operations``, ``…/history``, ``…/restore``."""

    queryset = Image.objects.all()
    actions_required = {
        "list": Action.PROJECT_VIEW,
        "operations": Action.ANNOTATIONS_EDIT,
        "history": Action.PROJECT_VIEW,
        "restore": Action.ANNOTATIONS_EDIT,
    }

    @extend_schema(responses=AnnotationsSerializer, operation_id="annotations_list")
    def list(self, request: Request, pk: UUID) -> Response:
        """Everything on the image, lowest first."""
        image: Image = self.get_object()  # read before the shapes: a save in between shows as a newer revision later
        return Response({"image_revision": image.revision, "annotations": list_annotations(image.id)})

    @extend_schema(
        request=OperationsRequestSerializer, responses=SaveOutcomeSerializer, operation_id="annotations_save"
    )
    def operations(self, request: Request, pk: UUID) -> Response:
        """Apply a batch: each operation once, conflicts per shape, everything else goes in."""
        raw = self.body(OperationsBody)["operations"]
        parsed = [_parse(item) for item in raw]
        good = [item for item in parsed if isinstance(item, Operation)]
        outcome = save_operations(actor=self.actor, image_id=self.get_object().id, operations=good)
        answers = iter(outcome.results)
        results = [asdict(next(answers)) if isinstance(item, Operation) else item for item in parsed]
        return Response({"image_revision": outcome.image_revision, "results": results})

    @extend_schema(parameters=[HistoryQuery], responses=RevisionSerializer(many=True), operation_id="history_list")
    def history(self, request: Request, pk: UUID) -> Response:
        """Every revision, newest first."""
        shape = self.query(HistoryQuery).get("annotation")
        return self.page(list_history(self.get_object().id, annotation_id=shape), RevisionSerializer)

    @extend_schema(request=RestoreBody, responses=OperationResultSerializer, operation_id="history_restore")
    def restore(self, request: Request, pk: UUID) -> Response:
        """Bring one shape back to an earlier revision."""
        body = self.body(RestoreBody)
        result = restore_revision(
            actor=self.actor,
            image_id=self.get_object().id,
            annotation_id=body["annotation"],
            revision=body["revision"],
            operation_id=body["operation"],
        )
        return Response(asdict(result))


def _parse(item: Any) -> Operation | dict[str, Any]:
    """The operation, or the answer that says why it is none."""
    try:
        return _operation(item)
    except InvalidInput as error:
        given = item if isinstance(item, Mapping) else {}
        return {
            "operation": _text(given.get("id")),
            "annotation": _text(given.get("annotation")),
            "status": "invalid",
            "code": "malformed",
            "detail": error.detail,
            "revision": None,
            "current": None,
        }


def _operation(item: Any) -> Operation:
    if not isinstance(item, Mapping):
        raise InvalidInput("An operation is an object.")
    if unknown := [str(name)[:40] for name in item if name not in _OWN and name not in _VALUES]:
        raise InvalidInput(f"“{unknown[0]}” is no field of an operation. Known: {', '.join((*_OWN, *_VALUES))}.")
    kind, base = item.get("type"), item.get("base_revision")
    if kind not in _TYPES:
        raise InvalidInput(f"“type” is one of {', '.join(_TYPES)}.")
    if base is not None and (isinstance(base, bool) or not isinstance(base, int) or base < 0):
        raise InvalidInput("“base_revision” is a whole number, 0 or more.")
    values = {name: item[name] for name in _VALUES if name in item}
    return Operation(_uuid(item, "id"), kind, _uuid(item, "annotation"), base, values)


def _uuid(item: Mapping[str, Any], name: str) -> UUID:
    value = item.get(name)
    try:
        return UUID(value if isinstance(value, str) else "")
    except ValueError:
        raise InvalidInput(f"“{name}” must be a UUID.") from None


def _text(value: Any) -> str | None:
    return value[:100] if isinstance(value, str) else None
