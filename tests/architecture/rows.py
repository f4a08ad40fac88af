"""Rows of any model with as little as possible, and a fingerprint of everything that is stored."""

import hashlib
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from django.apps import apps
from django.db import models
from django.utils import timezone

from annotator.models import Project, User

IGNORED_TABLES = {"django_session", "django_content_type", "auth_permission"}
IGNORED_COLUMNS = {"last_used_at", "last_login"}
PLAUSIBLE: dict[str, Any] = {
    "format": "PNG",
    "kind": "box",
    "geometry": {"type": "box", "x": 0, "y": 0, "w": 1, "h": 1},
    "color": "#f6494d",
    "round.state": "done",  # a project has one open round at most
}
"""Column, or model and column → a value where the default or any text would not do."""
_numbers = count(1)


def build_row(model: type[models.Model], project: Project, person: User) -> models.Model:
    """A stored row of ``model`` inside ``project``; required relations are built too."""
    if model is Project:
        return project
    if model is User:
        return person
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if (known := f"{model._meta.model_name}.{field.name}") in PLAUSIBLE:
            values[field.name] = PLAUSIBLE[known]
            continue
        if field.primary_key or field.null or field.has_default() or getattr(field, "auto_now_add", False):
            continue
        if isinstance(field, models.ForeignKey):
            values[field.name] = build_row(field.related_model, project, person)
        elif (value := _value(field)) != "":
            values[field.name] = value
    return model.objects.create(**values)


def _value(field: "models.Field[Any, Any]") -> Any:
    if field.name in PLAUSIBLE:
        return PLAUSIBLE[field.name]
    if field.choices:
        return next(iter(field.choices))[0]
    if isinstance(field, models.UUIDField):
        return uuid4()
    if isinstance(field, models.DateTimeField):
        return timezone.now() + timedelta(hours=1)
    if isinstance(field, models.JSONField):
        return {}
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.IntegerField):
        return next(_numbers)
    if isinstance(field, models.FloatField):
        return 1.0
    if isinstance(field, models.CharField):
        return uuid4().hex[: field.max_length]
    return ""


def fingerprint() -> dict[str, str]:
    """Table → hash of all rows; audit events and time stamps of use are left out."""
    found: dict[str, str] = {}
    for model in apps.get_models():
        table = model._meta.db_table
        if table in IGNORED_TABLES or table.endswith("auditevent"):
            continue
        columns = [field.attname for field in model._meta.concrete_fields if field.attname not in IGNORED_COLUMNS]
        rows = sorted(repr(row) for row in model._base_manager.values_list(*columns))
        found[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


ABSENT = UUID("00000000-0000-7000-8000-000000000000")
"""An id that nothing has."""
