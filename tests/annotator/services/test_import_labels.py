"""What label names of a dataset mean in a project."""

import pytest

from annotator.core.errors import InvalidInput
from annotator.core.records import AttributeRecord, LabelRecord
from annotator.models import Label, LabelAlias, Project, User
from annotator.services.import_labels import LabelPlan, create_missing, plan_labels, remember_labels
from annotator.services.import_settings import NewLabel
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(user: User) -> Project:
    return make_project(owner=user, labels=("Cat", "traffic light", "Dog"))


def ids(project: Project) -> dict[str, int]:
    return dict(project.labels.values_list("name", "id"))


def by_source(plan: list[LabelPlan]) -> dict[str, tuple[str, int | None, str]]:
    return {label.source: (label.action, label.target, label.why) for label in plan}


def test_exact_before_case_before_unicode_before_new(project: Project) -> None:
    known = ids(project)
    names = ["Cat", "Traffic_Light", "ＤＯＧ", "Cats", "zebra"]
    plan = plan_labels(project, [LabelRecord(name) for name in names], {"Cats": 3}, {})
    assert by_source(plan) == {
        "Cat": ("use", known["Cat"], "exact"),
        "Traffic_Light": ("use", known["traffic light"], "case"),
        "ＤＯＧ": ("use", known["Dog"], "unicode"),
        "Cats": ("create", None, "new"),
        "zebra": ("create", None, "new"),
    }
    assert [label.similar for label in plan if label.source == "Cats"] == [("Cat",)]
    assert [label.count for label in plan if label.source == "Cats"] == [3]


def test_choices_win_and_name_labels_that_are_there(project: Project) -> None:
    known = ids(project)
    choices = {"a": known["Cat"], "b": "ignore", "c": NewLabel("Cat"), "d": NewLabel("Bird", "#ABCDEF"), "e": "create"}
    plan = plan_labels(project, [], dict.fromkeys("abcde", 1), choices)  # type: ignore[arg-type]
    assert by_source(plan) == {
        "a": ("use", known["Cat"], "chosen"),
        "b": ("ignore", None, "chosen"),
        "c": ("use", known["Cat"], "chosen"),
        "d": ("create", None, "chosen"),
        "e": ("create", None, "chosen"),
    }
    assert [(label.name, label.color) for label in plan if label.source == "d"] == [("Bird", "#abcdef")]
    with pytest.raises(InvalidInput, match="does not have"):
        plan_labels(project, [], {"a": 1}, {"a": 10**9})


def test_the_next_import_remembers(user: User, project: Project) -> None:
    known = ids(project)
    choices = {"kitty": known["Cat"], "junk": "ignore", "wolf": NewLabel("Canis")}
    plan = plan_labels(project, [], dict.fromkeys(choices, 1), choices)  # type: ignore[arg-type]
    made = create_missing(actor=user, project=project, plan=plan)
    remember_labels(project=project, plan=plan, ids=made)
    again = plan_labels(project, [], dict.fromkeys([*choices, "x" * 300], 1), {})
    assert by_source(again)["kitty"] == ("use", known["Cat"], "remembered")
    assert by_source(again)["junk"] == ("ignore", None, "remembered")
    assert by_source(again)["wolf"] == ("use", made["wolf"], "remembered")
    remember_labels(project=project, plan=again, ids=made)
    assert LabelAlias.objects.count() == 3
    Label.objects.get(name="Canis").delete()
    assert by_source(plan_labels(project, [], {"wolf": 1}, {}))["wolf"] == ("create", None, "new")


def test_names_merge_into_one_new_label(user: User, project: Project) -> None:
    choices = {"lorry": NewLabel("Truck", "#102030"), "van": NewLabel("Truck", "#102030")}
    plan = plan_labels(project, [], {"lorry": 1, "van": 1}, choices)
    made = create_missing(actor=user, project=project, plan=plan)
    truck = Label.objects.get(name="Truck")
    assert made == {"lorry": truck.id, "van": truck.id}
    assert truck.color == "#102030"
    assert create_missing(actor=user, project=project, plan=plan) == made


def test_new_labels_bring_what_the_files_say_of_them(user: User, project: Project) -> None:
    declared = [
        LabelRecord("animal"),
        LabelRecord(
            "person",
            color="#010203",
            parent="animal",
            attributes=(AttributeRecord("wet", "checkbox"),),
            keypoints=("nose", "tail"),
            skeleton=((0, 1),),
            source_id=17,
            source={"supercategory": "life"},
        ),
        LabelRecord("sky", color="no colour", stuff=True, keypoints=("a",), skeleton=((0, 9),)),
    ]
    plan = plan_labels(project, declared, {}, {})
    create_missing(actor=user, project=project, plan=plan, declared=declared, format_name="coco")
    person, sky = Label.objects.get(name="person"), Label.objects.get(name="sky")
    assert (person.color, person.parent and person.parent.name) == ("#010203", "animal")
    assert (person.keypoints, person.skeleton) == (["nose", "tail"], [[0, 1]])
    assert [item["name"] for item in person.attributes] == ["wet"]
    assert person.source == {"format": "coco", "id": 17, "fields": {"supercategory": "life"}}
    assert (sky.stuff, sky.keypoints, sky.color[0]) == (True, [], "#")


def test_key_points_are_added_to_labels_without_any(user: User, project: Project) -> None:
    declared = [LabelRecord("cat", keypoints=("nose",)), LabelRecord("Dog", keypoints=("nose", "tail"))]
    Label.objects.filter(name="Dog").update(keypoints=["own"])
    plan = plan_labels(project, declared, {}, {})
    create_missing(actor=user, project=project, plan=plan, declared=declared)
    found = dict(Label.objects.values_list("name", "keypoints"))
    assert (found["Cat"], found["Dog"], found["traffic light"]) == (["nose"], ["own"], [])


def test_parents_that_make_no_hierarchy_are_left_out(user: User, project: Project) -> None:
    declared = [LabelRecord("a", parent="b"), LabelRecord("b", parent="a"), LabelRecord("c", parent="nowhere")]
    plan = plan_labels(project, declared, {}, {})
    made = create_missing(actor=user, project=project, plan=plan, declared=declared)
    assert set(made) == {"a", "b", "c"}
    assert not Label.objects.exclude(parent=None).exists()


def test_labels_that_were_there_learn_where_they_came_from_once(user: User, project: Project) -> None:
    declared = [LabelRecord("cat", source_id=17), LabelRecord("DOG", source_id=18)]
    for format_name in ("coco", "yolo"):
        plan = plan_labels(project, declared, {}, {})
        create_missing(actor=user, project=project, plan=plan, declared=declared, format_name=format_name)
    assert Label.objects.get(name="Cat").source == {"format": "coco", "id": 17, "fields": {}}
    assert Label.objects.get(name="traffic light").source == {}
    known = ids(project)
    plan = plan_labels(project, [], {"18": 1, "99": 1}, {}, "coco")
    assert by_source(plan) == {"18": ("use", known["Dog"], "id"), "99": ("create", None, "new")}
    assert by_source(plan_labels(project, [], {"18": 1}, {}, "yolo"))["18"][2] == "new"
    assert by_source(plan_labels(project, [LabelRecord("18")], {"18": 1}, {}, "coco"))["18"][2] == "new"
