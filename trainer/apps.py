"""Django app of the trainer."""

from django.apps import AppConfig


class TrainerConfig(AppConfig):
    """Training, predictions and active learning."""

    name = "trainer"
    verbose_name = "Trainer"

    def ready(self) -> None:
        """Make our plugin families known and listen to the annotator's news."""
        from annotator.plugins.families import register_families  # noqa: PLC0415 -- Django: apps must be loaded first
        from trainer.plugins.families import FAMILIES  # noqa: PLC0415 -- Django: apps must be loaded first

        register_families(*FAMILIES)
        import trainer.receivers  # noqa: F401, PLC0415 -- Django: receivers connect on import
