"""Projects, members and labels for tests."""

from collections.abc import Mapping
from itertools import count

from annotator.core.labels import PALETTE
from annotator.models import Label, Membership, Project, User

_numbers = count(1)


def make_project(
    *,
    owner: User | None = None,
    members: Mapping[str, User] | None = None,
    labels: tuple[str, ...] = (),
    **fields: object,
) -> Project:
    """A project; ``members`` maps a role to the person who has it, ``labels`` are class names."""
    fields.setdefault("name", f"Project {next(_numbers)}")
    project = Project.objects.create(created_by=owner, **fields)
    for role, person in {**({"owner": owner} if owner else {}), **(members or {})}.items():
        Membership.objects.create(project=project, user=person, role=role)
    for position, name in enumerate(labels):
        make_label(project, name, position=position)
    return project


def make_label(project: Project, name: str, *, position: int = 0, **fields: object) -> Label:
    """A label of ``project``."""
    fields.setdefault("color", PALETTE[position % len(PALETTE)])
    return Label.objects.create(project=project, name=name, position=position, **fields)
