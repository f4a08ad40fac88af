"""``python -m trainer.job <run folder>/spec.json``: one attempt of one run."""

import logging
import signal
import sys
from pathlib import Path

from annotator.core.errors import AnnotatorError
from trainer.core.job import EXIT_REFUSED, RunFolder, read_spec
from trainer.core.journal import Journal
from trainer.job.lifeline import die_with_parent
from trainer.job.monitor import JournalMonitor
from trainer.job.prediction import predict
from trainer.job.training import train

logger = logging.getLogger(__name__)


def main(arguments: list[str]) -> int:
    """Carry out the order; 0 when the result is complete, ``EXIT_REFUSED`` when it cannot be done, else a bug."""
    path = Path(arguments[0])
    spec = read_spec(path)
    folder = RunFolder(path.parent)
    journal = Journal(folder.journal, attempt=spec.attempt)
    monitor = JournalMonitor(journal, folder.checkpoints)
    signal.signal(signal.SIGTERM, lambda _number, _frame: monitor.request_stop())
    die_with_parent()
    try:
        if spec.kind == "train":
            train(spec, folder, monitor)
        else:
            predict(spec, folder, monitor, journal)
    except AnnotatorError as error:
        journal.write("error", code=error.code, detail=error.detail)
        return EXIT_REFUSED
    except Exception as error:  # whatever a backend does wrong ends in the log and in one sentence, never silently
        logger.exception("The job failed.")
        journal.write("error", code="crash", detail=f"{type(error).__name__}: {error}"[:500])
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
