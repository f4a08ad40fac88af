"""Takes pictures in: recognised by content, measured, stripped of their position, stored once, compared.

Every file of a batch is answered for itself; a bad one never keeps the others out. Nothing is decoded or stored inside
a transaction: the row is written last, so that a row always has its bytes.
"""

import hashlib
import io
import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any, BinaryIO, Literal, Self

import numpy as np
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Q
from PIL import Image as Pictures

from annotator.config import get_config
from annotator.core.dhash import difference_hash, near_hashes
from annotator.core.errors import AnnotatorError, Conflict, LimitExceeded
from annotator.core.exif import strip_position
from annotator.core.heif import heif_to_jpeg, is_heif
from annotator.core.images import PictureFacts, encode_webp, grey_fingerprint, inspect_picture
from annotator.core.names import clean_name, numbered_name
from annotator.core.project_settings import read_settings
from annotator.dispatch import enqueue
from annotator.events import images_added, publish, send_after_commit
from annotator.models import Image, Project, User
from annotator.queries.files import is_huge, is_own_preview, variant_key
from annotator.services.files import delete_blobs_after_commit, put_blob, put_variant
from annotator.services.tiles import request_tiles

logger = logging.getLogger(__name__)

Status = Literal["added", "duplicate", "renamed", "refused"]
FILLED = ("sha256", "original_sha256", "format", "bytes", "orientation", "dhash", "duplicate_of", "uploader")
"""Columns that a picture brings to an image which had only name and size."""
LIKENESS = 12.0
"""Mean difference of 32 × 32 grey values below which two pictures with near hashes count as near-duplicates."""
CANDIDATES = 8
ANNOUNCE_EVERY = 200
PREVIEWS_TASK = "annotator.make_previews"


class SizeDisagrees(Conflict):
    """The picture is not the one that an import announced."""

    code = "size_disagrees_with_image"


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """What became of one file. ``image`` is the new one, or for duplicates the one that was here first."""

    name: str
    status: Status
    image: Image | None = None
    code: str = ""
    detail: str = ""


