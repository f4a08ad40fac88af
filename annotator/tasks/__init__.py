"""Celery tasks: thin wrappers that take ids and call one service. Importing the package registers all of them."""

from annotator.tasks import figures, files, jobs, sweep, uploads

__all__ = ["figures", "files", "jobs", "sweep", "uploads"]
