"""Deleting a project deletes the files of its runs and models."""

import io

import pytest
from django.core.files.storage import default_storage

from annotator.services.projects import delete_project
from tests.factories.projects import make_project
from tests.factories.users import make_user
from trainer.models import ModelVersion, Run
from trainer.queries.folders import run_folder


@pytest.mark.django_db(transaction=True)
def test_files_go_with_the_project_and_others_stay() -> None:
    owner = make_user()
    kept, gone = make_project(owner=owner), make_project(owner=owner)
    files = {}
    for project in (kept, gone):
        run = Run.objects.create(project=project, kind=Run.Kind.TRAIN, backend="fake", task="detect")
        run_folder(run.id).root.mkdir(parents=True)
        key = default_storage.save(f"models/{project.id}/weights.pt", io.BytesIO(b"w"))
        ModelVersion.objects.create(
            project=project, number=1, run=run, backend="fake", task="detect", weights_key=key, sha256="0" * 64
        )
        files[project.id] = (run_folder(run.id).root, key)
    gone_id = gone.id
    delete_project(actor=owner, project=gone, confirm=gone.name)
    assert [files[kept.id][0].exists(), default_storage.exists(files[kept.id][1])] == [True, True]
    assert [files[gone_id][0].exists(), default_storage.exists(files[gone_id][1])] == [False, False]
