"""Django's handle on the collaboration floor."""

from django.apps import AppConfig


class CollaborationConfig(AppConfig):
    """The app label is the floor, so a model may move between rooms without a migration."""

    name = "ietvars.collaboration"
    label = "collaboration"

    def ready(self) -> None:
        """Register what this floor wants to hear from below."""
        from ietvars.collaboration.situations import actions as situations
        from ietvars.collaboration.situations import moving as moved_steps
        from ietvars.ground.notices import actions as notices

        notices.listen("services.retired", situations.hear_retirement)
        notices.listen_to_reorganisations(moved_steps)
