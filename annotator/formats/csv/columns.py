"""What the columns of a table of labels mean, from its header or, without one, from its first row."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Literal

from annotator.formats.shared.files import PICTURE_SUFFIXES
from annotator.formats.shared.tables import number_of

Kind = Literal["boxes", "labels", "one_hot"]

PICTURE = (
    "filename", "file_name", "image_path", "imagepath", "filepath", "file_path", "img_path", "path", "image_name",
    "imagename", "image", "image_id", "imageid", "img", "file", "frame", "id",
)  # fmt: skip
LABEL = (
    "class_name", "classname", "label_name", "labelname", "category_name", "label", "class", "category", "tag",
    "labels", "classes", "categories", "tags", "target", "species", "breed", "object", "name", "class_id",
    "classid", "label_id", "category_id",
)  # fmt: skip
SEVERAL = frozenset({"labels", "classes", "categories", "tags"})
_CORNERS = (
    ("xmin", "ymin", "xmax", "ymax"),
    ("x_min", "y_min", "x_max", "y_max"),
    ("x1", "y1", "x2", "y2"),
    ("minx", "miny", "maxx", "maxy"),
    ("left", "top", "right", "bottom"),
    ("bbox_xmin", "bbox_ymin", "bbox_xmax", "bbox_ymax"),
    ("bbox_x1", "bbox_y1", "bbox_x2", "bbox_y2"),
    ("xtl", "ytl", "xbr", "ybr"),
    ("roi.x1", "roi.y1", "roi.x2", "roi.y2"),
)
_SIZES = (
    ("bbox_x", "bbox_y", "bbox_width", "bbox_height"),
    ("bbox_x", "bbox_y", "bbox_w", "bbox_h"),
    ("x", "y", "w", "h"),
    ("left", "top", "w", "h"),
    ("xmin", "ymin", "w", "h"),
    ("x_min", "y_min", "w", "h"),
    ("x1", "y1", "w", "h"),
    ("x", "y", "width", "height"),
    ("left", "top", "width", "height"),
    ("xmin", "ymin", "width", "height"),
    ("x_min", "y_min", "width", "height"),
    ("x1", "y1", "width", "height"),
)
_CENTRES = (
    ("x_center", "y_center", "width", "height"),
    ("x_center", "y_center", "w", "h"),
    ("x_centre", "y_centre", "width", "height"),
    ("center_x", "center_y", "width", "height"),
    ("xcenter", "ycenter", "width", "height"),
    ("cx", "cy", "w", "h"),
    ("cx", "cy", "width", "height"),
)
_ONE_CELL = ("bbox", "box", "bounding_box", "boundingbox")
_SIZE_OF_PICTURE = (("width", "height"), ("image_width", "image_height"), ("img_width", "img_height"))
_NO_LABEL = frozenset(
    {
        "encodedpixels", "rle", "rle_mask", "mask_rle", "segmentation", "annotation", "caption", "captions", "text",
        "description", "url", "image_url", "hash", "md5", "width", "height", "comment", "prompt",
    }
)  # fmt: skip
"""The other one of two columns, when it does not name a class: masks of competitions, texts, addresses."""
_SPLIT = ("split", "set", "subset", "dataset")
_SCORE = ("score", "confidence", "conf")
_YES_OR_NO = frozenset({"0", "1", "0.0", "1.0", "", "true", "false", "-1"})
_MOST = 0.9
"""How many of the cells of a one-hot table say yes or no, at least: a broken row changes nothing."""
FOREIGN = (
    frozenset({"imageid", "labelname"}),
    frozenset({"region_shape_attributes"}),
    frozenset({"annotation_id", "lead_time"}),
)
"""Headers of formats that have plugins of their own (Open Images, VIA, Label Studio)."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Positions of what a row says; ``corners`` tells x1 y1 x2 y2 from x y w h, ``centre`` what x and y are there."""

    kind: Kind
    header: tuple[str, ...]
    """Names as they are written; empty when there is no header."""
    picture: int
    label: int | None = None
    box: tuple[int, ...] = ()
    corners: bool = True
    size: tuple[int, int] | None = None
    split: int | None = None
    score: int | None = None
    classes: tuple[int, ...] = ()
    """One column per class (one-hot)."""
    centre: bool = False
    """Whether x and y are the middle of a box of x y w h, not its corner."""
    rest: tuple[int, ...] = field(default=())
    """Columns whose meaning is their owner's: kept as attributes."""

    @property
    def several(self) -> bool:
        """Whether the header speaks of several labels in a cell."""
        return self.label is not None and bool(self.header) and fold(self.header[self.label]) in SEVERAL


def fold(name: str) -> str:
    """A column's name without the differences of spelling."""
    return name.strip().strip("#").lower().replace(" ", "_").replace("-", "_")


