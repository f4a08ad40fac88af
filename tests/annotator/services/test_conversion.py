"""Conversions: everything arrives, nothing is left behind when it does not."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from annotator.core.errors import AnnotatorError, Cancelled, Conflict, InvalidInput, NotFound
from annotator.core.progress import SilentProgress
from annotator.services.conversion import Conversion, StrictRefusal, convert, is_clean
from tests.factories.random_sets import png

BOX = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "iscrowd": 0}


def coco(root: Path, *annotations: dict[str, Any], images: int = 2) -> Path:
    """A set with pictures 1.png, 2.png …"""
    folder = root / "images" / "train"
    folder.mkdir(parents=True)
    entries = []
    for number in range(1, images + 1):
        (folder / f"{number}.png").write_bytes(png(60, 40, number))
        entries.append({"id": number, "file_name": f"{number}.png", "width": 60, "height": 40})
    value = {"images": entries, "categories": [{"id": 1, "name": "cat"}], "annotations": list(annotations)}
    (root / "annotations").mkdir()
    (root / "annotations" / "instances_train.json").write_text(json.dumps(value))
    return root


def run(source: Path, target: Path | None, to: str = "voc", **settings: Any) -> dict[str, Any]:
    return convert(Conversion(source=source, target=target, to_format=to, **settings), SilentProgress())


def test_a_folder_becomes_a_folder(tmp_path: Path) -> None:
    report = run(coco(tmp_path / "in", BOX), tmp_path / "out")
    assert (report["format"], report["counts"]["images"], report["counts"]["annotations"]) == ("coco", 2, 1)
    assert [(label["source"], label["n"]) for label in report["labels"]] == [("cat", 1)]
    assert report["reasons"]
    assert is_clean(report)
    assert len(list((tmp_path / "out").rglob("*.xml"))) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]


@pytest.mark.parametrize("name", ["out.zip", "out.tar", "out.tar.gz"])
def test_archives_out_and_in(tmp_path: Path, name: str) -> None:
    run(coco(tmp_path / "in", BOX), tmp_path / name)
    report = run(tmp_path / name, tmp_path / "back", to="coco")
    assert (report["format"], report["counts"]["annotations"], report["counts"]["images"]) == ("voc", 1, 2)


def test_without_images(tmp_path: Path) -> None:
    run(coco(tmp_path / "in", BOX), tmp_path / "out", with_images=False)
    assert list((tmp_path / "out").rglob("*.png")) == []
    assert len(list((tmp_path / "out").rglob("*.xml"))) == 2


def test_a_dry_run_counts_the_same_and_writes_nothing(tmp_path: Path) -> None:
    source = coco(tmp_path / "in", BOX, {**BOX, "id": 2, "category_id": 9})
    dry = run(source, tmp_path / "out", dry_run=True)
    assert not (tmp_path / "out").exists()
    wet = run(source, tmp_path / "out")
    assert dry == wet
    assert [issue["code"] for issue in wet["issues"]] == ["unknown_category_id"]


def test_strict_refuses_what_is_not_clean_and_writes_nothing(tmp_path: Path) -> None:
    source = coco(tmp_path / "in", BOX, {**BOX, "id": 2, "category_id": 9})
    with pytest.raises(StrictRefusal) as refusal:
        run(source, tmp_path / "out", strict=True)
    assert refusal.value.fields["counts"]["annotations"] == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in"]


def test_strict_refuses_losses(tmp_path: Path) -> None:
    outline = {**BOX, "segmentation": [[1, 1, 20, 1, 20, 20]], "bbox": [1, 1, 19, 19]}
    source = coco(tmp_path / "in", outline)
    assert run(source, None, to="yolo")["lossy"]
    with pytest.raises(StrictRefusal, match="unsupported_polygon"):
        run(source, tmp_path / "out", to="yolo", strict=True)


def test_labels_that_a_format_has_no_list_for_are_lost_loudly(tmp_path: Path) -> None:
    source = coco(tmp_path / "in", BOX)
    path = source / "annotations" / "instances_train.json"
    value = json.loads(path.read_text())
    value["categories"].append({"id": 2, "name": "dog", "keypoints": ["nose"]})
    path.write_text(json.dumps(value))
    lossy = run(source, None, to="createml")["lossy"]
    assert {loss["code"]: loss["count"] for loss in lossy} == {"unused_labels": 1, "keypoint_names": 1}
    assert run(source, None, to="coco")["lossy"] == []


def test_facts_around_the_objects_are_lost_loudly_and_cleanly(tmp_path: Path) -> None:
    source = coco(tmp_path / "in", BOX)
    file = source / "annotations" / "instances_train.json"
    content = json.loads(file.read_text())
    content["images"][0]["license"] = 3
    content["categories"][0] |= {"supercategory": "animal", "color": [255, 0, 0]}
    file.write_text(json.dumps(content))
    report = run(source, tmp_path / "out", to="yolo", strict=True)
    lost = {loss["code"]: loss["count"] for loss in report["lossy"]}
    assert lost == {"colors": 1, "label_parents": 1, "image_fields": 1}
    assert is_clean(report)
    assert run(source, tmp_path / "same", to="coco")["lossy"] == []


@pytest.mark.parametrize(("flag", "clean"), [("0", True), ("1", False)])
def test_flags_that_are_not_set_are_no_loss(tmp_path: Path, flag: str, clean: bool) -> None:
    run(coco(tmp_path / "in", BOX), tmp_path / "voc")
    for file in (tmp_path / "voc").rglob("1.xml"):
        text = re.sub("<(truncated|difficult).*?>.*?</.*?>", "", file.read_text())
        flags = f"<truncated>{flag}</truncated><difficult>0</difficult><bndbox>"
        file.write_text(text.replace("<bndbox>", flags))
    report = run(tmp_path / "voc", tmp_path / "out", to="yolo")
    assert {loss["code"] for loss in report["lossy"]} == (set() if clean else {"attributes"})
    assert is_clean(report) is clean


def test_strict_passes_what_is_clean(tmp_path: Path) -> None:
    report = run(coco(tmp_path / "in", BOX), tmp_path / "out", strict=True)
    assert report["counts"]["images"] == 2
    assert (tmp_path / "out").is_dir()


def test_what_is_there_is_not_overwritten_unless_asked(tmp_path: Path) -> None:
    source = coco(tmp_path / "in", BOX)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("precious")
    with pytest.raises(Conflict, match="overwrite"):
        run(source, tmp_path / "out")
    assert (tmp_path / "out" / "mine.txt").read_text() == "precious"
    run(source, tmp_path / "out", overwrite=True)
    assert not (tmp_path / "out" / "mine.txt").exists()


def test_a_wrong_format_that_finds_nothing_is_a_warning(tmp_path: Path) -> None:
    source = coco(tmp_path / "in", BOX)
    for wrong in ("dota", "kitti"):
        report = run(source, None, to="coco", from_format=wrong)
        assert [issue["code"] for issue in report["issues"]] == ["not_recognised"]
    empty = coco(tmp_path / "empty")
    assert run(empty, None, to="coco", from_format="coco")["issues"] == []


@pytest.mark.parametrize("target", ["in", ".", "in/out", "in/images/../../in", "link"])
def test_what_is_read_is_never_written_over(tmp_path: Path, target: str) -> None:
    source = coco(tmp_path / "in", BOX)
    (tmp_path / "link").symlink_to(source)
    before = sorted(path for path in tmp_path.rglob("*"))
    with pytest.raises(Conflict, match="would be read"):
        run(source, tmp_path / target, overwrite=True)
    assert sorted(path for path in tmp_path.rglob("*")) == before


def test_an_archive_is_not_written_over_itself(tmp_path: Path) -> None:
    run(coco(tmp_path / "in", BOX), tmp_path / "x.zip")
    with pytest.raises(Conflict, match="would be read"):
        run(tmp_path / "x.zip", tmp_path / "x.zip", to="coco", overwrite=True)
    assert run(tmp_path / "x.zip", None, to="coco")["counts"]["images"] == 2


class _Stops:
    def advance(self, done: int, total: int | None = None, message: str = "") -> None:
        raise Cancelled("Stop.")


def test_a_stopped_conversion_leaves_nothing_behind(tmp_path: Path) -> None:
    source = coco(tmp_path / "in", BOX)
    with pytest.raises(Cancelled):
        convert(Conversion(source=source, target=tmp_path / "out", to_format="voc"), _Stops())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in"]


@pytest.mark.parametrize(
    ("settings", "error", "sentence"),
    [
        ({"to": ""}, InvalidInput, "--to"),
        ({"to": "nonsense"}, AnnotatorError, "nonsense"),
        ({"from_format": "nonsense"}, AnnotatorError, "nonsense"),
        ({"options": {"nonsense": "1"}}, InvalidInput, "nonsense"),
        ({"options": {"to.polygons": "perhaps"}}, InvalidInput, "polygons"),
        ({"options": {"from.polygons": "true"}}, InvalidInput, "polygons"),
    ],
)
def test_wrong_wishes_are_refused_with_a_sentence(
    tmp_path: Path, settings: dict[str, Any], error: type[AnnotatorError], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        run(coco(tmp_path / "in", BOX), tmp_path / "out", **settings)
    assert not (tmp_path / "out").exists()


def test_options_reach_their_side(tmp_path: Path) -> None:
    outline = {**BOX, "segmentation": [[1, 1, 20, 1, 20, 20]], "bbox": [1, 1, 19, 19]}
    source = coco(tmp_path / "in", outline)
    run(source, tmp_path / "with")
    run(source, tmp_path / "without", options={"polygons": "false"})
    assert "<polygon>" in (tmp_path / "with/Annotations/1.xml").read_text()
    assert "<polygon>" not in (tmp_path / "without/Annotations/1.xml").read_text()


def test_a_source_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        run(tmp_path / "nothing", tmp_path / "out")


def test_an_unknown_dataset_names_the_candidates(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "notes.md").write_text("hello")
    with pytest.raises(InvalidInput, match="not recognised"):
        run(tmp_path / "in", tmp_path / "out")


def command(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    code = "import sys; from annotator.management.cli import main; sys.exit(main(['marquee', *sys.argv[1:]]))"
    program = [sys.executable, "-c", code, "convert", *arguments]
    root = str(Path(__file__).resolve().parents[3])
    return subprocess.run(
        program, cwd=cwd, capture_output=True, text=True, check=False, env={"PYTHONPATH": root, "PATH": "/usr/bin:/bin"}
    )


def test_the_command_has_three_exit_codes_and_needs_no_home(tmp_path: Path) -> None:
    source = coco(tmp_path / "in", BOX)
    clean = command(str(source), "out.zip", "--to", "voc", "--json", cwd=tmp_path)
    assert (clean.returncode, json.loads(clean.stdout)["counts"]["annotations"]) == (0, 1)
    odd = coco(tmp_path / "odd", {**BOX, "category_id": 9})
    assert command(str(odd), "out3", "--to", "voc", cwd=tmp_path).returncode == 1
    refused = command(str(odd), "out4", "--to", "voc", "--strict", "--json", cwd=tmp_path)
    document = json.loads(refused.stdout)
    assert (refused.returncode, document["code"]) == (2, "not_clean")
    assert {"format", "counts", "labels", "issues", "lossy"} <= document.keys()
    assert command("nothing", "out5", "--to", "voc", cwd=tmp_path).returncode == 2
    assert not (tmp_path / "var").exists()


def test_the_command_imports_no_django(tmp_path: Path) -> None:
    source = coco(tmp_path / "in", BOX)
    code = (
        "import sys; from annotator.management.cli import main; "
        f"assert main(['marquee', 'convert', {str(source)!r}, {str(tmp_path / 'out')!r}, '--to', 'voc']) == 0; "
        "print('django' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "False"
