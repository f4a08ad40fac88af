"""The single page."""

import re
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings


@pytest.fixture
def built(tmp_path: Path, settings: Settings) -> Path:
    settings.STATIC_ROOT = tmp_path
    index = tmp_path / "app" / "index.html"
    index.parent.mkdir()
    index.write_text('<meta name="csp-nonce" content="__CSP_NONCE__" />')
    return index


def nonce(client: Client, path: str = "/") -> str:
    answer = client.get(path)
    (inside,) = re.findall(r'content="([^"]+)"', answer.content.decode())
    assert f"'nonce-{inside}'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    return str(inside)


@pytest.mark.usefixtures("built")
def test_every_answer_has_its_own_nonce(client: Client) -> None:
    assert len({nonce(client) for _ in range(5)}) == 5


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("path", ["/", "/projects", "/projects/1/label/2", "/link/abc", "/apiary"])
def test_every_address_of_the_app_is_the_page(client: Client, path: str) -> None:
    assert nonce(client, path)


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("path", ["/api/x", "/api/v1/x", "/static/x.js", "/files/x"])
def test_other_addresses_are_not(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_new_build_is_seen_at_once(client: Client, built: Path) -> None:
    nonce(client)
    built.write_text('<p>new</p><meta content="__CSP_NONCE__" />')
    assert b"new" in client.get("/").content


@pytest.mark.usefixtures("built")
def test_the_page_is_only_read(client: Client) -> None:
    assert client.post("/").status_code == 405


def test_without_a_build_it_says_what_to_do(client: Client, tmp_path: Path, settings: Settings) -> None:
    settings.STATIC_ROOT = tmp_path
    answer = client.get("/")
    assert answer.status_code == 503
    assert b"make run" in answer.content
