"""Video into single pictures: every n-th frame, so many a second, or where the scene changes.

FFmpeg (by PyAV) decodes. It would also open play lists that name other files and addresses, so only containers that hold
everything themselves are let in, and nothing but the file that was handed over can be opened.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from PIL import Image

from annotator.core.errors import InvalidInput, Unavailable
from annotator.core.images import check_size

SUFFIXES = frozenset(
    {".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".ts", ".mts", ".wmv", ".flv", ".3gp", ".ogv"}
)
MAX_FRAMES = 20_000
_CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,asf,flv,ogg"


class NotAVideo(InvalidInput):
    """The bytes are no video that can be decoded."""

    code = "not_a_video"


class FrameChoice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which frames of a video become pictures."""

    by: Literal["step", "rate", "scene"] = "rate"
    step: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 30
    """With ``step``: every so many frames."""
    rate: Annotated[float, msgspec.Meta(gt=0, le=120)] = 1.0
    """With ``rate``: so many pictures a second."""
    sensitivity: Annotated[float, msgspec.Meta(ge=0.01, le=1)] = 0.3
    """With ``scene``: FFmpeg's scene score (0–1) from which a frame begins a scene; lower finds more."""
    most: Annotated[int, msgspec.Meta(ge=1, le=MAX_FRAMES)] = 2000
    """Stop after so many pictures."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One chosen frame: its number in the video from 0, its time in seconds, the upright picture."""

    number: int
    time: float | None
    picture: Image.Image


def is_video(name: str) -> bool:
    """Whether the name says that the file is a video."""
    return Path(name).suffix.lower() in SUFFIXES


def frame_count(path: Path) -> int | None:
    """How many frames the header promises; ``None`` when it does not say."""
    try:
        with _opened(path) as container:
            return int(container.streams.video[0].frames) or None
    except NotAVideo:
        return None


def chosen_frames(path: Path, choice: FrameChoice, *, max_pixels: int) -> Iterator[Frame]:
    """Decode a video once and yield the chosen frames; raises :class:`NotAVideo` when nothing can be decoded.

    Damage in the middle ends the video there.
    """
    import av  # noqa: PLC0415 -- FFmpeg's libraries cost memory, and few processes need them

    found = 0
    with _opened(path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        check_size((stream.width, stream.height), name=path.name, max_pixels=max_pixels)
        picks = _Picks(choice, stream)
        try:
            for number, frame in enumerate(container.decode(stream)):
                if picks.wants(number, frame):
                    check_size((frame.width, frame.height), name=path.name, max_pixels=max_pixels)
                    found += 1
                    yield Frame(number, frame.time, _upright(frame))
                    if found == choice.most:
                        return
        except av.error.FFmpegError as error:
            if not found:
                raise NotAVideo(f"“{path.name}” cannot be decoded ({error.strerror}).") from error
    if not found:
        raise NotAVideo(f"“{path.name}” holds no picture.")


def _opened(path: Path) -> Any:
    """The container; raises :class:`NotAVideo` for everything but one with a video stream."""
    try:
        import av  # noqa: PLC0415 -- as above
    except ImportError as error:
        raise Unavailable("Videos cannot be read here: the package av is missing.") from error
    options = {"format_whitelist": _CONTAINERS, "protocol_whitelist": "file"}
    try:
        container = av.open(str(path), container_options=options)
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise NotAVideo(f"“{path.name}” is no video that can be read.") from error
    if not container.streams.video:
        container.close()
        raise NotAVideo(f"“{path.name}” has sound but no pictures.")
    return container


class _Picks:
    """Decides frame by frame."""

    def __init__(self, choice: FrameChoice, stream: Any) -> None:
        self._choice = choice
        self._next = 0.0
        rate = stream.average_rate or stream.guessed_rate or Fraction(25)
        self._seconds = float(1 / rate)
        self._scenes = _SceneFilter(stream, choice.sensitivity) if choice.by == "scene" else None

    def wants(self, number: int, frame: Any) -> bool:
        """Whether this frame becomes a picture."""
        if self._scenes is not None:
            return self._scenes.begins(number, frame)
        if self._choice.by == "step":
            return number % self._choice.step == 0
        time = frame.time if frame.time is not None else number * self._seconds
        if time + self._seconds / 2 < self._next:
            return False
        self._next = max(self._next, time - self._seconds / 2) + 1 / self._choice.rate
        return True


class _SceneFilter:
    """FFmpeg's ``select`` filter with its scene score."""

    def __init__(self, stream: Any, sensitivity: float) -> None:
        import av  # noqa: PLC0415 -- as above

        self._nothing = (av.error.BlockingIOError, av.error.EOFError)
        self._graph = av.filter.Graph()
        source = self._graph.add_buffer(template=stream)
        select = self._graph.add("select", f"gt(scene,{sensitivity:.4f})")
        sink = self._graph.add("buffersink")
        source.link_to(select)
        select.link_to(sink)
        self._graph.configure()

    def begins(self, number: int, frame: Any) -> bool:
        """Whether a scene begins with this frame; the first one always does."""
        self._graph.push(frame)
        try:
            self._graph.pull()
        except self._nothing:
            return number == 0
        return True


def _upright(frame: Any) -> Image.Image:
    """RGB, turned as the container says (telephones film lying)."""
    picture: Image.Image = frame.to_image()
    turns = round(frame.rotation / 90) % 4
    moves = {1: Image.Transpose.ROTATE_90, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_270}
    return picture.transpose(moves[turns]) if turns else picture
