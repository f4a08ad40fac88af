"""Every route of the annotator below ``/api/v1/``: a literal list, one line per route, sorted by concept."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
