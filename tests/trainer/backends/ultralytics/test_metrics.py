"""The library's names in ours."""

from trainer.backends.ultralytics.metrics import common_names


def test_detection() -> None:
    found = common_names(
        {"metrics/mAP50(B)": 0.5, "metrics/mAP50-95(B)": 0.3, "val/box_loss": 1.0, "fitness": 9}, "detect"
    )
    assert found == {"map50": 0.5, "map50_95": 0.3, "val/box_loss": 1.0}


def test_masks_are_the_main_ones() -> None:
    found = common_names({"metrics/mAP50(B)": 0.5, "metrics/mAP50(M)": 0.4}, "segment")
    assert found == {"box_map50": 0.5, "map50": 0.4}


def test_classification() -> None:
    assert common_names({"metrics/accuracy_top1": 0.9}, "classify") == {"accuracy_top1": 0.9}
