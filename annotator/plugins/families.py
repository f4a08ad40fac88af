"""The registries of the annotator's families, and the way by which the trainer adds its own."""

from typing import Any

from annotator.plugins.checks import QualityCheck
from annotator.plugins.formats import DatasetFormat
from annotator.plugins.registry import Registry
from annotator.plugins.sources import ImageSource

FORMATS: Registry[DatasetFormat] = Registry(
    "marquee.formats",
    DatasetFormat,
    {
        "coco": "annotator.formats.coco:CocoFormat",
        "createml": "annotator.formats.createml:CreateMlFormat",
        "csv": "annotator.formats.csv_tables:CsvFormat",
        "cvat": "annotator.formats.cvat:CvatFormat",
        "datumaro": "annotator.formats.datumaro:DatumaroFormat",
        "dota": "annotator.formats.dota:DotaFormat",
        "huggingface": "annotator.formats.huggingface:HuggingFaceFormat",
        "imagenet": "annotator.formats.imagenet:ImageNetFormat",
        "kitti": "annotator.formats.kitti:KittiFormat",
        "labelbox": "annotator.formats.labelbox:LabelboxFormat",
        "labelme": "annotator.formats.labelme:LabelMeFormat",
        "labelstudio": "annotator.formats.labelstudio:LabelStudioFormat",
        "masks": "annotator.formats.masks:MasksFormat",
        "mot": "annotator.formats.mot:MotFormat",
        "openimages": "annotator.formats.openimages:OpenImagesFormat",
        "supervisely": "annotator.formats.supervisely:SuperviselyFormat",
        "tfrecord": "annotator.formats.tfrecord:TfRecordFormat",
        "via": "annotator.formats.via:ViaFormat",
        "voc": "annotator.formats.voc:VocFormat",
        "yolo": "annotator.formats.yolo:YoloFormat",
    },
)
SOURCES: Registry[ImageSource] = Registry(
    "marquee.sources",
    ImageSource,
    {
        "azure": "annotator.sources.azure:AzureSource",
        "folder": "annotator.sources.folder:FolderSource",
        "gcs": "annotator.sources.gcs:GoogleSource",
        "http_list": "annotator.sources.http_list:ListSource",
        "s3": "annotator.sources.s3:BucketSource",
    },
)
CHECKS: Registry[QualityCheck] = Registry(
    "marquee.checks",
    QualityCheck,
    {
        "out_of_image": "annotator.checks.bounds:OutOfImageCheck",
        "overlap": "annotator.checks.overlap:OverlapCheck",
        "tiny": "annotator.checks.tiny:TinyCheck",
    },
)

_ALL: list[Registry[Any]] = [FORMATS, SOURCES, CHECKS]


def register_families(*registries: Registry[Any]) -> None:
    """Add families of another package (called once from its ``AppConfig.ready``)."""
    for registry in registries:
        if registry not in _ALL:
            _ALL.append(registry)


def all_families() -> list[Registry[Any]]:
    """Every family that this installation knows."""
    return list(_ALL)
