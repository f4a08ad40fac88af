"""The files that describe a YOLO dataset as a whole: ``data.yaml``, or Darknet's ``obj.data`` with its lists."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from annotator.core.records import ImageRecord, LabelRecord
from annotator.formats.yolo.layout import MARK

DEFAULT_SPLIT = "train"
OWN_KEYS = frozenset(
    {"path", "train", "val", "validation", "valid", "test", "minival", "nc", "names", "kpt_shape", "kpt_names",
     "keypoint_names", "flip_idx", "task", "download", "channels", MARK}
)  # fmt: skip
"""What a data file says of its own layout; everything else is information about the set."""
_FIELD = "yolo"
_DARKNET_KEYS = {"train": "train", "val": "valid", "test": "test"}


def split_of(image: ImageRecord) -> str:
    """The folder that a picture goes to."""
    return image.split or DEFAULT_SPLIT


def information_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """What a data file says besides its layout (licence, project …), by the name under which it is written again."""
    kept = {str(key): value for key, value in config.items() if str(key) not in OWN_KEYS and _is_small(value)}
    return {_FIELD: kept} if kept else {}


def _is_small(value: Any) -> bool:
    """Scalars and mappings of scalars: YAML can repeat itself into the billions."""
    if isinstance(value, dict):
        return len(value) < 100 and all(item is None or isinstance(item, str | int | float) for item in value.values())
    return value is None or isinstance(value, str | int | float)


def data_file(
    labels: Sequence[LabelRecord],
    splits: Sequence[str],
    points: int,
    task: str,
    information: Mapping[str, Any],
) -> tuple[str, list[tuple[str, str]]]:
    """The text of ``data.yaml``, and the splits that it must name but that have no pictures, each with its stand-in."""
    known = list(splits) or [DEFAULT_SPLIT]
    content: dict[str, Any] = {}
    stand_ins: list[tuple[str, str]] = []
    for split in dict.fromkeys(["train", "val", "test", *known]):
        if split in known:
            content[split] = f"images/{split}"
        elif split != "test":  # Ultralytics wants train and val
            other = next(name for name in (DEFAULT_SPLIT, *known) if name in known)
            content[split] = f"images/{other}"
            stand_ins.append((split, other))
    content["nc"] = len(labels)
    content["names"] = {index: label.name for index, label in enumerate(labels)}
    if points:
        content["kpt_shape"] = [points, 3]
        if flips := _mirrored(labels, points):
            content["flip_idx"] = flips
        names = {i: list(label.keypoints) for i, label in enumerate(labels) if len(label.keypoints) == points}
        if names:
            content["kpt_names"] = names
    if task == "obb":
        content["task"] = task
    content[MARK] = True
    given = information.get(_FIELD)
    content |= {key: value for key, value in given.items() if key not in OWN_KEYS} if isinstance(given, Mapping) else {}
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False), stand_ins


def _mirrored(labels: Sequence[LabelRecord], points: int) -> list[int]:
    """``flip_idx``: as the source had it, else from names like left_eye and right_eye; empty when nobody knows."""
    for label in labels:
        given = label.source.get("yolo:flip_idx")
        if isinstance(given, list) and sorted(map(str, given)) == sorted(map(str, range(points))):
            return [int(value) for value in given]
    names = next((list(label.keypoints) for label in labels if len(label.keypoints) == points), [])
    place = {name.lower(): index for index, name in enumerate(names)}
    flips = [place.get(_other_side(name.lower()), index) for index, name in enumerate(names)]
    return flips if flips and flips != list(range(points)) else []


def _other_side(name: str) -> str:
    for here, there in (("left", "right"), ("right", "left")):
        if here in name:
            return name.replace(here, there)
    if name[:2] in {"l_", "r_"}:
        return {"l_": "r_", "r_": "l_"}[name[:2]] + name[2:]
    return name


def darknet_files(labels: Sequence[LabelRecord], splits: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Path → text of ``obj.names``, ``obj.data`` and the lists of pictures."""
    files = {"obj.names": "".join(f"{label.name}\n" for label in labels)}
    lines = [f"classes = {len(labels)}"]
    for split, pictures in splits.items():
        key = _DARKNET_KEYS.get(split, split)
        files[f"{split}.txt"] = "".join(f"data/{picture}\n" for picture in pictures)
        lines.append(f"{key} = data/{split}.txt")
    lines += ["names = data/obj.names", "backup = backup/", f"{MARK} = 1"]
    files["obj.data"] = "\n".join(lines) + "\n"
    return files
