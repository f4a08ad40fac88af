"""Reading JSON bodies within limits."""

from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from annotator.core.errors import LimitExceeded


class LimitedJSONParser(JSONParser):
    """JSON of bounded size and depth (orjson refuses nesting deeper than 1024, NaN and lone surrogates)."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Parse the whole body; raises :class:`LimitExceeded` or ``ParseError`` with a sentence."""
        limit = int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)
        body: bytes = stream.read(limit + 1)
        if len(body) > limit:
            raise LimitExceeded(f"A JSON body may have {limit // 2**20} MiB at most. Send it in smaller parts.")
        if b"\\u0000" in body:
            raise ParseError("Text must not contain the character NUL.")
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is not JSON: {error}.") from error
