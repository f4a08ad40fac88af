"""Keyset pagination: pages stay stable while rows come and go, and the thousandth costs as much as the first."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Field, Model, Q, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.core.errors import InvalidInput

DEFAULT_LIMIT = 100
MAX_LIMIT = 500


class KeysetPagination(BasePagination):
    """``?cursor=&limit=`` over the queryset's own ordering (plain field names, ``-`` for descending), nulls last.

    The primary key is added as the last field, so that the order is total. Answers ``{"next", "results"}``.
    """

    next_cursor: str | None = None

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: Any = None
    ) -> list[Any]:
        """One page; raises :class:`InvalidInput` for a cursor or limit that cannot be used."""
        assert isinstance(queryset, QuerySet)  # noqa: S101 -- short lists go through ApiViewSet.whole
        limit = _limit(request.query_params.get("limit"))
        order = _order(queryset)
        if cursor := request.query_params.get("cursor"):
            queryset = queryset.filter(_after(queryset.model, order, _decode(cursor, order)))
        rows = list(queryset.order_by(*(_expression(name) for name in order))[: limit + 1])
        self.next_cursor = _encode(rows[limit - 1], order) if len(rows) > limit else None
        return rows[:limit]

    def get_paginated_response(self, data: Any) -> Response:
        """The envelope of every list."""
        return Response({"next": self.next_cursor, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """OpenAPI of the envelope."""
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {"type": ["string", "null"], "description": "Cursor of the next page; null on the last one."},
                "count": {
                    "type": "integer",
                    "description": "On the first page of some lists; 10001 means “more than 10000”.",
                },
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """OpenAPI of the two parameters."""
        cursor = {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}}
        size = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
        return [cursor, {"name": "limit", "in": "query", "required": False, "schema": size}]


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:6]) <= MAX_LIMIT:
        raise InvalidInput(f"limit must be a whole number from 1 to {MAX_LIMIT}.")
    return int(text)


def _order(queryset: QuerySet[Any]) -> list[str]:
    """The queryset's ordering as names, made total by the primary key."""
    names = [str(name) for name in (queryset.query.order_by or queryset.model._meta.ordering or ())]
    key = queryset.model._meta.pk.name
    if not any(name.lstrip("-") in {key, "pk"} for name in names):
        names.append(f"-{key}" if names and names[-1].startswith("-") else key)
    return names


def _expression(name: str) -> Any:
    column = F(name.lstrip("-"))
    return column.desc(nulls_last=True) if name.startswith("-") else column.asc(nulls_last=True)


def _field(model: type[Model], name: str) -> "Field[Any, Any] | None":
    try:
        found = model._meta.get_field(model._meta.pk.name if name == "pk" else name)
    except FieldDoesNotExist:
        return None  # an annotation of the queryset
    return found if isinstance(found, Field) else None


def _after(model: type[Model], order: list[str], values: list[Any]) -> Q:
    """Rows that come after the one with ``values``: (a > A) or (a = A and b > B) or …, nulls last."""
    result, equal = Q(), Q()
    for name, raw in zip(order, values, strict=True):
        plain = name.lstrip("-")
        field = _field(model, plain)
        if raw is None:
            equal &= Q(**{f"{plain}__isnull": True})
            continue
        value = _convert(field, raw)
        later = Q(**{f"{plain}__{'lt' if name.startswith('-') else 'gt'}": value})
        if field is not None and field.null:
            later |= Q(**{f"{plain}__isnull": True})
        result |= equal & later
        equal &= Q(**{plain: value})
    return result


def _convert(field: "Field[Any, Any] | None", raw: Any) -> Any:
    try:
        return raw if field is None else field.to_python(raw)
    except (ValidationError, TypeError, ValueError, OverflowError) as error:
        raise _bad_cursor() from error


def _encode(row: Any, order: list[str]) -> str:
    values = [getattr(row, name.lstrip("-")) for name in order]
    text = json.dumps([order, values], default=str, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str, order: list[str]) -> list[Any]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        known, values = json.loads(text)
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise _bad_cursor() from error
    if known != order or not isinstance(values, list) or len(values) != len(order):
        raise _bad_cursor()
    if any(isinstance(value, list | dict) for value in values):
        raise _bad_cursor()
    return values


def _bad_cursor() -> InvalidInput:
    return InvalidInput("This cursor does not belong to this list. Start again without one.")
