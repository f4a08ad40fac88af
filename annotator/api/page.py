"""The single page: every address that is not the API, a file or a static asset."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from annotator.api.middleware import new_nonce, page_policy

PLACEHOLDER = "__CSP_NONCE__"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """``index.html`` of the built front end with a fresh nonce; never cached, because it names hashed assets."""
    path = Path(settings.STATIC_ROOT) / "app" / "index.html"
    try:
        text = _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return HttpResponse(
            "The front end is not built. Run “make run”, or “npm run build” in frontend.",
            status=503,
            content_type="text/plain; charset=utf-8",
        )
    nonce = new_nonce()
    headers = {"Content-Security-Policy": page_policy(nonce), "Cache-Control": "no-store"}
    return HttpResponse(text.replace(PLACEHOLDER, nonce), headers=headers)


@lru_cache(maxsize=2)
def _read(path: Path, changed: int) -> str:
    return path.read_text(encoding="utf-8")
