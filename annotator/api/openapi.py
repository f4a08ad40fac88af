"""What the generated OpenAPI document says beyond the code: sign-in schemes, and how every route can fail."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

_ERRORS = {
    "400": "The request is malformed.",
    "401": "Nobody is signed in, or the access token does not hold.",
    "403": "The role or the access token does not allow this.",
    "404": "The object does not exist, or you may not see it.",
    "409": "Somebody else changed it in the meantime, or it is in the wrong state.",
    "413": "A limit was exceeded.",
    "422": "A value in the request cannot be used.",
    "429": "Too many requests.",
    "503": "Something that the server needs does not answer; try again.",
}
_ERROR_SCHEMA = {
    "type": "object",
    "required": ["code", "detail"],
    "properties": {
        "code": {"type": "string", "description": "Stable name of the failure, for programs."},
        "detail": {"type": "string", "description": "A sentence: what happened and what to do."},
        "fields": {"type": "object", "additionalProperties": True, "description": "Messages by field of the body."},
    },
    "additionalProperties": True,
}


def document_errors(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Postprocessing hook: every operation can fail in the ways of ``annotator.api.errors``."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Error"] = _ERROR_SCHEMA
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    components["responses"] = {
        f"Error{status}": {"description": text, "content": content} for status, text in _ERRORS.items()
    }
    for path in result["paths"].values():
        for operation in path.values():
            if not isinstance(operation, dict):
                continue
            for status in _ERRORS:
                operation["responses"].setdefault(status, {"$ref": f"#/components/responses/Error{status}"})
    return result


class AccessTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the extension's metaclass is untyped
    """Documents personal access tokens."""

    target_class = "annotator.api.authentication.AccessTokenAuthentication"
    name = "accessToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """HTTP bearer."""
        return {"type": "http", "scheme": "bearer", "description": "A personal access token, mq_…"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the extension's metaclass is untyped
    """Documents the session cookie."""

    target_class = "annotator.api.authentication.CsrfSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """A cookie; unsafe methods also need the header X-CSRFToken."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "Session of a browser; POST, PUT, PATCH and DELETE also need X-CSRFToken.",
        }
