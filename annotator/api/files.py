"""Serves pictures and downloads behind signed links: an async range sender, outside of Django's request cycle.

``/files/thumb|preview/<sha>.webp``, ``/files/original/<sha>.<ext>``, ``/files/tiles/<sha>/<level>/<column>_<row>.webp``
(one signature for all tiles of a picture) and ``/files/download/<key>/<name>``. The type comes from our own detection,
never from a name; nothing is ever a page. With an S3 store the answer is a redirect to a presigned link.
"""

import asyncio
import base64
import binascii
import hashlib
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import parse_qs, quote, unquote

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage

from annotator.api.asgi_types import Receive, Scope, Send
from annotator.api.middleware import API_POLICY, FIXED_HEADERS
from annotator.core.errors import AnnotatorError, NotFound, PermissionRefused
from annotator.core.images import CONTENT_TYPES
from annotator.core.ranges import Unsatisfiable, parse_range
from annotator.queries.files import PREFIX, VARIANTS, blob_key, is_signed, local_store, tile_key, variant_key
from annotator.services.files import ensure_blob, ensure_variant
from annotator.services.tiles import ask_for_tiles, has_tiles

CHUNK: Final = 256 * 1024
FOREVER: Final = "private, max-age=31536000, immutable"
REDIRECT_SECONDS: Final = 3600
RETRY_SECONDS: Final = 2
_HASHED = re.compile(r"^([0-9a-f]{64})\.([a-z]{3,4})$")
_TILE = re.compile(r"^(?P<signed>tiles/(?P<sha>[0-9a-f]{64}))/(?P<name>[0-9]{1,2}/[0-9]{1,3}_[0-9]{1,3}\.webp)$")
_RENDERING = threading.BoundedSemaphore(2)
"""Decoding large pictures takes memory: two at a time per process, whatever browsers ask for."""


class LinkExpired(PermissionRefused):
    """The signature does not hold (any more)."""

    code = "link_expired"


@dataclass(frozen=True, slots=True)
class Found:
    """What a link leads to: an object of the store and how it is sent."""

    key: str
    content_type: str
    etag: str
    cache: str = FOREVER
    download_name: str | None = None
    original_of: str = ""
    """SHA-256 of a picture that may have to be fetched from its source first."""
    variant_of: tuple[str, str] | None = None
    """(variant, SHA-256) that is made on first view."""
    tile_of: str = ""
    """SHA-256 of a picture that workers cut into tiles when somebody looks at it."""

    @property
    def disposition(self) -> str:
        """Downloads are saved under their name; pictures are shown."""
        if self.download_name is None:
            return "inline"
        return f"attachment; filename*=UTF-8''{quote(self.download_name, safe='')}"


