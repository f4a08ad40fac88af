"""Who did what."""

from django.db import models


class AuditEvent(models.Model):
    """Append-only record of sign-ins, role changes, exports, deletions, tokens and uploads of models."""

    id = models.BigAutoField(primary_key=True)
    actor = models.ForeignKey("annotator.User", null=True, on_delete=models.SET_NULL, related_name="+")
    action = models.CharField(max_length=60)
    """``noun.verb``, e.g. ``member.role_changed``."""
    project = models.ForeignKey("annotator.Project", null=True, on_delete=models.SET_NULL, related_name="audit_events")
    target = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["project", "-id"])]

    def __str__(self) -> str:
        """For logs."""
        return f"{self.action} {self.target}"
