"""Images whose files are elsewhere: a name and a size, enough to keep annotations on until the picture comes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone

from annotator.core.errors import InvalidInput
from annotator.core.ids import uuid7
from annotator.core.names import clean_name
from annotator.events import images_added, publish, send_after_commit
from annotator.models import Image, Project, User
from annotator.services.bulk_insert import insert_rows

MAX_SIDE = 2**31 - 1
FIELDS = (
    "id", "project", "name", "sha256", "original_sha256", "format", "bytes", "width", "height", "orientation", "state",
    "split", "priority", "priority_reason", "revision", "annotation_count", "uploader", "metadata", "created_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SizedName:
    """An image to be made; ``width`` and ``height`` are displayed pixels."""

    name: str
    width: int
    height: int
    split: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)


def add_size_only_images(*, actor: User | None, project: Project, images: Iterable[SizedName]) -> dict[str, Image]:
    """Make rows without files, by name; call it inside a transaction.

    The names must be new in the project and different from each other (else ``IntegrityError``). Raises
    :class:`InvalidInput` for a name or a size that cannot be.
    """
    now, uploader = timezone.now(), actor.pk if actor else None
    made: dict[str, Image] = {}
    rows: list[tuple[Any, ...]] = []
    for image in images:
        check_sized_name(image)
        row = Image(id=uuid7(), project=project, name=image.name, width=image.width, height=image.height)
        metadata = msgspec.json.encode(image.metadata, enc_hook=str).decode()
        rows.append(
            (
                row.id, project.id, image.name, "", "", "", 0, image.width, image.height, 1, "new",
                image.split, 0.0, "", 0, 0, uploader, metadata.replace("\\u0000", ""), now,
            )
        )  # fmt: skip
        made[image.name] = row
    if rows:
        insert_rows(Image, FIELDS, rows)
        ids: list[UUID] = [row.id for row in made.values()]
        send_after_commit(images_added, project_id=project.id, image_ids=ids)
        publish("images", project_id=project.id, added=len(ids))
    return made


def check_sized_name(image: SizedName) -> None:
    """Raise :class:`InvalidInput` unless the name is one of a picture within the project and the size can be."""
    if clean_name(image.name) != image.name:
        raise InvalidInput(f"“{image.name[:60]}” is no plain relative name; rename the file.")
    if not (0 < image.width <= MAX_SIDE and 0 < image.height <= MAX_SIDE):
        raise InvalidInput(f"“{image.name[:60]}” cannot be {image.width} × {image.height} pixels large.")
