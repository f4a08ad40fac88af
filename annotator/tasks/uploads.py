"""The sweep also tidies up uploads that nobody continued."""

from annotator.services.uploads import sweep_uploads
from annotator.tasks.sweep import register_sweeper

register_sweeper("uploads", sweep_uploads)
