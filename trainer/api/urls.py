"""Every route of the trainer below ``/api/v1/``: a literal list, one line per route, sorted by concept."""

from django.urls import URLPattern, path

from trainer.api.models import ModelListViewSet, ModelViewSet
from trainer.api.runs import RunListViewSet, RunViewSet
from trainer.api.training import TrainingViewSet

_LIST = {"get": "list", "post": "create"}

urlpatterns: list[URLPattern] = [
    # models
    path("projects/<uuid:project_id>/models", ModelListViewSet.as_view({"get": "list"}), name="models"),
    path("models/<uuid:pk>", ModelViewSet.as_view({"get": "retrieve", "patch": "partial_update"}), name="model"),
    path("models/<uuid:pk>/report", ModelViewSet.as_view({"get": "report"}), name="model-report"),
    path("models/<uuid:pk>/download", ModelViewSet.as_view({"get": "download"}), name="model-download"),
    # runs
    path("projects/<uuid:project_id>/training", TrainingViewSet.as_view({"get": "retrieve"}), name="training"),
    path("projects/<uuid:project_id>/runs", RunListViewSet.as_view(_LIST), name="runs"),
    path("runs/<uuid:pk>", RunViewSet.as_view({"get": "retrieve"}), name="run"),
    path("runs/<uuid:pk>/events", RunViewSet.as_view({"get": "events"}), name="run-events"),
    path("runs/<uuid:pk>/finish", RunViewSet.as_view({"post": "finish"}), name="run-finish"),
    path("runs/<uuid:pk>/cancel", RunViewSet.as_view({"post": "cancel"}), name="run-cancel"),
    path("runs/<uuid:pk>/resume", RunViewSet.as_view({"post": "resume"}), name="run-resume"),
]
