"""Previews are made ahead of their first view, for the pictures that need one."""

from typing import Any

import pytest
from django.core.files.storage import default_storage

from annotator.models import Image
from annotator.queries.files import variant_key
from annotator.services import intake
from annotator.tasks.files import make_previews_of
from tests.factories.images import make_picture, make_stored_image
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db


def test_large_pictures_are_queued_and_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(intake, "enqueue", lambda name, **ids: sent.append((name, ids)))
    project = make_project()
    make_stored_image(project, data=make_picture(1))
    large = make_stored_image(project, data=make_picture(2, size=(2500, 30)))
    assert sent == [("annotator.make_previews", {"hashes": large.sha256})]
    make_previews_of(f"{'0' * 64},{large.sha256}")  # a picture that was deleted meanwhile keeps nobody waiting
    assert default_storage.exists(variant_key("preview", large.sha256))
    assert Image.objects.count() == 2
