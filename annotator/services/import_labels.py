"""What the label names of a dataset mean in a project, and making those that are new."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from annotator.core.errors import Conflict, InvalidInput
from annotator.core.labels import check_attributes, check_color, check_hierarchy, check_keypoints
from annotator.core.labels_match import fold, likeness, match_label, similar_labels
from annotator.core.records import LabelRecord
from annotator.models import Label, LabelAlias, Project, User
from annotator.services.import_settings import LabelChoice, NewLabel
from annotator.services.labels import replace_labels

_ATTEMPTS = 5
_LONGEST_NAME = 200

Why = Literal["chosen", "remembered", "exact", "case", "unicode", "id", "new"]


@dataclass(frozen=True, slots=True)
class LabelPlan:
    """One name of the files: how often it occurs, what becomes of it and why."""

    source: str
    source_id: str | int | None
    count: int
    action: Literal["use", "create", "ignore"]
    target: int | None
    similar: tuple[str, ...] = ()
    why: Why = "new"
    name: str = ""
    """Of the label to be made, when that is what happens; likewise ``color``."""
    color: str = ""

    def as_json(self) -> dict[str, Any]:
        """For reports and the mapping screen."""
        return {
            "source": self.source,
            "id": self.source_id,
            "n": self.count,
            "action": self.action,
            "target": self.target,
            "name": self.name,
            "color": self.color,
            "why": self.why,
            "similar": list(self.similar),
        }

    @property
    def choice(self) -> LabelChoice:
        """What one would have to choose to get the same again."""
        if self.action == "ignore":
            return "ignore"
        return self.target if self.target is not None else NewLabel(self.name, self.color)


def plan_labels(
    project: Project,
    declared: Sequence[LabelRecord],
    used: Mapping[str, int],
    choices: Mapping[str, LabelChoice],
    format_name: str = "",
) -> list[LabelPlan]:
    """Decide every name: by ``choices``, else as at the last import, else by the same name in the project, else new.

    Names keep the order of the files; those that are on objects but not in a list come last. A name that no list has and
    that is the id of a label in an earlier import of the format means that label (results name classes by id). Raises
    :class:`InvalidInput` for a choice that names no label of the project.
    """
    planner = _Planner.of(project, choices, format_name, frozenset(label.name for label in declared))
    records = {label.name: label for label in declared}
    for name in used:
        records.setdefault(name, LabelRecord(name))
    return [planner.plan(record, used.get(name, 0)) for name, record in records.items()]


@dataclass(frozen=True, slots=True)
class _Planner:
    known: Mapping[str, int]
    remembered: Mapping[str, int | None]
    choices: Mapping[str, LabelChoice]
    by_id: Mapping[str, int]

    @classmethod
    def of(
        cls, project: Project, choices: Mapping[str, LabelChoice], format_name: str, declared: frozenset[str]
    ) -> "_Planner":
        labels = list(Label.objects.filter(project=project).order_by("position", "id"))
        known = {label.name: label.id for label in labels}
        remembered = LabelAlias.objects.filter(project=project).values_list("name", "label_id")
        ids = {str(label.source.get("id")): label.id for label in labels if label.source.get("format") == format_name}
        by_id = {key: label for key, label in ids.items() if key not in known and key not in declared}
        return cls(known, dict(remembered), choices, by_id)

    def plan(self, record: LabelRecord, count: int) -> LabelPlan:
        choice = self.choices.get(record.name)
        if choice is None:
            return self._proposal(record, count)
        if choice == "create":
            choice = NewLabel(record.name.strip(), record.color)
        if choice == "ignore":
            return LabelPlan(record.name, record.source_id, count, "ignore", None, why="chosen")
        if isinstance(choice, NewLabel):
            there = self.known.get(choice.name.strip())
            return self._use(record, count, there, "chosen") if there else self._new(record, count, choice, "chosen")
        if choice not in self.known.values():
            raise InvalidInput(f"“{record.name}” was mapped to a label that this project does not have.")
        return self._use(record, count, choice, "chosen")

    def _proposal(self, record: LabelRecord, count: int) -> LabelPlan:
        name = record.name
        if name in self.remembered and name not in self.known:
            target = self.remembered[name]
            if target is None:
                return LabelPlan(name, record.source_id, count, "ignore", None, why="remembered")
            return self._use(record, count, target, "remembered")
        found = match_label(name, self.known)
        if found is None and name in self.by_id:
            return self._use(record, count, self.by_id[name], "id")
        if found is None:
            return self._new(record, count, NewLabel(name.strip(), record.color), "new")
        other = next(other for other, label in self.known.items() if label == found)
        level = likeness(name, other)
        return self._use(record, count, found, level if level in {"exact", "case", "unicode"} else "exact")  # type: ignore[arg-type]

    def _use(self, record: LabelRecord, count: int, target: int, why: Why) -> LabelPlan:
        return LabelPlan(record.name, record.source_id, count, "use", target, self._similar(record.name), why)

    def _new(self, record: LabelRecord, count: int, new: NewLabel, why: Why) -> LabelPlan:
        name, color = new.name.strip()[:_LONGEST_NAME], ""
        with suppress(InvalidInput):
            color = check_color(new.color)
        similar = self._similar(record.name)
        return LabelPlan(record.name, record.source_id, count, "create", None, similar, why, name, color)

    def _similar(self, name: str) -> tuple[str, ...]:
        return tuple(similar_labels(name, list(self.known)))


def create_missing(
    *,
    actor: User,
    project: Project,
    plan: Sequence[LabelPlan],
    declared: Sequence[LabelRecord] = (),
    format_name: str = "",
) -> dict[str, int]:
    """Make the labels that are new and return name in the files → label id, without ignored ones.

    New labels get colour, attributes, key points and parent from ``declared``; labels that are there get key points
    when they have none.
    """
    records = {record.name: record for record in declared}
    for _ in range(_ATTEMPTS):
        existing = list(Label.objects.filter(project=project).order_by("position", "id"))
        rows = _rows(existing, plan, records, format_name)
        if rows is None:
            break
        project.refresh_from_db(fields=["schema_revision"])
        try:
            replace_labels(actor=actor, project=project, schema_revision=project.schema_revision, labels=rows)
        except Conflict:
            continue  # somebody changed the schema at the same moment: look again
    known = dict(Label.objects.filter(project=project).values_list("name", "id"))
    found: dict[str, int] = {}
    for label in plan:
        target = label.target if label.action == "use" else match_label(_new_name(label), known)
        if label.action != "ignore" and target is not None:
            found[label.source] = target
    _keep_origins(found, records, format_name)
    return found


def _keep_origins(ids: Mapping[str, int], records: Mapping[str, LabelRecord], format_name: str) -> None:
    """Labels that were there before learn what they are in the files, unless they know of other files already."""
    named = {target: records[name] for name, target in reversed(list(ids.items())) if name in records}
    changed = [label for label in Label.objects.filter(id__in=list(named)) if not label.source and format_name]
    for label in changed:
        label.source = _details(named[label.id], format_name)["source"]
    Label.objects.bulk_update(changed, ["source"], batch_size=200)


def _new_name(label: LabelPlan) -> str:
    return label.name or label.source.strip()[:_LONGEST_NAME]


def _rows(
    existing: Sequence[Label], plan: Sequence[LabelPlan], records: Mapping[str, LabelRecord], format_name: str
) -> list[dict[str, Any]] | None:
    """The whole schema as it should be; ``None`` when it is so already."""
    known = {label.name: label.id for label in existing}
    new: dict[str, dict[str, Any]] = {}
    for label in plan:
        name = _new_name(label)
        if label.action == "create" and match_label(name, known) is None and fold(name) not in new:
            record = records.get(label.source, LabelRecord(label.source))
            new[fold(name)] = {"name": name, "color": label.color, **_details(record, format_name)}
    uses = {label.target: records[label.source] for label in plan if label.target and label.source in records}
    rows = [_completed(label, uses.get(label.id), format_name) for label in existing]
    if not new and not any(len(row) > 2 for row in rows):
        return None
    names = {label.source: _new_name(label) for label in plan if label.action == "create"}
    names |= {label.source: other.name for label in plan for other in existing if other.id == label.target}
    _add_parents(rows, new.values(), names, records)
    return [*rows, *new.values()]


def _details(record: LabelRecord, format_name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with suppress(InvalidInput):
        found["attributes"] = check_attributes(record.name, [msgspec.to_builtins(a) for a in record.attributes])
    if record.keypoints:
        with suppress(InvalidInput):
            points, edges = check_keypoints(record.name, record.keypoints, record.skeleton)
            found |= {"keypoints": points, "skeleton": edges}
    if record.stuff:
        found["stuff"] = True
    if format_name:
        found["source"] = {"format": format_name, "id": record.source_id, "fields": dict(record.source)}
    return found


def _completed(label: Label, record: LabelRecord | None, format_name: str) -> dict[str, Any]:
    """The row of a label that is there; key points and where it came from are added when they are not known yet."""
    row: dict[str, Any] = {"id": label.id, "name": label.name}
    if record is None:
        return row
    details = _details(record, format_name)
    if not label.keypoints:
        row |= {name: details[name] for name in ("keypoints", "skeleton") if name in details}
    return row


def _add_parents(
    rows: Sequence[Mapping[str, Any]],
    new: Iterable[dict[str, Any]],
    names: Mapping[str, str],
    records: Mapping[str, LabelRecord],
) -> None:
    """Parents as the files have them, unless that would make no hierarchy."""
    fresh = list(new)
    parents: dict[str, str | None] = {row["name"]: None for row in [*rows, *fresh]}
    wanted = {names[record.name]: names.get(record.parent or "") for record in records.values() if record.name in names}
    parents |= {name: wanted.get(name) for name in [row["name"] for row in fresh] if wanted.get(name) != name}
    try:
        check_hierarchy(parents)
    except InvalidInput:
        return
    for row in fresh:
        if parents[row["name"]] is not None:
            row["parent"] = parents[row["name"]]


def remember_labels(*, project: Project, plan: Sequence[LabelPlan], ids: Mapping[str, int]) -> None:
    """Keep what every name meant, for the next import of the project."""
    rows = [
        LabelAlias(project=project, name=label.source, label_id=ids.get(label.source))
        for label in plan
        if 0 < len(label.source) <= _LONGEST_NAME
    ]
    LabelAlias.objects.bulk_create(
        rows,
        batch_size=200,
        update_conflicts=True,
        unique_fields=["project", "name"],
        update_fields=["label", "updated_at"],
    )
