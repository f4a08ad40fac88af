"""Root of all addresses (composition root: the only place that names both packages)."""

from django.urls import include, path, re_path

from annotator.api import errors
from annotator.api.page import page

handler400 = errors.bad_request
handler404 = errors.not_found
handler500 = errors.server_error

urlpatterns = [
    path("api/v1/", include("annotator.api.urls")),
    path("api/v1/", include("trainer.api.urls")),
    re_path(r"^(?!api/|static/|files/).*$", page, name="page"),
]
