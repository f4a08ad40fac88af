"""MOTChallenge: the contract, and what its sequences hold."""

import random
from pathlib import Path

import pytest
from PIL import Image

from annotator.core.errors import AnnotatorError, FormatError
from annotator.core.geometry.measures import bounds
from annotator.core.geometry.types import Box
from annotator.core.progress import SilentProgress
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.mot.plugin import MotFormat, MotOptions
from annotator.plugins.listing import Listing
from annotator.plugins.testing import DatasetFormatContract


class TestContract(DatasetFormatContract):
    plugin = MotFormat


class TestFromOne(DatasetFormatContract):
    plugin = MotFormat
    options = {"coordinates": "one_based"}


INFO = "[Sequence]\nname={0}\nimDir=img1\nframeRate=30\nseqLength=3\nimWidth=60\nimHeight=40\nimExt=.jpg\n"


def put(folder: Path, files: dict[str, str | bytes], *pictures: str) -> None:
    for name in pictures:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (60, 40)).save(folder / name)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def read(folder: Path, **options: str) -> tuple[list[ImageRecord], list[str], list[str]]:
    issues: list[Issue] = []
    parsed = MotOptions(**options)  # type: ignore[arg-type]
    images = list(MotFormat().read(folder, options=parsed, report=issues.append))
    labels = MotFormat().labels(folder, options=parsed, report=issues.append)
    return images, [issue.code for issue in issues], [label.name for label in labels]


def write(
    images: list[ImageRecord], folder: Path, names: list[str], information: dict[str, object] | None = None
) -> list[str]:
    folder.mkdir()
    issues: list[Issue] = []
    MotFormat().write(
        images,
        folder,
        labels=[LabelRecord(name) for name in names],
        options=MotOptions(),
        report=issues.append,
        progress=SilentProgress(),
        information=information,
    )
    return [issue.code for issue in issues]


PICTURES = [f"train/MOT17-02/img1/{i:06d}.jpg" for i in (1, 2, 3)]


def test_sequences_with_classes_tracks_and_what_not_to_consider(tmp_path: Path) -> None:
    # track by track, as trackers write them
    rows = "1,7,5,6,10,20,1,1,0.5\n2,7,6,6,10,20,1,1,1\n1,9,20,6,10,20,1,3,-1\n2,11,1,1,5,5,0,7,0.25\n"
    files: dict[str, str | bytes] = {
        "train/MOT17-02/gt/gt.txt": rows,
        "train/MOT17-02/seqinfo.ini": INFO.format("MOT17-02"),
        "test/MOT17-01/seqinfo.ini": INFO.format("MOT17-01"),
    }
    put(tmp_path, files, *PICTURES, "test/MOT17-01/img1/000001.jpg")
    images, issues, labels = read(tmp_path)
    assert [(i.name, i.split, i.width, [(a.label, a.track) for a in i.annotations]) for i in images] == [
        ("MOT17-01/000001.jpg", "test", 60, []),
        ("MOT17-02/000001.jpg", "train", 60, [("pedestrian", 7), ("car", 9)]),
        ("MOT17-02/000002.jpg", "train", 60, [("pedestrian", 7)]),
        ("MOT17-02/000003.jpg", "train", 60, []),
    ]
    first, second = images[1].annotations
    assert bounds(first.geometry) == (5, 6, 15, 26)
    assert (first.attributes, second.attributes) == ({"visibility": 0.5}, {})
    assert (labels, issues) == (["pedestrian", "car", "static person"], ["ignored_label"])
    assert images[0].source == {"mot:frame": 1, "annotated": False}
    kept = {"label": "static person", "box": [1, 1, 5, 5], "track": 11, "visibility": 0.25}
    assert images[2].source == {"mot:frame": 2, "mot:ignored": [kept]}
    images, issues, _ = read(tmp_path, ignored="keep")
    assert images[2].annotations[1].attributes == {"visibility": 0.25, "mot:ignored": True}
    assert issues == []


