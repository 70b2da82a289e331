"""Django's handle on the collaboration floor."""

from django.apps import AppConfig


class CollaborationConfig(AppConfig):
    """The app label is the floor, so a model may move between rooms without a migration."""

    name = "ietvars.collaboration"
    label = "collaboration"
