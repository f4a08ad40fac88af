"""Pictures in a container of Azure Blob Storage."""

from typing import Annotated, Any, ClassVar

import msgspec

from annotator.core.errors import InvalidInput
from annotator.plugins.base import Options as BaseOptions
from annotator.sources.remote import FsspecSource, package, prefix_of, secret


class AzureOptions(BaseOptions, frozen=True, kw_only=True):
    """Where to look and who asks; without any secret the container must be public."""

    container: Annotated[str, msgspec.Meta(min_length=3, max_length=63, title="Container")]
    prefix: Annotated[str, msgspec.Meta(title="Folder in the container")] = ""
    account: Annotated[str, msgspec.Meta(title="Storage account")] = ""
    connection_string: Annotated[str, secret("Connection string", "Instead of account and key.")] = ""
    account_key: Annotated[str, secret("Account key")] = ""
    sas_token: Annotated[str, secret("Shared access signature")] = ""


class AzureSource(FsspecSource):
    """Azure Blob Storage by adlfs."""

    title = "Azure Blob Storage"
    description = "Pictures in a container, with an account key, a shared access signature or a connection string."
    place = "container"
    Options: ClassVar[type[BaseOptions]] = AzureOptions

    def filesystem(self, options: BaseOptions) -> Any:
        """The file system of the account."""
        chosen = _checked(options)
        adlfs = package("adlfs", "azure")
        if chosen.connection_string:
            return adlfs.AzureBlobFileSystem(connection_string=chosen.connection_string, skip_instance_cache=True)
        if not chosen.account:
            raise InvalidInput("Name the storage account, or give a connection string.")
        return adlfs.AzureBlobFileSystem(
            account_name=chosen.account,
            account_key=chosen.account_key or None,
            sas_token=chosen.sas_token or None,
            anon=not (chosen.account_key or chosen.sas_token),
            skip_instance_cache=True,
        )

    def root(self, options: BaseOptions) -> str:
        """Container and prefix."""
        chosen = _checked(options)
        return "/".join(part for part in (chosen.container, prefix_of(chosen.prefix)) if part)


def _checked(options: BaseOptions) -> AzureOptions:
    if not isinstance(options, AzureOptions):
        raise InvalidInput("The Azure source needs to be told a container.")
    return options
