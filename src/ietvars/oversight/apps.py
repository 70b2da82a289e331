"""Django's handle on the oversight floor."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """The app label is the floor, so a model may move between rooms without a migration."""

    name = "ietvars.oversight"
    label = "oversight"

    def ready(self) -> None:
        """Register what this floor wants to hear from below."""
        from ietvars.ground.notices import actions as notices
        from ietvars.oversight.initiatives import moving as moved_initiatives

        notices.listen_to_reorganisations(moved_initiatives)
