"""What a strategy is given (what becomes of it is tested with the selection)."""

import numpy as np
import pytest

from annotator.core.errors import InvalidInput
from annotator.core.progress import SilentProgress
from annotator.models import Project
from tests.factories.annotations import make_annotation
from tests.factories.images import make_image, make_stored_image
from tests.factories.projects import make_project
from tests.factories.rounds import boxes_with, make_model, make_prediction_run
from trainer.core.records import ModelTask
from trainer.core.thumbnails import WIDTH
from trainer.models import ModelVersion
from trainer.plugins.families import STRATEGIES
from trainer.services.pool_arrays import LoadedPool, load_pool

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project(labels=("cell", "platelet"))


def load(project: Project, strategy: str, model: ModelVersion | None = None) -> LoadedPool:
    return load_pool(project=project, model=model, strategy=STRATEGIES.get(strategy), progress=SilentProgress())


def test_random_is_given_ids_and_nothing_that_costs(project: Project) -> None:
    images = [make_image(project) for _ in range(3)]  # rows without bytes: reading a picture would fail
    arrays = load(project, "random").arrays
    assert list(arrays.ids) == [str(image.id) for image in images]
    assert arrays.embeddings.size == 0
    assert arrays.boxes == []


def test_scores_are_aligned_with_the_ids(project: Project) -> None:
    images = [make_image(project) for _ in range(3)]
    model = make_model(project)
    run = make_prediction_run(model, {images[n]: boxes_with([0.1 * (n + 1), 0.0]) for n in (2, 0, 1)})
    loaded = load(project, "entropy", model)
    assert list(loaded.arrays.ids) == [str(image.id) for image in images]
    assert [round(float(boxes.scores[0]), 2) for boxes in loaded.arrays.boxes] == [0.1, 0.2, 0.3]
    assert loaded.run_id == run.id
    assert loaded.arrays.validation_map50 == 0.6
    assert loaded.arrays.label_names == ("cell", "platelet")


def test_warm_hybrid_measures_in_the_models_space(project: Project) -> None:
    cell, platelet = project.labels.order_by("position")
    labelled = make_image(project, state="labelled")
    for label in (cell, platelet):
        for _ in range(10):
            make_annotation(labelled, label)
    image = make_image(project)
    model = make_model(project)
    make_prediction_run(model, {image: boxes_with([0.5, 0.0]), labelled: boxes_with([0.9, 0.0])})
    arrays = load(project, "hybrid", model).arrays
    assert arrays.embeddings.shape == (1, 8)
    assert arrays.labelled_embeddings.shape == (1, 8)
    assert arrays.labelled_counts.tolist() == [10, 10]
    assert arrays.labelled_total == 1


def test_cold_hybrid_measures_in_one_space_even_with_a_model(project: Project) -> None:
    make_stored_image(project, state="labelled")  # the model has never seen it
    image = make_stored_image(project)
    model = make_model(project)
    make_prediction_run(model, {image: boxes_with([0.5, 0.0])})
    arrays = load(project, "hybrid", model).arrays
    assert arrays.embeddings.shape == arrays.labelled_embeddings.shape == (1, WIDTH)
    assert np.isfinite(arrays.embeddings).all()


def test_hybrid_without_a_model_has_no_scores(project: Project) -> None:
    make_stored_image(project)
    loaded = load(project, "hybrid")
    assert loaded.arrays.boxes == []
    assert loaded.arrays.validation_map50 is None
    assert loaded.run_id is None


def test_the_task_is_the_models(project: Project) -> None:
    image = make_image(project)
    model = make_model(project, task="classify", metrics={"accuracy_top1": 0.9})
    make_prediction_run(model, {image: boxes_with([0.7, 0.3])})
    arrays = load(project, "entropy", model).arrays
    assert arrays.task is ModelTask.CLASSIFY
    assert arrays.validation_map50 is None


def test_a_model_that_saw_none_of_the_pool_is_refused(project: Project) -> None:
    make_image(project)
    model = make_model(project)
    make_prediction_run(model, {make_image(project, state="labelled"): boxes_with([0.5, 0.0])})
    with pytest.raises(InvalidInput, match="has not looked at the unlabelled images yet"):
        load(project, "entropy", model)


def test_nothing_readable_is_refused(project: Project) -> None:
    make_image(project)
    with pytest.raises(InvalidInput, match="None of the images can be read"):
        load(project, "k_center")
