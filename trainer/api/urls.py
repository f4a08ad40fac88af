"""Every route of the trainer below ``/api/v1/``: a literal list, one line per route, sorted by concept."""

from typing import Any

from django.urls import URLPattern, path

from trainer.api.learning_curve import LearningCurveViewSet
from trainer.api.models import ModelListViewSet, ModelViewSet
from trainer.api.predictions import AcceptanceViewSet, PredictionsViewSet
from trainer.api.rounds import RoundListViewSet, RoundViewSet
from trainer.api.runs import RunListViewSet, RunViewSet
from trainer.api.training import TrainingViewSet

_LIST: dict[str, Any] = {"get": "list", "post": "create"}

urlpatterns: list[URLPattern] = [
    # models
    path("projects/<uuid:project_id>/models", ModelListViewSet.as_view({"get": "list"}), name="models"),
    path("models/<uuid:pk>", ModelViewSet.as_view({"get": "retrieve", "patch": "partial_update"}), name="model"),
    path("models/<uuid:pk>/report", ModelViewSet.as_view({"get": "report"}), name="model-report"),
    path("models/<uuid:pk>/download", ModelViewSet.as_view({"get": "download"}), name="model-download"),
    # predictions
    path("images/<uuid:pk>/predictions", PredictionsViewSet.as_view({"get": "list"}), name="predictions"),
    path(
        "images/<uuid:pk>/predictions/reject", PredictionsViewSet.as_view({"post": "reject"}), name="predictions-reject"
    ),
    path("projects/<uuid:project_id>/acceptance", AcceptanceViewSet.as_view({"get": "retrieve"}), name="acceptance"),
    # rounds
    path("projects/<uuid:project_id>/rounds", RoundListViewSet.as_view(_LIST), name="rounds"),
    path("rounds/<uuid:pk>", RoundViewSet.as_view({"get": "retrieve"}), name="round"),
    path("rounds/<uuid:pk>/close", RoundViewSet.as_view({"post": "close"}), name="round-close"),
    path(
        "projects/<uuid:project_id>/learning-curve",
        LearningCurveViewSet.as_view({"get": "retrieve"}),
        name="learning-curve",
    ),
    # runs
    path("projects/<uuid:project_id>/training", TrainingViewSet.as_view({"get": "retrieve"}), name="training"),
    path("projects/<uuid:project_id>/runs", RunListViewSet.as_view(_LIST), name="runs"),
    path("runs/<uuid:pk>", RunViewSet.as_view({"get": "retrieve"}), name="run"),
    path("runs/<uuid:pk>/events", RunViewSet.as_view({"get": "events"}), name="run-events"),
    path("runs/<uuid:pk>/finish", RunViewSet.as_view({"post": "finish"}), name="run-finish"),
    path("runs/<uuid:pk>/cancel", RunViewSet.as_view({"post": "cancel"}), name="run-cancel"),
    path("runs/<uuid:pk>/resume", RunViewSet.as_view({"post": "resume"}), name="run-resume"),
]
