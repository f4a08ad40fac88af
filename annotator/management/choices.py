"""How commands name people, projects and options."""

import json
from typing import Any
from uuid import UUID

from annotator.core.errors import InvalidInput, NotFound
from annotator.models import Project, User


def find_actor(username: str) -> User:
    """The named person, or the first administrator; raises :class:`NotFound`."""
    if username:
        person = User.objects.filter(username=username).first()
        if person is None:
            raise NotFound(f"There is nobody called {username}; see marquee user list.")
        return person
    person = User.objects.filter(is_superuser=True, is_active=True).order_by("id").first()
    if person is None:
        raise NotFound("There is no administrator yet; run marquee up once, or marquee user add NAME --admin.")
    return person


def find_project(text: str) -> Project | None:
    """The project with that id or name; raises :class:`InvalidInput` when several have the name."""
    try:
        by_id = Project.objects.filter(id=UUID(text)).first()
    except ValueError:
        by_id = None
    if by_id is not None:
        return by_id
    found = list(Project.objects.filter(name=text)[:2])
    if len(found) > 1:
        raise InvalidInput(f"Several projects are called “{text}”; give the id.")
    return found[0] if found else None


def need_project(text: str) -> Project:
    """The project with that id or name; raises :class:`NotFound` when there is none."""
    project = find_project(text)
    if project is None:
        names = ", ".join(Project.objects.order_by("name").values_list("name", flat=True)[:10]) or "none"
        raise NotFound(f"There is no project “{text}”. Projects: {names}.")
    return project


def parse_option(text: str) -> tuple[str, Any]:
    """``NAME=VALUE`` of a plugin option; the value may be JSON."""
    name, found, value = text.partition("=")
    if not found:
        raise InvalidInput(f"--option {text} has no value; write --option NAME=VALUE.")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
