"""Folders of the server that people may name."""

from pathlib import Path

from annotator.config import get_config
from annotator.core.errors import PermissionRefused


def import_roots() -> list[Path]:
    """The allowed folders with links resolved (MARQUEE_IMPORT_ROOTS)."""
    return [Path(root).resolve() for root in get_config().import_roots]


def allowed_path(text: str) -> Path:
    """A server path inside the allowed import roots, with links resolved; raises :class:`PermissionRefused` else."""
    roots = import_roots()
    if not roots:
        raise PermissionRefused(
            "Imports from folders of the server are switched off (MARQUEE_IMPORT_ROOTS). Upload it."
        )
    path = Path(text)
    candidates = [path] if path.is_absolute() else [root / path for root in roots]
    for candidate in candidates:
        try:
            resolved = candidate.resolve()
        except (OSError, ValueError):
            continue
        if any(resolved.is_relative_to(root) for root in roots) and resolved.exists():
            return resolved
    raise PermissionRefused("This path is not inside a folder that imports may read (MARQUEE_IMPORT_ROOTS).")
