"""Sources of a project, and the bytes of pictures that were left where they are."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from annotator.core.errors import AnnotatorError, InvalidInput, NotFound
from annotator.core.exif import strip_position
from annotator.models import Source, SourceFile
from annotator.plugins.base import Options, options_schema, parse_options
from annotator.plugins.families import SOURCES
from annotator.plugins.sources import ImageSource, SourceItem
from annotator.queries.import_roots import allowed_path

MAX_BYTES = 1 << 30
"""Of one picture."""
_BLOCK = 1 << 20


def opened_source(plugin: str, options: dict[str, Any]) -> tuple[ImageSource, Options]:
    """The plugin and its parsed options; raises ``AnnotatorError`` when they cannot be used.

    Folders must lie inside the roots that imports may read.
    """
    cls = SOURCES.get(plugin)
    parsed = parse_options(cls, options)
    folder = getattr(parsed, "path", None)
    if plugin == "folder" and isinstance(folder, str):
        parsed = parse_options(cls, {**options, "path": str(allowed_path(folder))})
    return cls(), parsed


def secret_names(plugin: str) -> frozenset[str]:
    """Options that are never given out."""
    properties = options_schema(SOURCES.get(plugin)).get("properties", {})
    return frozenset(name for name, field in properties.items() if field.get("x-secret"))


def public_options(source: Source) -> tuple[dict[str, Any], list[str]]:
    """The options without secrets, and the names of the secrets that are set."""
    try:
        secrets = secret_names(source.plugin)
    except AnnotatorError:  # the plugin is gone: nobody knows what is secret
        return {}, []
    shown = {name: value for name, value in source.options.items() if name not in secrets}
    return shown, sorted(name for name in secrets if source.options.get(name))


@contextmanager
def opened_file(file: SourceFile) -> Iterator[BinaryIO]:
    """The file where it lies; raises ``AnnotatorError`` when it cannot be reached."""
    plugin, options = opened_source(file.source.plugin, file.source.options)
    with plugin.open(SourceItem(file.name, etag=file.tag or None), options=options) as stream:
        yield stream


def fetch_original(sha256: str) -> bytes:
    """Bytes of a picture that was not copied, from the source that holds it.

    Raises :class:`NotFound` when no source holds it or the file has changed there.
    """
    files = SourceFile.objects.filter(image__sha256=sha256, state=SourceFile.State.HERE).select_related("source")
    problem: AnnotatorError | None = None
    for file in files[:5]:
        try:
            with opened_file(file) as stream:
                data = read_limited(stream, file.name)
        except AnnotatorError as error:
            problem = error
            continue
        for candidate in (data, strip_position(data)):
            if hashlib.sha256(candidate).hexdigest() == sha256:
                return candidate
        problem = NotFound(f"“{file.name}” has changed at its source; synchronise {file.source.name}.")
    raise problem or NotFound(f"The bytes of picture {sha256[:12]}… are missing from the store.")


def read_limited(stream: BinaryIO, name: str) -> bytes:
    """All of a file, at most 1 GiB."""
    target = io.BytesIO()
    while block := stream.read(_BLOCK):
        target.write(block)
        if target.tell() > MAX_BYTES:
            raise InvalidInput(f"“{name}” is larger than {MAX_BYTES >> 30} GiB.")
    return target.getvalue()