def test_what_was_read_is_written_again(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "train/MOT17-02/gt/gt.txt": "1,7,5,6,10,20,1,1,0.5\n2,11,1,1,5,5,0,3,0.25\n2,12,1.5,1,5,5,1,3,-1\n",
        "train/MOT17-02/det/det.txt": "1,-1,5,6,10,20,0.75,-1,-1,-1\n",
        "train/MOT17-02/seqinfo.ini": INFO.format("MOT17-02"),
    }
    put(tmp_path / "in", files, *PICTURES)
    images, _, labels = read(tmp_path / "in")
    information = dict(MotFormat().information(tmp_path / "in", options=MotOptions()))
    assert MotFormat().losses(images, options=MotOptions()) == []
    assert write(images, tmp_path / "out", labels, information) == []
    out = tmp_path / "out/train/MOT17-02"
    assert (out / "seqinfo.ini").read_text() == INFO.format("MOT17-02")
    assert (out / "gt/gt.txt").read_text() == "1,7,5,6,10,20,1,1,0.5\n2,12,1.5,1,5,5,1,2,-1\n2,11,1,1,5,5,0,2,0.25\n"
    assert (out / "det/det.txt").read_text() == "1,-1,5,6,10,20,0.75,1,-1\n"
    again, _, names = read(tmp_path / "out")
    assert [(i.name, i.annotations, i.predictions, i.source) for i in again] == [
        (i.name, i.annotations, i.predictions, i.source) for i in images
    ]
    assert names == labels


def test_detections_are_predictions(tmp_path: Path) -> None:
    put(tmp_path, {"det/det.txt": "1,-1,5,6,10,20,-0.75,-1,-1,-1\n"}, "img1/000001.jpg")
    images, issues, labels = read(tmp_path)
    assert [(a.label, a.score, a.track) for a in images[0].predictions] == [("pedestrian", -0.75, None)]
    assert (images[0].name, images[0].annotations, labels, issues) == ("000001.jpg", (), ["pedestrian"], [])


def test_the_first_challenge_ends_rows_with_a_place_in_the_world(tmp_path: Path) -> None:
    put(tmp_path, {"gt/gt.txt": "1,3,5,6,10,20,1,-1,-1,-1\n1,4,5,6,10,20,1,3.5,7,0\n"}, "img1/000001.jpg")
    images, _, labels = read(tmp_path)
    assert [dict(a.attributes) for a in images[0].annotations] == [{}, {"mot:world": [3.5, 7, 0]}]
    assert labels == ["pedestrian"]


def test_pixels_from_one_and_own_classes(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "gt/gt.txt": "1 1 1 1 60 40 1 2 1\n1 2 1 1 6 4 1 9 1\n",
        "gt/labels.txt": "cat\ndog\n",
    }
    put(tmp_path, files, "img1/000001.jpg")
    images, _, labels = read(tmp_path, coordinates="one_based")
    assert bounds(images[0].annotations[0].geometry) == (0, 0, 60, 40)
    assert [a.label for a in images[0].annotations] == ["dog", "occluder"]
    assert labels == ["cat", "dog", "occluder"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("1,1,5,5,0,9,1,1,1", "zero_area"),
        ("1,1,5,5,9,-9,1,1,1", "zero_area"),
        ("1,1,nan,5,9,9,1,1,1", "not_finite"),
        ("1,1,5", "unparsable_file"),
        ("first,1,5,5,9,9,1,1,1", "unparsable_file"),
        ("1e300,1,5,5,9,9,1,1,1", "unparsable_file"),
        ("9,1,5,5,9,9,1,1,1", "image_not_found"),
    ],
)
def test_one_bad_row_costs_one_row(tmp_path: Path, row: str, code: str) -> None:
    put(tmp_path, {"gt/gt.txt": f"{row}\r\n1,2,1,2,3,4,1,1,1\r\n"}, "img1/000001.jpg")
    images, issues, _ = read(tmp_path)
    assert [a.track for a in images[0].annotations] == [2]
    assert issues == [code]


def test_without_pictures(tmp_path: Path) -> None:
    put(tmp_path, {"s/gt/gt.txt": "2,1,5,6,10,20,1,1,1\n", "s/seqinfo.ini": INFO.format("s")})
    images, issues, _ = read(tmp_path)
    assert [(i.name, i.width, i.height, len(i.annotations)) for i in images] == [
        ("s/000001.jpg", 60, 40, 0),
        ("s/000002.jpg", 60, 40, 1),
        ("s/000003.jpg", 60, 40, 0),
    ]
    assert issues == ["image_not_found"]
    put(tmp_path, {"s/seqinfo.ini": INFO.format("s").replace("seqLength=3", "seqLength=9999999")})
    assert len(read(tmp_path)[0]) == 1


def test_damaged_and_lying_information(tmp_path: Path) -> None:
    put(tmp_path, {"gt/gt.txt": "1,2,1,2,3,4,1,1,1\n", "seqinfo.ini": "torn"}, "img1/000001.jpg")
    images, issues, _ = read(tmp_path)
    assert (images[0].width, issues) == (60, ["unparsable_file"])
    put(tmp_path, {"seqinfo.ini": INFO.format("s").replace("60", "61").replace("img1", "../..")})
    images, issues, _ = read(tmp_path)
    assert (images[0].width, issues) == (60, ["size_disagrees_with_image"])


