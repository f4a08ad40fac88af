"""Suggestions that come with an import. A package above keeps them (the trainer's predictions); it registers itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from annotator.core.errors import InvalidInput
from annotator.core.records import AnnotationRecord
from annotator.models import Project, User


@dataclass(frozen=True, slots=True)
class SuggestionBatch:
    """Suggestions of one import: ``id`` is the same for all its chunks, ``name`` is shown to people."""

    id: UUID
    name: str
    actor: User | None
    project: Project
    labels: Mapping[str, int]


class SuggestionStore(Protocol):
    """Keeps suggestions until somebody decides on them."""

    def keep(self, batch: SuggestionBatch, items: Sequence[tuple[UUID, Sequence[AnnotationRecord]]]) -> int:
        """Keep the records of each image (id) in the caller's transaction and answer how many are new.

        Those that were kept before under the same batch are not kept twice.
        """

    def forget(self, project: Project, batch: UUID) -> int:
        """Drop what nobody has decided on; answers how many."""


_stores: list[SuggestionStore] = []


def register_suggestions(store: SuggestionStore) -> None:
    """Called once, from ``AppConfig.ready`` of the package that keeps suggestions."""
    if store not in _stores:
        _stores.append(store)


def keeps_suggestions() -> bool:
    """Whether anybody keeps suggestions."""
    return bool(_stores)


def keep_suggestions(batch: SuggestionBatch, items: Sequence[tuple[UUID, Sequence[AnnotationRecord]]]) -> int:
    """Hand suggestions over; raises :class:`InvalidInput` when nobody keeps them."""
    if not _stores:
        raise InvalidInput("This installation keeps no suggestions (the trainer is not installed). Import as labels.")
    return sum(store.keep(batch, items) for store in _stores)


def forget_suggestions(*, project: Project, batch: UUID) -> int:
    """Drop the undecided suggestions of an import that is taken back."""
    return sum(store.forget(project, batch) for store in _stores)
