"""Forgotten uploads are part of the sweep."""

import pytest

import annotator.tasks  # noqa: F401 -- registers the sweepers
from annotator.models import Upload
from annotator.services.uploads import MAX_AGE, create_upload
from annotator.tasks.sweep import sweep_once
from tests.factories.projects import make_project
from tests.factories.users import make_user


@pytest.mark.django_db(transaction=True)
def test_the_sweep_tidies_uploads_up() -> None:
    upload = create_upload(actor=make_user(), project=make_project(), name="a.zip", size=1)
    Upload.objects.update(updated_at=upload.created_at - MAX_AGE * 2)
    assert "uploads" in sweep_once()
    assert not Upload.objects.filter(state="open").exists()
