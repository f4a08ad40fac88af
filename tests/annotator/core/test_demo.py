"""The demo pictures: reproducible, boxes inside and tight."""

import numpy as np

from annotator.core.demo import HEIGHT, LABELS, WIDTH, draw_scene
from annotator.core.geometry.types import Box


def test_the_same_seed_draws_the_same_picture() -> None:
    first, second = (draw_scene(np.random.default_rng(3)) for _ in range(2))
    assert first.annotations == second.annotations
    assert first.picture.tobytes() == second.picture.tobytes()


def test_boxes_lie_inside_and_bear_known_labels() -> None:
    names = {label.name for label in LABELS}
    for seed in range(5):
        scene = draw_scene(np.random.default_rng(seed))
        assert scene.picture.size == (WIDTH, HEIGHT)
        assert scene.annotations
        for annotation in scene.annotations:
            box = annotation.geometry
            assert isinstance(box, Box)
            assert annotation.label in names
            assert box.x >= 0
            assert box.y >= 0
            assert box.x + box.w <= WIDTH + 0.01
            assert box.y + box.h <= HEIGHT + 0.01
            assert min(box.w, box.h) > 15
