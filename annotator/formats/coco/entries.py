"""Records → entries of ``annotations``, ``images`` and ``categories``."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from pycocotools import mask as coco_mask

from annotator.core.geometry.convert import to_polygon
from annotator.core.geometry.masks import mask_area, mask_of_polygon, runs_over_picture
from annotator.core.geometry.measures import area, bounds
from annotator.core.geometry.rle import runs_to_text
from annotator.core.geometry.types import Box, Geometry, Keypoints, Mask, Polygon, RotatedBox
from annotator.core.records import AnnotationRecord, ImageRecord, LabelRecord

Json = dict[str, Any]
_OWN = frozenset({"id", "image_id", "category_id", "bbox", "area", "iscrowd", "num_keypoints", "attributes"})
_OF_IMAGE = frozenset({"id", "file_name", "width", "height"})
_OF_CATEGORY = frozenset({"id", "name", "supercategory", "keypoints", "skeleton", "color"})
_FAR = 1e300
WRITABLE = frozenset({"box", "rotated_box", "polygon", "ellipse", "mask", "keypoints"})


def category_ids(labels: Sequence[LabelRecord], *, zero_based: bool) -> list[int]:
    """Ids of the labels: their own where all have one, different and above 0; else counted from 1 (or 0)."""
    own = [label.source_id for label in labels if type(label.source_id) is int]
    if not zero_based and len(own) == len(labels) == len(set(own)) and all(n > 0 for n in own):
        return own
    return list(range(0 if zero_based else 1, len(labels) + (0 if zero_based else 1)))


def category_entry(label: LabelRecord, number: int) -> Json:
    """A category with everything that was kept of it; edges of skeletons count from 1."""
    entry: Json = {
        "id": number,
        "name": label.name,
        "supercategory": label.source.get("supercategory", label.parent or ""),
    }
    if label.keypoints:
        entry["keypoints"] = list(label.keypoints)
        entry["skeleton"] = [[a + 1, b + 1] for a, b in label.skeleton]
    if label.stuff:
        entry["isthing"] = 0
    if label.color:
        entry["color"] = _rgb(label.color)
    return {**entry, **{key: value for key, value in label.source.items() if key not in _OF_CATEGORY}}


def _rgb(color: str) -> list[int] | str:
    digits = color.removeprefix("#")
    try:
        return [int(digits[i : i + 2], 16) for i in (0, 2, 4)] if len(digits) == 6 else color
    except ValueError:
        return color


def image_entry(image: ImageRecord, file_name: str) -> Json:
    """A picture's entry without its id."""
    entry: Json = {"file_name": file_name, "width": image.width, "height": image.height}
    return {**entry, **{key: value for key, value in image.source.items() if key not in _OF_IMAGE}}


def plain_box(annotation: AnnotationRecord, category: int) -> bytes | None:
    """The rest of a box's entry behind its ids, as :func:`annotation_entry` has it; ``None`` for all but plain boxes."""
    box = annotation.geometry
    if (
        type(box) is not Box or annotation.attributes or annotation.crowd or annotation.score is not None
        or annotation.z_order or annotation.group is not None or annotation.track is not None
        or not -_FAR < box.x + box.y + box.w + box.h < _FAR
    ):  # fmt: skip
        return None
    x, y, w, h = box.x, box.y, box.w, box.h
    numbers = orjson.dumps([[x, y, w, h], w * h])
    middle = numbers.index(b"]")
    return b'"category_id":%d,"bbox":%b],"area":%b,"iscrowd":0,"segmentation":[]}' % (
        category, numbers[1:middle], numbers[middle + 2 : -1],
    )  # fmt: skip


def annotation_entry(annotation: AnnotationRecord, category: int, image: ImageRecord) -> Json | None:
    """An object's entry without its ids; ``None`` when COCO has no place for its shape."""
    geometry = annotation.geometry
    if type(geometry) is Box and not annotation.attributes:
        entry: Json = {
            "category_id": category,
            "bbox": [geometry.x, geometry.y, geometry.w, geometry.h],
            "area": geometry.w * geometry.h,
            "iscrowd": int(annotation.crowd),
            "segmentation": [],
        }
    else:
        found = bounds(geometry)
        if found is None or geometry.kind not in WRITABLE:
            return None
        x1, y1, x2, y2 = found
        attributes = {key: value for key, value in annotation.attributes.items() if not key.startswith("coco:")}
        extra = {key[5:]: value for key, value in annotation.attributes.items() if key.startswith("coco:")}
        if isinstance(geometry, RotatedBox):
            attributes["rotation"] = geometry.angle % 360 or 360.0  # 0 would mean a plain outline
        own = annotation.box if isinstance(geometry, Keypoints) else None
        entry = {
            "category_id": category,
            "bbox": [own.x, own.y, own.w, own.h] if own else [x1, y1, x2 - x1, y2 - y1],
            "iscrowd": int(annotation.crowd),
            **_shape(geometry, image.width, image.height, extra.pop("segmentation", None), own),
            **({"attributes": attributes} if attributes else {}),
            **{key: value for key, value in extra.items() if key not in _OWN},
        }
        if isinstance(geometry, RotatedBox):
            entry["rotated_box"] = [geometry.cx, geometry.cy, geometry.w, geometry.h, geometry.angle]
        if isinstance(extra.get("keypoints"), list):
            entry["num_keypoints"] = sum(value not in (0, None) for value in extra["keypoints"][2::3])
    for key, value in (
        ("score", annotation.score),
        ("z_order", annotation.z_order or None),
        ("group_id", annotation.group),
        ("part_of", annotation.part_of),
    ):
        if value is not None:
            entry[key] = value
    if annotation.track is not None and annotation.attributes.get("track_id") != annotation.track:
        entry["track_id"] = annotation.track
    return entry


