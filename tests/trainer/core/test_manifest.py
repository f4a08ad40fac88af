"""Records come back from a manifest as they were."""

from pathlib import Path

import pytest

from annotator.core.geometry.types import Box, Mask, Polygon, PolygonPart, Tag
from annotator.core.records import AnnotationRecord, ImageRecord
from trainer.core.manifest import read_records, write_records


def test_round_trip(tmp_path: Path) -> None:
    ring = PolygonPart(outer=[0.0, 0.0, 5.0, 0.0, 5.0, 5.0], holes=[[1.0, 1.0, 2.0, 1.0, 2.0, 2.0]])
    annotations = (
        AnnotationRecord("a", Box(1.5, 2.0, 3.0, 4.0), {"x": 1}, id="7", score=0.5),
        AnnotationRecord("b", Polygon([ring])),
        AnnotationRecord("c", Mask((0, 0, 2, 2), "04")),
        AnnotationRecord("d", Tag(), crowd=True),
    )
    records = [
        ImageRecord("täg/ü.png", 10, 20, annotations, "train", Path("/pictures/ü"), "id-1"),
        ImageRecord("b.png", 1, 1),
    ]
    path = tmp_path / "deep" / "manifest.jsonl"
    assert write_records(path, records) == 2
    assert list(read_records(path)) == records


def test_an_interrupted_manifest_does_not_exist(tmp_path: Path) -> None:
    def broken() -> "object":
        yield ImageRecord("a.png", 1, 1)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_records(tmp_path / "manifest.jsonl", broken())  # type: ignore[arg-type]
    assert not (tmp_path / "manifest.jsonl").exists()