class Intake:
    """Takes files into one project; a context manager that tells the others when it ends (and every 200 pictures)."""

    def __init__(self, *, actor: User | None, project: Project) -> None:
        self.actor = actor
        self.project = project
        self.settings = read_settings(project.settings)
        self._new: list[Image] = []
        self._ids: list[Any] = []
        self._hashes: np.ndarray[tuple[int], np.dtype[np.int64]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.announce()

    def add(
        self,
        source: BinaryIO | Path,
        *,
        name: str,
        split: str = "",
        metadata: Mapping[str, Any] | None = None,
        keep: bool = True,
    ) -> IntakeResult:
        """Take one file in; expected failures become a ``refused`` result with a sentence.

        Without ``keep`` only the thumbnail is stored: somebody else knows where the picture is.
        """
        try:
            name = clean_name(name)
            with source.open("rb") if isinstance(source, Path) else nullcontext(source) as stream:
                return self._add(stream, name, split, metadata or {}, keep=keep)
        except AnnotatorError as error:
            return IntakeResult(name, "refused", code=error.code, detail=error.detail)
        except OSError as error:
            logger.exception("“%s” could not be stored.", name)
            sentence = f"“{name}” could not be stored: {error.strerror or error}. Free some space or check the store."
            return IntakeResult(name, "refused", code="store_failed", detail=sentence)

    def renew(self, image: Image, source: BinaryIO, *, keep: bool = True) -> IntakeResult:
        """Give an image the bytes that its file has now; what is on it stays.

        Refused when the size changed and there are annotations: they would lie in the wrong places.
        """
        try:
            return self._add(source, image.name, image.split, {}, keep=keep, renews=image)
        except AnnotatorError as error:
            return IntakeResult(image.name, "refused", image, code=error.code, detail=error.detail)

    def _add(
        self,
        stream: BinaryIO,
        name: str,
        split: str,
        metadata: Mapping[str, Any],
        *,
        keep: bool,
        renews: Image | None = None,
    ) -> IntakeResult:
        _check_length(stream, name)
        original = _sha256(stream)
        first = self._same(original)
        if first is not None:
            return _duplicate(name, first)
        if _begins_as_heif(stream):
            jpeg = heif_to_jpeg(stream, name=name, max_pixels=get_config().max_pixels)
            metadata = {**metadata, "converted_from": name}
            stream, name, keep = io.BytesIO(jpeg), PurePosixPath(name).with_suffix(".jpg").as_posix(), True
        stream.seek(0)
        facts = inspect_picture(stream, name=name, max_pixels=get_config().max_pixels)
        waiting = self._waiting(name, facts) if renews is None else None
        _check_renewal(renews, facts)
        stream, sha256 = self._stripped(stream, original, facts)
        if sha256 != original and (first := self._same(sha256)) is not None:
            return _duplicate(name, first)
        put_variant("thumb", sha256, encode_webp(facts.picture))
        if keep:
            put_blob(sha256, stream)
        image = Image(
            project=self.project,
            name=name,
            sha256=sha256,
            original_sha256=original,
            format=facts.format,
            bytes=stream.seek(0, io.SEEK_END),
            width=facts.width,
            height=facts.height,
            orientation=facts.orientation,
            dhash=difference_hash(facts.picture),
            split=split,
            uploader=self.actor,
            metadata={**facts.details, **metadata},
        )
        near = self._near_duplicate(image.dhash or 0, facts)
        image.duplicate_of = near
        result = self._settle(image, near, waiting=waiting, renews=renews)
        if keep:
            put_blob(sha256, stream)  # somebody may have deleted the last other picture with these bytes a moment ago
        return result

    def _waiting(self, name: str, facts: PictureFacts) -> Image | None:
        """The image of this name that an import made without its file; raises :class:`Conflict` for another size."""
        image = Image.objects.filter(project=self.project, name=name, sha256="").first()
        if image is not None and (image.width, image.height) != (facts.width, facts.height):
            raise SizeDisagrees(
                f"“{name}” is {facts.width} × {facts.height} pixels large, but the image that waits for it, with its "
                f"annotations, has {image.width} × {image.height}. Upload the picture that was annotated."
            )
        return image

    def _settle(self, image: Image, near: Image | None, *, waiting: Image | None, renews: Image | None) -> IntakeResult:
        if renews is not None:
            return self._renew(renews, image)
        return self._write(image, near) if waiting is None else self._fill(waiting, image)

    def _renew(self, image: Image, arrived: Image) -> IntakeResult:
        before = image.sha256
        for name in (*FILLED, "width", "height"):
            if name != "uploader":
                setattr(image, name, getattr(arrived, name))
        image.metadata = {**image.metadata, **arrived.metadata}
        if image.duplicate_of_id == image.id:
            image.duplicate_of = None
        with transaction.atomic():
            image.save()
            delete_blobs_after_commit([before])
        publish("image", project_id=self.project.id, id=image.id)
        return IntakeResult(image.name, "added", image, "renewed", f"“{image.name}” has the new picture.")

    def _fill(self, image: Image, arrived: Image) -> IntakeResult:
        """The picture of an image that had only name and size so far; what is on it stays."""
        values = {name: getattr(arrived, name) for name in FILLED}
        brought = {key: value for key, value in arrived.metadata.items() if key != "import"}  # it was here before that
        values["metadata"] = {**brought, **image.metadata}
        values["split"] = image.split or arrived.split
        if not Image.objects.filter(id=image.id, sha256="").update(**values):
            return self._write(arrived, arrived.duplicate_of)  # somebody was faster
        image.refresh_from_db()
        self._remember(image)
        detail = f"“{image.name}” was waiting for its picture; its annotations are there already."
        return IntakeResult(image.name, "added", image, "filled", detail)

    def _stripped(self, stream: BinaryIO, original: str, facts: PictureFacts) -> tuple[BinaryIO, str]:
        if not self.settings.strip_position or facts.format == "BMP":
            return stream, original
        stream.seek(0)
        data = stream.read()
        stripped = strip_position(data)
        if stripped is data:
            return stream, original
        return io.BytesIO(stripped), hashlib.sha256(stripped).hexdigest()

    def _same(self, sha256: str) -> Image | None:
        same = Q(sha256=sha256) | Q(original_sha256=sha256)
        return Image.objects.filter(same, project=self.project).order_by("id").first()

    def _write(self, image: Image, near: Image | None) -> IntakeResult:
        wanted = image.name
        for number in count(2):
            taken = Image.objects.filter(project=self.project, name=image.name).exists()
            if not taken:
                try:
                    with transaction.atomic():
                        image.save(force_insert=True)
                except IntegrityError:  # somebody was faster with the same name or the same bytes
                    first = self._same(image.sha256)
                    if first is not None:
                        return _duplicate(wanted, first)
                else:
                    break
            image.name = numbered_name(wanted, number)
        self._remember(image)
        return _added(image, wanted, near)

    def _remember(self, image: Image) -> None:
        self._new.append(image)
        if self._hashes is not None:
            self._ids.append(image.id)
            self._hashes = np.append(self._hashes, np.int64(image.dhash or 0))
        if len(self._new) >= ANNOUNCE_EVERY:
            self.announce()

    def _near_duplicate(self, wanted: int, facts: PictureFacts) -> Image | None:
        """The picture that was here first and looks the same: hashes say “maybe”, the thumbnails decide."""
        if self._hashes is None:
            rows = list(
                Image.objects.filter(project=self.project, dhash__isnull=False)
                .order_by("id")
                .values_list("id", "dhash")
            )
            self._ids = [row[0] for row in rows]
            self._hashes = np.array([row[1] for row in rows], dtype=np.int64)
        bits = self.settings.near_duplicate_bits
        near = [self._ids[index] for index in near_hashes(self._hashes, wanted, bits=bits)[:CANDIDATES]]
        if not near:
            return None
        own = grey_fingerprint(facts.picture)
        found = {image.id: image for image in Image.objects.filter(id__in=near).select_related("duplicate_of")}
        for image in (found[i] for i in near if i in found):
            if _looks_like(image, own, facts):
                return image.duplicate_of or image
        return None

    def announce(self) -> None:
        """Tell browsers and other packages what was added since the last time."""
        if not self._new:
            return
        ids = [image.id for image in self._new]
        large = [image.sha256 for image in self._new if not is_own_preview(image)]
        huge = [image.sha256 for image in self._new if is_huge(image)]
        self._new = []
        if large:
            enqueue(PREVIEWS_TASK, hashes=",".join(large))
        if huge:
            request_tiles(huge)
        send_after_commit(images_added, project_id=self.project.id, image_ids=ids)
        publish("images", project_id=self.project.id, added=len(ids))


def add_images(
    *, actor: User | None, project: Project, files: Iterable[tuple[str, BinaryIO | Path]]
) -> list[IntakeResult]:
    """Take a batch of (name, file) in; answers in the same order."""
    with Intake(actor=actor, project=project) as intake:
        return [intake.add(source, name=name) for name, source in files]


def add_image_file(
    *,
    actor: User | None,
    project: Project,
    name: str,
    path: Path | None = None,
    data: bytes | None = None,
    split: str = "",
    metadata: Mapping[str, Any] | None = None,
) -> IntakeResult:
    """Take one picture in from a file or from memory. For many, keep one :class:`Intake` open: it remembers hashes."""
    source: BinaryIO | Path = io.BytesIO(data) if data is not None else Path(path or "")
    with Intake(actor=actor, project=project) as intake:
        return intake.add(source, name=name, split=split, metadata=metadata)


def _looks_like(image: Image, own: "np.ndarray[Any, np.dtype[np.int16]]", facts: PictureFacts) -> bool:
    shape, other = facts.width / facts.height, image.width / image.height
    if not 0.9 < shape / other < 1.1:
        return False
    try:
        with default_storage.open(variant_key("thumb", image.sha256)) as stored, Pictures.open(stored) as thumb:
            difference = np.abs(grey_fingerprint(thumb) - own).mean()
    except OSError:
        return False
    return bool(difference <= LIKENESS)


def _check_length(stream: BinaryIO, name: str) -> None:
    length, limit = stream.seek(0, io.SEEK_END), get_config().max_upload_mb * 2**20
    if length > limit:
        raise LimitExceeded(f"“{name}” is larger than {get_config().max_upload_mb} MiB (MARQUEE_MAX_UPLOAD_MB).")


def _check_renewal(image: Image | None, facts: PictureFacts) -> None:
    if image is None or image.annotation_count == 0 or (image.width, image.height) == (facts.width, facts.height):
        return
    raise SizeDisagrees(
        f"“{image.name}” is {facts.width} × {facts.height} pixels large now; it was {image.width} × {image.height} when it "
        "was annotated. The old picture was kept."
    )


def _begins_as_heif(stream: BinaryIO) -> bool:
    stream.seek(0)
    return is_heif(stream.read(12))


def _sha256(stream: BinaryIO) -> str:
    stream.seek(0)
    return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # every stream here has readinto


def _duplicate(name: str, first: Image) -> IntakeResult:
    detail = f"This picture is in the project already, as “{first.name}”."
    return IntakeResult(name, "duplicate", first, "duplicate", detail)


def _added(image: Image, wanted: str, near: Image | None) -> IntakeResult:
    if image.name != wanted:
        detail = f"Another picture is called “{wanted}”; this one is now “{image.name}”."
        return IntakeResult(wanted, "renamed", image, "renamed", detail)
    if near is not None:
        return IntakeResult(wanted, "added", image, "near_duplicate", f"It looks nearly the same as “{near.name}”.")
    return IntakeResult(wanted, "added", image)


def summary(results: Sequence[IntakeResult]) -> dict[str, int]:
    """How many files were added, renamed, duplicates, refused."""
    counts = dict.fromkeys(("added", "renamed", "duplicate", "refused"), 0)
    for result in results:
        counts[result.status] += 1
    return counts
