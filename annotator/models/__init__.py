"""Data. One file per concept."""

from annotator.models.annotation import Annotation, AnnotationRevision
from annotator.models.assignment import Assignment
from annotator.models.audit import AuditEvent
from annotator.models.dataset import DatasetVersion
from annotator.models.image import Image, Upload
from annotator.models.imports import ImportChunk, LabelAlias
from annotator.models.job import Job
from annotator.models.project import Invitation, Label, Membership, Project
from annotator.models.source import Source, SourceFile
from annotator.models.user import AccessToken, SignInLink, User

__all__ = [
    "AccessToken",
    "Annotation",
    "AnnotationRevision",
    "Assignment",
    "AuditEvent",
    "DatasetVersion",
    "Image",
    "ImportChunk",
    "Invitation",
    "Job",
    "Label",
    "LabelAlias",
    "Membership",
    "Project",
    "SignInLink",
    "Source",
    "SourceFile",
    "Upload",
    "User",
]
