"""Celery tasks: thin wrappers that call one service. Importing the package registers all of them."""

from trainer.tasks import runs

__all__ = ["runs"]