def looks_like_picture(text: str) -> bool:
    """Whether a cell ends like the name of a picture."""
    return PurePosixPath(text.replace("\\", "/")).suffix.lower() in PICTURE_SUFFIXES


def columns_of(first: Sequence[str], sample: Sequence[Sequence[str]], *, file: str) -> Columns | None:
    """The meaning of a table by its first row and some that follow; ``None`` when it is no table of labels."""
    if any(looks_like_picture(cell) for cell in first):
        return _without_header(first)
    names = [fold(name) for name in first]
    if any(foreign <= set(names) for foreign in FOREIGN):
        return None
    picture = next((names.index(name) for name in PICTURE if name in names), None)
    if picture is None or len(names) < 2:
        return None
    common = {
        "header": tuple(first),
        "picture": picture,
        "split": _first(names, _SPLIT),
        "score": _first(names, _SCORE),
    }
    label = next((i for word in LABEL for i, name in enumerate(names) if name == word and i != picture), None)
    box, corners, centre = _box(names)
    size = next(((names.index(w), names.index(h)) for w, h in _SIZE_OF_PICTURE if w in names and h in names), None)
    if box:
        size = None if size and set(size) & set(box) else size
        return _finished(Columns("boxes", label=label, box=box, corners=corners, centre=centre, size=size, **common))  # type: ignore[arg-type]
    classes = _one_hot(
        names, picture, sample, named_so=file.lower().endswith("_classes.csv"), has_label=label is not None
    )
    if classes:
        return Columns("one_hot", tuple(first), picture, classes=classes)
    if label is None and len(names) == 2 and names[1 - picture] not in _NO_LABEL:
        label = 1 - picture
    return _finished(Columns("labels", label=label, size=size, **common)) if label is not None else None  # type: ignore[arg-type]


def _first(names: list[str], words: Sequence[str]) -> int | None:
    return next((names.index(word) for word in words if word in names), None)


def _box(names: list[str]) -> tuple[tuple[int, ...], bool, bool]:
    """Columns of a box, whether they are two corners, and whether they begin with a centre."""
    for candidates, corners, centre in ((_CORNERS, True, False), (_SIZES, False, False), (_CENTRES, False, True)):
        for words in candidates:
            if all(word in names for word in words):
                return tuple(names.index(word) for word in words), corners, centre
    one = _first(names, _ONE_CELL)
    return ((one,), False, False) if one is not None else ((), True, False)


def _one_hot(
    names: list[str], picture: int, sample: Sequence[Sequence[str]], *, named_so: bool, has_label: bool
) -> tuple[int, ...]:
    """Columns of a one-hot table: all the others, and nearly all of their cells say yes or no."""
    classes = tuple(i for i in range(len(names)) if i != picture and names[i])
    if not classes or (len(classes) < 2 and not named_so) or (has_label and not named_so and len(classes) < 3):
        return ()
    cells = [row[i].lower() in _YES_OR_NO for row in sample for i in classes if i < len(row)]
    return classes if named_so or (cells and sum(cells) >= _MOST * len(cells)) else ()


def _finished(columns: Columns) -> Columns:
    used = {columns.picture, columns.label, columns.split, columns.score, *columns.box, *(columns.size or ())}
    rest = tuple(i for i, name in enumerate(columns.header) if i not in used and name.strip())
    return replace(columns, rest=rest)


def _is_number(cell: str) -> bool:
    value = number_of(cell)
    return value == value


def _without_header(first: Sequence[str]) -> Columns | None:
    """Tables that are known by their first row.

    keras-retinanet (path,x1,y1,x2,y2,class), Google's AutoML (SET,path,label,x1,y1,,,x2,y2,,), Make Sense
    (label,x,y,w,h,path,width,height), or path,label.
    """
    if not looks_like_picture(first[0]):
        if len(first) == 8 and looks_like_picture(first[5]) and all(map(_is_number, (*first[1:5], *first[6:]))):
            return Columns("boxes", (), 5, 0, (1, 2, 3, 4), corners=False, size=(6, 7))
        automl = len(first) >= 3 and first[0].isupper() and looks_like_picture(first[1])
        if automl and len(first) >= 9:
            return Columns("boxes", (), 1, 2, (3, 4, 7, 8), split=0)
        return Columns("labels", (), 1, 2, split=0) if automl else None
    if len(first) >= 6 and all(not cell or _is_number(cell) for cell in first[1:5]):
        if len(first) == 8 and all(map(_is_number, first[6:])):  # SKU-110K ends with the picture's size
            return Columns("boxes", (), 0, 5, (1, 2, 3, 4), size=(6, 7))
        return Columns("boxes", (), 0, 5, (1, 2, 3, 4), score=6 if len(first) > 6 else None)
    return Columns("labels", (), 0, 1) if len(first) >= 2 else None
