"""Writing CVAT's XML for video: the pictures are frames in order, the objects of one track stand together."""

import csv
import io
from array import array
from collections.abc import Iterator
from itertools import count
from typing import IO, Any

from annotator.core.geometry.types import Tag
from annotator.core.records import AnnotationRecord, ImageRecord, Issue
from annotator.formats.cvat.writer import CvatWriter, fields_text
from annotator.formats.shared.files import place_picture

FRAMES = "frames.csv"
_TRACKS = ".tracks"
Key = tuple[Any, str, int]


class _Track:
    """Where the shapes of a track lie in the spool, and how its last one would look outside."""

    __slots__ = ("first", "frame", "gone", "places")

    def __init__(self, first: AnnotationRecord) -> None:
        self.first = (first.track, first.label, first.source.get("source", "manual"))
        self.places = array("q")
        self.frame = -1
        self.gone: list[str] = []


class CvatVideoWriter(CvatWriter):
    """Spools the shapes while the frames pass and sorts them by track at the end."""

    def __enter__(self) -> "CvatVideoWriter":
        super().__enter__()
        self._spool: IO[bytes] = (self._folder / _TRACKS).open("w+b")
        self._tracks: dict[Key, _Track] = {}
        self._size: tuple[int, int] | None = None
        self._frames = (self._folder / FRAMES).open("w", encoding="utf-8", newline="")
        self._frames.write("frame,name\n")
        return self

    def __exit__(self, *exc: Any) -> None:
        try:
            super().__exit__(*exc)
        finally:
            self._spool.close()
            self._frames.close()
            (self._folder / _TRACKS).unlink()

    def add(self, image: ImageRecord) -> None:
        """Write one frame; its number is its place in the stream."""
        frame = self._count
        self._count += 1
        name = f"frame_{frame:06d}"
        if image.path is not None:
            place_picture(image.path, self._folder / "images" / f"{name}{image.path.suffix.lower()}")
        self._frames.write(_row(frame, image.name))
        self._check_size(image)
        pieces: dict[tuple[Any, str], int] = {}
        for number, (annotation, geometry, _) in enumerate(self._known_pieces(image)):
            if isinstance(geometry, Tag):
                text = "A video of CVAT has no tags; one was left out."
                self._report(Issue("unsupported_shape", "warning", text, image.name, annotation.id))
                continue
            owner = (annotation.track, annotation.label) if annotation.track is not None else ((frame, number), "")
            pieces[owner] = pieces.get(owner, -1) + 1
            track = self._tracks.setdefault((*owner, pieces[owner]), _Track(annotation))
            self._leave(track, frame)
            lines = list(self._shape(annotation, geometry, 0, frame))
            self._store(track, lines)
            track.frame, track.gone = frame, _outside(lines, frame)

    def _leave(self, track: _Track, frame: int) -> None:
        """Say that the object was away on the frames between its last one and this."""
        if 0 <= track.frame < frame - 1:
            self._store(track, track.gone)

    def _store(self, track: _Track, lines: list[str]) -> None:
        text = ("\n".join(lines) + "\n").encode()
        track.places.extend((self._spool.tell(), len(text)))
        self._spool.write(text)

    def _check_size(self, image: ImageRecord) -> None:
        size = (image.width, image.height)
        if self._size is None and image.width:
            self._size = size
        elif image.width and size != self._size:
            text = f"“{image.name}” is {size[0]} × {size[1]}; all frames of a video have the size of the first one."
            self._report(Issue("size_disagrees_with_image", "warning", text, image.name))

    def _finish(self) -> None:
        taken = {track.first[0] for track in self._tracks.values()}
        free = (number for number in count() if number not in taken)
        used: set[Any] = set()
        for track in self._tracks.values():
            self._leave(track, self._count + 1 if track.frame < self._count - 1 else track.frame)
            identity, label, source = track.first
            if not isinstance(identity, int) or identity in used:
                identity = next(free)
            used.add(identity)
            fields = {"id": identity, "label": label, "source": source}
            self._body.write(f"  <track{fields_text(fields)}>\n")
            for at, size in zip(track.places[::2], track.places[1::2], strict=True):
                self._spool.seek(at)
                self._body.write(self._spool.read(size).decode())
            self._body.write("  </track>\n")
            self._spool.seek(0, io.SEEK_END)

    def _about_video(self) -> Iterator[str]:
        yield "      <mode>interpolation</mode>"
        if self._size:
            width, height = self._size
            yield f"      <original_size><width>{width}</width><height>{height}</height></original_size>"


def _outside(lines: list[str], frame: int) -> list[str]:
    """The same shape on the next frame, outside of it."""
    gone = [lines[0].replace(f' frame="{frame}" outside="0"', f' frame="{frame + 1}" outside="1"', 1), *lines[1:]]
    return [
        line.replace(' outside="0"', ' outside="1"', 1) if line.startswith("      <points") else line for line in gone
    ]


def _row(frame: int, name: str) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow((frame, name))
    return line.getvalue()
