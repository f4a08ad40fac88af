"""Reading projects with their figures, in a fixed number of statements whatever their number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery

from annotator.core.permissions import Role
from annotator.models import Image, Membership, Project, User
from annotator.queries.access import is_instance_admin
from annotator.queries.contributions import Metric, best_metrics
from annotator.queries.figures import figures_of

COVER_SIZE = 4
DONE = (Image.State.LABELLED, Image.State.REVIEWED)
NO_COUNTS: Mapping[str, int] = {"images": 0, "labelled": 0, "reviewed": 0, "annotations": 0}


@dataclass(frozen=True, slots=True)
class ProjectCard:
    """A project as lists show it."""

    project: Project
    role: str
    counts: Mapping[str, int]
    cover: Sequence[Image]
    members: int
    best_metric: Metric | None


def describe_projects(projects: Sequence[Project], *, user: User) -> list[ProjectCard]:
    """Cards of ``projects`` in their order, as ``user`` sees them."""
    ids = [project.id for project in projects]
    counts, covers, metrics = count_images(ids), _covers(ids), best_metrics(ids)
    members = dict(Membership.objects.filter(project__in=ids).order_by().values_list("project").annotate(Count("id")))
    roles = dict(Membership.objects.filter(project__in=ids, user=user).values_list("project", "role"))
    admin = is_instance_admin(user)
    return [
        ProjectCard(
            project=project,
            role=Role.OWNER if admin else roles.get(project.id, Role.VIEWER),
            counts=counts.get(project.id, NO_COUNTS),
            cover=covers.get(project.id, []),
            members=members.get(project.id, 0),
            best_metric=metrics.get(project.id),
        )
        for project in projects
    ]


def count_images(project_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """Project id → ``{"images", "labelled", "reviewed", "annotations"}``; ``labelled`` includes reviewed ones."""
    return {project_id: sum_states(states) for project_id, states in figures_of("images", project_ids).items()}


def sum_states(states: Mapping[str, Sequence[int]]) -> dict[str, int]:
    """The same of one project, from ``{state: [images, annotations]}``."""
    numbers = (
        sum(images for images, _ in states.values()),
        sum(states[state][0] for state in DONE if state in states),
        states.get(Image.State.REVIEWED, (0, 0))[0],
        sum(annotations for _, annotations in states.values()),
    )
    return dict(zip(NO_COUNTS, numbers, strict=True))


def _covers(project_ids: Sequence[UUID]) -> dict[UUID, list[Image]]:
    """The first images of each project, by one index look-up each and one statement for the rows."""
    firsts = Image.objects.filter(project=OuterRef("pk")).order_by("id").values("id")
    slots = {f"cover_{n}": Subquery(firsts[n : n + 1]) for n in range(COVER_SIZE)}
    picked = Project.objects.filter(id__in=project_ids).annotate(**slots).values_list(*slots)
    wanted = [image_id for row in picked for image_id in row if image_id is not None]
    covers: dict[UUID, list[Image]] = {}
    for image in Image.objects.filter(id__in=wanted).order_by("id"):
        covers.setdefault(image.project_id, []).append(image)
    return covers


def count_splits(project_id: UUID) -> dict[str, int]:
    """Images of a project by split."""
    return dict(figures_of("splits", [project_id]).get(project_id, {}))
