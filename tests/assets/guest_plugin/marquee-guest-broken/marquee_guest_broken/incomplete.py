"""Forgets what its contract demands."""

from annotator.plugins.formats import DatasetFormat
from trainer.plugins.strategies import AcquisitionStrategy


class IncompleteStrategy(AcquisitionStrategy):
    """Has no score."""

    title = "Incomplete"


class MyCocoFormat(DatasetFormat):
    """Wants a name that is taken."""
