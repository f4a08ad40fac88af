"""The API of rounds."""

from collections.abc import Callable
from typing import Any

import pytest

from annotator.models import Image, Project, User
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.rounds import boxes_with, make_model, make_prediction_run, make_round
from tests.factories.users import make_user
from trainer.models import Round
from trainer.services.selection import select_round

pytestmark = pytest.mark.django_db
Client = Callable[..., Any]


@pytest.fixture
def owner() -> User:
    return make_user()


@pytest.fixture
def project(owner: User) -> Project:
    return make_project(owner=owner, labels=("cell", "platelet"))


def test_a_round_from_start_to_picks(client_for: Client, owner: User, project: Project) -> None:
    images = [make_image(project) for _ in range(4)]
    model = make_model(project)
    seen = {image: boxes_with([0.5 + 0.1 * n, 0.0]) for n, image in enumerate(images)}
    make_prediction_run(model, seen)
    client = client_for(owner)
    answer = client.post(
        f"/api/v1/projects/{project.id}/rounds",
        {"strategy": "entropy", "options": {"aggregation": "max"}, "size": 2, "seed": 5, "model": str(model.id)},
        format="json",
    )
    assert answer.status_code == 201, answer.json()
    body = answer.json()
    assert (body["number"], body["state"], body["seed"], body["model"]["number"]) == (1, "selecting", 5, 1)
    assert body["project"] == str(project.id)
    assert body["counts"] == {"picked": 0, "labelled": 0, "skipped": 0, "waiting": 0}
    select_round(round_id=body["id"], owner="me")
    detail = client.get(f"/api/v1/rounds/{body['id']}").json()
    assert (detail["state"], detail["pool_size"], detail["counts"]["waiting"]) == ("open", 4, 2)
    assert [pick["image"]["id"] for pick in detail["picks"]] == [str(images[0].id), str(images[1].id)]
    first = detail["picks"][0]
    assert first["reason"] == "Unsure about 1 object: cell 0.50"
    assert (first["rank"], first["kind"], first["image"]["state"]) == (1, "uncertain", "new")
    assert first["image"]["thumb_url"].startswith("/files/thumb/")


def test_the_default_is_the_hybrid_with_a_seed_of_its_own(client_for: Client, owner: User, project: Project) -> None:
    make_image(project)
    answer = client_for(owner).post(f"/api/v1/projects/{project.id}/rounds", {"size": 3}, format="json")
    assert answer.status_code == 201, answer.json()
    assert answer.json()["strategy"] == "hybrid"
    assert answer.json()["model"] is None


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"size": 0}, 422, "size"),
        ({"size": 3, "strategy": "nothing"}, 422, "no strategies plugin named “nothing”"),
        ({"size": 3, "strategy": "margin"}, 422, "needs a model's predictions"),
        ({"size": 3, "model": "0192f0c0-0000-7000-8000-000000000000"}, 404, "does not exist in this project"),
        ({"size": 3, "speed": 1}, 422, "speed"),
    ],
)
def test_refusals_say_why(
    client_for: Client, owner: User, project: Project, body: dict[str, Any], status: int, sentence: str
) -> None:
    make_image(project)
    answer = client_for(owner).post(f"/api/v1/projects/{project.id}/rounds", body, format="json")
    assert answer.status_code == status, answer.json()
    assert sentence in answer.content.decode()
    assert not Round.objects.exists()


def test_the_list_is_counted_in_a_fixed_number_of_statements(
    client_for: Client, owner: User, project: Project, django_assert_num_queries: Any
) -> None:
    client = client_for(owner)
    url = f"/api/v1/projects/{project.id}/rounds"
    for _ in range(3):
        images = [make_image(project) for _ in range(3)]
        make_round(project, images, model=ModelOnce.of(project), created_by=owner)
        Image.objects.filter(pk=images[0].pk).update(state=Image.State.LABELLED)
        Image.objects.filter(pk=images[1].pk).update(state=Image.State.SKIPPED)
    with django_assert_num_queries(5):  # session, person, project, role, rounds
        rows = client.get(url).json()["results"]
    assert [row["number"] for row in rows] == [3, 2, 1]
    assert rows[0]["counts"] == {"picked": 3, "labelled": 1, "skipped": 1, "waiting": 1}


class ModelOnce:
    """The project's one model."""

    @staticmethod
    def of(project: Project) -> Any:
        return project.models.first() or make_model(project)


def test_closing(client_for: Client, owner: User, project: Project) -> None:
    image = make_image(project)
    opened = make_round(project, [image])
    answer = client_for(owner).post(f"/api/v1/rounds/{opened.id}/close")
    assert answer.status_code == 200
    assert answer.json()["state"] == "done"
    image.refresh_from_db()
    assert image.priority == 0


def test_annotators_see_rounds_and_strangers_do_not(client_for: Client, owner: User, project: Project) -> None:
    opened = make_round(project, [make_image(project)])
    annotator = make_user()
    project.memberships.create(user=annotator, role="annotator")
    assert client_for(annotator).get(f"/api/v1/rounds/{opened.id}").status_code == 200
    assert client_for(annotator).post(f"/api/v1/rounds/{opened.id}/close").status_code == 403
    assert client_for(make_user()).get(f"/api/v1/rounds/{opened.id}").status_code == 404
