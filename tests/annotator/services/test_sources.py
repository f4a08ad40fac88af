"""Sources: who may name what, and that secrets stay secret."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from annotator.config import get_config
from annotator.core.errors import AnnotatorError, Conflict, InvalidInput, PermissionRefused
from annotator.models import Image, Source, SourceFile
from annotator.queries import import_roots
from annotator.queries.sources import public_options
from annotator.services.sources import create_source, delete_source, probe_source, start_sync, update_source
from tests.factories.images import make_image, make_picture
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db

BUCKET = {"bucket": "pictures", "access_key": "me", "secret_key": "hush"}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    allowed = replace(get_config(), import_roots=(str(tmp_path / "open"),))
    monkeypatch.setattr(import_roots, "get_config", lambda: allowed)
    for name in ("open", "closed"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.jpg").write_bytes(make_picture(1))
    person = make_user()
    return SimpleNamespace(person=person, project=make_project(owner=person), root=tmp_path)


def add(world: SimpleNamespace, **fields: object) -> Source:
    values = {"name": "Bucket", "plugin": "s3", "options": BUCKET} | fields
    return create_source(actor=world.person, project=world.project, **values)  # type: ignore[arg-type]  # as from a form


def test_a_place_can_be_tried_before_it_is_added(world: SimpleNamespace) -> None:
    found = probe_source(actor=world.person, plugin="folder", options={"path": str(world.root / "open")})
    assert found == {"names": ["a.jpg"], "more": False}


@pytest.mark.parametrize("where", ["closed", "open/../closed", "gone"])
def test_folders_outside_of_the_roots_are_refused(world: SimpleNamespace, where: str) -> None:
    options = {"path": str(world.root / where)}
    with pytest.raises(PermissionRefused):
        probe_source(actor=world.person, plugin="folder", options=options)
    with pytest.raises(PermissionRefused):
        add(world, plugin="folder", options=options)


def test_private_networks_are_for_administrators_to_open(world: SimpleNamespace) -> None:
    options = {"addresses": "http://127.0.0.1/a.jpg", "private_networks": True}
    with pytest.raises(PermissionRefused, match="administrator"):
        add(world, plugin="http_list", options=options)
    world.person.is_superuser = True
    assert add(world, plugin="http_list", options=options).options["private_networks"] is True


def test_secrets_are_never_given_out_and_stay_when_left_empty(world: SimpleNamespace) -> None:
    source = add(world)
    shown, secrets = public_options(source)
    assert ("secret_key" in shown, secrets) == (False, ["secret_key"])
    update_source(actor=world.person, source=source, options={"bucket": "others", "access_key": "me", "secret_key": ""})
    source.refresh_from_db()
    assert (source.options["bucket"], source.options["secret_key"]) == ("others", "hush")
    update_source(actor=world.person, source=source, options={"bucket": "others", "secret_key": "new"})
    assert source.options["secret_key"] == "new"


def test_names_are_unique_in_a_project(world: SimpleNamespace) -> None:
    add(world)
    with pytest.raises(Conflict):
        add(world)


def test_wrong_options_and_unknown_plugins_are_refused(world: SimpleNamespace) -> None:
    with pytest.raises(InvalidInput):
        add(world, options={"nonsense": 1})
    with pytest.raises(AnnotatorError):
        add(world, plugin="nonsense")


def test_a_source_whose_originals_lie_only_there_is_not_forgotten(world: SimpleNamespace) -> None:
    source = add(world, copies=False)
    image = make_image(world.project)
    SourceFile.objects.create(source=source, name="a.jpg", image=image)
    with pytest.raises(Conflict, match="never copied"):
        delete_source(actor=world.person, source=source)
    update_source(actor=world.person, source=source, copies=True)
    delete_source(actor=world.person, source=source)
    assert Image.objects.filter(pk=image.pk).exists()


def test_one_synchronisation_at_a_time(world: SimpleNamespace) -> None:
    source = add(world)
    assert start_sync(actor=world.person, source=source).id == start_sync(actor=world.person, source=source).id
