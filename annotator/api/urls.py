"""Every route of the annotator below ``/api/v1/``: a literal list, one line per route, sorted by concept."""

from typing import Any

from django.urls import path

from annotator.api import openapi  # noqa: F401 -- makes our ways of signing in known to the OpenAPI generator
from annotator.api.annotations import AnnotationViewSet
from annotator.api.assignments import AssignmentViewSet, QueueViewSet
from annotator.api.audit import AuditViewSet
from annotator.api.datasets import ExportViewSet
from annotator.api.demo import DemoViewSet
from annotator.api.images import ImageListViewSet, ImageViewSet
from annotator.api.imports import ImportJobViewSet, ImportViewSet
from annotator.api.invitations import OfferViewSet, ProjectInvitationViewSet
from annotator.api.jobs import AllJobsViewSet, JobListViewSet, JobViewSet
from annotator.api.labels import LabelSchemaViewSet
from annotator.api.me import MeViewSet
from annotator.api.members import MemberViewSet
from annotator.api.plugins import PluginViewSet
from annotator.api.projects import ProjectListViewSet, ProjectViewSet
from annotator.api.sessions import SessionViewSet
from annotator.api.sources import SourceListViewSet, SourceViewSet
from annotator.api.splits import SplitsViewSet
from annotator.api.stream import StreamViewSet
from annotator.api.tokens import TokenViewSet
from annotator.api.uploads import UploadListViewSet, UploadViewSet
from annotator.api.users import UserViewSet
from annotator.api.versions import VersionListViewSet, VersionViewSet

_SESSION: dict[str, Any] = {"get": "retrieve", "post": "create", "delete": "destroy"}
_PROJECT: dict[str, Any] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
_LIST: dict[str, Any] = {"get": "list", "post": "create"}

