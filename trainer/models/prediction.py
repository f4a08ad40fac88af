"""Predictions: what a model says. They are not annotations until a person accepts them."""

from django.db import models

from annotator.core.ids import uuid7


class Prediction(models.Model):
    """One predicted object on one image."""

    class State(models.TextChoices):
        """``superseded`` = a newer run predicted the image again."""

        PENDING = "pending"
        ACCEPTED = "accepted"
        EDITED = "edited"
        REJECTED = "rejected"
        SUPERSEDED = "superseded"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    image = models.ForeignKey("annotator.Image", on_delete=models.CASCADE, related_name="predictions")
    run = models.ForeignKey("trainer.Run", on_delete=models.CASCADE, related_name="predictions")
    model = models.ForeignKey("trainer.ModelVersion", null=True, on_delete=models.CASCADE, related_name="predictions")
    """None for suggestions that came with an import."""
    label = models.ForeignKey("annotator.Label", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12)
    geometry = models.JSONField()
    score = models.FloatField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    annotation = models.UUIDField(null=True)
    """The annotation it became."""
    decided_by = models.ForeignKey("annotator.User", null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-score", "id"]
        indexes = [models.Index(fields=["image", "state"]), models.Index(fields=["run", "image"])]

    def __str__(self) -> str:
        """For logs."""
        return f"prediction {self.id} ({self.state})"
