"""Reads what this installation is."""

from collections.abc import Mapping
from datetime import date

from django.apps import apps

from ietvars.ground.deployment.models import Deployment

EMPTY_WITHOUT = ("Body", "Person")
"""Tables of this floor without whose rows nothing else can be: every other row hangs on a body or a person.

They are named, not imported, since their rooms stand above this one.
"""


def current() -> Deployment:
    """The one row; an unsaved one where none was written yet."""
    return Deployment.objects.first() or Deployment()


def is_sample() -> bool:
    """Whether the database holds the sample state."""
    return Deployment.objects.filter(is_sample=True).exists()


def as_of() -> date | None:
    """The day that the sample state calls today; None in a real state, where doors ask the clock."""
    return current().as_of


def name() -> Mapping[str, str]:
    """Name of the state in the languages of the interface; empty when nobody has said it."""
    texts: Mapping[str, str] = current().name
    return texts


def is_empty() -> bool:
    """Whether nothing has been brought in yet; code lists and definitions do not count."""
    return not any(apps.get_model("ground", table)._base_manager.exists() for table in EMPTY_WITHOUT)  # noqa: SLF001
