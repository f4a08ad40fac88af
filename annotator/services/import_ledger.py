"""What an import has done so far, chunk by chunk, so that it can go on where it stopped and be taken back."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from annotator.models import ImportChunk, Job

if TYPE_CHECKING:
    from annotator.services.import_run import Chunk

KEEP_FOR = timedelta(days=30)
"""So long can an import be taken back."""
PREPARATION = 0
"""Number of the row that stands for what comes before the first chunk: labels that were made."""


def pack_ids(ids: Iterable[UUID]) -> bytes:
    """Ids in 16 bytes each."""
    return b"".join(one.bytes for one in ids)


def unpack_ids(packed: bytes | memoryview) -> list[UUID]:
    """The ids again, in their order."""
    data = bytes(packed)
    return [UUID(bytes=data[at : at + 16]) for at in range(0, len(data), 16)]


class JobLedger:
    """The ledger of a job. Chunks count from 0; call :meth:`close` inside the chunk's transaction."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self.batch: UUID = job.id

    def counts(self, number: int, digest: str) -> dict[str, int] | None:
        """What the chunk did when it was done before with the same records; ``None`` when it is still to do."""
        row = ImportChunk.objects.filter(job=self._job, number=number + 1, digest=digest).only("counts").first()
        return None if row is None else dict(row.counts)

    def close(self, number: int, digest: str, chunk: "Chunk") -> None:
        """Note what a chunk did; what an earlier attempt with other records did under its number is kept, too."""
        row, _ = ImportChunk.objects.get_or_create(job=self._job, number=number + 1)
        row.digest = digest
        row.counts = dict(chunk.counts)
        row.images = bytes(row.images) + pack_ids(chunk.images)
        row.annotations = bytes(row.annotations) + pack_ids(chunk.annotations)
        row.replaced = bytes(row.replaced) + pack_ids(chunk.replaced)
        row.states = {**chunk.states, **row.states}
        row.save()

    def note_labels(self, made: Iterable[int]) -> None:
        """Note labels that the import made."""
        row, _ = ImportChunk.objects.get_or_create(job=self._job, number=PREPARATION)
        row.states = {"labels": sorted({*row.states.get("labels", []), *made})}
        row.save()
