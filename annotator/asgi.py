"""ASGI entry point: a small dispatcher. Streams and files are async; everything else is Django's WSGI in a thread pool.

Measured: Django's own ASGI handler holds a whole file answer in memory and costs 1.5 to 2 times the CPU per request.
"""

import gc
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

_django: Any = get_wsgi_application()
_wsgi: Any = WSGIMiddleware(_django, workers=8)  # its types name every kind of ASGI message; ours are the general ones

from annotator.api.asgi_types import Receive, Scope, Send  # noqa: E402 -- Django must be set up first
from annotator.api.files import application as files_application  # noqa: E402 -- Django must be set up first
from annotator.api.stream import stream_application  # noqa: E402 -- Django must be set up first
from annotator.urls import urlpatterns as _urlpatterns  # noqa: E402, F401 -- now, not within the first request

# What was loaded lives as long as the process. A full collection would walk through it, a tenth of a second amid a request.
gc.collect()
gc.freeze()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Send one connection to the part that serves it best."""
    if scope["type"] != "http":
        return  # no web sockets here; uvicorn refuses them when nobody accepts
    if scope["path"] == "/api/v1/stream":
        await stream_application(scope, receive, send)
    elif scope["path"].startswith("/files/"):
        await files_application(scope, receive, send)
    else:
        await _wsgi(scope, receive, send)
