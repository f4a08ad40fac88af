"""Reads of the history of annotations."""

from uuid import UUID

from django.db.models import QuerySet

from annotator.models import AnnotationRevision


def list_history(image_id: UUID | str, *, annotation_id: UUID | None = None) -> QuerySet[AnnotationRevision]:
    """Every revision on an image (or of one of its shapes), newest first."""
    rows = AnnotationRevision.objects.filter(image_id=image_id).select_related("actor").order_by("-id")
    return rows if annotation_id is None else rows.filter(annotation=annotation_id)
