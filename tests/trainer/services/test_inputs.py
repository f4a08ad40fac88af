"""The images that a run gets: those whose pictures are here."""

import pytest

from annotator.models import Project
from tests.factories.images import make_image, make_stored_image
from tests.factories.projects import make_project
from trainer.models import Run
from trainer.services.inputs import pool, prediction_images
from trainer.services.pictures import picture_file

pytestmark = pytest.mark.django_db
ABSENT = {"sha256": "", "original_sha256": "", "format": "", "bytes": 0}


@pytest.fixture
def project() -> Project:
    return make_project()


def run_on(project: Project, images: object) -> Run:
    return Run(project=project, kind=Run.Kind.PREDICT, scope={"images": images})


def test_images_without_files_are_not_predicted_on(project: Project) -> None:
    stored, absent = make_stored_image(project), make_image(project, **ABSENT)
    done = make_image(project, state="labelled")
    assert list(pool(run_on(project, "unlabelled"))) == [stored]
    assert set(pool(run_on(project, "all"))) == {stored, done}
    assert list(pool(run_on(project, [str(absent.id), str(stored.id)]))) == [stored]
    (record,) = prediction_images(run_on(project, "unlabelled"))
    assert (record.id, record.path is not None) == (str(stored.id), True)


def test_an_image_without_a_file_has_none(project: Project) -> None:
    assert picture_file(make_image(project, **ABSENT)) is None
    assert picture_file(make_image(project)) is None  # lost from the store
    found = picture_file(make_stored_image(project))
    assert found is not None
    assert found.exists()
