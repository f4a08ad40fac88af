"""Where the files of runs lie."""

from uuid import UUID

from annotator.config import get_config
from trainer.core.job import RunFolder


def run_folder(run_id: UUID) -> RunFolder:
    """Where everything of a run lies."""
    return RunFolder(get_config().home / "runs" / str(run_id))
