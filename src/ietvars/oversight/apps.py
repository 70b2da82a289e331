"""Django's handle on the oversight floor."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """The app label is the floor, so a model may move between rooms without a migration."""

    name = "ietvars.oversight"
    label = "oversight"
