"""Start weights by name."""

from dataclasses import replace
from pathlib import Path

import pytest

from annotator.config import get_config
from annotator.core.errors import InvalidInput
from annotator.models import Project
from tests.factories.projects import make_project
from trainer.models import ModelVersion
from trainer.queries import weights as module
from trainer.queries.weights import StartWeights, resolve_weights

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project()


def configure(monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    config = replace(get_config(), **changes)  # type: ignore[arg-type]
    monkeypatch.setattr(module, "get_config", lambda: config)


def test_files_official_weights_and_scratch(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.pt").touch()
    configure(monkeypatch, weights_dir=(str(tmp_path),), allow_downloads=True)
    assert resolve_weights("ultralytics", "", project_id=project.id) == StartWeights()
    assert resolve_weights("ultralytics", "mine.pt", project_id=project.id).path == tmp_path / "mine.pt"
    assert resolve_weights("ultralytics", "yolo11n.pt", project_id=project.id).official == "yolo11n.pt"


def test_nothing_is_downloaded_unless_allowed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, allow_downloads=False)
    with pytest.raises(InvalidInput, match="downloads are switched off"):
        resolve_weights("ultralytics", "yolo11n.pt", project_id=project.id)


@pytest.mark.parametrize("name", ["../mine.pt", "/etc/passwd", "model:", "model:1", "model:x", "nope.pt"])
def test_what_is_not_on_offer_is_refused(project: Project, name: str) -> None:
    ModelVersion.objects.create(
        project=make_project(), number=1, backend="ultralytics", task="detect", weights_key="x", sha256="0"
    )
    with pytest.raises(InvalidInput):
        resolve_weights("ultralytics", name, project_id=project.id)


def test_earlier_models(project: Project) -> None:
    model = ModelVersion.objects.create(
        project=project, number=3, backend="ultralytics", task="detect", weights_key="x", sha256="0"
    )
    assert resolve_weights("ultralytics", "model:3", project_id=project.id).model == model
    with pytest.raises(InvalidInput, match="no model 3 of the same backend"):
        resolve_weights("other", "model:3", project_id=project.id)
