"""Contract of the family *exporters*: a trained model as files to deploy."""

from abc import abstractmethod
from pathlib import Path

from annotator.core.progress import Progress
from annotator.plugins.base import Options, Plugin
from trainer.core.records import ModelTask


class DeploymentExporter(Plugin):
    """Turns weights into a deployable artifact."""

    @abstractmethod
    def export(
        self,
        weights: Path,
        folder: Path,
        *,
        task: ModelTask,
        labels: tuple[str, ...],
        options: Options,
        progress: Progress,
    ) -> list[Path]:
        """Write files below ``folder`` and return them; raises ``Unavailable`` when a package is missing."""
