"""Keeping a project in step with a source: what is new comes in, what changed is renewed, what vanished is marked.

Nothing is ever deleted here: an image that vanished at its source keeps its annotations, and whether it should go is for
people to say. An interrupted synchronisation loses nothing, because every file is settled by itself.
"""

import io
import logging
import time
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils import timezone

from annotator.core.errors import AnnotatorError, Cancelled, NotFound, Unavailable
from annotator.core.progress import Progress
from annotator.models import Image, Job, Source, SourceFile
from annotator.plugins.base import Options
from annotator.plugins.sources import ImageSource, SourceItem
from annotator.queries.files import blob_key, local_store
from annotator.queries.sources import opened_source, read_limited
from annotator.services.files import ensure_blob
from annotator.services.intake import Intake, IntakeResult

logger = logging.getLogger(__name__)

CHUNK = 200
MAX_REPORTED = 1000
MAX_FAILURES = 20
"""So many files in a row that cannot be reached mean that the place itself is gone."""
FETCHED_FOR = 24 * 3600
"""Seconds that a fetched original stays in the store."""
SWEEP_EVERY = 3600.0
_last_sweep = [-SWEEP_EVERY]
COUNTS = ("new", "changed", "unchanged", "vanished", "returned", "ignored", "refused", "copied")


def run_sync(job: Job, progress: Progress) -> dict[str, Any]:
    """Do the job; safe to start again."""
    source = Source.objects.filter(pk=job.parameters["source"], project_id=job.project_id).first()
    if source is None:
        raise NotFound("This source was removed meanwhile.")
    plugin, options = opened_source(source.plugin, source.options)
    sync = _Sync(job, source, plugin, options, progress)
    try:
        sync.run()
    finally:
        result = job.result = sync.as_json()
    source.report, source.synced_at = dict(sync.counts), timezone.now()
    source.save(update_fields=["report", "synced_at"])
    return result


