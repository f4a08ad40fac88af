"""Class numbers and colours of well-known collections of masks, which come without a table of their own."""

from collections.abc import Mapping

from annotator.formats.shared.class_tables import ClassEntry
from annotator.formats.shared.palettes import Rgb, voc_colour

_CITYSCAPES: tuple[tuple[str, int, Rgb], ...] = (
    ("unlabeled", 255, (0, 0, 0)), ("ego vehicle", 255, (0, 0, 0)), ("rectification border", 255, (0, 0, 0)),
    ("out of roi", 255, (0, 0, 0)), ("static", 255, (0, 0, 0)), ("dynamic", 255, (111, 74, 0)),
    ("ground", 255, (81, 0, 81)), ("road", 0, (128, 64, 128)), ("sidewalk", 1, (244, 35, 232)),
    ("parking", 255, (250, 170, 160)), ("rail track", 255, (230, 150, 140)), ("building", 2, (70, 70, 70)),
    ("wall", 3, (102, 102, 156)), ("fence", 4, (190, 153, 153)), ("guard rail", 255, (180, 165, 180)),
    ("bridge", 255, (150, 100, 100)), ("tunnel", 255, (150, 120, 90)), ("pole", 5, (153, 153, 153)),
    ("polegroup", 255, (153, 153, 153)), ("traffic light", 6, (250, 170, 30)), ("traffic sign", 7, (220, 220, 0)),
    ("vegetation", 8, (107, 142, 35)), ("terrain", 9, (152, 251, 152)), ("sky", 10, (70, 130, 180)),
    ("person", 11, (220, 20, 60)), ("rider", 12, (255, 0, 0)), ("car", 13, (0, 0, 142)), ("truck", 14, (0, 0, 70)),
    ("bus", 15, (0, 60, 100)), ("caravan", 255, (0, 0, 90)), ("trailer", 255, (0, 0, 110)), ("train", 16, (0, 80, 100)),
    ("motorcycle", 17, (0, 0, 230)), ("bicycle", 18, (119, 11, 32)),
)  # fmt: skip
"""Name, training id and colour by label id (0–33), as the collection's documentation lists them."""
_VOC = (
    "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable",
    "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
)  # fmt: skip
_CAMVID: tuple[tuple[str, Rgb], ...] = (
    ("Sky", (128, 128, 128)), ("Building", (128, 0, 0)), ("Pole", (192, 192, 128)), ("Road", (128, 64, 128)),
    ("Pavement", (60, 40, 222)), ("Tree", (128, 128, 0)), ("SignSymbol", (192, 128, 128)), ("Fence", (64, 64, 128)),
    ("Car", (64, 0, 128)), ("Pedestrian", (64, 64, 0)), ("Bicyclist", (0, 128, 192)), ("Unlabelled", (0, 0, 0)),
)  # fmt: skip
"""The eleven classes of SegNet's selection and the rest."""
COUNTED = frozenset({24, 25, 26, 27, 28, 29, 30, 31, 32, 33})
"""Label ids of Cityscapes whose instances are told apart: a bare class among instance numbers is a group of them."""


def cityscapes() -> list[ClassEntry]:
    """Classes by label id."""
    return [ClassEntry(name, number, colour) for number, (name, _, colour) in enumerate(_CITYSCAPES)]


def cityscapes_training() -> list[ClassEntry]:
    """Classes by training id."""
    entries = [ClassEntry(name, number, colour) for name, number, colour in _CITYSCAPES if number != 255]
    return sorted(entries, key=lambda entry: entry.index)


KNOWN: Mapping[str, list[ClassEntry]] = {
    "cityscapes": cityscapes(),
    "cityscapes_train": cityscapes_training(),
    "voc": [ClassEntry(name, number, voc_colour(number)) for number, name in enumerate(_VOC)],
    "camvid": [ClassEntry(name, number, colour) for number, (name, colour) in enumerate(_CAMVID)],
}
"""Tables by the name under which the option ``table`` knows them."""
