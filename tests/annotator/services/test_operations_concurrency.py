"""Several people save the same image at the same time: nothing is lost, nothing is doubled."""

import random
from functools import partial
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.models import Annotation, AnnotationRevision, Image
from annotator.services.operations import Operation, save_operations
from tests.concurrency import at_once
from tests.factories.annotations import BOX, create, delete, make_annotation, update
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.users import make_user

WRITERS = 6


def make_world() -> SimpleNamespace:
    person = make_user()
    project = make_project(owner=person, labels=("cat", "dog"))
    cat, dog = project.labels.all()
    return SimpleNamespace(person=person, project=project, cat=cat, dog=dog, image=make_image(project))


def check_counters(image: Image) -> None:
    image.refresh_from_db()
    assert image.annotation_count == Annotation.objects.filter(image=image, deleted=False).count()
    for shape in Annotation.objects.filter(image=image):
        revisions = AnnotationRevision.objects.filter(annotation=shape.id).order_by("revision")
        assert [row.revision for row in revisions] == list(range(1, shape.revision + 1))


def save_until_answered(world: SimpleNamespace, batch: list[Operation], repeats: int) -> list[str]:
    """A client on a bad line: sends the same batch several times, the answers of the last one count."""
    statuses: list[str] = []
    for _ in range(repeats):
        outcome = save_operations(actor=world.person, image_id=world.image.id, operations=batch)
        statuses = [result.status for result in outcome.results]
    return statuses


@pytest.mark.django_db(transaction=True)
def test_creates_of_many_writers_with_retries_are_all_there_once() -> None:
    world = make_world()
    batches = [[[create(world.cat) for _ in range(3)] for _ in range(4)] for _ in range(WRITERS)]

    def write(own: list[list[Operation]]) -> list[str]:
        return [status for batch in own for status in save_until_answered(world, batch, 2)]

    answers = at_once([partial(write, own) for own in batches])
    assert {status for answer in answers for status in answer} == {"repeated"}
    wanted = {operation.annotation for own in batches for batch in own for operation in batch}
    assert set(Annotation.objects.values_list("id", flat=True)) == wanted
    assert AnnotationRevision.objects.count() == len(wanted)
    check_counters(world.image)


@pytest.mark.django_db(transaction=True)
def test_the_same_batch_sent_by_many_at_once_is_applied_once() -> None:
    world = make_world()
    batch = [create(world.cat) for _ in range(5)]
    answers = at_once([partial(save_until_answered, world, batch, 1)] * WRITERS)
    assert sorted(answer[0] for answer in answers) == ["applied"] + ["repeated"] * (WRITERS - 1)
    assert Annotation.objects.count() == 5
    check_counters(world.image)


@pytest.mark.django_db(transaction=True)
def test_of_many_changes_of_one_shape_one_goes_in_and_the_others_conflict() -> None:
    world = make_world()
    first = create(world.cat)
    save_operations(actor=world.person, image_id=world.image.id, operations=[first])

    def change(x: float) -> str:
        operation = update(first.annotation, 1, geometry={**BOX, "x": x})
        return save_operations(actor=world.person, image_id=world.image.id, operations=[operation]).results[0].status

    statuses = at_once([partial(change, float(x)) for x in range(WRITERS)])
    assert sorted(statuses) == ["applied"] + ["conflict"] * (WRITERS - 1)
    assert Annotation.objects.get().revision == 2
    check_counters(world.image)


@pytest.mark.django_db(transaction=True)
def test_the_same_id_on_two_images_goes_to_one_of_them() -> None:
    world = make_world()
    images = [make_image(world.project) for _ in range(4)]
    shape = create(world.cat).annotation

    def write(image: Image) -> str:
        outcome = save_operations(actor=world.person, image_id=image.id, operations=[create(world.cat, shape)])
        return outcome.results[0].status

    assert sorted(at_once([partial(write, image) for image in images])) == ["applied", "invalid", "invalid", "invalid"]
    assert sum(image.annotation_count for image in Image.objects.all()) == 1


