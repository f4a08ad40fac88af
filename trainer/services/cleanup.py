"""Deleting a project really deletes: run folders, weights and reports go with their rows."""

import shutil
from functools import partial
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import transaction

from annotator.models import Project
from trainer.models import ModelVersion, Run
from trainer.queries.embeddings import embedding_folder
from trainer.queries.folders import run_folder


def forget_files_of(project: Project) -> None:
    """Note which files the project's runs and models own, and delete them once the deletion has committed."""
    folders = [run_folder(run_id).root for run_id in Run.objects.filter(project=project).values_list("id", flat=True)]
    folders.append(embedding_folder(project.id))
    models = ModelVersion.objects.filter(project=project).values_list("weights_key", "report_key")
    keys = [key for pair in models for key in pair if key]
    transaction.on_commit(partial(_delete, folders, keys))


def _delete(folders: list[Path], keys: list[str]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    for key in keys:
        default_storage.delete(key)
