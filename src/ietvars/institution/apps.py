"""Django's handle on the institution floor."""

from django.apps import AppConfig


class InstitutionConfig(AppConfig):
    """The app label is the floor, so a model may move between rooms without a migration."""

    name = "ietvars.institution"
    label = "institution"

    def ready(self) -> None:
        """Register what this floor wants to hear from below."""
        from ietvars.ground.notices import actions as notices
        from ietvars.institution.services import actions as services

        notices.listen("bodies.merged", services.hear_merger)
        notices.listen("bodies.renamed", services.hear_merger)
