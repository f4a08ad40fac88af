"""Pictures in an S3-compatible bucket (AWS, MinIO, Ceph, R2 …)."""

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import Annotated, Any, BinaryIO, ClassVar, cast

import msgspec

from annotator.core.errors import AnnotatorError, InvalidInput, NotFound, Unavailable
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.sources import ImageSource, SourceItem
from annotator.sources.remote import TIMEOUT, is_picture, package, prefix_of, secret, usable_name

_SPOOL = 32 << 20
_MISSING = frozenset({"404", "NoSuchKey", "NoSuchBucket", "NotFound"})


class BucketOptions(BaseOptions, frozen=True, kw_only=True):
    """Where to look and who asks; without keys the bucket must be public."""

    bucket: Annotated[str, msgspec.Meta(min_length=3, max_length=63, title="Bucket")]
    prefix: Annotated[str, msgspec.Meta(title="Folder in the bucket")] = ""
    endpoint: Annotated[str, msgspec.Meta(title="Endpoint", description="Address of the store; empty for AWS.")] = ""
    region: Annotated[str, msgspec.Meta(title="Region")] = ""
    access_key: Annotated[str, msgspec.Meta(title="Access key")] = ""
    secret_key: Annotated[str, secret("Secret key")] = ""


class BucketSource(ImageSource):
    """An S3 bucket by boto3."""

    title = "S3 bucket"
    description = "Pictures in a bucket of AWS, MinIO, Ceph, R2 or another store that speaks S3."
    Options: ClassVar[type[BaseOptions]] = BucketOptions

    def items(self, *, options: BaseOptions) -> Iterator[SourceItem]:
        """Yield pictures in the bucket's order (by key), page by page: millions of keys are no trouble."""
        return (item for item in self.files(options=options) if is_picture(item.name))

    def files(self, *, options: BaseOptions) -> Iterator[SourceItem]:
        """Yield all objects in the bucket's order."""
        chosen = _checked(options)
        prefix = f"{prefix_of(chosen.prefix)}/" if prefix_of(chosen.prefix) else ""
        with _sentences(f"the bucket {chosen.bucket}"):
            pages = _client(chosen).get_paginator("list_objects_v2").paginate(Bucket=chosen.bucket, Prefix=prefix)
            for page in pages:
                for entry in page.get("Contents", ()):
                    name = usable_name(entry["Key"].removeprefix(prefix))
                    if name is not None:
                        yield SourceItem(name, int(entry["Size"]), str(entry["ETag"]).strip('"'))

    @contextmanager
    def open(self, item: SourceItem, *, options: BaseOptions) -> Iterator[BinaryIO]:
        """Fetch one object (large ones into a temporary file)."""
        chosen = _checked(options)
        prefix = prefix_of(chosen.prefix)
        name = usable_name(item.name)
        if name is None:
            raise NotFound(f"“{item.name}” is not in this bucket.")
        with SpooledTemporaryFile(max_size=_SPOOL) as file:
            with _sentences(f"“{name}”"):
                _client(chosen).download_fileobj(chosen.bucket, f"{prefix}/{name}" if prefix else name, file)
            file.seek(0)
            yield cast("BinaryIO", file)


def _client(options: BucketOptions) -> Any:
    boto3 = package("boto3", "s3")
    from botocore import UNSIGNED  # noqa: PLC0415 -- comes with boto3, which is optional
    from botocore.config import Config  # noqa: PLC0415 -- as above

    config = {"connect_timeout": TIMEOUT, "read_timeout": TIMEOUT, "retries": {"max_attempts": 3}}
    return boto3.session.Session().client(
        "s3",
        endpoint_url=options.endpoint or None,
        region_name=options.region or "us-east-1",
        aws_access_key_id=options.access_key or None,
        aws_secret_access_key=options.secret_key or None,
        config=Config(**config, signature_version="s3v4" if options.access_key else UNSIGNED),
    )


@contextmanager
def _sentences(what: str) -> Iterator[None]:
    package("boto3", "s3")
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 -- optional

    try:
        yield
    except AnnotatorError:
        raise
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _MISSING:
            raise NotFound(f"There is no {what.removeprefix('the ')}.") from error
        if code in {"403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"}:
            raise InvalidInput(f"Access to {what} was refused ({code}); check the keys.") from error
        raise Unavailable(f"{what} cannot be read: {code or error}.") from error
    except (BotoCoreError, ValueError) as error:
        raise Unavailable(f"{what} cannot be read: {error}.") from error


def _checked(options: BaseOptions) -> BucketOptions:
    if not isinstance(options, BucketOptions):
        raise InvalidInput("The S3 source needs to be told a bucket.")
    return options
