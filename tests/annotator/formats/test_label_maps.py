"""Label maps of the TensorFlow Object Detection API."""

from pathlib import Path

from annotator.formats.shared.label_maps import format_label_map, parse_label_map

MAP = """# classes
item {
  name: "/m/01g317"
  id: 1
  display_name: "Person"
  keypoints { id: 7 label: "nose" }
}
item{ id:2, name:'dog\\'s "bowl"' }
item < id: 5 display_name: "d\\303\\240\\x21" >
item { id: -4 name: "bad" }
item { name: "no number" }
"""


def test_items(tmp_path: Path) -> None:
    path = tmp_path / "label_map.pbtxt"
    path.write_text(MAP, encoding="utf-8-sig")
    assert [(i.number, i.name, i.display) for i in parse_label_map(path)] == [
        (1, "/m/01g317", "Person"),
        (2, 'dog\'s "bowl"', ""),
        (5, "dà!", "dà!"),
    ]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    names = ["cat", "dog é 猫", 'a "b"\\c', "tab\tand\x01bell\b\f\nline", "{ id: 9 }"]
    path = tmp_path / "label_map.pbtxt"
    path.write_text(format_label_map(names), encoding="utf-8")
    assert [(item.number, item.name) for item in parse_label_map(path)] == list(enumerate(names, start=1))


def test_torn_maps_say_what_they_can(tmp_path: Path) -> None:
    path = tmp_path / "label_map.pbtxt"
    for end in range(len(MAP)):
        path.write_text(MAP[:end])
        assert len(parse_label_map(path)) <= 3
