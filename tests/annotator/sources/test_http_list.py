"""The web source against a small server; private networks are out of bounds."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote, unquote

import pytest

from annotator.core.errors import AnnotatorError, InvalidInput, NotFound, Unavailable
from annotator.plugins.base import Options
from annotator.plugins.sources import SourceItem
from annotator.plugins.testing import ImageSourceContract
from annotator.sources.http_list import ListOptions, ListSource


class _Pages(BaseHTTPRequestHandler):
    pages: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        path = unquote(self.path.partition("?")[0])
        if path.startswith("/away"):
            self.send_response(302)
            self.send_header("Location", self.path.partition("?")[2])
            self.end_headers()
        elif path in self.pages:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.pages[path])
        else:
            self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def items(**fields: object) -> list[SourceItem]:
    return list(ListSource().items(options=ListOptions(**fields)))  # type: ignore[arg-type]  # as typed by people


def fetch(address: str, *, private: bool = True) -> bytes:
    options = ListOptions(addresses=address, private_networks=private)
    (item,) = ListSource().items(options=options)
    with ListSource().open(item, options=options) as file:
        return file.read()


class TestContract(ImageSourceContract):
    plugin = ListSource
    files: ClassVar[dict[str, bytes]] = {"a.jpg": b"first", "ü 1.png": b"second", "z.PNG": b"third"}
    site: str

    @pytest.fixture(autouse=True)
    def server(self, site: str) -> None:
        self.site = site

    def prepare(self, folder: Path) -> Options:
        del folder
        _Pages.pages = {f"/pictures/{name}": data for name, data in self.files.items()}
        lines = [f"{self.site}/pictures/{quote(name)}?size=large" for name in self.files]
        _Pages.pages["/list.txt"] = "\n".join(["# pictures", "", *lines]).encode()
        return ListOptions(list_address=f"{self.site}/list.txt", private_networks=True)


def test_equal_names_are_told_apart() -> None:
    found = items(addresses="http://a.org/1.jpg\nhttp://b.org/1.jpg\nhttp://a.org/1.jpg\nhttp://a.org/")
    assert found[0].name == "1.jpg"
    assert len({item.name for item in found}) == 3


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://a.org/1.jpg", "a.org/1.jpg", "http:///1.jpg"])
def test_other_kinds_of_addresses_are_refused(address: str) -> None:
    with pytest.raises(InvalidInput, match="no http or https"):
        items(addresses=address)


def test_private_networks_are_refused_unless_allowed(site: str) -> None:
    _Pages.pages = {"/a.jpg": b"inside"}
    assert fetch(f"{site}/a.jpg") == b"inside"
    for host in (site, site.replace("127.0.0.1", "localhost")):
        with pytest.raises(InvalidInput, match="private network"):
            fetch(f"{host}/a.jpg", private=False)


def test_redirects_do_not_lead_out_of_the_web(site: str) -> None:
    _Pages.pages = {"/a.jpg": b"inside"}
    assert fetch(f"{site}/away?{site}/a.jpg") == b"inside"
    with pytest.raises(AnnotatorError):
        fetch(f"{site}/away?file:///etc/passwd")
    with pytest.raises(InvalidInput, match="no http or https"):
        fetch(f"{site}/away?ftp://127.0.0.1/a.jpg")


def test_what_is_not_there_is_said(site: str) -> None:
    with pytest.raises(NotFound, match="404"):
        fetch(f"{site}/gone.jpg")
    with pytest.raises(Unavailable):
        fetch("http://127.0.0.1:9/a.jpg")
    with pytest.raises(InvalidInput, match="addresses"):
        items()
