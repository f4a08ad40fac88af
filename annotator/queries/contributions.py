"""Facts about projects that packages above the annotator know. They register a function; we never import them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from annotator.models import Project


@dataclass(frozen=True, slots=True)
class Metric:
    """The figure that stands for a project's best model, e.g. ``mAP50-95``."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class NextAction:
    """What a person should do next; ``kind`` names a page, ``text`` is a sentence."""

    kind: str
    text: str


MetricSource = Callable[[Sequence[UUID]], Mapping[UUID, Metric]]
NextActionSource = Callable[[Project, Mapping[str, int]], NextAction | None]

_metrics: list[MetricSource] = []
_actions: list[NextActionSource] = []


def register_metrics(source: MetricSource) -> None:
    """Add a function ``project ids → best metric``; called once, from ``AppConfig.ready``."""
    if source not in _metrics:
        _metrics.append(source)


def register_next_action(source: NextActionSource) -> None:
    """Add a function ``(project, counts) → next action or None``; called once, from ``AppConfig.ready``."""
    if source not in _actions:
        _actions.append(source)


def best_metrics(project_ids: Sequence[UUID]) -> dict[UUID, Metric]:
    """Best metric by project; projects without a model are left out."""
    found: dict[UUID, Metric] = {}
    for source in _metrics:
        found.update(source(project_ids))
    return found


def contributed_action(project: Project, counts: Mapping[str, int]) -> NextAction | None:
    """The first proposal of a package above."""
    return next((action for source in _actions if (action := source(project, counts)) is not None), None)
