"""Places that a project's images come from, and what was found there."""

from django.db import models

from annotator.core.ids import uuid7


class Source(models.Model):
    """A folder, bucket or list that a project keeps in step with."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey("annotator.Project", on_delete=models.CASCADE, related_name="sources")
    name = models.CharField(max_length=200)
    plugin = models.CharField(max_length=100)
    options = models.JSONField(default=dict)
    """With secrets; the interface never gives those back."""
    copies = models.BooleanField(default=True)
    """Whether pictures are copied into the store; otherwise only thumbnails are, and originals are fetched when needed."""
    created_by = models.ForeignKey("annotator.User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    synced_at = models.DateTimeField(null=True)
    report = models.JSONField(default=dict)
    """Counts of the last synchronisation."""

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="source_name_once_per_project")]

    def __str__(self) -> str:
        """For logs."""
        return f"{self.plugin} {self.name}"


class SourceFile(models.Model):
    """One file of a source as it was last seen."""

    class State(models.TextChoices):
        """``ignored``: refused, a duplicate, or its image was deleted here; it is not taken in again until it changes."""

        HERE = "here"
        VANISHED = "vanished"
        IGNORED = "ignored"

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=1000)
    tag = models.CharField(max_length=2000, blank=True)
    """What changes when the file changes."""
    image = models.ForeignKey("annotator.Image", null=True, on_delete=models.SET_NULL, related_name="source_files")
    state = models.CharField(max_length=8, choices=State.choices, default=State.HERE)
    detail = models.CharField(max_length=500, blank=True)
    """Why it is ignored."""
    seen = models.PositiveIntegerField(default=0)
    """Number of the synchronisation that saw it last."""

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["source", "name"], name="source_file_once")]
        indexes = [models.Index(fields=["source", "state"])]

    def __str__(self) -> str:
        """For logs."""
        return f"{self.name} ({self.state})"
