"""Headers that keep browsers safe, on every answer of the WSGI part."""

import ipaddress
import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse

from annotator.config import get_config
from annotator.services.audit import current_address

API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
"""Nothing that the API or the file store answers is ever a page."""
STATIC_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; worker-src 'self' blob:; frame-ancestors 'none'"
)
"""A worker takes its policy from its own script file, so static files must allow what our workers do."""
FIXED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


def page_policy(nonce: str) -> str:
    """Content security policy of the single page; scripts come from our own files only, styles carry ``nonce``."""
    store = _store_origin()
    return (
        "default-src 'self'; script-src 'self'; "
        f"style-src 'self' 'nonce-{nonce}'; img-src 'self' blob: data:{store}; font-src 'self'; "
        f"connect-src 'self'{store}; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def new_nonce() -> str:
    """A fresh nonce for one answer."""
    return secrets.token_urlsafe(16)


def _store_origin() -> str:
    """Where signed image addresses of an S3 store redirect to, with a leading blank; empty for local files."""
    config = get_config()
    if not config.s3_bucket:
        return ""
    if not config.s3_endpoint:
        return " https://*.amazonaws.com"
    parts = urlsplit(config.s3_endpoint)
    return f" {parts.scheme}://{parts.netloc}"


class SecurityHeaders:
    """Outermost middleware: security headers, and the client's address for the audit log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request and add what the view did not set."""
        reset = current_address.set(client_address(request))
        try:
            response = self.get_response(request)
        finally:
            current_address.reset(reset)
        for name, value in FIXED_HEADERS.items():
            response.headers.setdefault(name, value)
        static = request.path.startswith("/static/")
        response.headers.setdefault("Content-Security-Policy", STATIC_POLICY if static else API_POLICY)
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def client_address(request: HttpRequest) -> str | None:
    """The peer's address; behind a proxy the web server has already put the right one here."""
    try:
        return str(ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None
