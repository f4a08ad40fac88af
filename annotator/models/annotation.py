"""Annotations and every revision of them."""

from django.db import models

from annotator.core.ids import uuid7


class Annotation(models.Model):
    """One object on one image: label + geometry + attributes. The id is made by the client."""

    class Source(models.TextChoices):
        """How it came to be."""

        MANUAL = "manual"
        PREDICTION = "prediction"
        PREDICTION_EDITED = "prediction_edited"
        IMPORT = "import"

    id = models.UUIDField(primary_key=True, default=uuid7)
    image = models.ForeignKey(
        "annotator.Image", on_delete=models.CASCADE, related_name="annotations", db_index=False
    )  # the indexes below begin with it, as with the label
    label = models.ForeignKey("annotator.Label", on_delete=models.PROTECT, related_name="annotations", db_index=False)
    kind = models.CharField(max_length=12)
    geometry = models.JSONField()
    attributes = models.JSONField(default=dict, blank=True)
    z_order = models.IntegerField(default=0)
    source = models.CharField(max_length=20, choices=Source.choices, default=Source.MANUAL)
    score = models.FloatField(null=True)
    """Confidence of the prediction it came from."""
    prediction = models.UUIDField(null=True)
    """Prediction it came from; a plain id because predictions live a package higher."""
    revision = models.PositiveIntegerField(default=1)
    deleted = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        "annotator.User", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )  # nobody asks by person: an index over millions of rows would cost every save
    updated_by = models.ForeignKey(
        "annotator.User", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["z_order", "created_at", "id"]
        indexes = [
            models.Index(fields=["image", "deleted"]),
            models.Index(fields=["label", "image", "deleted"], name="annotation_label_image"),
        ]

    def __str__(self) -> str:
        """For logs."""
        return f"{self.kind} {self.id}"


class AnnotationRevision(models.Model):
    """Append-only history: the state after each operation. ``operation`` makes a repeated save recognisable."""

    class Change(models.TextChoices):
        """What the operation did."""

        CREATE = "create"
        UPDATE = "update"
        DELETE = "delete"
        RESTORE = "restore"

    id = models.BigAutoField(primary_key=True)
    operation = models.UUIDField(unique=True)
    image = models.ForeignKey(
        "annotator.Image", on_delete=models.CASCADE, related_name="revisions", db_index=False
    )  # the index below begins with it
    annotation = models.UUIDField()
    revision = models.PositiveIntegerField()
    change = models.CharField(max_length=8, choices=Change.choices)
    snapshot = models.JSONField()
    """label, geometry, attributes, z_order, source, score, prediction after the operation."""
    actor = models.ForeignKey("annotator.User", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["annotation", "revision"], name="revision_once")]
        indexes = [models.Index(fields=["image", "id"])]

    def __str__(self) -> str:
        """For logs."""
        return f"{self.change} {self.annotation} r{self.revision}"
