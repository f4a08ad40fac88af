"""Trained models."""

from django.db import models

from annotator.core.ids import uuid7


class ModelVersion(models.Model):
    """A trained model of a project, traceable to its run and dataset version."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey("annotator.Project", on_delete=models.CASCADE, related_name="models")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200, blank=True)
    run = models.OneToOneField("trainer.Run", null=True, on_delete=models.SET_NULL, related_name="trained")
    backend = models.CharField(max_length=100)
    task = models.CharField(max_length=10)
    labels = models.JSONField(default=list)
    """[{"id": label id, "name"}] by class index."""
    weights_key = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveBigIntegerField(default=0)
    metrics = models.JSONField(default=dict)
    """Validation metrics: map50, map50_95, precision, recall, … or accuracy_top1."""
    report_key = models.CharField(max_length=300, blank=True)
    """Evaluation report (JSON) in the store."""
    labelled_images = models.PositiveIntegerField(default=0)
    """Training images of its dataset version, for the learning curve; likewise ``labelled_objects``."""
    labelled_objects = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="model_number_once")]

    def __str__(self) -> str:
        """Short name."""
        return f"model {self.number}"
