"""Django's handle on the ground floor."""

from django.apps import AppConfig


class GroundConfig(AppConfig):
    """The app label is the floor, so a model may move between rooms without a migration."""

    name = "ietvars.ground"
    label = "ground"

    def ready(self) -> None:
        """Register what rooms of this floor want to hear from lower ones."""
        from ietvars.ground.notices import actions as notices
        from ietvars.ground.people import moving

        notices.listen_to_reorganisations(moving)
