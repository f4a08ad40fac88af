"""Django app of the annotator."""

from django.apps import AppConfig


class AnnotatorConfig(AppConfig):
    """Labelling, and the ground that both packages stand on."""

    name = "annotator"
    verbose_name = "Annotator"
