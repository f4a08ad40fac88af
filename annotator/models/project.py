"""Projects, their members and the label schema."""

from django.db import models
from django.db.models import TextChoices  # “models” inside the class body is also the name of a relation

from annotator.core.ids import uuid7


class Project(models.Model):
    """Images, one label schema and the people who work on them."""

    class Task(TextChoices):
        """What models of this project predict by default."""

        DETECT = "detect", "Detection"
        SEGMENT = "segment", "Segmentation"
        CLASSIFY = "classify", "Classification"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    task = models.CharField(max_length=10, choices=Task.choices, default=Task.DETECT)
    settings = models.JSONField(default=dict, blank=True)
    """Checked by ``core.project_settings.ProjectSettings``: strip_position, prediction_threshold, lease_minutes, …"""
    information = models.JSONField(default=dict, blank=True)
    """Format name → what the last imported set of that format said of itself (licences …), for the way back."""
    schema_revision = models.PositiveIntegerField(default=1)
    """Raised with every change of the label schema."""
    is_demo = models.BooleanField(default=False)
    created_by = models.ForeignKey("annotator.User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        """The project's name."""
        return self.name


class Membership(models.Model):
    """One person's role in one project."""

    class Role(TextChoices):
        """From most to least powerful; the permission table is ``annotator.core.permissions``."""

        OWNER = "owner"
        MANAGER = "manager"
        REVIEWER = "reviewer"
        ANNOTATOR = "annotator"
        VIEWER = "viewer"

    user = models.ForeignKey("annotator.User", on_delete=models.CASCADE, related_name="memberships")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "project"], name="one_role_per_project")]

    def __str__(self) -> str:
        """For logs."""
        return f"{self.user_id} is {self.role} of {self.project_id}"


class Invitation(models.Model):
    """A link by which a new or existing person joins; sign-up is closed otherwise."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, null=True, blank=True, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Membership.Role.choices, default=Membership.Role.ANNOTATOR)
    email = models.EmailField(blank=True)
    digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey("annotator.User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey("annotator.User", null=True, on_delete=models.SET_NULL, related_name="+")
    accepted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """For logs; never the token."""
        return f"invitation to {self.project_id} as {self.role}"


class Label(models.Model):
    """One class of a project's label schema."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="labels")
    name = models.CharField(max_length=200)
    color = models.CharField(max_length=7)
    """``#rrggbb``."""
    hotkey = models.CharField(max_length=1, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")
    position = models.PositiveIntegerField(default=0)
    """Order in lists and class index order in exports."""
    attributes = models.JSONField(default=list, blank=True)
    """List of ``AttributeRecord`` objects."""
    keypoints = models.JSONField(default=list, blank=True)
    """Names of the key points in their order."""
    skeleton = models.JSONField(default=list, blank=True)
    """Edges between key points: pairs of indices from 0."""
    stuff = models.BooleanField(default=False)
    """A region without instances (sky, road)."""
    source = models.JSONField(default=dict, blank=True)
    """Where it was imported from: ``{"format", "id", "fields"}``, for the way back."""
    archived = models.BooleanField(default=False)
    """Archived labels stay on old annotations and cannot be given to new ones."""

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="label_name_once_per_project")]

    def __str__(self) -> str:
        """The class name."""
        return self.name
