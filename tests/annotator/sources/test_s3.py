"""The S3 source against a server that speaks S3."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from annotator.core.errors import InvalidInput, NotFound, Unavailable
from annotator.plugins.base import Options
from annotator.plugins.sources import SourceItem
from annotator.plugins.testing import ImageSourceContract
from annotator.sources.s3 import BucketOptions, BucketSource


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def options_for(endpoint: str, bucket: str, **fields: str) -> BucketOptions:
    return BucketOptions(
        bucket=bucket, endpoint=endpoint, region="us-east-1", access_key="key", secret_key="secret", **fields
    )


def fill(endpoint: str, bucket: str, files: dict[str, bytes]) -> None:
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key="secret"
    )
    client.create_bucket(Bucket=bucket)
    for name, data in files.items():
        client.put_object(Bucket=bucket, Key=name, Body=data)


class TestContract(ImageSourceContract):
    plugin = BucketSource
    endpoint: str

    @pytest.fixture(autouse=True)
    def store(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def prepare(self, folder: Path) -> Options:
        bucket = f"b{abs(hash(str(folder))) % 10**12}"
        others = {"elsewhere/a.jpg": b"x", "set/notes.txt": b"x", "set2/a.jpg": b"x", "set/../b.jpg": b"x"}
        fill(self.endpoint, bucket, {**{f"set/{name}": data for name, data in self.files.items()}, **others})
        return options_for(self.endpoint, bucket, prefix="/set/")


def test_a_change_shows_in_the_tag(endpoint: str) -> None:
    fill(endpoint, "changing", {"a.jpg": b"one"})
    options = options_for(endpoint, "changing")
    (before,) = BucketSource().items(options=options)
    fill(endpoint, "changing", {"a.jpg": b"two"})
    (after,) = BucketSource().items(options=options)
    assert before.etag != after.etag


def test_what_is_not_there_is_said(endpoint: str) -> None:
    with pytest.raises(NotFound, match="nobody-has-this"):
        list(BucketSource().items(options=options_for(endpoint, "nobody-has-this")))
    fill(endpoint, "one", {"a.jpg": b"one"})
    for name in ("gone.jpg", "../a.jpg"):
        with pytest.raises(NotFound), BucketSource().open(SourceItem(name), options=options_for(endpoint, "one")):
            pass


def test_a_store_that_does_not_answer_is_said() -> None:
    with pytest.raises(Unavailable, match="cannot be read"):
        list(BucketSource().items(options=options_for("http://127.0.0.1:9", "one")))


def test_other_options_are_refused() -> None:
    with pytest.raises(InvalidInput):
        list(BucketSource().items(options=Options()))
