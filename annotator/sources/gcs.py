"""Pictures in a bucket of Google Cloud Storage."""

from typing import Annotated, Any, ClassVar

import msgspec

from annotator.core.errors import InvalidInput
from annotator.plugins.base import Options as BaseOptions
from annotator.sources.remote import FsspecSource, package, prefix_of, secret


class GoogleOptions(BaseOptions, frozen=True, kw_only=True):
    """Where to look and who asks; without a key the bucket must be public."""

    bucket: Annotated[str, msgspec.Meta(min_length=3, max_length=222, title="Bucket")]
    prefix: Annotated[str, msgspec.Meta(title="Folder in the bucket")] = ""
    service_account: Annotated[str, secret("Service account", "The JSON key of a service account.")] = ""
    endpoint: Annotated[
        str,
        msgspec.Meta(title="Endpoint", description="Empty for Google.", extra_json_schema={"x-advanced": True}),
    ] = ""


class GoogleSource(FsspecSource):
    """Google Cloud Storage by gcsfs."""

    title = "Google Cloud Storage"
    description = "Pictures in a bucket, with the JSON key of a service account, or public."
    place = "bucket"
    Options: ClassVar[type[BaseOptions]] = GoogleOptions

    def filesystem(self, options: BaseOptions) -> Any:
        """The file system, with the given key or none: never with what lies around on the server."""
        chosen = _checked(options)
        token: Any = "anon"  # noqa: S105 -- gcsfs' word for none
        if chosen.service_account:
            try:
                token = msgspec.json.decode(chosen.service_account, type=dict[str, Any])
            except msgspec.DecodeError:
                raise InvalidInput("The service account is not the JSON key that Google gives out.") from None
        gcsfs = package("gcsfs", "gcs")
        return gcsfs.GCSFileSystem(
            token=token, access="read_only", endpoint_url=chosen.endpoint or None, skip_instance_cache=True
        )

    def root(self, options: BaseOptions) -> str:
        """Bucket and prefix."""
        chosen = _checked(options)
        return "/".join(part for part in (chosen.bucket, prefix_of(chosen.prefix)) if part)


def _checked(options: BaseOptions) -> GoogleOptions:
    if not isinstance(options, GoogleOptions):
        raise InvalidInput("The Google source needs to be told a bucket.")
    return options
