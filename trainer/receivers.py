"""News from the annotator that the trainer acts on, and what it tells the annotator's pages. Sweeps repeat it all."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models.signals import pre_delete
from django.dispatch import receiver

from annotator.events import annotations_changed, image_submitted, images_removed
from annotator.models import Project
from annotator.queries.contributions import register_metrics, register_next_action
from annotator.services.suggestions import register_suggestions
from trainer.queries.advice import advise, best_model_metrics
from trainer.services.cleanup import forget_files_of
from trainer.services.imported_predictions import ImportedPredictions
from trainer.services.predictions import follow_annotations
from trainer.services.rounds import finish_rounds_of

register_metrics(best_model_metrics)
register_next_action(advise)
register_suggestions(ImportedPredictions())


@receiver(annotations_changed, dispatch_uid="trainer.predictions")
def _follow_predictions(*, changes: Sequence[dict[str, Any]], actor_id: int | None, **_: Any) -> None:
    """Mark predictions that became annotations, or stopped being some."""
    ids = [change["prediction"] for change in changes if change.get("prediction")]
    if ids:
        follow_annotations(prediction_ids=ids, actor_id=actor_id)


@receiver(image_submitted, dispatch_uid="trainer.rounds.submitted")
def _finish_round(*, project_id: UUID, image_id: UUID, **_: Any) -> None:
    """The last pick of a round ends it."""
    finish_rounds_of(project_id=project_id, image_id=image_id)


@receiver(images_removed, dispatch_uid="trainer.rounds.removed")
def _finish_round_without(*, project_id: UUID, **_: Any) -> None:
    """A round whose waiting picks were removed has nothing left to wait for."""
    finish_rounds_of(project_id=project_id)


@receiver(pre_delete, sender=Project, dispatch_uid="trainer.cleanup")
def _forget_files(*, instance: Project, **_: Any) -> None:
    """Only before the rows are gone is it known which files were theirs; they are deleted after commit."""
    forget_files_of(instance)
