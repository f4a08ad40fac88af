"""The label schema of a project."""

from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import Body, ProjectScopedViewSet
from annotator.core.labels import MAX_LABELS
from annotator.core.permissions import Action
from annotator.models import Label, Project
from annotator.queries.labels import count_annotations, list_labels
from annotator.services.labels import replace_labels


class AttributeSerializer(serializers.Serializer[Any]):
    """A question asked about every object of a label."""

    name = serializers.CharField()
    type = serializers.ChoiceField(choices=["text", "number", "select", "checkbox"], default="text")
    values = serializers.ListField(child=serializers.CharField(), default=list)
    default = serializers.JSONField(allow_null=True, default=None)
    required = serializers.BooleanField(default=False)  # type: ignore[assignment]  # the attribute's own word


class EdgeField(serializers.ListField):
    """Two key points by their place from 0."""

    child = serializers.IntegerField(min_value=0)


class LabelSerializer(serializers.ModelSerializer[Label]):
    """One class; ``count`` is the number of annotations."""

    parent = serializers.IntegerField(source="parent_id", read_only=True, allow_null=True)  # type: ignore[assignment]  # our word for it; Field has one too
    attributes = AttributeSerializer(many=True, read_only=True)
    keypoints = serializers.ListField(child=serializers.CharField(), read_only=True)
    skeleton = serializers.ListField(child=EdgeField(), read_only=True)
    count = serializers.SerializerMethodField()

    class Meta:
        model = Label
        fields = (
            "id", "name", "color", "hotkey", "parent", "position", "attributes", "archived", "keypoints", "skeleton",
            "stuff", "count",
        )  # fmt: skip
        read_only_fields = fields

    def get_count(self, label: Label) -> int:
        """Annotations that carry it."""
        counts: dict[int, int] = self.context.get("counts", {})
        return counts.get(label.pk, 0)


class LabelSchemaSerializer(serializers.Serializer[Any]):
    """The whole schema with its revision."""

    schema_revision = serializers.IntegerField()
    labels = LabelSerializer(many=True)


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string"}, {"type": "null"}]})
class ParentField(serializers.Field[Any, Any, Any, Any]):
    """The parent's id or name."""

    def to_internal_value(self, data: Any) -> Any:
        """Anything else is refused."""
        if isinstance(data, bool) or not isinstance(data, int | str):
            raise serializers.ValidationError("Give the parent's id or name, or null.")
        return data


@extend_schema_field(OpenApiTypes.OBJECT)
class AttributeInput(serializers.DictField):
    """Checked by ``core.labels`` with sentences that name label and attribute."""


class LabelBody(Body):
    """One class; with ``id`` an existing one is kept, without a new one is made."""

    id = serializers.IntegerField(required=False)
    name = serializers.CharField(max_length=200)
    color = serializers.CharField(max_length=20, required=False, allow_blank=True)
    hotkey = serializers.CharField(max_length=1, required=False, allow_blank=True, trim_whitespace=False)
    parent = ParentField(required=False, allow_null=True)  # type: ignore[assignment]  # see LabelSerializer
    attributes = serializers.ListField(child=AttributeInput(), required=False)
    archived = serializers.BooleanField(required=False)
    keypoints = serializers.ListField(child=serializers.CharField(max_length=200), required=False)
    skeleton = serializers.ListField(child=EdgeField(), required=False)
    stuff = serializers.BooleanField(required=False)
    position = serializers.IntegerField(required=False)
    count = serializers.IntegerField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Position is the place in the list and the count is ours: both may be sent back and are not looked at."""
        return {name: value for name, value in attrs.items() if name not in {"position", "count"}}


class LabelSchemaBody(Body):
    """The whole new schema and the revision that it was made from."""

    schema_revision = serializers.IntegerField(min_value=1)
    labels = serializers.ListField(child=LabelBody(), max_length=MAX_LABELS)


class LabelSchemaViewSet(ProjectScopedViewSet):
    """``/projects/{id}/labels``."""

    queryset = Label.objects.all()
    actions_required = {"retrieve": Action.PROJECT_VIEW, "update": Action.SCHEMA_EDIT}

    @extend_schema(responses=LabelSchemaSerializer, operation_id="labels_retrieve")
    def retrieve(self, request: Request, project_id: UUID) -> Response:
        """The schema."""
        return self._answer(self.project)

    @extend_schema(request=LabelSchemaBody, responses=LabelSchemaSerializer, operation_id="labels_update")
    def update(self, request: Request, project_id: UUID) -> Response:
        """Replace the schema; 409 when somebody else changed it in the meantime."""
        return self._answer(replace_labels(actor=self.actor, project=self.project, **self.body(LabelSchemaBody)))

    def _answer(self, project: Project) -> Response:
        context = {"counts": count_annotations(project_id=project.id)}
        labels = LabelSerializer(list_labels(project_id=project.id), many=True, context=context)
        return Response({"schema_revision": project.schema_revision, "labels": labels.data})
