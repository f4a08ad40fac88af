"""Reading the cache of embeddings (writing it is tested with its service)."""

from uuid import uuid4

import numpy as np

from trainer.core.thumbnails import WIDTH
from trainer.queries.embeddings import embedding_folder, load_embeddings


def test_nothing_is_cached_yet() -> None:
    assert load_embeddings(uuid4(), ["a"]) == {}


def test_only_what_was_asked_and_only_this_recipe() -> None:
    project_id = uuid4()
    folder = embedding_folder(project_id)
    folder.mkdir(parents=True)
    rows = np.arange(2 * WIDTH, dtype=np.float16).reshape(2, WIDTH)
    np.savez(folder / "one.npz", hashes=np.array(["a", "b"]), vectors=rows)
    np.savez(folder / "two.npz", hashes=np.array(["c"]), vectors=np.zeros((1, 3), np.float16))  # another length
    np.savez(folder / "three.npz", something=np.zeros(3))
    found = load_embeddings(project_id, ["b", "c", "d"])
    assert list(found) == ["b"]
    assert found["b"].dtype == np.float32
    assert np.array_equal(found["b"], rows[1].astype(np.float32))
