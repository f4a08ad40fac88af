"""The second reading: chunks, the ledger, images without files, predictions, and what a locked test set keeps out."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError

from annotator.core.geometry.types import Box, Geometry, Tag
from annotator.core.issues import IssueCollector
from annotator.core.progress import SilentProgress
from annotator.core.records import AnnotationRecord, ImageRecord
from annotator.models import Annotation, Image, Project, User
from annotator.services import import_run as module
from annotator.services import suggestions
from annotator.services.import_run import Chunk, ImportRun
from annotator.services.import_settings import ImportSettings
from annotator.services.intake import Intake
from tests.factories.annotations import make_annotation
from tests.factories.images import make_image, make_picture
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db


class Book:
    """A ledger in memory."""

    def __init__(self) -> None:
        self.batch: UUID = uuid4()
        self.chunks: dict[tuple[int, str], Chunk] = {}

    def counts(self, number: int, digest: str) -> Mapping[str, int] | None:
        found = self.chunks.get((number, digest))
        return None if found is None else found.counts

    def close(self, number: int, digest: str, chunk: Chunk) -> None:
        self.chunks[number, digest] = chunk


@pytest.fixture
def project(user: User) -> Project:
    return make_project(owner=user, labels=("cat",))


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_IMAGES", 3)


def thing(x: float = 1.0, *, geometry: Geometry | None = None, **fields: Any) -> AnnotationRecord:
    return AnnotationRecord("cat", geometry or Box(x, 2.0, 30.0, 40.0), **fields)


def record(name: str, *annotations: AnnotationRecord, **fields: Any) -> ImageRecord:
    return ImageRecord(name, **{"width": 640, "height": 480, "annotations": annotations, **fields})


def bring(
    project: Project, images: list[ImageRecord], *, ledger: Book | None = None, **settings: Any
) -> tuple[dict[str, int], list[dict[str, Any]]]:
    issues = IssueCollector()
    chosen = ImportSettings(path="x", **{"size_only": True, **settings})
    labels = {label.name: label.id for label in project.labels.all()}
    actor = project.created_by
    assert actor is not None
    run = ImportRun(actor, project, chosen, labels, None, len(images), issues, SilentProgress(), ledger)
    with Intake(actor=actor, project=project) as intake:
        run.take_in(intake, iter(images))
    return {key: value for key, value in run.counts.items() if value}, list(issues.as_json())


def test_images_without_files_are_made_where_wished(project: Project) -> None:
    rows = [record("a.jpg", thing(), thing(60.0)), record("b.jpg"), record("c.jpg", thing(), width=0, height=0)]
    counts, _ = bring(project, rows, size_only=False)
    assert counts == {"images_not_here": 3}
    counts, issues = bring(project, [*rows, record("a.jpg", thing(120.0)), record("../d.jpg", thing())])
    assert counts == {
        "images_size_only": 2,
        "images_not_here": 1,
        "images_matched": 1,
        "images_refused": 1,
        "annotations_added": 3,
        "images_labelled": 3,
    }
    assert [issue["code"] for issue in issues] == ["invalid"]
    states = {image.name: (image.state, image.annotation_count) for image in Image.objects.all()}
    assert states == {"a.jpg": ("labelled", 3), "b.jpg": ("labelled", 0)}


def test_importing_twice_adds_nothing(project: Project) -> None:
    rows = [record(f"{n}.jpg", thing(), thing(geometry=Tag())) for n in range(7)]
    bring(project, rows)
    counts, _ = bring(project, rows)
    assert counts == {"images_matched": 7, "annotations_already_there": 14}
    assert Annotation.objects.count() == 14


def test_a_known_chunk_is_only_counted(project: Project) -> None:
    book, rows = Book(), [record(f"{n}.jpg", thing()) for n in range(7)]
    first, _ = bring(project, rows, ledger=book)
    assert [number for number, _ in book.chunks] == [0, 1, 2]
    before = set(Annotation.objects.values_list("id", "revision"))
    second, _ = bring(project, rows, ledger=book)
    assert first == second
    assert set(Annotation.objects.values_list("id", "revision")) == before
    changed = [*rows[:6], record("6.jpg", thing(200.0))]
    third, _ = bring(project, changed, ledger=book)  # the last chunk holds something else now
    assert third["annotations_added"] == 7
    assert Annotation.objects.count() == 8


def test_the_ledger_hears_what_was_made_and_what_was_there(project: Project) -> None:
    old = make_image(project, "old.jpg", state="new")
    shape = make_annotation(old, project.labels.get())
    book = Book()
    bring(project, [record("old.jpg", thing()), record("new.jpg", thing())], ledger=book, mode="replace")
    (chunk,) = book.chunks.values()
    new = Image.objects.get(name="new.jpg")
    assert (chunk.images, chunk.replaced) == ([new.id], [shape.id])
    assert set(chunk.annotations) == set(Annotation.objects.filter(deleted=False).values_list("id", flat=True))
    assert chunk.states == {str(old.id): ["new", None]}
    assert new.metadata["import"] == str(book.batch)
    assert "import" not in Image.objects.get(name="old.jpg").metadata


def test_an_image_that_somebody_else_makes_meanwhile_is_found(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = module.add_size_only_images, []

    def late(**values: Any) -> Any:
        calls.append(values)
        if len(calls) == 1:
            raise IntegrityError("somebody was faster")
        return real(**values)

    monkeypatch.setattr(module, "add_size_only_images", late)
    counts, _ = bring(project, [record("a.jpg", thing())])
    assert (counts["images_size_only"], counts["annotations_added"], len(calls)) == (1, 1, 2)
    calls.clear()
    monkeypatch.setattr(module, "ATTEMPTS", 1)
    with pytest.raises(IntegrityError):
        bring(project, [record("b.jpg", thing())])


class TornBook(Book):
    """Its second page cannot be written, once."""

    torn = False

    def close(self, number: int, digest: str, chunk: Chunk) -> None:
        if number == 1 and not self.torn:
            self.torn = True
            raise RuntimeError("killed")
        super().close(number, digest, chunk)


def test_a_chunk_that_fails_leaves_nothing(project: Project) -> None:
    book, rows = TornBook(), [record(f"{n}.jpg", thing()) for n in range(5)]
    with pytest.raises(RuntimeError):
        bring(project, rows, ledger=book)
    assert (Image.objects.count(), Annotation.objects.count()) == (3, 3)
    counts, _ = bring(project, rows, ledger=book)
    assert (counts["images_size_only"], counts["annotations_added"]) == (5, 5)
    assert (Image.objects.count(), Annotation.objects.count()) == (5, 5)


def test_a_locked_test_set_takes_nothing_in(project: Project) -> None:
    project.settings = {**project.settings, "test_locked": True}
    project.save()
    _, issues = bring(project, [record("a.jpg", thing(), split="test"), record("b.jpg", thing(), split="val")])
    assert dict(Image.objects.values_list("name", "split")) == {"a.jpg": "", "b.jpg": "val"}
    assert [(issue["code"], issue["severity"]) for issue in issues] == [("test_locked", "info")]


class Shelf:
    """Keeps suggestions in memory."""

    def __init__(self) -> None:
        self.kept: list[tuple[UUID, str, list[float | None]]] = []

    def keep(self, batch: suggestions.SuggestionBatch, items: Any) -> int:
        names = dict(Image.objects.values_list("id", "name"))
        self.kept += [(batch.id, names[image], [r.score for r in records]) for image, records in items]
        return sum(len(records) for _, records in items)

    def forget(self, project: Project, batch: UUID) -> int:
        raise AssertionError("nobody takes anything back here")


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    shelf = Shelf()
    monkeypatch.setattr(suggestions, "_stores", [shelf])
    return shelf


def test_predictions_become_suggestions(project: Project, shelf: Shelf) -> None:
    book = Book()
    rows = [record("a.jpg", thing(score=0.9), predictions=(thing(score=0.5),)), record("b.jpg")]
    counts, _ = bring(project, rows, ledger=book)
    assert (counts["annotations_added"], counts["suggestions_added"]) == (1, 1)
    assert shelf.kept == [(book.batch, "a.jpg", [0.5])]
    counts, _ = bring(project, rows, ledger=Book(), mode="predictions")
    assert counts == {"images_matched": 2, "suggestions_added": 2}
    assert shelf.kept[1][1:] == ("a.jpg", [0.9, 0.5])
    assert Annotation.objects.count() == 1


def test_pictures_and_records_without_go_together(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "p.jpg"
    path.write_bytes(make_picture(size=(640, 480)))
    bring(project, [record("p.jpg", thing()), record("q.jpg", thing())])
    book = Book()
    counts, _ = bring(project, [replace(record("p.jpg", thing()), path=path), record("q.jpg", thing())], ledger=book)
    assert counts == {"images_matched": 2, "annotations_already_there": 2}
    image = Image.objects.get(name="p.jpg")
    assert (image.has_file, image.annotation_count, Annotation.objects.count()) == (True, 1, 2)
    assert next(iter(book.chunks.values())).images == []  # it was there: taking the import back leaves it
    assert "import" not in image.metadata


def test_records_that_are_no_json_have_a_digest_all_the_same(project: Project) -> None:
    odd = record("a.jpg", thing(), source={"half": "\ud800", "when": object})
    assert module._digest([odd]) == module._digest([odd]) != module._digest([record("a.jpg", thing())])
    assert len(json.dumps(module._digest([odd]))) == 66
