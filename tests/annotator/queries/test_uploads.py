"""How much of an upload has arrived; the protocol is tested in services/test_uploads."""

import pytest

from annotator.config import get_config
from annotator.models import Upload
from annotator.queries.uploads import received_bytes, upload_path
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


def test_the_file_is_the_truth_while_it_grows() -> None:
    person = make_user()
    upload = Upload.objects.create(project=make_project(), user=person, name="../../x.zip", size=10)
    assert upload_path(upload).parent == get_config().home / "uploads"
    assert received_bytes(upload) == 0
    upload_path(upload).parent.mkdir(exist_ok=True)
    upload_path(upload).write_bytes(b"012")
    assert received_bytes(upload) == 3
    upload.state, upload.offset = Upload.State.COMPLETE, 10
    assert received_bytes(upload) == 10
