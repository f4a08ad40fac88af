"""Data. One file per concept."""

from trainer.models.model_version import ModelVersion
from trainer.models.prediction import Prediction
from trainer.models.round import Round, RoundPick
from trainer.models.run import DeviceSlot, Run, RunEvent

__all__ = ["DeviceSlot", "ModelVersion", "Prediction", "Round", "RoundPick", "Run", "RunEvent"]
