"""Reading the label schema."""

from uuid import UUID

from django.db.models import Count

from annotator.models import Annotation, Label


def list_labels(*, project_id: UUID) -> list[Label]:
    """All labels of a project in their order, archived ones included."""
    return list(Label.objects.filter(project=project_id))


def count_annotations(*, project_id: UUID) -> dict[int, int]:
    """Label id → annotations that are not deleted; labels without any are left out."""
    alive = Annotation.objects.filter(label__project=project_id, deleted=False)
    return dict(alive.order_by().values_list("label").annotate(Count("id")))


def count_images(*, project_id: UUID) -> dict[int, int]:
    """Label id → images that carry it at least once."""
    alive = Annotation.objects.filter(label__project=project_id, deleted=False)
    return dict(alive.order_by().values_list("label").annotate(Count("image", distinct=True)))
