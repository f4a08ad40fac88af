"""What imports leave behind so that they can go on, be undone, and know better next time."""

from django.db import models


class ImportChunk(models.Model):
    """One committed step of an import: what it did, so that a repeated run skips it and a person can take it back.

    Ids are packed, 16 bytes each: a million annotations cost 16 MB until the sweep forgets the chunk.
    """

    job = models.ForeignKey("annotator.Job", on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    """SHA-256 of the records of the step."""
    counts = models.JSONField(default=dict)
    images = models.BinaryField(default=bytes)
    """Images that the step made."""
    annotations = models.BinaryField(default=bytes)
    """Annotations that it made."""
    replaced = models.BinaryField(default=bytes)
    """Annotations that it deleted."""
    states = models.JSONField(default=dict)
    """Image id → [state, time of submission] before the step, where it changed an older image."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="import_chunk_once")]

    def __str__(self) -> str:
        """For logs."""
        return f"chunk {self.number} of {self.job_id}"


class LabelAlias(models.Model):
    """What a label name of files meant at the last import of a project; without a label it was ignored."""

    project = models.ForeignKey("annotator.Project", on_delete=models.CASCADE, related_name="label_aliases")
    name = models.CharField(max_length=200)
    label = models.ForeignKey("annotator.Label", null=True, on_delete=models.CASCADE, related_name="aliases")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="label_alias_once")]

    def __str__(self) -> str:
        """For logs."""
        return f"{self.name} → {self.label_id}"
