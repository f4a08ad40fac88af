"""What every view stands on; that each route uses it is checked by tests/architecture/test_permissions.py."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate

from annotator.api.base import Body, ProjectScopedViewSet
from annotator.core.permissions import Action
from annotator.models import Annotation, Project, User
from tests.factories.annotations import make_annotation
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


class NameBody(Body):
    name = serializers.CharField()
    made = serializers.CharField(read_only=True)


class ShapeSerializer(serializers.ModelSerializer[Annotation]):
    class Meta:
        model = Annotation
        fields = ("id",)


class ShapeViewSet(ProjectScopedViewSet):
    """Rows two steps away from their project."""

    queryset = Annotation.objects.order_by("id")
    project_path = "image__project"
    actions_required = {"list": Action.PROJECT_VIEW, "retrieve": Action.PROJECT_VIEW, "destroy": Action.IMAGES_DELETE}

    def list(self, request: Request, project_id: object) -> Response:
        return self.page(self.get_queryset(), ShapeSerializer, project=self.project.name)

    def retrieve(self, request: Request, pk: object) -> Response:
        return Response({"id": self.get_object().pk, "project": self.project.name})

    def destroy(self, request: Request, pk: object) -> Response:
        return Response({"gone": True})

    def forgotten(self, request: Request, pk: object) -> Response:
        return Response({"reached": True})


@pytest.fixture
def project() -> Project:
    return make_project(owner=make_user("olga"), members={"viewer": make_user("vera")}, labels=("a",), name="Cells")


def call(actions: dict[str, str], person: str, method: str = "get", **kwargs: object) -> Response:
    request = getattr(APIRequestFactory(), method)("/")
    force_authenticate(request, User.objects.get(username=person))
    return ShapeViewSet.as_view(actions)(request, **kwargs)


def test_rows_find_their_project_over_several_steps(project: Project) -> None:
    shape = make_annotation(make_image(project), project.labels.get())
    answer = call({"get": "retrieve"}, "vera", pk=shape.pk)
    assert answer.data == {"id": shape.pk, "project": "Cells"}


def test_a_list_holds_rows_of_the_named_project_only(project: Project) -> None:
    mine = make_annotation(make_image(project), project.labels.get())
    other = make_project(members={"viewer": User.objects.get(username="vera")}, labels=("a",))
    make_annotation(make_image(other), other.labels.get())
    answer = call({"get": "list"}, "vera", project_id=project.id)
    assert answer.data == {"next": None, "project": "Cells", "results": [{"id": str(mine.pk)}]}


def test_a_foreign_row_is_404_and_a_missing_right_403(project: Project) -> None:
    foreign_project = make_project(owner=make_user(), labels=("a",))
    foreign = make_annotation(make_image(foreign_project), foreign_project.labels.get())
    own = make_annotation(make_image(project), project.labels.get())
    assert call({"delete": "destroy"}, "olga", "delete", pk=foreign.pk).status_code == 404
    assert call({"delete": "destroy"}, "vera", "delete", pk=own.pk).status_code == 403
    assert call({"delete": "destroy"}, "olga", "delete", pk=own.pk).status_code == 200


def test_a_handler_without_an_action_cannot_be_called(project: Project) -> None:
    shape = make_annotation(make_image(project), project.labels.get())
    with pytest.raises(ImproperlyConfigured, match="forgotten"):
        call({"get": "forgotten"}, "olga", pk=shape.pk)


@pytest.mark.parametrize(
    "body", [{"name": "x", "owner": 1}, {"name": "x", "made": "y", "more": 1}, {"name": "x", "x" * 500: 1}]
)
def test_fields_that_are_not_declared_are_refused_by_name(body: dict[str, object]) -> None:
    serializer = NameBody(data=body)
    with pytest.raises(ValidationError) as caught:
        serializer.is_valid(raise_exception=True)
    assert "Known fields: name" in str(caught.value.detail)
