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
        "coco": "annotator.formats.coco.plugin:CocoFormat",
        "createml": "annotator.formats.createml.plugin:CreateMlFormat",
        "csv": "annotator.formats.csv.plugin:CsvFormat",
        "cvat": "annotator.formats.cvat.plugin:CvatFormat",
        "datumaro": "annotator.formats.datumaro.plugin:DatumaroFormat",
        "dota": "annotator.formats.dota.plugin:DotaFormat",
        "huggingface": "annotator.formats.huggingface.plugin:HuggingFaceFormat",
        "imagenet": "annotator.formats.imagenet.plugin:ImageNetFormat",
        "kitti": "annotator.formats.kitti.plugin:KittiFormat",
        "labelbox": "annotator.formats.labelbox.plugin:LabelboxFormat",
        "labelme": "annotator.formats.labelme.plugin:LabelMeFormat",
        "labelstudio": "annotator.formats.labelstudio.plugin:LabelStudioFormat",
        "masks": "annotator.formats.masks.plugin:MasksFormat",
        "mot": "annotator.formats.mot.plugin:MotFormat",
        "openimages": "annotator.formats.openimages.plugin:OpenImagesFormat",
        "supervisely": "annotator.formats.supervisely.plugin:SuperviselyFormat",
        "tfrecord": "annotator.formats.tfrecord.plugin:TfRecordFormat",
        "via": "annotator.formats.via.plugin:ViaFormat",
        "voc": "annotator.formats.voc.plugin:VocFormat",
        "yolo": "annotator.formats.yolo.plugin:YoloFormat",
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
