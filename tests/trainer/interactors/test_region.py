"""The classical interactor."""

import numpy as np

from trainer.interactors.region import RegionInteractor
from trainer.plugins.interactors import Prompt
from trainer.plugins.testing import InteractorContract


class TestRegion(InteractorContract):
    plugin = RegionInteractor
    least_iou = 0.9

    def test_never_leaves_the_box(self) -> None:
        image, _ = self.scene()
        prompt = Prompt(positive=((70.0, 60.0),), box=(60.0, 50.0, 20.0, 20.0))
        mask = RegionInteractor().propose(image, prompt, options=self.parsed())
        rows, columns = np.nonzero(mask)
        assert rows.min() >= 50
        assert rows.max() < 70
        assert columns.min() >= 60
        assert columns.max() < 80

    def test_a_negative_point_takes_a_neighbour_of_the_same_colour_away(self) -> None:
        image = np.full((80, 160, 3), 30, np.uint8)
        image[20:60, 20:70] = (200, 60, 60)
        image[20:60, 90:140] = (200, 60, 60)
        image[38:42, 70:90] = (200, 60, 60)  # a bridge
        both = RegionInteractor().propose(image, Prompt(positive=((45.0, 40.0),)), options=self.parsed())
        one = RegionInteractor().propose(
            image, Prompt(positive=((45.0, 40.0),), negative=((115.0, 40.0), (10.0, 10.0))), options=self.parsed()
        )
        assert both[30, 120]
        assert not one[30, 120]
        assert one[30, 30]

    def test_holes_are_filled(self) -> None:
        image, _ = self.scene()
        image[58:63, 80:85] = 255
        prompt = Prompt(positive=((60.0, 60.0),), negative=((150.0, 10.0),))
        mask = RegionInteractor().propose(image, prompt, options=self.parsed())
        assert mask[60, 82]

    def test_large_pictures_are_searched_small(self) -> None:
        image, disc = self.scene()
        large = np.repeat(np.repeat(image, 8, axis=0), 8, axis=1)
        mask = RegionInteractor().propose(large, Prompt(positive=((560.0, 480.0),)), options=self.parsed())
        truth = np.repeat(np.repeat(disc, 8, axis=0), 8, axis=1)
        assert mask.shape == truth.shape
        assert (mask & truth).sum() / (mask | truth).sum() > 0.85
