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
        values = _decode(cursor, order) if (cursor := request.query_params.get("cursor")) else None
        ordered = queryset.order_by(*(_expression(queryset.model, name) for name in order))
        rows: list[Any] = []
        for part in _parts(ordered, order, values):
            rows += part[: limit + 1 - len(rows)]
            if len(rows) > limit:
                break
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
                    "description": "On the first page of some lists.",
                },
                "count_capped": {
                    "type": "boolean",
                    "description": "Counting stopped there: there are at least so many.",
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


def _expression(model: type[Model], name: str) -> Any:
    """Nulls last; where there are none, nothing is said about them, or PostgreSQL would not walk its index backwards."""
    plain = name.lstrip("-")
    column, field = F(plain), _field(model, plain)
    nulls = {} if field is not None and not field.null else {"nulls_last": True}
    return column.desc(**nulls) if name.startswith("-") else column.asc(**nulls)


def _field(model: type[Model], name: str) -> "Field[Any, Any] | None":
    try:
        found = model._meta.get_field(model._meta.pk.name if name == "pk" else name)
    except FieldDoesNotExist:
        return None  # an annotation of the queryset
    return found if isinstance(found, Field) else None


def _parts(queryset: QuerySet[Any], order: list[str], values: list[Any] | None) -> list[QuerySet[Any]]:
    """What comes after the row with ``values``: one statement, or two where rows without a value follow.

    An “or unknown” would make databases look at every row from the first on; so would the alternatives of
    (a > A) or (a = A and b > B). Hence the statement of its own, and a ≥ A beside the alternatives: a range to begin in.
    """
    if values is None:
        return [queryset]
    first = order[0].lstrip("-")
    field = _field(queryset.model, first)
    after = queryset.filter(_after(queryset.model, order, values))
    if field is None or values[0] is None:
        return [after]
    bound = Q(**{f"{first}__{'lte' if order[0].startswith('-') else 'gte'}": _convert(field, values[0])})
    known = after.filter(bound)
    return [known, queryset.filter(**{f"{first}__isnull": True})] if field.null else [known]


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
