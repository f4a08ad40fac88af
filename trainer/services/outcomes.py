"""What a finished job leaves: a model version or predictions, and the run marked as done — once."""

import shutil

import orjson

from trainer.core.job import RunFolder
from trainer.models import Run
from trainer.services.leases import Claim
from trainer.services.models import register_model
from trainer.services.prediction_runs import store_predictions


def store_outcome(claim: Claim, run: Run, folder: RunFolder) -> None:
    """Store the result of a complete job and end the claim; repeating it after a kill leads to the same rows."""
    result = orjson.loads(folder.result.read_bytes())
    if run.kind == Run.Kind.TRAIN:
        register_model(claim, run, folder, result)
    else:
        store_predictions(claim, run, folder, result)
    _clean_up(folder)


def _clean_up(folder: RunFolder) -> None:
    """Drop what only an unfinished run needs: checkpoints and the backend's working files. Its records stay."""
    for path in (folder.checkpoints, folder.output):
        shutil.rmtree(path, ignore_errors=True)
