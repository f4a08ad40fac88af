"""Thumbnail embeddings are computed once."""

import logging
from typing import Any

import numpy as np
import pytest

from annotator.core.errors import Cancelled
from annotator.core.progress import SilentProgress
from annotator.models import Project
from tests.factories.images import make_image, make_stored_image
from tests.factories.projects import make_project
from trainer.queries.embeddings import embedding_folder, load_embeddings
from trainer.services import embeddings
from trainer.services.embeddings import ensure_embeddings

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project()


def test_computed_once_and_kept(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = [make_stored_image(project).sha256 for _ in range(3)]
    first = ensure_embeddings(project_id=project.id, hashes=hashes, progress=SilentProgress())
    assert set(first) == set(hashes)
    monkeypatch.setattr(embeddings, "_embed", lambda _: pytest.fail("computed again"))
    again = ensure_embeddings(project_id=project.id, hashes=hashes, progress=SilentProgress())
    for name in hashes:
        assert np.allclose(first[name], again[name], atol=1e-3)  # kept as half precision


def test_pictures_that_cannot_be_read_are_left_out(project: Project, caplog: pytest.LogCaptureFixture) -> None:
    good, lost = make_stored_image(project).sha256, make_image(project).sha256
    with caplog.at_level(logging.WARNING):
        found = ensure_embeddings(project_id=project.id, hashes=[good, lost], progress=SilentProgress())
    assert set(found) == {good}
    assert "cannot be embedded" in caplog.text


def test_a_damaged_cache_file_counts_as_absent(project: Project) -> None:
    name = make_stored_image(project).sha256
    ensure_embeddings(project_id=project.id, hashes=[name], progress=SilentProgress())
    for path in embedding_folder(project.id).iterdir():
        path.write_bytes(path.read_bytes()[:40])
    assert load_embeddings(project.id, [name]) == {}
    assert set(ensure_embeddings(project_id=project.id, hashes=[name], progress=SilentProgress())) == {name}


def test_what_was_computed_before_a_cancel_is_kept(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = [make_stored_image(project).sha256 for _ in range(4)]
    monkeypatch.setattr(embeddings, "BATCH", 2)

    class CancelsAtThree:
        def advance(self, done: int, total: int | None = None, message: str = "") -> None:
            assert (total, message) == (4, "Looking at the pictures")
            if done >= 3:
                raise Cancelled("Enough.")

    with pytest.raises(Cancelled):
        ensure_embeddings(project_id=project.id, hashes=hashes, progress=CancelsAtThree())
    assert set(load_embeddings(project.id, hashes)) == set(hashes[:2])


def test_projects_do_not_mix(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    name = make_stored_image(project).sha256
    ensure_embeddings(project_id=project.id, hashes=[name], progress=SilentProgress())
    other: Any = make_project()
    assert load_embeddings(other.id, [name]) == {}
