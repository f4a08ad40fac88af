"""What every view of the API stands on: who asks, what the project allows, and the one shape of lists and errors."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, QuerySet
from rest_framework import serializers
from rest_framework.exceptions import MethodNotAllowed, NotAuthenticated
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from annotator.api.pagination import KeysetPagination
from annotator.core.errors import NotFound, PermissionRefused
from annotator.core.permissions import Action
from annotator.models import AccessToken, Project, User
from annotator.queries.access import is_instance_admin, require, visible_projects


class Body(serializers.Serializer[Any]):
    """Base of request bodies: a field that is not declared is refused by name, so that nothing is silently ignored."""

    def to_internal_value(self, data: Any) -> Any:
        """Refuse unknown fields, then validate the known ones."""
        if isinstance(data, Mapping) and (unknown := [str(name) for name in data if name not in self.fields]):
            known = ", ".join(name for name, field in self.fields.items() if not field.read_only)
            raise serializers.ValidationError(
                {name[:100]: [f"This field cannot be set here. Known fields: {known}."] for name in unknown[:5]}
            )
        return super().to_internal_value(data)


class ApiViewSet(GenericViewSet[Any]):
    """Base of all viewsets: signed-in people only, limits of access tokens, keyset pages.

    Views outside projects inherit it directly (people's own things); see :class:`ProjectScopedViewSet` and
    :class:`AdminViewSet` for the rest.
    """

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    metadata_class = None
    pagination_class = KeysetPagination
    serializer_class: type[serializers.BaseSerializer[Any]] | None = None
    session_only: ClassVar[frozenset[str]] = frozenset()
    """Actions that no access token may do: they would let a leaked token grow."""

    @property
    def actor(self) -> User:
        """The signed-in person."""
        user = self.request.user
        if not isinstance(user, User):
            raise NotAuthenticated
        return user

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse before anything is read."""
        if self.action is None or str(request.method).lower() not in self.http_method_names:
            raise MethodNotAllowed(str(request.method))
        super().initial(request, *args, **kwargs)
        if isinstance(request.user, User) and request.user.token is not None:
            self.check_token(request.user.token, request)

    def check_token(self, token: AccessToken, request: Request) -> None:
        """Apply the limits of an access token; raises :class:`PermissionRefused`."""
        if self.action in self.session_only:
            raise PermissionRefused("This needs a signed-in browser; access tokens may not do it.")
        if token.scope == AccessToken.Scope.READ and request.method not in SAFE_METHODS:
            raise PermissionRefused("This access token may only read. Make one with the scope “write”.")
        if token.project_id is not None and not self.is_within_project and request.method not in SAFE_METHODS:
            raise PermissionRefused("This access token is limited to one project.")

    is_within_project: ClassVar[bool] = False

    def body(self, serializer_class: type[serializers.BaseSerializer[Any]], **options: Any) -> dict[str, Any]:
        """The validated request body; raises a 422 that names the field."""
        serializer = serializer_class(data=self.request.data, context=self.get_serializer_context(), **options)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def query(self, serializer_class: type[serializers.BaseSerializer[Any]]) -> dict[str, Any]:
        """The validated query parameters (repeated ones as lists when the serializer has a ListField)."""
        serializer = serializer_class(data=self.request.query_params, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def page(
        self, queryset: QuerySet[Any], serializer_class: type[serializers.BaseSerializer[Any]], **extra: Any
    ) -> Response:
        """One keyset page ``{"next", "results", **extra}`` in the queryset's own order."""
        paginator = KeysetPagination()
        rows = paginator.paginate_queryset(queryset, self.request, self)
        serializer = serializer_class(rows, many=True, context=self.get_serializer_context())
        return Response({"next": paginator.next_cursor, **extra, "results": serializer.data})

    def whole(self, rows: Any, serializer_class: type[serializers.BaseSerializer[Any]], **extra: Any) -> Response:
        """A short list in the same envelope, without pages."""
        serializer = serializer_class(rows, many=True, context=self.get_serializer_context())
        return Response({"next": None, **extra, "results": serializer.data})


class ProjectScopedViewSet(ApiViewSet):
    """Base of everything inside a project. Before the handler runs, the project is found and the action checked.

    * With ``project_id`` in the URL, :attr:`project` is that project.
    * With ``pk`` in the URL, the row of :attr:`queryset` is looked up among those the person may see;
      ``project_path`` says how a row names its project (``"project"``, ``"image__project"``).

    A foreign or unknown id answers 404 before any read or write; a missing right answers 403.
    """

    actions_required: ClassVar[dict[str, Action]] = {}
    """Handler name → what the role must allow. A handler that is not listed cannot be called."""
    project_path: ClassVar[str] = "project"
    is_within_project = True
    project: Project
    _object: Model | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Find the project and check the action."""
        super().initial(request, *args, **kwargs)
        needed = self.actions_required.get(str(self.action))
        if needed is None:
            raise ImproperlyConfigured(f"{type(self).__name__}.{self.action} has no entry in actions_required.")
        if "project_id" in kwargs:
            self.project = require(self.actor, kwargs["project_id"], needed)
        else:
            self._object = self._find(kwargs["pk"])
            self.project = require(self.actor, self._project_id(self._object), needed)

    def _find(self, pk: object) -> Model:
        found = self.get_queryset().filter(pk=pk).first()
        if not isinstance(found, Model):
            raise NotFound("This does not exist, or you may not see it.")
        return found

    def _project_id(self, row: Model) -> UUID:
        value: Any = row
        *steps, last = self.project_path.split("__")
        for step in steps:
            value = getattr(value, step)
        found = getattr(value, f"{last}_id")
        assert isinstance(found, UUID)  # noqa: S101 -- project_path ends in a foreign key to Project
        return found

    def get_queryset(self) -> QuerySet[Any]:
        """Rows of projects that the person may see, of :attr:`project` only where the URL names it."""
        rows = super().get_queryset()
        if "project_id" in self.kwargs:
            return rows.filter(**{self.project_path: self.kwargs["project_id"]})
        return rows.filter(**{f"{self.project_path}__in": visible_projects(self.actor)})

    def get_object(self) -> Any:
        """The row that ``pk`` names; the right to it was checked."""
        return self._object


class AdminViewSet(ApiViewSet):
    """Base of what instance administrators do."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let administrators pass."""
        super().initial(request, *args, **kwargs)
        if not is_instance_admin(self.actor):
            raise PermissionRefused("Only an administrator of this installation may do this.")
