"""Frames of videos, and files that only pretend to be one."""

from pathlib import Path

import av
import numpy as np
import pytest

from annotator.core.errors import AnnotatorError
from annotator.core.images import TooManyPixels
from annotator.core.video import FrameChoice, NotAVideo, chosen_frames, frame_count, is_video

PIXELS = 10**6
SCENES, LENGTH = 3, 20


def make_video(path: Path, *, scenes: int = SCENES, length: int = LENGTH) -> Path:
    """Scenes of coloured squares that shake a little, ten frames a second."""
    rng = np.random.default_rng(0)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(scenes):
            squares = np.kron(rng.integers(0, 255, (6, 8, 3)), np.ones((8, 8, 1))).astype(np.uint8)
            for number in range(length):
                frame = av.VideoFrame.from_ndarray(np.roll(squares, number % 3, axis=1), format="rgb24")
                container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("video") / "a.mp4")


def numbers(path: Path, **choice: object) -> list[int]:
    found = chosen_frames(path, FrameChoice(**choice), max_pixels=PIXELS)  # type: ignore[arg-type]
    return [frame.number for frame in found]


def test_every_so_many_frames(video: Path) -> None:
    assert numbers(video, by="step", step=7) == list(range(0, 60, 7))


def test_so_many_a_second(video: Path) -> None:
    assert numbers(video, by="rate", rate=2) == list(range(0, 60, 5))
    assert numbers(video, by="rate", rate=100) == list(range(60))


def test_where_the_scene_changes(video: Path) -> None:
    assert numbers(video, by="scene") == [0, 20, 40]


def test_never_more_than_asked_for(video: Path) -> None:
    assert numbers(video, by="step", step=1, most=4) == [0, 1, 2, 3]


def test_frames_are_pictures_with_a_time(video: Path) -> None:
    frame = list(chosen_frames(video, FrameChoice(by="step", step=20), max_pixels=PIXELS))[1]
    assert (frame.number, frame.time, frame.picture.size, frame.picture.mode) == (20, 2.0, (64, 48), "RGB")
    assert frame_count(video) == 60


def test_too_large_a_video_is_refused_before_it_is_decoded(video: Path) -> None:
    with pytest.raises(TooManyPixels):
        list(chosen_frames(video, FrameChoice(), max_pixels=100))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no video",
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile '/etc/passwd'\n",
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n",
    ],
)
@pytest.mark.parametrize("name", ["a.mp4", "a.m3u8", "a.txt"])
def test_play_lists_and_rubbish_are_refused(tmp_path: Path, data: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(NotAVideo):
        numbers(tmp_path / name)
    assert frame_count(tmp_path / name) is None


def test_a_video_cut_off_anywhere_gives_what_it_has_or_a_sentence(video: Path, tmp_path: Path) -> None:
    whole = video.read_bytes()
    for length in range(0, len(whole), len(whole) // 12):
        path = tmp_path / "cut.mp4"
        path.write_bytes(whole[:length])
        try:
            assert numbers(path, by="step", step=30)[0] == 0
        except AnnotatorError as error:
            assert error.detail.endswith(".")  # noqa: PT017 -- either outcome is right


def test_videos_are_known_by_name() -> None:
    assert is_video("deep/er/A.MP4")
    assert not is_video("a.jpg")
