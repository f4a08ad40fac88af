"""How images are divided: fields of requests, what projects can be split by, and the locked test set."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import Body, ProjectScopedViewSet
from annotator.core.errors import InvalidInput
from annotator.core.permissions import Action
from annotator.core.splits import DEFAULT_FRACTIONS, SplitRule
from annotator.models import DatasetVersion, Image
from annotator.queries.splits import is_test_locked, split_counts, split_fields
from annotator.services.splits import lock_test_set, unlock_test_set

SPLITS = ("train", "val", "test")


class FractionsField(serializers.DictField):
    """``{"train", "val", "test"}``, together 1."""

    child = serializers.FloatField(min_value=0, max_value=1)


class AssignField(serializers.DictField):
    """Value → split."""

    child = serializers.ChoiceField(choices=SPLITS)


class SplitBody(Body):
    """How to divide."""

    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    fractions = FractionsField(required=False)
    stratify = serializers.BooleanField(required=False, help_text="Give every class its share in each split.")
    near_duplicates = serializers.BooleanField(required=False, help_text="Keep near-duplicates on one side.")
    keep_fixed = serializers.BooleanField(required=False, help_text="Images whose split is set stay in it.")
    together = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="folder, uploader or metadata:<field>."
    )
    assign_by = serializers.CharField(max_length=200, required=False, allow_blank=True)
    assign = AssignField(required=False)


RULE_FIELDS = tuple(SplitBody().fields)


def read_rule(values: Mapping[str, Any]) -> SplitRule:
    """The rule of validated values; what is not given is as always."""
    given = {name: values[name] for name in RULE_FIELDS if name in values}
    return SplitRule(**{"fractions": dict(DEFAULT_FRACTIONS), **given})


class SplitFieldSerializer(serializers.Serializer[Any]):
    """A field of the images, with its most frequent values."""

    field = serializers.CharField()
    values = serializers.DictField(child=serializers.IntegerField())
    more = serializers.BooleanField(help_text="There are values that are not listed.")


class SplitsSerializer(serializers.Serializer[Any]):
    """What is fixed, and what images can be divided by."""

    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Fixed split → images.")
    test_locked = serializers.BooleanField()
    fields = SplitFieldSerializer(many=True)  # type: ignore[assignment]  # as above


class LockBody(Body):
    """Close the test set (with the test images of a version), or open it again."""

    locked = serializers.BooleanField()
    version = serializers.UUIDField(required=False, allow_null=True)


class SplitsViewSet(ProjectScopedViewSet):
    """``/projects/{id}/splits``."""

    queryset = Image.objects.all()
    actions_required = {"list": Action.PROJECT_VIEW, "lock": Action.VERSIONS_CREATE}

    @extend_schema(responses=SplitsSerializer, operation_id="splits_retrieve")
    def list(self, request: Request, project_id: UUID) -> Response:
        """Images per fixed split, whether the test set is locked, and the fields to split by."""
        return Response(self._state())

    @extend_schema(request=LockBody, responses=SplitsSerializer, operation_id="splits_lock")
    def lock(self, request: Request, project_id: UUID) -> Response:
        """Lock or unlock the test set."""
        values = self.body(LockBody)
        if not values["locked"]:
            unlock_test_set(actor=self.actor, project=self.project)
            return Response(self._state())
        version = None
        if values.get("version"):
            version = DatasetVersion.objects.filter(project=self.project, id=values["version"]).first()
            if version is None:
                raise InvalidInput("This project has no such dataset version.")
        lock_test_set(actor=self.actor, project=self.project, version=version)
        return Response(self._state())

    def _state(self) -> dict[str, Any]:
        counts = split_counts(self.project)
        return {
            "counts": {split or "none": counts.get(split, 0) for split in ("", *SPLITS)},
            "test_locked": is_test_locked(self.project),
            "fields": split_fields(self.project),
        }
