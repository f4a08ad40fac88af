"""Frozen dataset versions."""

from django.db import models

from annotator.core.ids import uuid7


class DatasetVersion(models.Model):
    """An immutable, hashed manifest of images, annotations and splits; lies in the store as gzipped JSON Lines."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey("annotator.Project", on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200, blank=True)
    notes = models.TextField(blank=True)
    hash = models.CharField(max_length=64)
    """SHA-256 of the uncompressed manifest."""
    manifest_key = models.CharField(max_length=300)
    parameters = models.JSONField(default=dict)
    """Seed, fractions and rules of the split."""
    labels = models.JSONField(default=list)
    """[{"id", "name", "color"}] in class-index order at the time of freezing."""
    counts = models.JSONField(default=dict)
    """{"images", "annotations", "splits": {split: images}, "labels": {label name: annotations}}."""
    created_by = models.ForeignKey("annotator.User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="version_number_once")]

    def __str__(self) -> str:
        """Short name."""
        return f"v{self.number}"
