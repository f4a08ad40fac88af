"""Splits of a project: rules over real rows, previews with warnings, and the locked test set."""

from collections import Counter
from typing import Any

import pytest

from annotator.core.errors import Conflict, InvalidInput
from annotator.core.splits import SplitRule
from annotator.models import AuditEvent, DatasetVersion, Image, Project, User
from annotator.queries.splits import is_test_locked, split_counts, split_fields
from annotator.queries.versions import read_manifest
from annotator.services.images import change_images, update_image
from annotator.services.projects import change_project
from annotator.services.splits import describe_draft, draft_split, lock_test_set, unlock_test_set
from annotator.services.versions import create_version
from tests.factories.annotations import make_annotation
from tests.factories.images import make_image
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db
THIRDS = {"train": 0.6, "val": 0.2, "test": 0.2}


@pytest.fixture
def project(user: User) -> Project:
    project = make_project(owner=user, labels=("cat", "dog"))
    cat, dog = project.labels.order_by("position")
    for number in range(20):
        site = "north" if number % 2 else "south"
        image = make_image(
            project, f"{'ab'[number % 2]}/{number}.jpg", state="labelled", metadata={"site": site, "x": {"y": number}}
        )
        make_annotation(image, dog if number % 5 == 0 else cat)
    return project


def drawn(project: Project, **rule: Any) -> dict[str, str]:
    """Name → split."""
    draft = draft_split(project, Image.objects.filter(project=project), SplitRule(**rule))
    names = {str(key): name for key, name in Image.objects.values_list("id", "name")}
    return {names[key]: split for key, split in draft.plan.splits.items()}


def test_groups_stay_together(project: Project, user: User) -> None:
    Image.objects.filter(name__in=["a/0.jpg", "b/1.jpg"]).update(uploader=user)
    for together in ("folder", "metadata:site"):
        found = drawn(project, together=together, fractions={"train": 0.5, "val": 0.5})
        sides = {folder: {found[name] for name in found if name.startswith(folder)} for folder in "ab"}
        assert sorted(map(len, sides.values())) == [1, 1]
        assert sides["a"] != sides["b"]
    found = drawn(project, together="uploader", fractions=THIRDS, seed=5)
    assert found["a/0.jpg"] == found["b/1.jpg"]
    assert Counter(found.values()) == {"train": 12, "val": 4, "test": 4}


def test_values_decide(project: Project) -> None:
    found = drawn(project, assign_by="metadata:site", assign={"north": "test"}, fractions={"train": 0.5, "val": 0.5})
    assert {found[name] for name in found if name.startswith("b/")} == {"test"}
    assert "test" not in {found[name] for name in found if name.startswith("a/")}
    assert set(drawn(project, assign_by="folder", assign={"a": "train", "b": "val"}).values()) == {"train", "val"}


def test_what_is_set_can_be_divided_anew_except_a_locked_test_set(project: Project, user: User) -> None:
    Image.objects.update(split="train")
    Image.objects.filter(name__in=["a/0.jpg", "b/1.jpg"]).update(split="test")
    assert Counter(drawn(project, fractions=THIRDS).values()) == {"train": 18, "test": 2}
    assert Counter(drawn(project, fractions=THIRDS, keep_fixed=False).values()) == {"train": 12, "val": 4, "test": 4}
    lock_test_set(actor=user, project=project)
    found = drawn(project, fractions=THIRDS, keep_fixed=False)
    assert {name for name in found if found[name] == "test"} == {"a/0.jpg", "b/1.jpg"}
    assert Counter(found.values()) == {"train": 13, "val": 5, "test": 2}  # 18 in the ratio 6 to 2


def test_near_duplicates_can_be_let_apart(project: Project) -> None:
    first, *others = Image.objects.order_by("id")
    Image.objects.filter(id__in=[image.id for image in others[:9]]).update(duplicate_of=first)
    names = [first.name, *(image.name for image in others[:9])]
    together, apart = (drawn(project, near_duplicates=keep, fractions=THIRDS) for keep in (True, False))
    assert len({together[name] for name in names}) == 1
    assert len({apart[name] for name in names}) > 1


