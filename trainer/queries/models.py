"""Reads of model versions and their reports."""

from typing import Any
from uuid import UUID

import orjson
from django.core.files.storage import default_storage
from django.db.models import QuerySet

from annotator.core.errors import NotFound
from annotator.models import Image
from annotator.queries.files import preview_url, thumb_url
from trainer.models import ModelVersion


def list_models(*, project_id: UUID) -> QuerySet[ModelVersion]:
    """Models of a project, newest first, with their runs."""
    return ModelVersion.objects.filter(project_id=project_id).select_related("run").order_by("-number")


def load_report(model: ModelVersion) -> dict[str, Any]:
    """The evaluation report, its pictures with links; raises :class:`NotFound` when there is none.

    Pictures that were deleted since stay in the list without links.
    """
    if not model.report_key or not default_storage.exists(model.report_key):
        raise NotFound(f"Model {model.number} has no evaluation report.")
    with default_storage.open(model.report_key, "rb") as file:
        report: dict[str, Any] = orjson.loads(file.read())
    worst = report.get("worst", [])
    images = Image.objects.filter(project_id=model.project_id).in_bulk(
        [row["image"] for row in worst if row.get("image")]
    )
    by_id = {str(key): image for key, image in images.items()}
    for row in worst:
        image = by_id.get(str(row.get("image")))
        row["thumb_url"] = thumb_url(image) if image is not None else None
        row["preview_url"] = preview_url(image) if image is not None else None
    return report
