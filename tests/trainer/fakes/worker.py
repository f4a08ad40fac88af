"""A worker without Celery for tests that kill processes: makes the tables of its home, or works until told to stop.

``worker.py tables`` · ``worker.py work`` (looks for runs every 50 ms; ends when ``<home>/stop`` exists)
"""

import os
import signal
import sys
import time
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "annotator.settings"


def main(command: str) -> None:
    import django
    from django.conf import settings

    django.setup()
    if command == "tables":
        from django.core.management import call_command

        settings.MIGRATION_MODULES = {
            app.rpartition(".")[2]: None for app in ("annotator", "trainer", "auth", "contenttypes", "sessions")
        }
        call_command("migrate", run_syncdb=True, verbosity=0)
        return
    from annotator.config import get_config
    from trainer.services import supervision
    from trainer.services.sweeping import sweep_runs

    signal.signal(signal.SIGTERM, lambda *_: supervision.shutting_down.set())
    stop: Path = get_config().home / "stop"
    while not stop.exists() and not supervision.shutting_down.is_set():
        sweep_runs()
        supervision.work()
        time.sleep(0.05)


if __name__ == "__main__":
    main(sys.argv[1])
