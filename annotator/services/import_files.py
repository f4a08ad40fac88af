"""Where an import of the server reads from: an upload or a folder inside the allowed roots."""

from pathlib import Path
from uuid import UUID

from annotator.config import get_config
from annotator.core.errors import InvalidInput, NotFound, PermissionRefused
from annotator.models import Project, Upload
from annotator.queries.uploads import upload_path


def allowed_path(text: str) -> Path:
    """A server path inside the allowed import roots, with links resolved; raises :class:`PermissionRefused` else."""
    roots = [Path(root).resolve() for root in get_config().import_roots]
    if not roots:
        raise PermissionRefused(
            "Imports from folders of the server are switched off (MARQUEE_IMPORT_ROOTS). Upload it."
        )
    path = Path(text)
    candidates = [path] if path.is_absolute() else [root / path for root in roots]
    for candidate in candidates:
        resolved = candidate.resolve()
        if any(resolved.is_relative_to(root) for root in roots) and resolved.exists():
            return resolved
    raise PermissionRefused("This path is not inside a folder that imports may read (MARQUEE_IMPORT_ROOTS).")


def find_upload(project: Project, upload_id: UUID | str) -> Upload:
    """A complete upload of the project; raises :class:`NotFound` or :class:`InvalidInput`."""
    upload = Upload.objects.filter(project=project, id=upload_id).first()
    if upload is None or upload.state == Upload.State.CANCELLED or not upload_path(upload).exists():
        raise NotFound("The uploaded archive is not there (any more); upload it again.")
    if upload.state != Upload.State.COMPLETE:
        raise InvalidInput("The upload is not complete; send the rest first.")
    return upload
