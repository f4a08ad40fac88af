"""Celery tasks: thin wrappers that call one service. Importing the package registers all of them."""

from trainer.tasks import rounds, runs

__all__ = ["rounds", "runs"]
