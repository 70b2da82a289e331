"""What tests of several doors share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

if TYPE_CHECKING:
    from tests.doors.town import Town


@pytest.fixture
def client() -> Client:
    """A browser on this very computer."""
    return Client(SERVER_NAME="127.0.0.1")


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Town]:
    """The small state of town.py, built once for a module; each test marked `django_db` undoes what it did to it."""
    from ietvars.institution.deliveries import queries as deliveries
    from tests.doors import town as towns  # tables exist only once Django is set up

    # A module's fixture is made before each test's own: senders of the last test must not be taken for the town's.
    deliveries.forget_known()
    with django_db_blocker.unblock(), towns.town() as made:
        yield made
