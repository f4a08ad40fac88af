"""Who labels which image now."""

from django.db import models

from annotator.core.ids import uuid7


class Assignment(models.Model):
    """An image given to a person until ``lease_until``; renewed by a heartbeat."""

    class State(models.TextChoices):
        """``expired`` is written when somebody else takes the image over."""

        OPEN = "open"
        SUBMITTED = "submitted"
        SKIPPED = "skipped"
        RELEASED = "released"
        EXPIRED = "expired"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    image = models.ForeignKey("annotator.Image", on_delete=models.CASCADE, related_name="assignments")
    user = models.ForeignKey("annotator.User", on_delete=models.CASCADE, related_name="assignments")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    lease_until = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0)
    """Time from opening to the end, for statistics."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image"], condition=models.Q(state="open"), name="one_open_assignment_per_image"
            )
        ]
        indexes = [models.Index(fields=["user", "state"])]

    def __str__(self) -> str:
        """For logs."""
        return f"{self.image_id} → {self.user_id} ({self.state})"
