"""The API of runs, models and the training form."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from annotator.models import DatasetVersion, Project, User
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.users import make_user
from trainer.models import DeviceSlot, ModelVersion, Run, RunEvent
from trainer.plugins.families import BACKENDS

pytestmark = pytest.mark.django_db
Client = Callable[..., Any]


@pytest.fixture(autouse=True)
def fake_backend(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The guest of the fakes, known to this process without its entry point."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "fakes"))
    from marquee_fake_backend import FakeBackend

    with BACKENDS.override("fake", FakeBackend):
        yield


@pytest.fixture
def people() -> dict[str, User]:
    return {role: make_user(role) for role in ("owner", "manager", "reviewer", "annotator", "viewer", "stranger")}


@pytest.fixture
def project(people: dict[str, User]) -> Project:
    members = {role: person for role, person in people.items() if role not in {"owner", "stranger"}}
    return make_project(owner=people["owner"], members=members, labels=("cell", "plate"))


def version_of(project: Project) -> DatasetVersion:
    labels = [{"id": label.id, "name": label.name} for label in project.labels.all()]
    return DatasetVersion.objects.create(project=project, number=1, hash="ab" * 32, labels=labels)


def model_of(project: Project, number: int = 1, **fields: Any) -> ModelVersion:
    labels = [{"id": label.id, "name": label.name} for label in project.labels.all()]
    values = {
        "backend": "fake",
        "task": "detect",
        "weights_key": "models/x/weights.json",
        "sha256": "00",
        "labels": labels,
    }
    return ModelVersion.objects.create(project=project, number=number, **{**values, **fields})


def new_training(version: DatasetVersion, **values: Any) -> dict[str, Any]:
    return {"kind": "train", "backend": "fake", "task": "detect", "version": str(version.id), **values}


def test_training_is_queued_with_complete_options(
    client_for: Client, people: dict[str, User], project: Project
) -> None:
    version = version_of(project)
    body = new_training(version, options={"epochs": 7}, seed=3, name="first")
    answer = client_for(people["manager"]).post(f"/api/v1/projects/{project.id}/runs", body, format="json")
    assert answer.status_code == 201, answer.json()
    assert answer.json()["state"] == "queued"
    assert answer.json()["queue_position"] == 0
    assert answer.json()["version"]["number"] == 1
    run = Run.objects.get(id=answer.json()["id"])
    assert (run.seed, run.options["epochs"], run.options["refuse"], run.created_by) == (3, 7, False, people["manager"])
    assert list(RunEvent.objects.filter(run=run).values_list("data__state", flat=True)) == ["queued"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"backend": "nope"}, "no backends plugin named “nope”"),
        ({"options": {"epochs": 0}}, "epochs"),
        ({"options": {"speed": 1}}, "speed"),
        ({"weights": "../../etc/passwd"}, "There are no weights named"),
        ({"weights": "model:9"}, "no model 9"),
        ({"version": "00000000-0000-7000-8000-000000000000"}, "no such dataset version"),
        ({"model": "00000000-0000-7000-8000-000000000000"}, "A training has no model"),
    ],
)
def test_trainings_that_cannot_work_are_refused_with_a_sentence(
    client_for: Client, people: dict[str, User], project: Project, change: dict[str, Any], sentence: str
) -> None:
    body = new_training(version_of(project)) | change
    answer = client_for(people["owner"]).post(f"/api/v1/projects/{project.id}/runs", body, format="json")
    assert answer.status_code == 422, answer.json()
    assert sentence in answer.json()["detail"]
    assert not Run.objects.exists()


def test_version_of_another_project_is_unknown(client_for: Client, people: dict[str, User], project: Project) -> None:
    foreign = version_of(make_project(owner=people["stranger"]))
    answer = client_for(people["owner"]).post(
        f"/api/v1/projects/{project.id}/runs", new_training(foreign), format="json"
    )
    assert answer.status_code == 422
    assert "no such dataset version" in answer.json()["detail"]


def test_prediction_needs_a_pool(client_for: Client, people: dict[str, User], project: Project) -> None:
    model = model_of(project)
    body = {"kind": "predict", "model": str(model.id), "scope": {"images": "unlabelled", "confidence": 0.2}}
    client = client_for(people["owner"])
    assert client.post(f"/api/v1/projects/{project.id}/runs", body, format="json").status_code == 409
    make_image(project, state="labelled")
    assert client.post(f"/api/v1/projects/{project.id}/runs", body, format="json").status_code == 409
    image = make_image(project)
    answer = client.post(f"/api/v1/projects/{project.id}/runs", body, format="json")
    assert answer.status_code == 201, answer.json()
    assert answer.json()["scope"] == {"images": "unlabelled", "confidence": 0.2}
    body["scope"]["images"] = [str(image.id)]
    assert client.post(f"/api/v1/projects/{project.id}/runs", body, format="json").status_code == 201


def test_life_of_a_run(client_for: Client, people: dict[str, User], project: Project) -> None:
    client = client_for(people["owner"])
    run = Run.objects.create(project=project, kind="train", backend="fake", task="detect", version=version_of(project))
    assert client.post(f"/api/v1/runs/{run.id}/finish").status_code == 409
    assert client.post(f"/api/v1/runs/{run.id}/resume").status_code == 409
    assert client.post(f"/api/v1/runs/{run.id}/cancel").json()["state"] == "cancelled"
    assert client.post(f"/api/v1/runs/{run.id}/cancel").status_code == 409
    assert client.post(f"/api/v1/runs/{run.id}/resume").json()["state"] == "queued"
    Run.objects.filter(id=run.id).update(state="running")
    assert client.post(f"/api/v1/runs/{run.id}/finish").json()["stop_requested"] == "finish"
    assert client.post(f"/api/v1/runs/{run.id}/cancel").json()["stop_requested"] == "cancel"
    assert client.post(f"/api/v1/runs/{run.id}/finish").status_code == 409, "to cancel outweighs to finish"


def test_events_are_filtered_and_paged(client_for: Client, people: dict[str, User], project: Project) -> None:
    run = Run.objects.create(project=project, kind="train", backend="fake", task="detect")
    events = [RunEvent(run=run, kind="metrics" if n % 2 else "log", data={"n": n}) for n in range(6)]
    RunEvent.objects.bulk_create(events)
    client = client_for(people["viewer"])
    first = client.get(f"/api/v1/runs/{run.id}/events?kind=metrics&limit=2").json()
    assert [event["data"]["n"] for event in first["results"]] == [1, 3]
    after = first["results"][-1]["id"]
    assert [
        e["data"]["n"] for e in client.get(f"/api/v1/runs/{run.id}/events?kind=metrics&after={after}").json()["results"]
    ] == [5]
    assert len(client.get(f"/api/v1/runs/{run.id}/events").json()["results"]) == 6


@pytest.mark.parametrize(
    ("role", "status"),
    [("owner", 201), ("manager", 201), ("reviewer", 403), ("annotator", 403), ("viewer", 403), ("stranger", 404)],
)
def test_who_may_start(client_for: Client, people: dict[str, User], project: Project, role: str, status: int) -> None:
    answer = client_for(people[role]).post(
        f"/api/v1/projects/{project.id}/runs", new_training(version_of(project)), format="json"
    )
    assert answer.status_code == status


@pytest.mark.parametrize(("role", "status"), [("viewer", 200), ("stranger", 404)])
def test_who_may_look(client_for: Client, people: dict[str, User], project: Project, role: str, status: int) -> None:
    run = Run.objects.create(project=project, kind="train", backend="fake", task="detect")
    model = model_of(project, run=run)
    client = client_for(people[role])
    for path in (
        f"projects/{project.id}/runs",
        f"projects/{project.id}/training",
        f"projects/{project.id}/models",
        f"runs/{run.id}",
        f"runs/{run.id}/events",
        f"models/{model.id}",
    ):
        assert client.get(f"/api/v1/{path}").status_code == status, path


def test_models_are_listed_renamed_and_downloaded(
    client_for: Client, people: dict[str, User], project: Project
) -> None:
    run = Run.objects.create(project=project, kind="train", backend="fake", task="detect", provenance={"seed": 4})
    model = model_of(project, run=run, metrics={"map50": 0.5})
    client = client_for(people["manager"])
    listed = client.get(f"/api/v1/projects/{project.id}/models").json()["results"]
    assert [(row["number"], row["metrics"], row["provenance"]) for row in listed] == [(1, {"map50": 0.5}, {"seed": 4})]
    assert client.patch(f"/api/v1/models/{model.id}", {"name": "Best"}, format="json").json()["name"] == "Best"
    assert client.patch(f"/api/v1/models/{model.id}", {"sha256": "11"}, format="json").status_code == 422
    answer = client.get(f"/api/v1/models/{model.id}/download")
    assert answer.status_code == 302
    assert "model-1.json" in answer["Location"]
    assert client_for(people["viewer"]).get(f"/api/v1/models/{model.id}/download").status_code == 403
    assert (
        client_for(people["annotator"]).patch(f"/api/v1/models/{model.id}", {"name": "x"}, format="json").status_code
        == 403
    )


def test_report_links_its_pictures(client_for: Client, people: dict[str, User], project: Project) -> None:
    image = make_image(project)
    report = (
        b'{"split":"val","overall":{"map50":0.5},"classes":[],"worst":[{"image":"%s"},{"image":"00000000-0000-7000-8000-000000000000"}]}'
        % str(image.id).encode()
    )
    key = default_storage.save("models/report-test.json", ContentFile(report))
    model = model_of(project, report_key=key)
    worst = client_for(people["viewer"]).get(f"/api/v1/models/{model.id}/report").json()["worst"]
    assert worst[0]["thumb_url"].startswith("/files/thumb/")
    assert worst[1]["thumb_url"] is None
    without = model_of(project, 2)
    assert client_for(people["viewer"]).get(f"/api/v1/models/{without.id}/report").status_code == 404


def test_training_form(client_for: Client, people: dict[str, User], project: Project) -> None:
    run = Run.objects.create(project=project, kind="train", backend="fake", task="detect")
    DeviceSlot.objects.create(host="here", device="cpu", description="2 CPU cores", run=run)
    model_of(project)
    form = client_for(people["viewer"]).get(f"/api/v1/projects/{project.id}/training").json()
    assert form["labelled_images"] == 0
    assert form["warnings"][0].startswith("No image is labelled yet.")
    assert form["devices"] == [{"host": "here", "device": "cpu", "description": "2 CPU cores", "busy_run": str(run.id)}]
    backends = {backend["name"]: backend for backend in form["backends"]}
    assert backends["ultralytics"]["options_schema"]["properties"]["epochs"]["default"] == 50
    assert "yolo11-tiny" in backends["ultralytics"]["architectures"]["detect"]
    assert [weights["name"] for weights in backends["fake"]["weights"]] == ["model:1"]
