"""The permission matrix: every route × every kind of visitor, from one literal table.

A route that is missing here fails. What a role may do comes from ``annotator.core.permissions``; here stands which
action a route needs. Refusals are checked on the real handlers, permissions on the gate in front of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from annotator.api.base import AdminViewSet, ApiViewSet, ProjectScopedViewSet
from annotator.core.permissions import TABLE, Action, Role
from annotator.models import Membership, Project, User
from tests.architecture.rows import ABSENT, build_row, fingerprint
from tests.factories.projects import make_project
from tests.factories.users import make_token, make_user


class Open(StrEnum):
    """Routes outside projects: who may call them."""

    ANYONE = "anyone"
    PERSON = "everybody who is signed in; it concerns themselves, or the handler restricts further"
    ADMIN = "administrators of the installation"


MATRIX: dict[str, dict[str, Action | Open]] = {
    # accounts
    "session": {"GET": Open.ANYONE, "POST": Open.ANYONE, "DELETE": Open.ANYONE},
    "session-link": {"POST": Open.ANYONE},
    "me": {"GET": Open.PERSON, "PATCH": Open.PERSON},
    "me-password": {"POST": Open.PERSON},
    "tokens": {"GET": Open.PERSON, "POST": Open.PERSON},
    "token": {"DELETE": Open.PERSON},
    "users": {"GET": Open.ADMIN, "POST": Open.ADMIN},
    "user": {"PATCH": Open.ADMIN},
    "user-link": {"POST": Open.ADMIN},
    "audit": {"GET": Open.PERSON},
    "offer": {"GET": Open.ANYONE},
    "offer-accept": {"POST": Open.ANYONE},
    # annotations
    "annotations": {"GET": Action.PROJECT_VIEW},
    "operations": {"POST": Action.ANNOTATIONS_EDIT},
    "history": {"GET": Action.PROJECT_VIEW},
    "restore": {"POST": Action.ANNOTATIONS_EDIT},
    # datasets and jobs
    "exports": {"POST": Action.EXPORTS_RUN},
    "imports": {"POST": Action.IMPORTS_RUN},
    "imports-places": {"GET": Action.IMPORTS_RUN},
    "import-undo": {"POST": Action.IMPORTS_RUN},
    "import-resume": {"POST": Action.IMPORTS_RUN},
    "import-report": {"GET": Action.JOBS_VIEW},
    "versions": {"GET": Action.PROJECT_VIEW, "POST": Action.VERSIONS_CREATE},
    "version": {
        "GET": Action.PROJECT_VIEW,
        "PATCH": Action.VERSIONS_CREATE,
        "DELETE": Action.VERSIONS_CREATE,
    },
    "versions-preview": {"POST": Action.VERSIONS_CREATE},
    "version-integrity": {"GET": Action.PROJECT_VIEW},
    "version-diff": {"GET": Action.PROJECT_VIEW},
    "version-restore": {"POST": Action.VERSIONS_CREATE},
    "splits": {"GET": Action.PROJECT_VIEW},
    "splits-lock": {"POST": Action.VERSIONS_CREATE},
    "sources": {"GET": Action.IMPORTS_RUN, "POST": Action.IMPORTS_RUN},
    "sources-probe": {"POST": Action.IMPORTS_RUN},
    "source": {"GET": Action.IMPORTS_RUN, "PATCH": Action.IMPORTS_RUN, "DELETE": Action.IMPORTS_RUN},
    "source-sync": {"POST": Action.IMPORTS_RUN},
    "jobs": {"GET": Open.PERSON},
    "project-jobs": {"GET": Action.JOBS_VIEW},
    "job": {"GET": Action.JOBS_VIEW},
    "job-cancel": {"POST": Action.EXPORTS_RUN},
    "job-download": {"GET": Action.EXPORTS_RUN},
    "job-report": {"GET": Action.JOBS_VIEW},
    # images
    "images": {"GET": Action.PROJECT_VIEW, "POST": Action.IMAGES_ADD},
    "images-bulk": {"POST": Action.IMAGES_EDIT},
    "image": {"GET": Action.PROJECT_VIEW, "PATCH": Action.ANNOTATIONS_REVIEW, "DELETE": Action.IMAGES_DELETE},
    "neighbours": {"GET": Action.PROJECT_VIEW},
    "reopen": {"POST": Action.ANNOTATIONS_EDIT},
    "uploads": {"POST": Action.IMAGES_ADD},
    "upload": {"GET": Action.IMAGES_ADD, "PATCH": Action.IMAGES_ADD, "DELETE": Action.IMAGES_ADD},
    "unpack": {"POST": Action.IMAGES_ADD},
    # installation
    "plugins": {"GET": Open.PERSON},
    "plugin": {"GET": Open.PERSON},
    "stream": {"GET": Open.PERSON},
    # models
    "models": {"GET": Action.PROJECT_VIEW},
    "model": {"GET": Action.PROJECT_VIEW, "PATCH": Action.MODELS_EDIT},
    "model-report": {"GET": Action.PROJECT_VIEW},
    "model-download": {"GET": Action.EXPORTS_RUN},
    # predictions
    "predictions": {"GET": Action.PROJECT_VIEW},
    "predictions-reject": {"POST": Action.PREDICTIONS_DECIDE},
    "acceptance": {"GET": Action.PROJECT_VIEW},
    # projects
    "demo": {"POST": Open.PERSON},
    "projects": {"GET": Open.PERSON, "POST": Open.PERSON},
    "project": {"GET": Action.PROJECT_VIEW, "PATCH": Action.PROJECT_EDIT, "DELETE": Action.PROJECT_DELETE},
    "overview": {"GET": Action.PROJECT_VIEW},
    "labels": {"GET": Action.PROJECT_VIEW, "PUT": Action.SCHEMA_EDIT},
    "members": {"GET": Action.MEMBERS_VIEW, "POST": Action.MEMBERS_EDIT},
    "member": {"PATCH": Action.MEMBERS_EDIT, "DELETE": Action.MEMBERS_EDIT},
    "invitations": {"GET": Action.MEMBERS_EDIT, "POST": Action.MEMBERS_EDIT},
    "invitation": {"DELETE": Action.MEMBERS_EDIT},
    # queue
    "queue": {"GET": Action.PROJECT_VIEW},
    "queue-next": {"POST": Action.ANNOTATIONS_EDIT},
    "heartbeat": {"POST": Action.ANNOTATIONS_EDIT},
    "submit": {"POST": Action.ANNOTATIONS_EDIT},
    "skip": {"POST": Action.ANNOTATIONS_EDIT},
    "release": {"POST": Action.ANNOTATIONS_EDIT},
    # rounds
    "rounds": {"GET": Action.PROJECT_VIEW, "POST": Action.ROUNDS_START},
    "round": {"GET": Action.PROJECT_VIEW},
    "round-close": {"POST": Action.ROUNDS_START},
    "learning-curve": {"GET": Action.PROJECT_VIEW},
    # runs
    "training": {"GET": Action.PROJECT_VIEW},
    "runs": {"GET": Action.PROJECT_VIEW, "POST": Action.RUNS_START},
    "run": {"GET": Action.PROJECT_VIEW},
    "run-events": {"GET": Action.PROJECT_VIEW},
    "run-finish": {"POST": Action.RUNS_CONTROL},
    "run-cancel": {"POST": Action.RUNS_CONTROL},
    "run-resume": {"POST": Action.RUNS_CONTROL},
}
REACHED = 299
"""Answer of the stand-in behind the gate."""


@dataclass(frozen=True)
class Route:
    """One method of one address."""

    name: str
    method: str
    view: type[ApiViewSet]
    handler: str
    parameters: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, path)
        elif path.startswith("api/"):
            yield path, entry


def _routes() -> list[Route]:
    found = []
    for path, pattern in _patterns(get_resolver()):
        actions = getattr(pattern.callback, "actions", None)
        view = getattr(pattern.callback, "cls", None)
        assert pattern.name, f"{path} needs a name"
        assert isinstance(view, type), f"{path} must be served by an ApiViewSet"
        assert issubclass(view, ApiViewSet), f"{path} must be served by an ApiViewSet"
        for method, handler in actions.items():
            found.append(Route(pattern.name, method.upper(), view, handler, tuple(pattern.pattern.converters)))
    return found


ROUTES = _routes()
UNSAFE = [route for route in ROUTES if route.method != "GET"]
SCOPED = [route for route in ROUTES if issubclass(route.view, ProjectScopedViewSet)]


@dataclass
class World:
    """One project with a member of every role, a stranger, and rows to point at."""

    project: Project
    people: dict[str, User]

    def address(self, route: Route, who: str = "owner") -> str:
        """Where ``route`` finds a row of ours; rows that belong to a person belong to ``who``, if that is a member."""
        known: dict[str, Any] = {"project_id": self.project.id, "user_id": self.people["annotator"].pk}
        person = self.people[who if who in {*Role, "administrator"} else "owner"]
        for name in route.parameters:
            if name == "pk":
                model = route.view.queryset.model
                known["pk"] = build_row(model, self.project, person).pk
            else:
                known.setdefault(name, ABSENT)
        return reverse(route.name, kwargs={name: known[name] for name in route.parameters})

    def call(self, route: Route, address: str, who: str) -> int:
        client = Client()
        if who != "anonymous":
            client.force_login(self.people[who])
        return client.generic(route.method, address, "{}", content_type="application/json").status_code


@pytest.fixture
def world(db: None) -> World:
    people = {role.value: make_user(role.value) for role in Role}
    project = make_project(members=people, labels=("cell",))
    people["foreigner"] = make_user("foreigner")
    make_project(owner=people["foreigner"])
    people["administrator"] = make_user("administrator", is_superuser=True)
    return World(project, people)


@pytest.fixture
def gate_only(monkeypatch: pytest.MonkeyPatch) -> Callable[[Route], None]:
    """Put a stand-in behind the gate of a route, so that only the gate answers."""

    def replace(route: Route) -> None:
        monkeypatch.setattr(route.view, route.handler, lambda *_, **__: Response(status=REACHED))

    return replace


def test_every_route_is_in_the_matrix() -> None:
    served = {(route.name, route.method) for route in ROUTES}
    listed = {(name, method) for name, methods in MATRIX.items() for method in methods}
    assert served - listed == set(), "add these routes to MATRIX"
    assert listed - served == set(), "these routes are gone: take them out of MATRIX"


def test_names_are_unique() -> None:
    assert len({(route.name, route.method) for route in ROUTES}) == len(ROUTES)


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_views_declare_what_the_matrix_says(route: Route) -> None:
    rule = MATRIX[route.name][route.method]
    if isinstance(rule, Action):
        assert issubclass(route.view, ProjectScopedViewSet)
        assert route.view.actions_required[route.handler] == rule
    else:
        assert not issubclass(route.view, ProjectScopedViewSet)
        assert issubclass(route.view, AdminViewSet) == (rule is Open.ADMIN)
        assert (AllowAny in route.view.permission_classes) == (rule is Open.ANYONE)


def expected(rule: Action | Open, who: str) -> int:
    """What the gate answers."""
    if rule is Open.ANYONE:
        return REACHED
    if who == "anonymous":
        return 401
    if rule is Open.PERSON or who == "administrator":
        return REACHED
    if rule is Open.ADMIN:
        return 403
    if who == "foreigner":
        return 404
    return REACHED if Role(who) in TABLE[Action(rule)] else 403


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_the_gate(route: Route, world: World, gate_only: Callable[[Route], None]) -> None:
    gate_only(route)
    visitors = [*world.people, "anonymous"]
    answers = {who: world.call(route, world.address(route, who), who) for who in visitors}
    assert answers == {who: expected(MATRIX[route.name][route.method], who) for who in visitors}


@pytest.mark.parametrize("route", [route for route in UNSAFE if route in SCOPED], ids=str)
def test_refusals_happen_before_anything_is_written(route: Route, world: World) -> None:
    wanted = {who: expected(MATRIX[route.name][route.method], who) for who in [*world.people, "anonymous"]}
    refused = {who: world.address(route, who) for who, status in wanted.items() if status != REACHED}
    before = fingerprint()
    assert {who: world.call(route, at, who) for who, at in refused.items()} == {who: wanted[who] for who in refused}
    assert fingerprint() == before


@pytest.mark.parametrize("route", [route for route in UNSAFE if route in SCOPED], ids=str)
def test_a_viewer_can_change_nothing(route: Route, world: World) -> None:
    assert Role.VIEWER not in TABLE[Action(MATRIX[route.name][route.method])]
    address = world.address(route, "viewer")
    before = fingerprint()
    assert world.call(route, address, "viewer") == 403
    assert fingerprint() == before


@pytest.mark.parametrize("route", [route for route in ROUTES if route.method == "GET"], ids=str)
def test_reading_changes_nothing(route: Route, world: World) -> None:
    address = world.address(route)
    before = fingerprint()
    assert world.call(route, address, "owner") < 500 or route.name == "stream"
    assert fingerprint() == before


@pytest.mark.parametrize("route", UNSAFE, ids=str)
def test_sessions_need_a_csrf_token(route: Route, world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["administrator"])
    answer = client.generic(route.method, world.address(route), "{}", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


@pytest.mark.parametrize("route", UNSAFE, ids=str)
def test_a_reading_token_changes_nothing(route: Route, world: World) -> None:
    address = world.address(route)
    secret = make_token(world.people["owner"], scope="read")
    before = fingerprint()
    answer = Client().generic(
        route.method, address, "{}", content_type="application/json", headers={"authorization": f"Bearer {secret}"}
    )
    assert answer.status_code == 403
    assert fingerprint() == before


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_a_project_token_ends_at_its_border(route: Route, world: World, gate_only: Callable[[Route], None]) -> None:
    gate_only(route)
    other = make_project(owner=world.people["owner"])
    secret = make_token(world.people["owner"], scope="admin", project=other)
    answer = Client().generic(route.method, world.address(route), "{}", headers={"authorization": f"Bearer {secret}"})
    rule = MATRIX[route.name][route.method]
    if isinstance(rule, Action):
        assert answer.status_code == 404
    elif rule is Open.ADMIN or route.method != "GET":
        assert answer.status_code == 403
    else:
        assert answer.status_code == REACHED


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_a_token_that_does_not_hold_is_refused_everywhere(route: Route, world: World) -> None:
    answer = Client().generic(route.method, world.address(route), "{}", headers={"authorization": "Bearer mq_wrong"})
    assert answer.status_code == 401


def test_other_methods_are_refused(world: World) -> None:
    client = Client()
    client.force_login(world.people["administrator"])
    for route in {route.name: route for route in ROUTES}.values():
        address = world.address(route)
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - set(MATRIX[route.name]):
            assert client.generic(method, address).status_code == 405, f"{method} {address}"


def test_sign_up_is_closed(db: None) -> None:
    client = Client()
    for address in ("/api/v1/users", "/api/v1/invitations/guess/accept", "/api/v1/session/link", "/api/v1/me"):
        body = {"username": "eve", "password": "correct horse battery", "token": "guess"}
        for method in ("post", "put", "patch"):
            answer = getattr(client, method)(address, body, content_type="application/json")
            assert answer.status_code in {401, 403, 404, 405, 422}
    assert not User.objects.exists()


SMUGGLED = {
    "id", "role", "owner", "project", "created_by", "created_at", "is_superuser", "is_staff", "is_admin", "is_active",
    "is_demo", "schema_revision", "digest", "user",
}  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "own"),
    [
        ("patch", "/api/v1/me", {"display_name", "email", "preferences"}),
        ("patch", "/api/v1/projects/{project}", {"name", "description", "task", "settings"}),
        ("post", "/api/v1/projects", {"name", "description", "task", "settings", "labels"}),
        ("patch", "/api/v1/projects/{project}/members/{user}", {"role"}),
        ("post", "/api/v1/tokens", {"name", "scope", "project", "expires_in_days"}),
        ("patch", "/api/v1/users/{user}", {"is_admin", "is_active"}),
    ],
)
def test_mass_assignment_is_refused(method: str, path: str, own: set[str], world: World) -> None:
    client = Client()
    client.force_login(world.people["administrator"])
    address = path.format(project=world.project.id, user=world.people["annotator"].pk)
    before = fingerprint()
    for name in sorted(SMUGGLED - own):
        answer = getattr(client, method)(address, {name: True}, content_type="application/json")
        assert answer.status_code == 422, name
        assert name in answer.json()["fields"], name
    assert fingerprint() == before


def test_roles_are_those_of_the_model() -> None:
    assert [role.value for role in Role] == Membership.Role.values
