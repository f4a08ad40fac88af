"""Images of a project."""

from django.db import models
from django.db.models.functions import Lower

from annotator.core.ids import uuid7


class Image(models.Model):
    """One picture. Its bytes lie in the object store under their SHA-256, shared between projects.

    An import may make images whose files are elsewhere (``has_file`` is false): name and size alone. A picture that comes
    later under the same name fills the row.
    """

    class State(models.TextChoices):
        """Where the picture is on its way; ``labelled`` = submitted by an annotator."""

        NEW = "new"
        IN_PROGRESS = "in_progress"
        LABELLED = "labelled"
        REVIEWED = "reviewed"
        SKIPPED = "skipped"

    class Split(models.TextChoices):
        """Fixed split; empty = decided when a dataset version is frozen."""

        NONE = ""
        TRAIN = "train"
        VAL = "val"
        TEST = "test"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey("annotator.Project", on_delete=models.CASCADE, related_name="images")
    name = models.CharField(max_length=500)
    """Relative POSIX path as given; data, never a path of ours."""
    name_folded = models.GeneratedField(
        expression=Lower("name"), output_field=models.CharField(max_length=500), db_persist=True
    )
    """For the search on PostgreSQL: twice as fast as folding a hundred thousand names each time."""
    sha256 = models.CharField(max_length=64, blank=True)
    """Empty: the file is not here."""
    original_sha256 = models.CharField(max_length=64, blank=True)
    """Of the file before its position was stripped; finds the same upload again."""
    format = models.CharField(max_length=10, blank=True)
    """Pillow's name by content: JPEG, PNG, WEBP, BMP, TIFF; empty without a file."""
    bytes = models.PositiveBigIntegerField(default=0)
    width = models.PositiveIntegerField()
    """Displayed pixels (EXIF orientation applied), as is ``height``."""
    height = models.PositiveIntegerField()
    orientation = models.PositiveSmallIntegerField(default=1)
    dhash = models.BigIntegerField(null=True)
    """64-bit difference hash as a signed integer."""
    duplicate_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="near_duplicates"
    )
    """Near-duplicate that was here first; exact duplicates are refused at intake."""
    state = models.CharField(max_length=12, choices=State.choices, default=State.NEW)
    split = models.CharField(max_length=5, choices=Split.choices, default=Split.NONE, blank=True)
    priority = models.FloatField(default=0.0)
    """Queue order, higher first; set by a round or by hand."""
    priority_reason = models.CharField(max_length=300, blank=True)
    score = models.FloatField(null=True)
    """Acquisition score of the last round that ranked it."""
    revision = models.PositiveIntegerField(default=0)
    """Raised by every save of annotations."""
    annotation_count = models.PositiveIntegerField(default=0)
    """Cache owned by ``services.annotations``; ``marquee recount`` rebuilds it."""
    uploader = models.ForeignKey("annotator.User", null=True, on_delete=models.SET_NULL, related_name="+")
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "sha256"], condition=~models.Q(sha256=""), name="image_once_per_project"
            ),
            models.UniqueConstraint(fields=["project", "name"], name="image_name_once_per_project"),
        ]
        indexes = [
            models.Index(fields=["project", "id"]),
            models.Index(
                fields=["project", "state", "-priority", "id"], condition=~models.Q(sha256=""), name="image_queue"
            ),
            # One per order and filter of the list: a page of a hundred thousand images must not look at all of them.
            models.Index(fields=["project", "state", "id"], name="image_state"),
            models.Index(fields=["project", "split", "id"], name="image_split"),
            models.Index(fields=["project", "name", "id"], name="image_names"),
            models.Index(fields=["project", "score", "id"], name="image_score"),
            models.Index(fields=["project", "-priority", "id"], name="image_priority"),
            models.Index(fields=["project", "annotation_count", "id"], name="image_annotations"),
            models.Index(
                fields=["project", "id"], condition=models.Q(duplicate_of__isnull=False), name="image_duplicates"
            ),
        ]

    def __str__(self) -> str:
        """Name within the project."""
        return self.name

    @property
    def has_file(self) -> bool:
        """Whether the picture itself is here, not only its name and size."""
        return self.sha256 != ""


class Upload(models.Model):
    """A resumable upload of one large file (archive); chunks are appended to a file in ``MARQUEE_HOME/uploads``."""

    class State(models.TextChoices):
        """``complete`` = all bytes are here."""

        OPEN = "open"
        COMPLETE = "complete"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey("annotator.Project", on_delete=models.CASCADE, related_name="uploads")
    user = models.ForeignKey("annotator.User", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=500)
    size = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        """For logs."""
        return f"{self.name} {self.offset}/{self.size}"