def tag_entry(annotation: AnnotationRecord, category: int) -> Json:
    """A tag's entry without its ids, for files that hold tags only."""
    attributes = {key: value for key, value in annotation.attributes.items() if not key.startswith("coco:")}
    extra = {key[5:]: value for key, value in annotation.attributes.items() if key.startswith("coco:")}
    entry = {"category_id": category, **{key: value for key, value in extra.items() if key not in _OWN}}
    own = {"attributes": attributes or None, "score": annotation.score, "group_id": annotation.group}
    return {**entry, **_more(annotation), **{key: value for key, value in own.items() if value is not None}}


def _more(annotation: AnnotationRecord) -> Json:
    """What COCO has no name for, under ours."""
    own = {"z_order": annotation.z_order or None, "part_of": annotation.part_of, "track_id": annotation.track}
    return {key: value for key, value in own.items() if value is not None}


def detection_entry(annotation: AnnotationRecord, category: int, image: ImageRecord) -> Json | None:
    """A suggestion as an entry of a result file; without a score it counts as certain."""
    entry = annotation_entry(annotation, category, image)
    if entry is None:
        return None
    kept = {"score": 1.0, **{key: entry[key] for key in ("category_id", "bbox", "segmentation") if entry.get(key)}}
    if isinstance(annotation.geometry, Polygon):  # result files know run lengths only
        mask = mask_of_polygon(annotation.geometry, image.width or None, image.height or None)
        if mask is not None and image.width:
            kept["segmentation"] = _run_lengths(mask, image.width, image.height)["segmentation"]
    if isinstance(annotation.geometry, Keypoints):
        kept["keypoints"] = entry["keypoints"]
    if "keypoints" in kept or "segmentation" in kept:
        kept.pop("bbox", None)  # readers take whatever has a box for a box
    if annotation.score is not None:
        kept["score"] = annotation.score
    if "attributes" in entry:
        kept["attributes"] = entry["attributes"]
    return kept


def _shape(geometry: Geometry, width: int, height: int, outline: Any, own: Box | None) -> Json:
    """``segmentation`` and ``area`` (and key points) of a geometry; holes need run lengths."""
    if isinstance(geometry, Keypoints):
        points = list(geometry.points)
        points[2::3] = [int(value) for value in points[2::3]]
        seen = sum(value > 0 for value in points[2::3])
        shape: Json = {"keypoints": points, "num_keypoints": seen, "segmentation": outline or []}
        return {**shape, "area": _area_of(outline, width, height) or (own.w * own.h if own else _extent(geometry))}
    if isinstance(geometry, Box):
        return {"segmentation": [], "area": area(geometry)}
    if isinstance(geometry, Mask):
        return _run_lengths(geometry, width, height)
    polygon = to_polygon(geometry) or Polygon(parts=[])
    if any(part.holes for part in polygon.parts) and width and height:
        mask = mask_of_polygon(polygon, width, height)
        if mask is not None:
            return _run_lengths(mask, width, height)
    rings = [part.outer for part in polygon.parts]
    return {"segmentation": rings, "area": pixels_of(polygon, rings, width, height)}


def pixels_of(polygon: Polygon, rings: Sequence[Sequence[float]], width: int, height: int) -> float:
    """Area in pixels as COCO's own tools compute it; outlines that cross themselves have no other meaningful one."""
    found = bounds(polygon)
    if found is None or not (width and height):
        return area(polygon)
    x1, y1, x2, y2 = found
    if x1 >= -width and y1 >= -height and x2 <= 2 * width and y2 <= 2 * height:
        found = coco_mask.frPyObjects(rings, height, width)
        return int(coco_mask.area(found[0] if len(found) == 1 else coco_mask.merge(found)))
    mask = mask_of_polygon(polygon, width, height)  # a far corner must cost neither time nor memory
    return mask_area(mask) if mask else 0


def _area_of(outline: Any, width: int, height: int) -> float:
    """Pixels of a segmentation that was kept beside key points; 0 when it is none."""
    if not outline or not (width and height):
        return 0.0
    try:
        found = coco_mask.frPyObjects(outline, height, width)
        return int(coco_mask.area(coco_mask.merge(found) if isinstance(found, list) else found))
    except Exception:  # noqa: BLE001 -- whatever a foreign outline makes the library raise, it has no area
        return 0.0


def _extent(geometry: Geometry) -> float:
    x1, y1, x2, y2 = bounds(geometry) or (0.0, 0.0, 0.0, 0.0)
    return (x2 - x1) * (y2 - y1)


def _run_lengths(mask: Mask, width: int, height: int) -> Json:
    x, y, w, h = mask.bbox
    runs = runs_over_picture(mask, width or x + w, height or y + h)
    size = [height or y + h, width or x + w]
    return {"segmentation": {"size": size, "counts": runs_to_text(runs)}, "area": int(runs[1::2].sum())}


def segment_entry(annotation: AnnotationRecord, category: int) -> Mapping[str, Any]:
    """What ``segments_info`` says of an object beside its pixels."""
    attributes = {key: value for key, value in annotation.attributes.items() if not key.startswith("coco:")}
    extra = {key[5:]: value for key, value in annotation.attributes.items() if key.startswith("coco:")}
    entry = {key: value for key, value in extra.items() if key not in _OWN and key not in {"segmentation", "keypoints"}}
    return {
        "category_id": category,
        "iscrowd": int(annotation.crowd),
        **entry,
        **({"attributes": attributes} if attributes else {}),
    }
