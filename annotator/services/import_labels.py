"""What the label names of a dataset mean in a project, and making those that are new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from annotator.core.errors import Conflict, InvalidInput
from annotator.core.labels_match import fold, match_label, similar_labels
from annotator.core.records import LabelRecord
from annotator.models import Label, Project, User
from annotator.services.labels import replace_labels

LabelChoice = int | Literal["create", "ignore"]
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class LabelPlan:
    """One name of the files: how often it occurs and what becomes of it."""

    source: str
    source_id: str | int | None
    count: int
    action: Literal["use", "create", "ignore"]
    target: int | None
    similar: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For reports and the mapping screen."""
        return {
            "source": self.source,
            "id": self.source_id,
            "n": self.count,
            "action": self.action,
            "target": self.target,
            "similar": list(self.similar),
        }


def plan_labels(
    project: Project, declared: Sequence[LabelRecord], used: Mapping[str, int], choices: Mapping[str, LabelChoice]
) -> list[LabelPlan]:
    """Decide every name: by ``choices``, else by the same name in the project, else it is new.

    Names keep the order of the files; those that are on objects but not in a list come last. Raises
    :class:`InvalidInput` for a choice that names no label of the project.
    """
    known = dict(Label.objects.filter(project=project).order_by("position", "id").values_list("name", "id"))
    names: dict[str, str | int | None] = {label.name: label.source_id for label in declared}
    for name in used:
        names.setdefault(name, None)
    return [_plan(name, source_id, used.get(name, 0), known, choices) for name, source_id in names.items()]


def _plan(
    name: str, source_id: str | int | None, count: int, known: Mapping[str, int], choices: Mapping[str, LabelChoice]
) -> LabelPlan:
    choice = choices.get(name)
    if choice == "ignore":
        return LabelPlan(name, source_id, count, "ignore", None)
    if isinstance(choice, int):
        if choice not in known.values():
            raise InvalidInput(f"“{name}” was mapped to a label that this project does not have.")
        return LabelPlan(name, source_id, count, "use", choice)
    target = match_label(name, known) if choice is None or name in known else None
    if target is not None:
        return LabelPlan(name, source_id, count, "use", target)
    return LabelPlan(name, source_id, count, "create", None, tuple(similar_labels(name, list(known))))


def create_missing(*, actor: User, project: Project, plan: Sequence[LabelPlan]) -> dict[str, int]:
    """Make the labels that are new and return name in the files → label id, without ignored ones."""
    wanted = [label for label in plan if label.action == "create"]
    for _ in range(_ATTEMPTS):
        existing = list(Label.objects.filter(project=project).order_by("position", "id"))
        known = {label.name: label.id for label in existing}
        new: dict[str, str] = {}
        for label in wanted:
            if match_label(label.source, known) is None:
                new.setdefault(fold(label.source), label.source.strip())
        if not new:
            break
        project.refresh_from_db(fields=["schema_revision"])
        rows: list[dict[str, Any]] = [{"id": label.id, "name": label.name} for label in existing]
        try:
            replace_labels(
                actor=actor,
                project=project,
                schema_revision=project.schema_revision,
                labels=[*rows, *({"name": name} for name in new.values())],
            )
        except Conflict:
            continue  # somebody changed the schema at the same moment: look again
    known = dict(Label.objects.filter(project=project).values_list("name", "id"))
    found: dict[str, int] = {}
    for label in plan:
        target = label.target if label.action == "use" else match_label(label.source, known)
        if label.action != "ignore" and target is not None:
            found[label.source] = target
    return found
