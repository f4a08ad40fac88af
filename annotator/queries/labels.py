"""Reading the label schema."""

from uuid import UUID

from annotator.models import Label
from annotator.queries.figures import figures_of


def list_labels(*, project_id: UUID) -> list[Label]:
    """All labels of a project in their order, archived ones included."""
    return list(Label.objects.filter(project=project_id))


def count_annotations(*, project_id: UUID) -> dict[int, int]:
    """Label id → annotations that are not deleted; labels without any are left out. See ``queries.figures``."""
    found = figures_of("labels", [project_id]).get(project_id, {})
    return {label: objects for label, (objects, _) in found.items()}