@pytest.mark.django_db(transaction=True)
def test_random_work_of_many_writers_keeps_history_and_counters_whole() -> None:
    world = make_world()
    shapes = [create(world.cat) for _ in range(5)]
    save_operations(actor=world.person, image_id=world.image.id, operations=shapes)

    def work(seed: int) -> list[UUID]:
        rng = random.Random(seed)
        acknowledged: list[UUID] = []
        for _ in range(15):
            shape = rng.choice(shapes).annotation
            base = Annotation.objects.get(pk=shape).revision
            kind = rng.random()
            if kind < 0.3:
                operation = create(world.dog)
            elif kind < 0.8:
                operation = update(shape, base, geometry={**BOX, "x": float(rng.randrange(100))})
            elif kind < 0.9:
                operation = delete(shape, base)
            else:
                operation = Operation(create(world.cat).id, "restore", shape)
            result = save_operations(actor=world.person, image_id=world.image.id, operations=[operation]).results[0]
            if result.status == "applied" and operation.type != "delete":
                acknowledged.append(operation.id)
        return acknowledged

    acknowledged = [one for answer in at_once([partial(work, seed) for seed in range(4)]) for one in answer]
    assert AnnotationRevision.objects.filter(operation__in=acknowledged).count() == len(acknowledged)
    check_counters(world.image)


class Client:
    """A browser: makes operations on what it knows, sends them in batches, loses answers, sends again."""

    def __init__(self, world: SimpleNamespace, shapes: list[UUID]) -> None:
        self.world = world
        self.known = dict.fromkeys(shapes, 1)
        self.journal: list[Operation] = []
        self.acknowledged: dict[UUID, Operation] = {}

    def edit(self, choice: int, x: int) -> None:
        ids = list(self.known)
        if choice == 0 or not ids:
            operation = create(self.world.cat, geometry={**BOX, "x": float(x)})
            self.known[operation.annotation] = 0
        elif choice == 1:
            shape = ids[x % len(ids)]
            operation = update(shape, self.known[shape], geometry={**BOX, "x": float(x)})
        else:
            shape = ids[x % len(ids)]
            operation = delete(shape, self.known.pop(shape))
        self.journal.append(operation)

    def send(self, answer_arrives: bool) -> None:
        outcome = save_operations(actor=self.world.person, image_id=self.world.image.id, operations=self.journal)
        if not answer_arrives:
            return
        for operation, result in zip(self.journal, outcome.results, strict=True):
            if result.status in {"applied", "repeated"}:
                self.acknowledged[operation.id] = operation
                if operation.annotation in self.known and result.revision is not None:
                    self.known[operation.annotation] = result.revision
            elif result.status == "conflict" and result.current is None:
                self.known.pop(operation.annotation, None)
            elif result.status == "conflict" and result.revision is not None:
                self.known[operation.annotation] = result.revision
        self.journal = []


EVENTS = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(["edit", "edit", "edit", "send", "lose"]), st.integers(0, 99)),
    max_size=30,
)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_any_interleaving_with_lost_answers_ends_with_every_acknowledged_operation_once(
    events: list[tuple[int, str, int]],
) -> None:
    world = make_world()
    start = [make_annotation(world.image, world.cat).id for _ in range(2)]
    clients = [Client(world, start), Client(world, start)]
    for who, what, x in events:
        if what == "edit":
            clients[who].edit(x % 3, x)
        else:
            clients[who].send(answer_arrives=what == "send")
    for client in clients:
        client.send(answer_arrives=True)
    image = Image.objects.get(pk=world.image.pk)
    live = set(Annotation.objects.filter(image=image, deleted=False).values_list("id", flat=True))
    assert image.annotation_count == len(live)
    for client in clients:
        for operation in client.acknowledged.values():
            rows = AnnotationRevision.objects.filter(operation=operation.id)
            if operation.type == "delete":
                assert operation.annotation not in live
                assert rows.count() <= 1
            else:
                assert rows.count() == 1
            if operation.type == "create":
                assert Annotation.objects.filter(id=operation.annotation).count() == 1
