"""Background work of the annotator: imports, exports, archives."""

from django.db import models

from annotator.core.ids import uuid7


class Job(models.Model):
    """A piece of background work. The row is the truth; a queue message only wakes a worker up."""

    class Kind(models.TextChoices):
        """What the job does; ``tasks.jobs`` maps each kind to one service."""

        IMPORT = "import"
        EXPORT = "export"
        UNPACK = "unpack"
        DEMO = "demo"
        VERSION = "version"
        SYNC = "sync"

    class State(models.TextChoices):
        """``queued`` → ``running`` → ``done`` | ``failed`` | ``cancelled``."""

        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey("annotator.Project", on_delete=models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    parameters = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    """Counts, issues, report and, for exports, ``{"file": store key, "bytes", "name"}``."""
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    message = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    cancel_requested = models.BooleanField(default=False)
    owner = models.CharField(max_length=100, blank=True)
    """Worker that holds the lease."""
    lease_until = models.DateTimeField(null=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey("annotator.User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "lease_until"]), models.Index(fields=["project", "-id"])]

    def __str__(self) -> str:
        """For logs."""
        return f"{self.kind} {self.id} ({self.state})"
