"""Which images a round may offer, and what is labelled already."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from annotator.models import Annotation, Assignment, Image, Label, Project
from annotator.queries.versions import held_out_images
from trainer.core.coverage import group_duplicates
from trainer.models import ModelVersion, Round, RoundPick, Run

HELD_OUT = (Image.Split.VAL, Image.Split.TEST)
"""Never offered by a round and never counted as labelled: they measure."""
LABELLED = (Image.State.LABELLED, Image.State.REVIEWED)
WAITING = (Image.State.NEW, Image.State.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class PoolImage:
    """What is needed of an image row."""

    id: str
    sha256: str


def pool_images(project: Project) -> QuerySet[Image]:
    """Images that may be picked: new, with their file, not held out, in nobody's hands, and in no open round."""
    queued = RoundPick.objects.filter(image=OuterRef("pk"), round__state=Round.State.OPEN)
    held = Assignment.objects.filter(image=OuterRef("pk"), state=Assignment.State.OPEN)
    here = Image.objects.filter(project=project).exclude(sha256="")
    fresh = here.filter(state=Image.State.NEW).exclude(split__in=HELD_OUT)
    return fresh.filter(~Exists(queued), ~Exists(held)).order_by("id")


def labelled_images(project: Project) -> QuerySet[Image]:
    """Labelled or reviewed images that a model may learn from."""
    here = Image.objects.filter(project=project).exclude(sha256="")
    return here.filter(state__in=LABELLED).exclude(split__in=HELD_OUT).order_by("id")


def held_out(project: Project) -> frozenset[str]:
    """Ids of images that any dataset version held out: the validation set stays what it was, whatever is picked."""
    return frozenset(held_out_images(project_id=project.id))


def as_pool(images: QuerySet[Image], *, without: Collection[str]) -> list[PoolImage]:
    """Only the columns that selection reads; ``without`` are ids to leave out."""
    rows = images.values_list("id", "sha256").iterator(chunk_size=5000)
    return [PoolImage(name, sha256) for pk, sha256 in rows if (name := str(pk)) not in without]


def class_names(project: Project, model: ModelVersion | None) -> dict[int, str]:
    """Label names by id in the order of class indices: the model's first, then the project's others in their order."""
    labels = Label.objects.filter(project=project, archived=False).order_by("position", "id")
    names = {int(label["id"]): str(label["name"]) for label in (model.labels if model is not None else [])}
    return {**names, **{label.pk: label.name for label in labels if label.pk not in names}}


def count_labelled_objects(project: Project, *, without: Collection[str]) -> Mapping[int, int]:
    """Live annotations of images that a model may learn from, by label id; ``without`` are image ids to leave out."""
    live = Annotation.objects.filter(image__in=labelled_images(project).order_by(), deleted=False)
    counts: Counter[int] = Counter()
    rows = live.order_by().values("label", "image").annotate(count=Count("id"))
    for row in rows.iterator(chunk_size=5000):
        if str(row["image"]) not in without:
            counts[row["label"]] += row["count"]
    return counts


def duplicate_groups(project: Project, pool: Sequence[PoolImage]) -> tuple[dict[str, int], frozenset[int]]:
    """Group number of every near-duplicate, and the groups that have a member outside ``pool``.

    Whatever is outside was labelled, skipped, queued or held out: its near-duplicates bring nothing new, or would leak.
    """
    pairs = Image.objects.filter(project=project, duplicate_of__isnull=False).values_list("id", "duplicate_of_id")
    rows = [(str(image), str(first)) for image, first in pairs]
    groups = group_duplicates([image for image, _ in rows], [first for _, first in rows])
    inside = {image.id for image in pool}
    return groups, frozenset(number for image, number in groups.items() if image not in inside)


def prediction_runs(model: ModelVersion) -> QuerySet[Run]:
    """Finished prediction runs of a model, newest first."""
    return Run.objects.filter(model=model, kind=Run.Kind.PREDICT, state=Run.State.DONE).order_by("-id")


def newest_predicting_model(project: Project) -> ModelVersion | None:
    """The newest model that has predicted something."""
    done = Run.objects.filter(model=OuterRef("pk"), kind=Run.Kind.PREDICT, state=Run.State.DONE)
    return ModelVersion.objects.filter(Exists(done), project=project).order_by("-number").first()


def still_offered(image_ids: Sequence[UUID]) -> set[str]:
    """Those of ``image_ids`` that may still be picked; others were labelled, held out or removed in the meantime."""
    rows = Image.objects.filter(id__in=image_ids, state=Image.State.NEW).exclude(split__in=HELD_OUT)
    return {str(pk) for pk in rows.values_list("id", flat=True)}
