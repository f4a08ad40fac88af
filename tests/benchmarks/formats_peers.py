"""One conversion by another tool: ``python formats_peers.py TOOL TARGET SOURCE FOLDER``, run in the tools' environment.

Every tool is called as its own documentation says, with pictures where it wants them; nothing of ours is imported here.
"""

import sys
from pathlib import Path


def datumaro(target: str, source: Path, folder: Path, segments: bool) -> None:
    """Import and export with pictures."""
    import datumaro as dm  # type: ignore[import-not-found]

    names = {"voc": "voc", "yolo": "yolo_ultralytics" if segments else "yolo", "coco": "coco_instances"}
    data = dm.Dataset.import_from(str(source), "coco")
    data.export(str(folder), names[target], save_media=any((source / "images" / "train").iterdir()))


def supervision(target: str, source: Path, folder: Path, segments: bool) -> None:
    """Lists boxes (or masks) of pictures that must be there."""
    import supervision as sv  # type: ignore[import-not-found]

    pictures, file = source / "images" / "train", source / "annotations" / "instances_train.json"
    data = sv.DetectionDataset.from_coco(str(pictures), str(file), force_masks=segments)
    if target == "voc":
        data.as_pascal_voc(str(folder / "JPEGImages"), str(folder / "Annotations"))
    elif target == "yolo":
        data.as_yolo(str(folder / "images"), str(folder / "labels"), str(folder / "data.yaml"))
    else:
        data.as_coco(str(folder / "images"), str(folder / "annotations.json"))


def globox(target: str, source: Path, folder: Path, segments: bool) -> None:
    """Boxes only, no pictures."""
    from globox import AnnotationSet  # type: ignore[import-not-found]

    del segments
    data = AnnotationSet.from_coco(source / "annotations" / "instances_train.json")
    if target == "voc":
        data.save_pascal_voc(folder)
    elif target == "yolo":
        labels = sorted({box.label for item in data for box in item.boxes})
        data.save_yolo_v5(folder, label_to_id={name: number for number, name in enumerate(labels)})
    else:
        data.save_coco(folder / "annotations.json", auto_ids=True)


if __name__ == "__main__":
    tool, wanted, place, made, kind = sys.argv[1:6]
    globals()[tool](wanted, Path(place), Path(made), kind != "box")
