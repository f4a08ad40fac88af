"""Tables of classes in every manner that people write them."""

from pathlib import Path

import pytest

from annotator.formats.shared.class_tables import ClassEntry, read_class_table

CAT, DOG = ("cat", 1, (10, 20, 30)), ("dog", 2, (4, 5, 6))


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("labelmap.txt", "# label:color_rgb\nbg:0,0,0::\ncat:10,20,30::\n", [("bg", 0, (0, 0, 0)), ("cat", 1, (10, 20, 30))]),
        ("labelmap.txt", "cat:::\n", [("cat", 0, None)]),
        ("labelmap.txt", 'a/b: "c":10,20,30::\n', [('a/b: "c"', 0, (10, 20, 30))]),
        ("label_colors.txt", "64 128 64\tAnimal\n192 0 128 \t\tArchway\n", [("Animal", 0, (64, 128, 64)), ("Archway", 1, (192, 0, 128))]),
        ("classes.txt", "cat\r\n\r\nsea dog\r\n", [("cat", 0, None), ("sea dog", 2, None)]),
        ("class_dict.csv", "\ufeffname,r,g,b,class_11\nA,64,128,64,0\nB, 1, 2, 3,1\n", [("A", 0, (64, 128, 64)), ("B", 1, (1, 2, 3))]),
        ("classes.csv", "id;name;color\n7;cat;#0a141e\n", [("cat", 7, (10, 20, 30))]),
        ("_classes.csv", "Pixel Value, Class\n0, background\n1, cat\n", [("background", 0, None), ("cat", 1, None)]),
        ("classes.csv", "0,cat\n5,dog\n", [("cat", 0, None), ("dog", 5, None)]),
        ("objectInfo150.txt", "Idx\tRatio\tName\n1\t0.15\twall\n2\t0.1\tsky\n", [("wall", 1, None), ("sky", 2, None)]),
        ("a.json", '["cat", "dog"]', [("cat", 0, None), ("dog", 1, None)]),
        ("a.json", '{"cat": [10, 20, 30]}', [("cat", 0, (10, 20, 30))]),
        ("a.json", '{"1": "cat", "2": "dog"}', [("cat", 1, None), ("dog", 2, None)]),
        ("a.json", '{"cat": 1, "dog": 2}', [("cat", 1, None), ("dog", 2, None)]),
        ("a.json", '{"#0a141e": "cat"}', [("cat", 0, (10, 20, 30))]),
        ("a.json", '{"labels": [{"name": "cat", "id": 1, "color": [10, 20, 30]}]}', [CAT]),
        ("a.json", '{"classes": [{"title": "dog", "index": 2, "color": "#040506"}]}', [DOG]),
        ("a.yaml", "train: x\nclasses:\n  0: none\n  3: cat\n", [("none", 0, None), ("cat", 3, None)]),
        ("a.yaml", "train: x\nval: y\n", []),
        ("dataset_meta.json", '{"labels": ["x"], "label_map": {"1": "cat", "2": "dog"}, "segmentation_colors": [[10,20,30],[4,5,6]]}', [CAT, DOG]),
        ("dataset_meta.json", '{"label_map": {"1": "cat", "x": "dog", "2": 5}}', [("cat", 1, None)]),
        ("a.json", '{"torn": ', []),
        ("a.json", "[" * 100000, []),
        ("a.yaml", "a: &a [*a]", []),
        ("classes.txt", "", []),
        ("classes.csv", "", []),
    ],
)  # fmt: skip
def test_tables(
    tmp_path: Path, name: str, text: str, expected: list[tuple[str, int, tuple[int, int, int] | None]]
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read_class_table(tmp_path / name) == [ClassEntry(*entry) for entry in expected]


def test_parts_and_actions(tmp_path: Path) -> None:
    (tmp_path / "labelmap.txt").write_text("person:1,2,3:head, hand:jumping\n")
    (found,) = read_class_table(tmp_path / "labelmap.txt")
    assert (found.parts, found.actions) == (("head", "hand"), ("jumping",))


def test_what_is_no_table_is_empty(tmp_path: Path) -> None:
    assert read_class_table(tmp_path / "none.txt") == []
    (tmp_path / "big.txt").write_text("x" * (1 << 21))
    assert read_class_table(tmp_path / "big.txt") == []
    (tmp_path / "bytes.csv").write_bytes(bytes(range(256)))
    read_class_table(tmp_path / "bytes.csv")


def test_numbers_before_names(tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("0: unlabeled\n1: person\n13: stop sign\n")
    found = [(entry.index, entry.name) for entry in read_class_table(tmp_path / "labels.txt")]
    assert found == [(0, "unlabeled"), (1, "person"), (13, "stop sign")]
