"""Start weights by name: files on this server, official ones, earlier models of the project."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from annotator.config import get_config
from annotator.core.errors import InvalidInput
from trainer.core.records import ModelTask
from trainer.models import ModelVersion
from trainer.plugins.backends import WeightsChoice
from trainer.plugins.families import BACKENDS

EARLIER_MODEL = "model:"


@dataclass(frozen=True, slots=True)
class StartWeights:
    """What a training starts from; all empty = from scratch."""

    path: Path | None = None
    official: str = ""
    model: ModelVersion | None = None


def weights_folders() -> list[Path]:
    """Folders that are searched for pretrained weights, in order."""
    config = get_config()
    return [*(Path(folder) for folder in config.weights_dir), config.home / "weights"]


def resolve_weights(backend: str, name: str, *, project_id: UUID) -> StartWeights:
    """What ``name`` stands for; raises :class:`InvalidInput` with a sentence for anything not on offer."""
    if not name:
        return StartWeights()
    if name.startswith(EARLIER_MODEL):
        return StartWeights(model=_earlier_model(name, backend, project_id))
    choice = next((c for c in BACKENDS.get(backend).weights(weights_folders()) if c.name == name), None)
    if choice is None:
        folders = ", ".join(str(folder) for folder in weights_folders())
        raise InvalidInput(f"There are no weights named “{name}”. Files are looked for in {folders}.")
    if choice.available:
        return StartWeights(path=_file_named(name))
    if not get_config().allow_downloads:
        raise InvalidInput(
            f"{name} is not on this server and downloads are switched off. Put the file into MARQUEE_HOME/weights, set "
            "MARQUEE_ALLOW_DOWNLOADS=1, or train from scratch."
        )
    return StartWeights(official=name)


def _file_named(name: str) -> Path:
    """The first file of that name; only names that the folders themselves list get here, never a path of a user."""
    return next(path for folder in weights_folders() if (path := folder / name).is_file())


def _earlier_model(name: str, backend: str, project_id: UUID) -> ModelVersion:
    number = name.removeprefix(EARLIER_MODEL)
    models = ModelVersion.objects.filter(project_id=project_id, backend=backend)
    model = models.filter(number=int(number)).first() if number.isdigit() else None
    if model is None:
        raise InvalidInput(f"This project has no model {number} of the same backend to start from.")
    return model


def earlier_models(project_id: UUID, backend: str) -> list[WeightsChoice]:
    """Earlier models of the project as start weights, newest first."""
    return [
        WeightsChoice(
            f"{EARLIER_MODEL}{model.number}",
            model.name or f"Model {model.number} of this project",
            ModelTask(model.task),
            available=True,
            downloadable=False,
            note="Continue from an earlier model of this project.",
        )
        for model in ModelVersion.objects.filter(project_id=project_id, backend=backend)[:20]
    ]
