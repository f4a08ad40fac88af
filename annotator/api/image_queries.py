"""What can be asked of lists of images: filters, orders, bulk actions; all by allow-lists."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotator.api.base import Body
from annotator.models import Image
from annotator.queries.images import DEFAULT_ORDER, ORDERS, ImageFilter

MAX_IDS = 10_000
STATES, SPLITS = tuple(Image.State.values), ("train", "val", "test", "none")


@extend_schema_field({"type": "array", "items": {"type": "string"}})
class ChoicesField(serializers.Field[tuple[str, ...], Any, Any, Any]):
    """Several values of an allow-list, repeated or separated by commas."""

    def __init__(self, choices: Sequence[str], **options: Any) -> None:
        super().__init__(**options)
        self.known = choices

    def get_value(self, dictionary: Any) -> Any:
        """All values of a repeated parameter."""
        if hasattr(dictionary, "getlist"):
            return dictionary.getlist(self.field_name)
        return dictionary.get(self.field_name, [])

    def to_internal_value(self, data: Any) -> tuple[str, ...]:
        """Refuse what is not on the list."""
        given = [data] if isinstance(data, str) else data
        parts = [part for text in given for part in str(text).split(",") if part]
        if unknown := [part for part in parts if part not in self.known]:
            known = ", ".join(self.known)
            raise serializers.ValidationError(f"“{unknown[0][:40]}” is not known. Known: {known}.")
        return tuple("" if part == "none" else part for part in parts)

    def to_representation(self, value: tuple[str, ...]) -> list[str]:
        """A list."""
        return list(value)


def id_field() -> serializers.IntegerField:
    """An optional row id within what both databases can compare."""
    return serializers.IntegerField(required=False, allow_null=True, default=None, min_value=0, max_value=2**63 - 1)


class ImageFilterQuery(serializers.Serializer[Any]):
    """Filters of a list of images."""

    state = ChoicesField(STATES, default=())
    split = ChoicesField(SPLITS, default=())
    label = id_field()  # type: ignore[assignment]  # fields have such an attribute themselves
    unlabelled = serializers.BooleanField(required=False, allow_null=True, default=None)
    min_score = serializers.FloatField(required=False, allow_null=True, default=None)
    max_score = serializers.FloatField(required=False, allow_null=True, default=None)
    uploader = id_field()
    search = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)
    duplicates = serializers.BooleanField(required=False, allow_null=True, default=None)


class ImageListQuery(ImageFilterQuery):
    """Filters, order and extras of a list of images."""

    order = serializers.ChoiceField(choices=list(ORDERS), default=DEFAULT_ORDER)


class ImagePageQuery(ImageListQuery):
    """A list may also carry the boxes on its images."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """``with`` is a word of Python."""
        return {**super().get_fields(), "with": serializers.ChoiceField(choices=["boxes"], required=False)}


class BulkBody(Body):
    """What to do with which images: ``ids``, or everything that ``filter`` shows except ``except``."""

    ids = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=MAX_IDS)
    filter = ImageFilterQuery(required=False)
    action = serializers.ChoiceField(choices=["delete", "set_split", "set_state", "prioritise", "reset"])
    value = serializers.JSONField(required=False, allow_null=True, default=None)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """``except`` is a word of Python."""
        left_out = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=MAX_IDS)
        return {**super().get_fields(), "except": left_out}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one of the two ways to say which."""
        if ("ids" in attrs) == ("filter" in attrs):
            raise serializers.ValidationError("Give either “ids” or “filter”.")
        return attrs


def read_filter(values: Mapping[str, Any]) -> ImageFilter:
    """The filter of validated values."""
    return ImageFilter(**{item.name: values[item.name] for item in fields(ImageFilter)})
