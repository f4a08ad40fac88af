"""Active-learning rounds."""

from django.db import models

from annotator.core.ids import uuid7


class Round(models.Model):
    """One acquisition: a strategy picked a batch that went into the labelling queue."""

    class State(models.TextChoices):
        """``selecting`` → ``open`` → ``done`` (every pick labelled, skipped or removed, or closed) | ``failed``."""

        SELECTING = "selecting"
        OPEN = "open"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey("annotator.Project", on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.SELECTING)
    progress = models.FloatField(default=0)
    """0–1 while it is ``selecting``."""
    message = models.CharField(max_length=300, blank=True)
    """What is being done, or what was special about the selection."""
    error = models.TextField(blank=True)
    owner = models.CharField(max_length=100, blank=True)
    """Worker that selects; it keeps the round as long as it renews ``lease_until``."""
    lease_until = models.DateTimeField(null=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    strategy = models.CharField(max_length=100)
    options = models.JSONField(default=dict)
    seed = models.PositiveIntegerField(default=0)
    size = models.PositiveIntegerField()
    pool_size = models.PositiveIntegerField(default=0)
    model = models.ForeignKey("trainer.ModelVersion", null=True, on_delete=models.SET_NULL, related_name="rounds")
    run = models.ForeignKey("trainer.Run", null=True, on_delete=models.SET_NULL, related_name="rounds")
    """Newest prediction run whose arrays were used."""
    created_by = models.ForeignKey("annotator.User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="round_number_once"),
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(state="selecting"), name="one_selection_per_project"
            ),
        ]
        indexes = [models.Index(fields=["state", "lease_until"], name="round_state")]

    def __str__(self) -> str:
        """Short name."""
        return f"round {self.number}"


class RoundPick(models.Model):
    """One image of a round, with the reason it was chosen."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="picks")
    image = models.ForeignKey("annotator.Image", on_delete=models.CASCADE, related_name="picks")
    rank = models.PositiveIntegerField()
    score = models.FloatField()
    kind = models.CharField(max_length=20)
    reason = models.CharField(max_length=300)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["rank"]
        constraints = [models.UniqueConstraint(fields=["round", "image"], name="image_once_per_round")]

    def __str__(self) -> str:
        """For logs."""
        return f"{self.rank}. {self.image_id}"
