"""What the overview page of a project shows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Max
from django.db.models.functions import TruncDate
from django.utils import timezone

from annotator.models import Assignment, AuditEvent, Project
from annotator.queries import labels as label_queries
from annotator.queries.contributions import NextAction, contributed_action
from annotator.queries.figures import DAYS, figures_of
from annotator.queries.projects import count_splits, sum_states

EVENTS = 20
FIRST_GOAL = 20
"""Labelled images from which a first training makes sense."""

_TEXTS = {
    "project.created": "created the project",
    "project.changed": "changed the project",
    "labels.changed": "changed the labels",
    "member.added": "added {target} as {role}",
    "member.removed": "removed {target}",
    "member.role_changed": "made {target} {role}",
    "invitation.created": "invited somebody as {role}",
    "invitation.accepted": "joined as {role}",
    "invitation.withdrawn": "withdrew an invitation",
    "token.created": "made an access token",
    "token.revoked": "revoked an access token",
    "images.deleted": "deleted {target}",
    "import.created": "started an import",
    "export.created": "started an export ({format})",
    "version.created": "froze a dataset version",
    "run.started": "started to {kind}",
    "run.cancelled": "cancelled a run",
    "run.finished": "asked a run to finish early",
    "run.resumed": "resumed a run",
    "round.started": "started {target} ({strategy})",
    "round.closed": "closed {target}",
}
"""Ends of sentences; names in braces are ``target`` or come from the event's detail."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Figures, history and advice."""

    counts: Mapping[str, int]
    states: Mapping[str, int]
    splits: Mapping[str, int]
    labels: Sequence[Mapping[str, Any]]
    labelled_per_day: Sequence[Mapping[str, Any]]
    activity: Sequence[Mapping[str, Any]]
    next_action: NextAction


def load_overview(project: Project) -> Overview:
    """Everything of the page in a fixed number of statements."""
    images = figures_of("images", [project.id]).get(project.id, {})
    counts = sum_states(images)
    labels = _labels(project)
    return Overview(
        counts=counts,
        states={state: number for state, (number, _) in images.items()},
        splits=count_splits(project.id),
        labels=labels,
        labelled_per_day=_labelled_per_day(project),
        activity=_activity(project),
        next_action=_next_action(project, counts, has_labels=bool(labels)),
    )


def _labels(project: Project) -> list[dict[str, Any]]:
    found = figures_of("labels", [project.id]).get(project.id, {})
    return [
        {
            "id": label.id,
            "name": label.name,
            "color": label.color,
            "count": found.get(label.id, (0, 0))[0],
            "images": found.get(label.id, (0, 0))[1],
        }
        for label in label_queries.list_labels(project_id=project.id)
        if not label.archived
    ]


def _labelled_per_day(project: Project) -> list[dict[str, Any]]:
    days = figures_of("days", [project.id]).get(project.id, {})
    return [{"date": day, "count": days[day]} for day in sorted(days)]


def _activity(project: Project) -> list[dict[str, Any]]:
    """The newest events and days of labelling, newest first."""
    events = AuditEvent.objects.filter(project=project).select_related("actor")[:EVENTS]
    told = [
        {
            "id": f"event-{event.pk}",
            "at": event.at,
            "actor": str(event.actor) if event.actor else None,
            "text": describe(event),
        }
        for event in events
    ]
    return sorted([*told, *_labelling(project)], key=lambda item: item["at"], reverse=True)[:EVENTS]


def _labelling(project: Project) -> list[dict[str, Any]]:
    """One line per person and day: how many images they submitted."""
    since = timezone.now() - timedelta(days=DAYS)
    rows = (
        Assignment.objects.filter(image__project=project, state=Assignment.State.SUBMITTED, ended_at__gte=since)
        .order_by()
        .values(day=TruncDate("ended_at"), who=F("user"), name=F("user__display_name"), username=F("user__username"))
        .annotate(images=Count("image", distinct=True), last=Max("ended_at"))
        .order_by("-last")[:EVENTS]
    )
    return [
        {
            "id": f"labelled-{row['who']}-{row['day']}",
            "at": row["last"],
            "actor": row["name"] or row["username"],
            "text": "labelled 1 image" if row["images"] == 1 else f"labelled {row['images']} images",
        }
        for row in rows
    ]


def describe(event: AuditEvent) -> str:
    """What somebody did, as the end of a sentence that begins with the person's name."""
    template = _TEXTS.get(event.action)
    if template is None:
        noun, _, verb = event.action.partition(".")
        return f"{noun} {verb} {event.target}".replace("_", " ").strip()
    return template.format_map(defaultdict(str, {**event.detail, "target": event.target}))


def _next_action(project: Project, counts: Mapping[str, int], *, has_labels: bool) -> NextAction:
    """The one thing to do now; packages above are asked once there is something to train on."""
    left = counts["images"] - counts["labelled"]
    if not counts["images"]:
        return NextAction("add_images", "Add the first images.")
    if not has_labels:
        return NextAction("define_labels", "Say what you are looking for: add labels.")
    if counts["labelled"] < FIRST_GOAL and left:
        return NextAction(
            "label", f"Label {min(FIRST_GOAL - counts['labelled'], left)} more images for a first training."
        )
    proposal = contributed_action(project, counts)
    if proposal is not None:
        return proposal
    if left:
        return NextAction("label", f"{left} images are waiting to be labelled.")
    if counts["reviewed"] < counts["labelled"]:
        return NextAction("review", f"{counts['labelled'] - counts['reviewed']} images are waiting for review.")
    return NextAction("export", "Everything is labelled. Export the dataset.")
