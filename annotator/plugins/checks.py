"""Contract of the family *checks*: quality checks on labelled images."""

from abc import abstractmethod
from collections.abc import Iterator

from annotator.core.records import Finding, ImageRecord
from annotator.plugins.base import Options, Plugin


class QualityCheck(Plugin):
    """Looks at one image's annotations and tells what seems wrong."""

    @abstractmethod
    def inspect(self, image: ImageRecord, *, options: Options) -> Iterator[Finding]:
        """Yield findings; must not change anything and must be deterministic."""
