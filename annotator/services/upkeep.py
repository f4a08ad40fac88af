"""What a database needs to be told now and then."""

import logging
import time

from django.db import OperationalError, connection

logger = logging.getLogger(__name__)

EVERY = 3600.0
SAMPLED_ROWS = 1000
"""Rows of each index that SQLite looks at: milliseconds, however large the table."""
_last = [-EVERY]


def refresh_statistics() -> bool:
    """Let SQLite's planner know how the rows are spread; PostgreSQL does this by itself. Returns whether it was done.

    Without figures SQLite takes every project for a small one, and walks through all its images to find ten by their ids.
    """
    if connection.vendor != "sqlite":
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit={SAMPLED_ROWS}")
            cursor.execute("ANALYZE")
    except OperationalError as error:  # somebody writes for a long time: it can wait
        logger.info("No new statistics: %s", error)
        return False
    _last[0] = time.monotonic()
    return True


def sweep_statistics() -> bool:
    """Refresh them once an hour."""
    return time.monotonic() - _last[0] >= EVERY and refresh_statistics()