@dataclass
class _Sync:
    """One pass over everything at the source."""

    job: Job
    source: Source
    plugin: ImageSource
    options: Options
    progress: Progress
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    files: list[dict[str, str]] = field(default_factory=list)
    done: int = 0
    _failures: int = 0

    def run(self) -> None:
        """List, compare, take in, mark what is gone."""
        known = self.source.files.count()
        number = (self.source.files.order_by("-seen").values_list("seen", flat=True).first() or 0) + 1
        items = iter(self.plugin.items(options=self.options))
        with Intake(actor=self.job.created_by, project=self.source.project) as intake:
            while chunk := list(islice(items, CHUNK)):
                here = {
                    file.name: file
                    for file in self.source.files.filter(name__in=[item.name for item in chunk]).select_related("image")
                }
                for item in chunk:
                    self._settle(intake, item, here.get(item.name), number)
                    self.done += 1
                    self.progress.advance(self.done, max(known, self.done), item.name)
        self._mark_vanished(number)

    def _settle(self, intake: Intake, item: SourceItem, file: SourceFile | None, number: int) -> None:
        if file is None:
            self._take_in(intake, item, SourceFile(source=self.source, name=item.name), number)
            return
        if file.state == SourceFile.State.VANISHED:
            self.counts["returned"] += 1
            file.state = SourceFile.State.HERE
        gone = file.image is None and file.state == SourceFile.State.HERE
        if file.tag != (item.etag or ""):
            self._renew(intake, item, file, number)
            return
        if gone:
            file.state, file.detail = SourceFile.State.IGNORED, "Its image was deleted here."
        self.counts["ignored" if file.state == SourceFile.State.IGNORED else "unchanged"] += 1
        if self.source.copies and file.image is not None and file.state == SourceFile.State.HERE:
            self._copy(file)
        file.seen = number
        file.save(update_fields=["seen", "state", "detail"])

    def _take_in(self, intake: Intake, item: SourceItem, file: SourceFile, number: int) -> None:
        data = self._read(item)
        if data is None:
            return
        origin = {"source": self.source.name}
        result = intake.add(io.BytesIO(data), name=item.name, metadata=origin, keep=self.source.copies)
        self._note(result, file)
        file.tag, file.seen = item.etag or "", number
        file.save()

    def _renew(self, intake: Intake, item: SourceItem, file: SourceFile, number: int) -> None:
        if file.image is None:
            self._take_in(intake, item, file, number)
            return
        data = self._read(item)
        if data is None:
            return
        result = intake.renew(file.image, io.BytesIO(data), keep=self.source.copies)
        if result.status == "duplicate" and result.image is not None and result.image.id == file.image.id:
            self.counts["unchanged"] += 1  # only its date changed
        elif result.status == "added":
            self.counts["changed"] += 1
        else:
            self._report(item.name, "refused", result.detail)
        file.tag, file.seen, file.detail = item.etag or "", number, result.detail[:500]
        file.save()

    def _note(self, result: IntakeResult, file: SourceFile) -> None:
        """Count one new file; duplicates and refused ones are remembered, so that they are not tried every time."""
        if result.status in {"added", "renamed"}:
            self.counts["new"] += 1
            file.image, file.state, file.detail = result.image, SourceFile.State.HERE, ""
            return
        own = SourceFile.objects.filter(source=self.source, name=file.name, image=result.image)
        again = result.image is not None and own.exists()
        file.state, file.detail = SourceFile.State.IGNORED, result.detail[:500]
        if not again:
            self._report(file.name, "ignored" if result.status == "duplicate" else "refused", result.detail)

    def _report(self, name: str, kind: str, detail: str) -> None:
        self.counts[kind] += 1
        if len(self.files) < MAX_REPORTED:
            self.files.append({"name": name, "status": kind, "detail": detail})

    def _read(self, item: SourceItem) -> bytes | None:
        """The file's bytes; ``None`` (and a line in the report) when just this one cannot be had."""
        try:
            with self.plugin.open(item, options=self.options) as stream:
                data = read_limited(stream, item.name)
        except Cancelled:
            raise
        except AnnotatorError as error:
            self._failures += 1
            if self._failures >= MAX_FAILURES:
                raise Unavailable(f"{MAX_FAILURES} files in a row could not be read; the last one: {error}") from error
            self._report(item.name, "refused", error.detail)
            return None
        self._failures = 0
        return data

    def _copy(self, file: SourceFile) -> None:
        image: Image | None = file.image
        store = local_store()
        if image is None or not image.has_file or store is None or Path(store.path(blob_key(image.sha256))).exists():
            return
        try:
            ensure_blob(image.sha256)
        except AnnotatorError as error:
            self._report(file.name, "refused", error.detail)
        else:
            self.counts["copied"] += 1

    def _mark_vanished(self, number: int) -> None:
        gone = self.source.files.filter(seen__lt=number, state=SourceFile.State.HERE)
        for name in gone.values_list("name", flat=True)[:MAX_REPORTED]:
            self.files.append({"name": name, "status": "vanished", "detail": "It is not at its source any more."})
        self.counts["vanished"] = gone.update(state=SourceFile.State.VANISHED)
        self.source.files.filter(seen__lt=number, state=SourceFile.State.IGNORED).delete()

    def as_json(self) -> dict[str, Any]:
        """The job's result."""
        return {"source": self.source.name, "counts": self.counts, "files": self.files[: 2 * MAX_REPORTED]}


def sweep_fetched() -> int:
    """Delete fetched originals of pictures that stay at their source; returns how many."""
    store = local_store()
    if store is None or time.monotonic() - _last_sweep[0] < SWEEP_EVERY:
        return 0
    _last_sweep[0] = time.monotonic()
    old = time.time() - FETCHED_FOR
    removed = 0
    left = SourceFile.objects.filter(source__copies=False, state=SourceFile.State.HERE, image__isnull=False)
    for sha256 in left.values_list("image__sha256", flat=True).iterator():
        path = Path(store.path(blob_key(sha256)))
        if path.exists() and path.stat().st_mtime < old and not _is_kept(sha256):
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _is_kept(sha256: str) -> bool:
    """Whether an image with these bytes is not (only) left at a source."""
    return Image.objects.filter(sha256=sha256).exclude(source_files__source__copies=False).exists()
