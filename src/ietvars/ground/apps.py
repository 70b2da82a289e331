"""Django's handle on the ground floor."""

from django.apps import AppConfig


class GroundConfig(AppConfig):
    """The app label is the floor, so a model may move between rooms without a migration."""

    name = "ietvars.ground"
    label = "ground"
