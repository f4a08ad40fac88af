"""Pictures named by a list of addresses."""

import hashlib
import http.client
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPMessage
from ipaddress import ip_address
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Any, BinaryIO, ClassVar, cast
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit
from urllib.request import (
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

import msgspec

from annotator.core.errors import AnnotatorError, InvalidInput, NotFound, Unavailable
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.sources import ImageSource, SourceItem
from annotator.sources.remote import TIMEOUT, usable_name

MAX_BYTES = 512 << 20
MAX_LIST = 32 << 20
_SPOOL = 32 << 20
_BLOCK = 1 << 20
_AGENT = "Marquee"


class ListOptions(BaseOptions, frozen=True, kw_only=True):
    """The addresses themselves, or the address of a text file that holds them."""

    addresses: Annotated[
        str, msgspec.Meta(title="Addresses", description="One per line.", extra_json_schema={"x-multiline": True})
    ] = ""
    list_address: Annotated[
        str, msgspec.Meta(title="Address of a list", description="A text file with one address per line.")
    ] = ""
    private_networks: Annotated[
        bool,
        msgspec.Meta(
            title="Allow private networks",
            description="Addresses of this machine and the local network may be asked.",
            extra_json_schema={"x-admin": True, "x-advanced": True},
        ),
    ] = False


class ListSource(ImageSource):
    """Fetches over HTTP and HTTPS; addresses inside private networks are refused unless allowed."""

    title = "Web addresses"
    description = "Pictures from a list of http and https addresses."
    Options: ClassVar[type[BaseOptions]] = ListOptions

    def items(self, *, options: BaseOptions) -> Iterator[SourceItem]:
        """Yield one item per address, in the list's order; equal file names get a short hash of their address.

        The address is the item's tag: pictures behind it are taken as never changing.
        """
        taken: set[str] = set()
        for address in dict.fromkeys(_addresses(_checked(options))):
            name = _name(address)
            if name in taken:
                stem, dot, suffix = name.rpartition(".")
                digest = hashlib.sha256(address.encode()).hexdigest()[:8]
                name = f"{stem}-{digest}{dot}{suffix}"
            taken.add(name)
            yield SourceItem(name, etag=address)

    @contextmanager
    def open(self, item: SourceItem, *, options: BaseOptions) -> Iterator[BinaryIO]:
        """Fetch one picture, at most 512 MiB."""
        chosen = _checked(options)
        address = item.etag or ""
        if not _is_web(address):
            raise NotFound(f"“{item.name}” has no address.")
        with SpooledTemporaryFile(max_size=_SPOOL) as file:
            for block in _fetch(address, MAX_BYTES, private=chosen.private_networks):
                file.write(block)
            file.seek(0)
            yield cast("BinaryIO", file)


def _checked(options: BaseOptions) -> ListOptions:
    if not isinstance(options, ListOptions) or not (options.addresses.strip() or options.list_address):
        raise InvalidInput("Give some addresses, one per line, or the address of a list.")
    return options


def _addresses(options: ListOptions) -> Iterator[str]:
    lines = options.addresses.splitlines()
    if options.list_address:
        data = b"".join(_fetch(options.list_address, MAX_LIST, private=options.private_networks))
        lines += data.decode("utf-8-sig", "replace").splitlines()
    for line in lines:
        address = line.strip()
        if address and not address.startswith("#"):
            if not _is_web(address):
                raise InvalidInput(f"“{address[:100]}” is no http or https address.")
            yield address


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _name(address: str) -> str:
    path = unquote(urlsplit(address).path).rsplit("/", 1)[-1]
    return usable_name(path) or hashlib.sha256(address.encode()).hexdigest()[:16]


def _fetch(address: str, limit: int, *, private: bool) -> Iterator[bytes]:
    request = Request(address, headers={"User-Agent": _AGENT})  # noqa: S310 -- the scheme was checked
    try:
        with _opener(private=private).open(request, timeout=TIMEOUT) as answer:
            left = limit
            while block := answer.read(_BLOCK):
                left -= len(block)
                if left < 0:
                    raise InvalidInput(f"{address} is larger than {limit >> 20} MiB.")
                yield block
    except AnnotatorError:
        raise
    except HTTPError as error:
        if error.code in {404, 410}:
            raise NotFound(f"{address} is not there ({error.code}).") from error
        raise Unavailable(f"{address} answered {error.code} {error.reason}.") from error
    except (URLError, OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise Unavailable(f"{address} cannot be fetched: {reason}.") from error


class _CheckedConnection(http.client.HTTPConnection):
    """Connects only to public addresses: the address that was checked is the one that is used."""

    def connect(self) -> None:
        self.sock = _public_socket(self.host, self.port, self.timeout)


class _CheckedSecureConnection(http.client.HTTPSConnection):
    def connect(self) -> None:
        raw = _public_socket(self.host, self.port, self.timeout)
        context: Any = self._context  # type: ignore[attr-defined]  # the base class has no public name for it
        self.sock = context.wrap_socket(raw, server_hostname=self.host)


def _public_socket(host: str, port: int, timeout: Any) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for family, kind, protocol, _, target in found:
        if not ip_address(target[0]).is_global:
            raise InvalidInput(f"{host} lies in a private network; this source may not ask there.")
        made = socket.socket(family, kind, protocol)
        made.settimeout(timeout)
        made.connect(target)
        return made
    raise Unavailable(f"{host} is not known.")


class _PublicHttp(HTTPHandler):
    """In place of urllib's own handler, which would connect to anything."""

    def http_open(self, req: Request) -> Any:
        return self.do_open(_CheckedConnection, req)


class _PublicHttps(HTTPSHandler):
    """The same over TLS."""

    def https_open(self, req: Request) -> Any:
        return self.do_open(_CheckedSecureConnection, req)


class _FewRedirects(HTTPRedirectHandler):
    """At most five, and never to another kind of address."""

    max_redirections = 5

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        if not _is_web(newurl):
            raise InvalidInput(f"{req.full_url} leads to {newurl[:100]}, which is no http or https address.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener(*, private: bool) -> OpenerDirector:
    """Private networks are checked at every connection, so that redirects and names that change do not lead there."""
    return build_opener(*([] if private else [_PublicHttp, _PublicHttps]), _FewRedirects, ProxyHandler({}))