@dataclass(slots=True)
class Opened:
    """An open local file, the address that a remote store serves it at, or neither while it is being made."""

    size: int = 0
    stream: BinaryIO | None = None
    redirect: str = ""
    """Empty without a stream: a worker makes it."""


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request below ``/files/``."""
    if scope["method"] not in {"GET", "HEAD"}:
        await _fail(send, 405, "method_not_allowed", "Files can only be read.")
        return
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    try:
        found = find_file(_written_path(scope), scope.get("query_string", b"").decode("latin-1"))
        if _matches(headers.get("if-none-match", ""), found.etag):
            await _start(send, 304, {"ETag": found.etag, "Cache-Control": found.cache})
            await send({"type": "http.response.body", "body": b""})
            return
        opened = await asyncio.to_thread(_open, found)
    except AnnotatorError as error:
        await _fail(send, error.status, error.code, error.detail)
        return
    if opened.stream is None and not opened.redirect:
        headers = {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store", "Content-Length": "0"}
        await _start(send, 202, headers)
        await send({"type": "http.response.body", "body": b""})
        return
    if opened.stream is None:
        cache = f"private, max-age={REDIRECT_SECONDS // 2}"
        await _start(send, 302, {"Location": opened.redirect, "Cache-Control": cache, "Content-Length": "0"})
        await send({"type": "http.response.body", "body": b""})
        return
    with opened.stream as stream:
        await _send_file(scope, headers, found, stream, opened.size, receive, send)


def find_file(path: str, query: str) -> Found:
    """Check the signature of ``/files/<path>?<query>`` and say what it leads to; raises ``AnnotatorError``."""
    given = parse_qs(query)
    expires, signature = given.get("e", [""])[0], given.get("s", [""])[0]
    tile = _TILE.match(path)
    if not is_signed(tile["signed"] if tile else path, expires=expires, signature=signature):
        raise LinkExpired("This link does not hold any more. Reload the page to get a new one.")
    if tile is not None:
        key = tile_key(tile["sha"], tile["name"])
        return Found(key, "image/webp", f'"{key}"', tile_of=tile["sha"])
    kind, _, rest = path.partition("/")
    if kind == "download":
        return _download(rest)
    match = _HASHED.match(rest)
    if match is None:
        raise NotFound("There is no such file.")
    sha256, extension = match.groups()
    if kind == "original" and extension in CONTENT_TYPES:
        return Found(blob_key(sha256), CONTENT_TYPES[extension], f'"{sha256}"', original_of=sha256)
    if kind in VARIANTS and extension == "webp":
        etag = f'"{kind}-{sha256}"'
        return Found(variant_key(kind, sha256), "image/webp", etag, variant_of=(kind, sha256))
    raise NotFound("There is no such file.")


def _download(rest: str) -> Found:
    token, _, name = rest.partition("/")
    try:
        key = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise NotFound("There is no such file.") from None
    etag = f'"{hashlib.sha256(key.encode()).hexdigest()[:32]}"'
    return Found(key, "application/octet-stream", etag, "private, no-cache", unquote(name))


def _open(found: Found) -> Opened:
    """Find the object in the store, making a missing variant first; blocking, runs in a thread."""
    key, store = found.key, local_store()
    if found.variant_of is not None and not default_storage.exists(key):
        with _RENDERING:
            ensure_variant(*found.variant_of)
    if found.tile_of and not default_storage.exists(key):
        if has_tiles(found.tile_of):
            raise NotFound("The picture does not reach that far.")
        ask_for_tiles(found.tile_of)
        return Opened()
    if found.original_of:
        ensure_blob(found.original_of)
    if store is None:
        parameters = {"ResponseContentType": found.content_type, "ResponseContentDisposition": found.disposition}
        signed: Any = default_storage
        return Opened(redirect=signed.url(key, parameters=parameters, expire=REDIRECT_SECONDS))
    try:
        path = Path(store.path(key))
        return Opened(path.stat().st_size, path.open("rb"))
    except (FileNotFoundError, IsADirectoryError, SuspiciousFileOperation):
        raise NotFound("This file is not there any more.") from None


async def _send_file(
    scope: Scope,
    headers: Mapping[str, str],
    found: Found,
    stream: BinaryIO,
    size: int,
    receive: Receive,
    send: Send,
) -> None:
    wanted = headers.get("range", "")
    if "if-range" in headers and headers["if-range"] != found.etag:
        wanted = ""
    answer = {
        "Content-Type": found.content_type,
        "Content-Disposition": found.disposition,
        "Accept-Ranges": "bytes",
        "ETag": found.etag,
        "Cache-Control": found.cache,
    }
    try:
        part = parse_range(wanted, size)
    except Unsatisfiable:
        await _fail(send, 416, "range", "The range lies outside of the file.", {"Content-Range": f"bytes */{size}"})
        return
    start, stop = part or (0, size)
    if part is not None:
        answer["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    answer["Content-Length"] = str(stop - start)
    await _start(send, 200 if part is None else 206, answer)
    if scope["method"] == "HEAD":
        await send({"type": "http.response.body", "body": b""})
        return
    await _send_body(stream, start, stop, receive, send)


async def _send_body(stream: BinaryIO, start: int, stop: int, receive: Receive, send: Send) -> None:
    gone = asyncio.ensure_future(_until_gone(receive))
    try:
        stream.seek(start)
        left = stop - start
        while not gone.done():
            body = await asyncio.to_thread(stream.read, min(CHUNK, left)) if left else b""
            left -= len(body)
            more = left > 0 and bool(body)
            await send({"type": "http.response.body", "body": body, "more_body": more})
            if not more:
                return
    except OSError:  # the browser has gone
        return
    finally:
        gone.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _written_path(scope: Scope) -> str:
    raw = scope.get("raw_path")
    path = raw.decode("latin-1").partition("?")[0] if raw else quote(scope["path"])
    return path.removeprefix(PREFIX)


def _matches(header: str, etag: str) -> bool:
    return any(part.strip().removeprefix("W/") in {etag, "*"} for part in header.split(",")) if header else False


async def _start(send: Send, status: int, headers: Mapping[str, str]) -> None:
    everything = {**FIXED_HEADERS, "Content-Security-Policy": API_POLICY, **headers}
    encoded = [(name.lower().encode(), value.encode("latin-1")) for name, value in everything.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})


async def _fail(send: Send, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
    body = f"{HTTPStatus(status).phrase} ({code}): {detail}\n".encode()
    plain = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body)), "Cache-Control": "no-store"}
    await _start(send, status, {**plain, **(headers or {})})
    await send({"type": "http.response.body", "body": body})
