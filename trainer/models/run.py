"""Runs: trainings and predictions, their events, the devices they hold."""

from django.db import models

from annotator.core.ids import uuid7


class Run(models.Model):
    """A training or prediction. The row is the truth; a Celery task only supervises a subprocess.

    Suggestions that came with an import have a run, too, which is over from the start and has no model.
    """

    class Kind(models.TextChoices):
        """What the subprocess does."""

        TRAIN = "train"
        PREDICT = "predict"
        IMPORT = "import"

    class State(models.TextChoices):
        """``queued`` → ``running`` (and back after a kill) → ``done`` | ``failed`` | ``cancelled``."""

        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Stop(models.TextChoices):
        """What a person asked for while it runs."""

        NONE = ""
        FINISH = "finish"
        CANCEL = "cancel"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey("annotator.Project", on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    backend = models.CharField(max_length=100)
    task = models.CharField(max_length=10)
    options = models.JSONField(default=dict)
    weights = models.CharField(max_length=300, blank=True)
    """Start weights by name; empty = from scratch."""
    seed = models.PositiveIntegerField(default=0)
    version = models.ForeignKey("annotator.DatasetVersion", null=True, on_delete=models.RESTRICT, related_name="runs")
    model = models.ForeignKey(
        "trainer.ModelVersion", null=True, on_delete=models.CASCADE, related_name="prediction_runs"
    )
    """The model that a prediction run uses."""
    scope = models.JSONField(default=dict)
    """Prediction runs: {"images": "unlabelled" | "all" | [ids], "confidence": float}."""
    stop_requested = models.CharField(max_length=6, choices=Stop.choices, default=Stop.NONE, blank=True)
    owner = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    device = models.CharField(max_length=40, blank=True)
    progress = models.FloatField(default=0)
    """0–1."""
    status = models.JSONField(default=dict)
    """Latest live values: epoch, epochs, batch, batches, images_per_s, seconds_left, losses, metrics."""
    provenance = models.JSONField(default=dict)
    """Dataset hash, weights hash, options, seed, code and library versions, hardware."""
    events_offset = models.PositiveBigIntegerField(default=0)
    """Bytes of the job's journal that are stored as events already."""
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    exit_code = models.IntegerField(null=True)
    created_by = models.ForeignKey("annotator.User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "lease_until"]), models.Index(fields=["project", "kind", "-id"])]

    def __str__(self) -> str:
        """For logs."""
        return f"{self.kind} {self.id} ({self.state})"


class RunEvent(models.Model):
    """One event of a run in order: metrics of an epoch, a log line, a change of state."""

    class Kind(models.TextChoices):
        """What ``data`` holds."""

        METRICS = "metrics"
        LOG = "log"
        STATE = "state"

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="events")
    attempt = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    data = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["run", "kind", "id"])]

    def __str__(self) -> str:
        """For logs."""
        return f"{self.kind} of {self.run_id}"


class DeviceSlot(models.Model):
    """One device of one host; a run must hold it to start, so that there is one run per device."""

    host = models.CharField(max_length=100)
    device = models.CharField(max_length=40)
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    lease_until = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(auto_now=True)
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "device"], name="device_once_per_host")]

    def __str__(self) -> str:
        """For logs."""
        return f"{self.host} {self.device}"