urlpatterns = [
    # accounts
    path("session", SessionViewSet.as_view(_SESSION), name="session"),
    path("session/link", SessionViewSet.as_view({"post": "link"}), name="session-link"),
    path("me", MeViewSet.as_view({"get": "retrieve", "patch": "partial_update"}), name="me"),
    path("me/password", MeViewSet.as_view({"post": "password"}), name="me-password"),
    path("tokens", TokenViewSet.as_view(_LIST), name="tokens"),
    path("tokens/<uuid:pk>", TokenViewSet.as_view({"delete": "destroy"}), name="token"),
    path("users", UserViewSet.as_view(_LIST), name="users"),
    path("users/<int:pk>", UserViewSet.as_view({"patch": "partial_update"}), name="user"),
    path("users/<int:pk>/link", UserViewSet.as_view({"post": "link"}), name="user-link"),
    path("audit", AuditViewSet.as_view({"get": "list"}), name="audit"),
    path("invitations/<str:token>", OfferViewSet.as_view({"get": "retrieve"}), name="offer"),
    path("invitations/<str:token>/accept", OfferViewSet.as_view({"post": "accept"}), name="offer-accept"),
    # annotations
    path("images/<uuid:pk>/annotations", AnnotationViewSet.as_view({"get": "list"}), name="annotations"),
    path("images/<uuid:pk>/operations", AnnotationViewSet.as_view({"post": "operations"}), name="operations"),
    path("images/<uuid:pk>/history", AnnotationViewSet.as_view({"get": "history"}), name="history"),
    path("images/<uuid:pk>/restore", AnnotationViewSet.as_view({"post": "restore"}), name="restore"),
    # datasets
    path("projects/<uuid:project_id>/exports", ExportViewSet.as_view({"post": "create"}), name="exports"),
    path("projects/<uuid:project_id>/imports", ImportViewSet.as_view({"post": "create"}), name="imports"),
    path(
        "projects/<uuid:project_id>/imports/places",
        ImportViewSet.as_view({"get": "places"}),
        name="imports-places",
    ),
    path("imports/<uuid:pk>/undo", ImportJobViewSet.as_view({"post": "undo"}), name="import-undo"),
    path("imports/<uuid:pk>/resume", ImportJobViewSet.as_view({"post": "resume"}), name="import-resume"),
    path("imports/<uuid:pk>/report", ImportJobViewSet.as_view({"get": "download"}), name="import-report"),
    path("projects/<uuid:project_id>/versions", VersionListViewSet.as_view(_LIST), name="versions"),
    path(
        "projects/<uuid:project_id>/versions/preview",
        VersionListViewSet.as_view({"post": "preview"}),
        name="versions-preview",
    ),
    path("projects/<uuid:project_id>/splits", SplitsViewSet.as_view({"get": "list"}), name="splits"),
    path("projects/<uuid:project_id>/splits/lock", SplitsViewSet.as_view({"post": "lock"}), name="splits-lock"),
    path("versions/<uuid:pk>", VersionViewSet.as_view(_PROJECT), name="version"),
    path("versions/<uuid:pk>/integrity", VersionViewSet.as_view({"get": "integrity"}), name="version-integrity"),
    path("versions/<uuid:pk>/diff", VersionViewSet.as_view({"get": "diff"}), name="version-diff"),
    path("versions/<uuid:pk>/restore", VersionViewSet.as_view({"post": "restore"}), name="version-restore"),
    path("projects/<uuid:project_id>/sources", SourceListViewSet.as_view(_LIST), name="sources"),
    path(
        "projects/<uuid:project_id>/sources/probe", SourceListViewSet.as_view({"post": "probe"}), name="sources-probe"
    ),
    path("sources/<uuid:pk>", SourceViewSet.as_view(_PROJECT), name="source"),
    path("sources/<uuid:pk>/sync", SourceViewSet.as_view({"post": "sync"}), name="source-sync"),
    # images
    path("projects/<uuid:project_id>/images", ImageListViewSet.as_view(_LIST), name="images"),
    path("projects/<uuid:project_id>/images/bulk", ImageListViewSet.as_view({"post": "bulk"}), name="images-bulk"),
    path("images/<uuid:pk>", ImageViewSet.as_view(_PROJECT), name="image"),
    path("images/<uuid:pk>/neighbours", ImageViewSet.as_view({"get": "neighbours"}), name="neighbours"),
    path("images/<uuid:pk>/reopen", ImageViewSet.as_view({"post": "reopen"}), name="reopen"),
    # installation
    path("plugins", PluginViewSet.as_view({"get": "list"}), name="plugins"),
    path("plugins/<str:family>/<str:name>", PluginViewSet.as_view({"get": "retrieve"}), name="plugin"),
    path("stream", StreamViewSet.as_view({"get": "retrieve"}), name="stream"),
    # jobs
    path("jobs", AllJobsViewSet.as_view({"get": "list"}), name="jobs"),
    path("projects/<uuid:project_id>/jobs", JobListViewSet.as_view({"get": "list"}), name="project-jobs"),
    path("jobs/<uuid:pk>", JobViewSet.as_view({"get": "retrieve"}), name="job"),
    path("jobs/<uuid:pk>/cancel", JobViewSet.as_view({"post": "cancel"}), name="job-cancel"),
    path("jobs/<uuid:pk>/download", JobViewSet.as_view({"get": "download"}), name="job-download"),
    path("jobs/<uuid:pk>/report", JobViewSet.as_view({"get": "report"}), name="job-report"),
    # projects
    path("projects/demo", DemoViewSet.as_view({"post": "create"}), name="demo"),
    path("projects", ProjectListViewSet.as_view(_LIST), name="projects"),
    path("projects/<uuid:project_id>", ProjectViewSet.as_view(_PROJECT), name="project"),
    path("projects/<uuid:project_id>/overview", ProjectViewSet.as_view({"get": "overview"}), name="overview"),
    path(
        "projects/<uuid:project_id>/labels",
        LabelSchemaViewSet.as_view({"get": "retrieve", "put": "update"}),
        name="labels",
    ),
    path("projects/<uuid:project_id>/members", MemberViewSet.as_view(_LIST), name="members"),
    path(
        "projects/<uuid:project_id>/members/<int:user_id>",
        MemberViewSet.as_view({"patch": "partial_update", "delete": "destroy"}),
        name="member",
    ),
    path("projects/<uuid:project_id>/invitations", ProjectInvitationViewSet.as_view(_LIST), name="invitations"),
    path(
        "projects/<uuid:project_id>/invitations/<uuid:invitation_id>",
        ProjectInvitationViewSet.as_view({"delete": "destroy"}),
        name="invitation",
    ),
    # queue
    path("projects/<uuid:project_id>/queue", QueueViewSet.as_view({"get": "retrieve"}), name="queue"),
    path("projects/<uuid:project_id>/queue/next", QueueViewSet.as_view({"post": "next"}), name="queue-next"),
    path("assignments/<uuid:pk>/heartbeat", AssignmentViewSet.as_view({"post": "heartbeat"}), name="heartbeat"),
    path("assignments/<uuid:pk>/submit", AssignmentViewSet.as_view({"post": "submit"}), name="submit"),
    path("assignments/<uuid:pk>/skip", AssignmentViewSet.as_view({"post": "skip"}), name="skip"),
    path("assignments/<uuid:pk>/release", AssignmentViewSet.as_view({"post": "release"}), name="release"),
    # uploads
    path("projects/<uuid:project_id>/uploads", UploadListViewSet.as_view({"post": "create"}), name="uploads"),
    path("uploads/<uuid:pk>", UploadViewSet.as_view(_PROJECT), name="upload"),
    path("uploads/<uuid:pk>/unpack", UploadViewSet.as_view({"post": "unpack"}), name="unpack"),
]
