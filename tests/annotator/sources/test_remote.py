"""Azure and Google: our half, over a file system in memory; and that the real libraries take what we hand them."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from annotator.core.errors import InvalidInput, NotFound, PluginError, Unavailable
from annotator.plugins.base import Options
from annotator.plugins.sources import SourceItem
from annotator.plugins.testing import ImageSourceContract
from annotator.sources import azure, gcs, remote
from annotator.sources.azure import AzureOptions, AzureSource
from annotator.sources.gcs import GoogleOptions, GoogleSource

ASKED: list[dict[str, Any]] = []


class _Rootless(MemoryFileSystem):  # type: ignore[misc]  # fsspec ships no types
    """Buckets have no slash in front."""

    cachable = False

    def find(self, path: str, **options: Any) -> Any:
        found = super().find(path, **options)
        if not found:
            raise FileNotFoundError(path)
        return {name.lstrip("/"): details for name, details in found.items()}


def in_memory(**options: Any) -> MemoryFileSystem:
    ASKED.append(options)
    return _Rootless()


@pytest.fixture(autouse=True)
def _memory(monkeypatch: pytest.MonkeyPatch) -> None:
    library = SimpleNamespace(AzureBlobFileSystem=in_memory, GCSFileSystem=in_memory)
    for module in (azure, gcs):
        monkeypatch.setattr(module, "package", lambda name, extra: library)
    MemoryFileSystem.store.clear()
    ASKED.clear()


def fill(files: Any) -> None:
    memory = MemoryFileSystem()
    for name, data in {**files, "notes.txt": b"x"}.items():
        memory.pipe(f"/bucket/set/{name}", data)
    memory.pipe("/bucket/set2/a.jpg", b"x")


class TestAzure(ImageSourceContract):
    plugin = AzureSource

    def prepare(self, folder: Path) -> Options:
        del folder
        fill(self.files)
        return AzureOptions(container="bucket", prefix="/set/", account="me")


class TestGoogle(ImageSourceContract):
    plugin = GoogleSource

    def prepare(self, folder: Path) -> Options:
        del folder
        fill(self.files)
        return GoogleOptions(bucket="bucket", prefix="set")


def test_without_a_secret_nobody_is_asked_for_one() -> None:
    fill({"a.jpg": b"x"})
    list(AzureSource().items(options=AzureOptions(container="bucket", account="me")))
    list(GoogleSource().items(options=GoogleOptions(bucket="bucket")))
    assert ASKED[0]["anon"] is True
    assert ASKED[1]["token"] == "anon"


def test_secrets_are_handed_over() -> None:
    fill({"a.jpg": b"x"})
    key = {"type": "service_account", "project_id": "p"}
    list(GoogleSource().items(options=GoogleOptions(bucket="bucket", service_account=json.dumps(key))))
    list(AzureSource().items(options=AzureOptions(container="bucket", connection_string="AccountName=me")))
    assert ASKED[0]["token"] == key
    assert ASKED[1]["connection_string"] == "AccountName=me"


def test_what_is_not_there_is_said() -> None:
    options = GoogleOptions(bucket="gone")
    with pytest.raises(NotFound):
        list(GoogleSource().items(options=options))
    for name in ("a.jpg", "../a.jpg"):
        with pytest.raises(NotFound), GoogleSource().open(SourceItem(name), options=options):
            pass


@pytest.mark.parametrize(
    ("error", "ours"), [(PermissionError("no"), InvalidInput), (RuntimeError("odd\nmore"), Unavailable)]
)
def test_errors_of_the_libraries_become_sentences(
    monkeypatch: pytest.MonkeyPatch, error: Exception, ours: type[Exception]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(_Rootless, "find", fail)
    with pytest.raises(ours):
        list(GoogleSource().items(options=GoogleOptions(bucket="bucket")))


def test_wrong_options_are_refused() -> None:
    with pytest.raises(InvalidInput, match="JSON key"):
        list(GoogleSource().items(options=GoogleOptions(bucket="bucket", service_account="nonsense")))
    with pytest.raises(InvalidInput, match="account"):
        list(AzureSource().items(options=AzureOptions(container="bucket")))
    for source in (AzureSource(), GoogleSource()):
        with pytest.raises(InvalidInput):
            list(source.items(options=Options()))


def test_a_missing_package_is_named() -> None:
    with pytest.raises(PluginError, match=r"marquee\[azure\]"):
        remote.package("no_such_package_here", "azure")


def test_the_real_libraries_take_our_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (azure, gcs):
        monkeypatch.setattr(module, "package", remote.package)
    key = "AccountName=me;AccountKey=bWU=;DefaultEndpointsProtocol=https;EndpointSuffix=core.windows.net"
    assert AzureSource().filesystem(AzureOptions(container="box", connection_string=key)).connection_string == key
    assert AzureSource().filesystem(AzureOptions(container="box", account="me")).account_name == "me"
    made = GoogleSource().filesystem(GoogleOptions(bucket="box"))
    assert (made.storage_options["access"], made.storage_options["token"]) == ("read_only", "anon")
