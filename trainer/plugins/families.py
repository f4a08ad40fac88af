"""The registries of the trainer's families."""

from annotator.plugins.registry import Registry
from trainer.plugins.augmentations import Augmentation
from trainer.plugins.backends import ModelBackend
from trainer.plugins.exporters import DeploymentExporter
from trainer.plugins.interactors import Interactor
from trainer.plugins.strategies import AcquisitionStrategy

BACKENDS: Registry[ModelBackend] = Registry(
    "marquee.backends", ModelBackend, {"ultralytics": "trainer.backends.ultralytics.backend:UltralyticsBackend"}
)
STRATEGIES: Registry[AcquisitionStrategy] = Registry(
    "marquee.strategies",
    AcquisitionStrategy,
    {
        "hybrid": "trainer.strategies.hybrid:HybridStrategy",
        "random": "trainer.strategies.random:RandomStrategy",
        "least_confidence": "trainer.strategies.uncertainty:LeastConfidenceStrategy",
        "margin": "trainer.strategies.uncertainty:MarginStrategy",
        "entropy": "trainer.strategies.uncertainty:EntropyStrategy",
        "class_balanced_entropy": "trainer.strategies.balanced:ClassBalancedEntropyStrategy",
        "k_center": "trainer.strategies.k_center:KCenterStrategy",
    },
)
AUGMENTATIONS: Registry[Augmentation] = Registry(
    "marquee.augmentations",
    Augmentation,
    {
        "flip": "trainer.augmentations.flip:FlipAugmentation",
        "brightness": "trainer.augmentations.brightness:BrightnessAugmentation",
    },
)
EXPORTERS: Registry[DeploymentExporter] = Registry(
    "marquee.exporters",
    DeploymentExporter,
    {
        "torchscript": "trainer.exporters.torchscript:TorchScriptExporter",
        "onnx": "trainer.exporters.onnx:OnnxExporter",
    },
)
INTERACTORS: Registry[Interactor] = Registry(
    "marquee.interactors", Interactor, {"region": "trainer.interactors.region:RegionInteractor"}
)
FAMILIES = (BACKENDS, STRATEGIES, AUGMENTATIONS, EXPORTERS, INTERACTORS)
