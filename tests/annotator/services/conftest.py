"""Stores of both kinds."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, settings: Any) -> Iterator[str]:
    """Both kinds of store; the S3 one is a real HTTP server."""
    address = ""
    if request.param == "s3":
        address = request.getfixturevalue("s3_address")
        keys = {"region_name": "eu-central-1", "access_key": "key", "secret_key": "secret"}
        options = {"bucket_name": "pictures", "endpoint_url": address, "signature_version": "s3v4", **keys}
        boto3.client(
            "s3",
            endpoint_url=address,
            region_name="eu-central-1",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        ).create_bucket(Bucket="pictures", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        settings.STORAGES = {
            **settings.STORAGES,
            "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**options, "default_acl": None}},
        }
    yield str(request.param)
    if address:
        _empty(address)


def _empty(address: str) -> None:
    client = boto3.resource(
        "s3", endpoint_url=address, region_name="eu-central-1", aws_access_key_id="key", aws_secret_access_key="secret"
    )
    client.Bucket("pictures").objects.all().delete()
    client.Bucket("pictures").delete()
