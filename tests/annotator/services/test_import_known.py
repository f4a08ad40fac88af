"""What of a dataset a project has already."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from annotator.core.issues import IssueCollector
from annotator.core.records import ImageRecord
from annotator.models import Project, User
from annotator.services.images import delete_images
from annotator.services.import_known import Matcher
from annotator.services.import_settings import ImportSettings
from annotator.services.import_survey import Survey
from annotator.services.intake import add_image_file
from tests.factories.images import make_picture
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(user: User) -> Project:
    return make_project(owner=user)


@pytest.fixture
def pictures(tmp_path: Path) -> dict[str, Path]:
    found = {}
    for number, name in enumerate(("red", "green", "blue")):
        found[name] = tmp_path / f"{name}.png"
        found[name].write_bytes(make_picture(size=(40 + number, 30)))
    return found


def settle(
    project: Project, images: Sequence[ImageRecord], *, size_only: bool = False, issues: IssueCollector | None = None
) -> Survey:
    survey = Survey()
    Matcher(project, ImportSettings(size_only=size_only), IssueCollector() if issues is None else issues).settle(
        images, survey
    )
    return survey


def record(name: str, path: Path | None = None, size: int = 10) -> ImageRecord:
    return ImageRecord(name=name, width=size, height=size, path=path)


def test_an_empty_project_has_nothing_but_repetitions_are_seen(project: Project, pictures: dict[str, Path]) -> None:
    copy = pictures["red"].with_name("copy.png")
    copy.write_bytes(pictures["red"].read_bytes())
    images = [record("red", pictures["red"]), record("green", pictures["green"]), record("again", copy)]
    issues = IssueCollector()
    survey = settle(project, images, issues=issues)
    assert dict(survey.fates) == {"new": 2, "repeated": 1}
    assert [(one["code"], one["samples"][0]["file"]) for one in issues.as_json()] == [("repeated_picture", "again")]
    assert survey.examples["repeated"] == [{"name": "again", "as": "red"}]
    assert survey.bytes == sum(path.stat().st_size for path in (pictures["red"], pictures["green"], copy))


def test_pictures_are_known_by_their_bytes_and_records_by_their_name(
    project: Project, user: User, pictures: dict[str, Path]
) -> None:
    add_image_file(actor=user, project=project, name="other/name.png", path=pictures["red"])
    images = [record("red", pictures["red"]), record("green", pictures["green"]), record("other/name.png")]
    survey = settle(project, images)
    assert dict(survey.fates) == {"matched": 2, "new": 1}
    assert survey.examples["matched"] == [{"name": "red", "as": "other/name.png"}, {"name": "other/name.png"}]
    delete_images(actor=user, project=project, image_ids=list(project.images.values_list("id", flat=True)))
    assert dict(settle(project, images).fates) == {"new": 2, "without_file": 1}


def test_images_without_a_picture(project: Project) -> None:
    images = [record("a.png"), record("b.png", size=0)]
    assert dict(settle(project, images).fates) == {"without_file": 2}
    assert dict(settle(project, images, size_only=True).fates) == {"size_only": 1, "without_file": 1}


def test_a_file_that_cannot_be_read_is_for_the_intake_to_judge(project: Project, tmp_path: Path) -> None:
    assert dict(settle(project, [record("gone", tmp_path / "gone.png")]).fates) == {"new": 1}