def test_frames_keep_their_numbers_and_tracks_their_names(tmp_path: Path) -> None:
    box = Box(x=1, y=1, w=5, h=5)
    images = [
        ImageRecord(f"clip/{number}.jpg", 60, 40, (AnnotationRecord("cat", box, track=track),))
        for number, track in (("0005", "left one"), ("0009", 3), ("end", "left one"), ("0002", None))
    ]
    write(images, tmp_path / "out", ["cat"])
    rows = (tmp_path / "out/clip/gt/gt.txt").read_text().splitlines()
    assert [row.split(",")[:2] for row in rows] == [["5", "1000000000"], ["9", "3"], ["10", "1000000000"], ["11", "-1"]]
    again, _, _ = read(tmp_path / "out")
    assert [i.name for i in again if i.annotations] == [image.name for image in images]


def test_any_bytes_are_survived(tmp_path: Path) -> None:
    chance = random.Random(5)
    start = b"1,7,5,6,10,20,1,1,0.5\n2,7,6,6,10,20,1,1,1\n"
    for number in range(150):
        data = bytearray(start if number % 2 else chance.randbytes(100))
        for _ in range(5):
            data[chance.randrange(len(data))] = chance.choice(b"\x00\xff ,\n-.e9")
        put(tmp_path, {"gt/gt.txt": bytes(data[: chance.randrange(len(data))]), "seqinfo.ini": chance.randbytes(40)})
        put(tmp_path, {"frames.csv": bytes(data)})
        try:
            read(tmp_path)
            MotFormat().information(tmp_path, options=MotOptions())
            MotFormat().recognises(Listing(tmp_path))
        except AnnotatorError:
            pass


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(FormatError):
        read(tmp_path)


def test_bad_rows_do_not_hide_the_format_and_only_bad_rows_are_refused(tmp_path: Path) -> None:
    put(tmp_path, {"gt/gt.txt": "1,2,1,2,3,4,1,1,1\nbad row\n2,2,1,2,3,4,1,1,1\nx\n"}, "img1/000001.jpg")
    assert MotFormat().recognises(Listing(tmp_path)).confidence == 0.95
    put(tmp_path, {"gt/gt.txt": "bad row\n"})
    with pytest.raises(FormatError) as error:
        read(tmp_path)
    assert error.value.fields == {"issue": "unparsable_file", "file": "gt/gt.txt", "place": "line 1"}


def test_links_that_lead_outside_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path / "elsewhere", {"gt.txt": "1,2,1,2,3,4,1,1,1\n"}, "000001.jpg")
    put(tmp_path / "set", {"seqinfo.ini": INFO.format("s").replace("seqLength=3\n", "")})
    (tmp_path / "set" / "gt").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "set" / "img1").symlink_to(tmp_path / "elsewhere")
    assert read(tmp_path / "set")[0] == []


@pytest.mark.parametrize("names", [["frame_000000.png", "frame_000001.png"], ["v-1.png", "v-2.png"]])
def test_pictures_whose_names_end_in_their_number(tmp_path: Path, names: list[str]) -> None:
    rows = "1,1,1,2,3,4,1,1,1\n2,1,2,2,3,4,1,1,1\n"
    put(tmp_path, {"gt/gt.txt": rows, "gt/labels.txt": "cat\n"}, *(f"img1/{name}" for name in names))
    images, codes, _ = read(tmp_path)
    assert [(image.name, image.width, len(image.annotations)) for image in images] == [(name, 60, 1) for name in names]
    assert (codes, [image.source["mot:frame"] for image in images]) == ([], [1, 2])


def test_tracks_with_names_are_said_to_become_numbers() -> None:
    tracks = ["left", "17", 3, None]
    image = ImageRecord("a.jpg", 9, 9, tuple(AnnotationRecord("x", Box(x=1, y=1, w=2, h=2), track=t) for t in tracks))
    assert [(loss.code, loss.count) for loss in MotFormat().losses([image], options=MotOptions())] == [
        ("track_names", 1)
    ]


def test_a_file_alone_is_recognised_by_its_rows(tmp_path: Path) -> None:
    put(tmp_path, {"gt.txt": "1,1,1,2,10,20,1,1,1\n2,1,3,2,10,20,1,1,1\n"})
    assert MotFormat().recognises(Listing(tmp_path)).confidence == 0.95
    put(tmp_path, {"gt.txt": "0 0.5 0.5 0.1 0.1\n"})
    assert MotFormat().recognises(Listing(tmp_path)).confidence == 0
