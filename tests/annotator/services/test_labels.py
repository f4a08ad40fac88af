"""Writing the label schema."""

from typing import Any

import pytest

from annotator.core.errors import Conflict, InvalidInput
from annotator.models import Label, Project
from annotator.services.labels import replace_labels
from tests.factories.annotations import make_annotation
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project(labels=("a", "b", "c"))


def ids(project: Project) -> dict[str, int]:
    return dict(project.labels.values_list("name", "id"))


def put(project: Project, *labels: dict[str, Any]) -> Project:
    revision = Project.objects.get(pk=project.pk).schema_revision
    return replace_labels(actor=make_user(), project=project, schema_revision=revision, labels=labels)


def test_order_names_and_additions(project: Project) -> None:
    known = ids(project)
    changed = put(project, {"id": known["c"], "name": "c"}, {"name": "new"}, {"id": known["a"], "name": "A"})
    assert [(label.name, label.position) for label in project.labels.all()] == [("c", 0), ("new", 1), ("A", 2)]
    assert ids(project)["A"] == known["a"]
    assert changed.schema_revision == 2


def test_what_is_left_out_of_a_row_stays(project: Project) -> None:
    known = ids(project)
    Label.objects.filter(name="a").update(color="#112233", hotkey="q", attributes=[{"name": "x"}])
    put(project, *({"id": known[name], "name": name} for name in "abc"))
    label = Label.objects.get(name="a")
    assert (label.color, label.hotkey, label.attributes[0]["name"]) == ("#112233", "q", "x")


def test_names_can_be_swapped(project: Project) -> None:
    known = ids(project)
    put(project, {"id": known["a"], "name": "b"}, {"id": known["b"], "name": "a"}, {"id": known["c"], "name": "c"})
    assert ids(project) == {"a": known["b"], "b": known["a"], "c": known["c"]}


def test_a_stale_schema_is_refused(project: Project) -> None:
    put(project, {"name": "x"})
    with pytest.raises(Conflict, match="Somebody else") as caught:
        replace_labels(actor=make_user(), project=project, schema_revision=1, labels=[])
    assert caught.value.fields == {"schema_revision": 2}
    assert list(ids(project)) == ["x"]


def test_a_used_label_can_be_archived_not_removed(project: Project) -> None:
    known = ids(project)
    make_annotation(make_image(project), Label.objects.get(id=known["a"]))
    rest = [{"id": known["b"], "name": "b"}, {"id": known["c"], "name": "c"}]
    with pytest.raises(Conflict, match="Archive it instead"):
        put(project, *rest)
    put(project, {"id": known["a"], "name": "a", "archived": True}, *rest)
    assert Label.objects.get(id=known["a"]).archived


def test_even_a_deleted_annotation_keeps_its_label(project: Project) -> None:
    make_annotation(make_image(project), project.labels.get(name="a"), deleted=True)
    with pytest.raises(Conflict):
        put(project)


def test_parents_by_name_and_by_id(project: Project) -> None:
    known = ids(project)
    put(
        project,
        {"id": known["a"], "name": "animal"},
        {"id": known["b"], "name": "dog", "parent": known["a"]},
        {"name": "poodle", "parent": "dog"},
        {"id": known["c"], "name": "c"},
    )
    assert Label.objects.get(name="poodle").parent == Label.objects.get(name="dog")
    assert Label.objects.get(name="dog").parent_id == known["a"]
    put(project, *({"id": i, "name": n, "parent": None} for n, i in ids(project).items()))
    assert not Label.objects.exclude(parent=None).exists()


@pytest.mark.parametrize(
    "labels",
    [
        [{"name": "x"}, {"name": "x "}],
        [{"id": 10**9, "name": "x"}],
        [{"name": "x", "parent": "nowhere"}],
        [{"name": "x", "parent": 10**9}],
        [{"name": "x", "parent": "y"}, {"name": "y", "parent": "x"}],
        [{"name": "x", "hotkey": "k"}, {"name": "y", "hotkey": "K"}],
        [{"name": "x", "color": "javascript:"}],
        [{"name": "x", "attributes": [{"name": "a", "type": "select"}]}],
    ],
)
def test_a_bad_schema_changes_nothing(project: Project, labels: list[dict[str, Any]]) -> None:
    before = ids(project)
    with pytest.raises(InvalidInput):
        put(project, *labels)
    assert ids(project) == before
    project.refresh_from_db()
    assert project.schema_revision == 1


def test_labels_of_another_project_cannot_be_taken(project: Project) -> None:
    foreign = make_project(labels=("theirs",)).labels.get()
    with pytest.raises(InvalidInput, match="no label with the id"):
        put(project, {"id": foreign.id, "name": "mine"})
    foreign.refresh_from_db()
    assert foreign.name == "theirs"


def test_free_colours_and_keys_are_given(project: Project) -> None:
    put(project, {"name": "x", "hotkey": "1", "color": "#f6494d"}, {"name": "y"}, {"name": "z", "hotkey": ""})
    assert list(project.labels.values_list("name", "hotkey", "color")) == [
        ("x", "1", "#f6494d"),
        ("y", "2", "#64c9fd"),
        ("z", "", "#ebd509"),
    ]
