"""Deciding splits of a project's images: drafts that can be looked at first, and the locked test set."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from annotator.core.errors import Conflict, InvalidInput
from annotator.core.project_settings import merge_settings
from annotator.core.records import SPLITS
from annotator.core.splits import SplitItem, SplitPlan, SplitRule, check_rule, plan_splits, without_test
from annotator.events import publish
from annotator.models import DatasetVersion, Image, Label, Project, User
from annotator.queries.splits import count_by_image, count_labels, is_test_locked, label_sets, split_items
from annotator.queries.versions import held_out_images, read_manifest
from annotator.services.audit import record

DEFAULT_STATES: tuple[str, ...] = (Image.State.LABELLED, Image.State.REVIEWED)
CHUNK = 500


@dataclass(frozen=True, slots=True)
class SplitDraft:
    """A split that is decided and not written anywhere."""

    items: list[SplitItem]
    plan: SplitPlan
    rule: SplitRule
    """As given, with complete fractions."""
    balance: dict[str, Counter[int]]
    """Split → label id → annotations."""
    before: Mapping[str, str]
    """Image id → split that earlier versions held out and that was respected."""
    held_out_kept: bool
    locked: bool
    warnings: list[dict[str, Any]]


def chosen_states(only_states: tuple[str, ...]) -> tuple[str, ...]:
    """The states given, else labelled and reviewed; raises :class:`InvalidInput` for one that does not exist."""
    if unknown := sorted(set(only_states) - set(Image.State.values)):
        raise InvalidInput(f"“{unknown[0]}” is no state of an image. There are {', '.join(Image.State.values)}.")
    return tuple(only_states) or DEFAULT_STATES


def draft_split(
    project: Project, images: QuerySet[Image], rule: SplitRule, *, refresh_held_out: bool = False
) -> SplitDraft:
    """Decide a split for ``images`` of a project; raises :class:`InvalidInput` for a rule that cannot be meant.

    Images that an earlier version held out (validation, test) stay there, and once there is a validation split new
    images go to training, so that figures of different rounds can be compared; ``refresh_held_out`` draws anew. Fixed
    splits of images hold in any case, and nothing new enters a locked test set.
    """
    rule = check_rule(rule)
    past = held_out_images(project_id=project.id)
    before = {} if refresh_held_out else past
    locked = is_test_locked(project)
    counts = count_by_image(project)
    items = split_items(images, rule, before=before, labels=label_sets(counts), locked=locked)
    held = any(item.fixed == "val" for item in items) and bool(before)
    fractions = without_test(rule.fractions) if locked else rule.fractions
    if held:
        fractions = {"train": 1.0}
    plan = plan_splits(items, fractions=fractions, seed=rule.seed, stratify=rule.stratify)
    balance = count_labels(counts, plan.splits)
    warnings = _leaks(items, plan, {} if before else past) + _missing(project, plan, balance)
    return SplitDraft(items, plan, rule, balance, before, held, locked, warnings)


def _leaks(items: list[SplitItem], plan: SplitPlan, past: Mapping[str, str]) -> list[dict[str, Any]]:
    """What a model would be trained on although it, or its twin, measures models."""
    found = []
    if plan.conflicts:
        what = "group of images that belongs" if plan.conflicts == 1 else "groups of images that belong"
        text = f"{plan.conflicts} {what} together, put on different sides before."
        found.append({"code": "groups_apart", "n": plan.conflicts, "text": text, "samples": _names(plan.torn)})
    moved = [item.id for item in items if past.get(item.id) not in {None, plan.splits[item.id]}]
    if moved:
        what = "image" if len(moved) == 1 else "images"
        text = f"{len(moved)} {what} that earlier versions validated or tested with would change the split."
        found.append({"code": "held_out_moves", "n": len(moved), "text": text, "samples": _names(moved[:20])})
    return found


def _names(ids: Any) -> list[str]:
    return list(Image.objects.filter(id__in=list(ids)).order_by("id").values_list("name", flat=True))


def _missing(project: Project, plan: SplitPlan, balance: Mapping[str, Counter[int]]) -> list[dict[str, Any]]:
    """Classes that a split which is not empty does not have."""
    names = dict(Label.objects.filter(project=project).values_list("id", "name"))
    used = {label for counts in balance.values() for label in counts}
    filled = set(plan.splits.values())
    found = []
    for split in SPLITS:
        gone = sorted(names[label] for label in used if split in filled and not balance[split][label])
        if gone:
            what = "class has" if len(gone) == 1 else "classes have"
            text = f"{len(gone)} {what} no object in {split}."
            found.append({"code": f"classes_missing_{split}", "n": len(gone), "text": text, "samples": gone[:20]})
    return found


def describe_draft(project: Project, draft: SplitDraft) -> dict[str, Any]:
    """Sizes and class balance of a draft, for people to look at."""
    images = Counter(draft.plan.splits.values())
    balance = draft.balance
    labels = Label.objects.filter(project=project).order_by("position", "id")
    groups = Counter(item.group for item in draft.items)
    return {
        "images": len(draft.items),
        "splits": {split: images[split] for split in SPLITS},
        "annotations": {split: balance[split].total() for split in SPLITS},
        "labels": [
            {"id": label.id, "name": label.name, "color": label.color, **{s: balance[s][label.id] for s in SPLITS}}
            for label in labels
            if any(balance[split][label.id] for split in SPLITS)
        ],
        "groups": sum(size > 1 for size in groups.values()),
        "fixed": sum(item.fixed is not None for item in draft.items),
        "held_out_kept": draft.held_out_kept,
        "test_locked": draft.locked,
        "warnings": draft.warnings,
    }


def lock_test_set(*, actor: User | None, project: Project, version: DatasetVersion | None = None) -> int:
    """Fix the test images of ``version`` (if any) and let no image in or out from now on; returns how many there are.

    Raises :class:`Conflict` when there would be none, or when the set is locked already.
    """
    if version is not None and version.project_id != project.id:
        raise InvalidInput("This project has no such dataset version.")
    chosen = [str(image.id) for image in read_manifest(version) if image.split == "test"] if version else []
    with transaction.atomic():
        locked = Project.objects.select_for_update().get(pk=project.pk)
        if is_test_locked(locked):
            raise Conflict("The test set is locked already. Unlock it first.")
        for start in range(0, len(chosen), CHUNK):
            rows = Image.objects.filter(project=project, id__in=chosen[start : start + CHUNK])
            rows.update(split=Image.Split.TEST)
        number = Image.objects.filter(project=project, split=Image.Split.TEST).count()
        if number == 0:
            raise Conflict("There is no test set to lock: put images into the split “test” first, or name a version.")
        _set_lock(actor, locked, locked_now=True, detail={"images": number})
    return number


def unlock_test_set(*, actor: User | None, project: Project) -> None:
    """Let images move again; raises :class:`Conflict` when nothing is locked."""
    with transaction.atomic():
        locked = Project.objects.select_for_update().get(pk=project.pk)
        if not is_test_locked(locked):
            raise Conflict("The test set is not locked.")
        _set_lock(actor, locked, locked_now=False, detail={})


def _set_lock(actor: User | None, project: Project, *, locked_now: bool, detail: dict[str, Any]) -> None:
    project.settings = merge_settings(project.settings, {"test_locked": locked_now})
    project.save(update_fields=["settings", "updated_at"])
    action = "test_set.locked" if locked_now else "test_set.unlocked"
    record(actor=actor, action=action, project=project, detail=detail)
    publish("project", project_id=project.id, id=str(project.id))
    publish("images", project_id=project.id)


def refuse_locked_moves(project: Project, images: QuerySet[Image], split: str) -> None:
    """Raise :class:`Conflict` when setting ``split`` would take images out of a locked test set, or put some in."""
    if not is_test_locked(project):
        return
    moving = images.exclude(split=split)
    if split != Image.Split.TEST:
        moving = moving.filter(split=Image.Split.TEST)
    if number := moving.count():
        way = "would enter it" if split == Image.Split.TEST else "are in it"
        raise Conflict(f"The test set is locked and {number} of these images {way}. Leave them out, or unlock it.")