def test_the_preview_says_what_will_be(project: Project) -> None:
    draft = draft_split(project, Image.objects.filter(project=project), SplitRule(fractions=THIRDS))
    seen = describe_draft(project, draft)
    assert (seen["images"], seen["splits"]) == (20, {"train": 12, "val": 4, "test": 4})
    assert {row["name"]: [row[s] for s in ("train", "val", "test")] for row in seen["labels"]} == {
        "cat": [10, 3, 3],
        "dog": [2, 1, 1],
    }
    assert (seen["groups"], seen["fixed"], seen["warnings"]) == (0, 0, [])
    assert DatasetVersion.objects.count() == 0


def test_leaks_and_missing_classes_are_warned_of(project: Project) -> None:
    first, second, *_ = Image.objects.order_by("id")
    Image.objects.filter(id=first.id).update(split="train")
    Image.objects.filter(id=second.id).update(split="test", duplicate_of=first)
    images = Image.objects.filter(project=project)
    warned = {
        w["code"]: w for w in draft_split(project, images, SplitRule(fractions={"train": 0.9, "test": 0.1})).warnings
    }
    assert warned["groups_apart"]["samples"] == [first.name, second.name]
    create_version(actor=None, project=project, fractions={"train": 0.5, "val": 0.5}, seed=1)
    again = draft_split(project, images, SplitRule(seed=2), refresh_held_out=True)
    moved = next(w for w in again.warnings if w["code"] == "held_out_moves")
    assert 0 < moved["n"] <= 9
    images.exclude(name="a/0.jpg").update(split="train")
    images.filter(name="a/0.jpg").update(split="val")
    found = {w["code"]: w["samples"] for w in draft_split(project, images, SplitRule(), refresh_held_out=True).warnings}
    assert found["classes_missing_val"] == ["cat"]


def test_a_locked_test_set_neither_gains_nor_loses(project: Project, user: User) -> None:
    version = create_version(actor=user, project=project, fractions=THIRDS)
    before = {record.id for record in read_manifest(version) if record.split == "test"}
    assert lock_test_set(actor=user, project=project, version=version) == 4
    assert is_test_locked(project)
    project.refresh_from_db()
    change_project(actor=user, project=project, settings={"test_locked": False, "lease_minutes": 7})  # an old form
    assert is_test_locked(project)
    images = Image.objects.filter(project=project)
    inside, outside = images.filter(split="test"), images.exclude(split="test")
    with pytest.raises(Conflict, match="locked and 4 of these images are in it"):
        change_images(actor=user, project=project, images=images, action="set_split", value="train")
    with pytest.raises(Conflict, match="16 of these images would enter"):
        change_images(actor=user, project=project, images=images, action="set_split", value="test")
    with pytest.raises(Conflict, match="locked"):
        update_image(actor=user, image=inside[0], changes={"split": ""})
    assert change_images(actor=user, project=project, images=outside, action="set_split", value="") == 16
    update_image(actor=user, image=inside[0], changes={"split": "test", "priority": 1.0})
    for _ in range(10):
        make_image(project, state="labelled")
    for refresh in (False, True):
        later = create_version(actor=user, project=project, fractions=THIRDS, seed=9, refresh_held_out=refresh)
        assert {record.id for record in read_manifest(later) if record.split == "test"} == before
        assert later.parameters["test_locked"] is True
    with pytest.raises(Conflict, match="locked already"):
        lock_test_set(actor=user, project=project)
    unlock_test_set(actor=user, project=project)
    assert change_images(actor=user, project=project, images=images, action="set_split", value="") == 30
    with pytest.raises(Conflict, match="not locked"):
        unlock_test_set(actor=user, project=project)
    with pytest.raises(Conflict, match="no test set"):
        lock_test_set(actor=user, project=project)
    with pytest.raises(InvalidInput, match="no such"):
        lock_test_set(actor=user, project=make_project(), version=version)
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"test_set.locked", "test_set.unlocked"} <= actions


def test_fields_to_split_by(project: Project) -> None:
    fields = {row["field"]: row for row in split_fields(project)}
    assert fields["metadata:site"] == {"field": "metadata:site", "values": {"north": 10, "south": 10}, "more": False}
    assert fields["folder"]["values"] == {"a": 10, "b": 10}
    assert len(fields["metadata:x.y"]["values"]) == 20
    assert "uploader" not in fields
    assert split_counts(project) == {"": 20}
