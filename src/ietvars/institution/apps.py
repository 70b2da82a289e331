"""Django's handle on the institution floor."""

from django.apps import AppConfig


class InstitutionConfig(AppConfig):
    """The app label is the floor, so a model may move between rooms without a migration."""

    name = "ietvars.institution"
    label = "institution"
