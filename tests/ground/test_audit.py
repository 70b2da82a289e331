"""Audit rows can be added and nothing else; the database itself sees to it."""

import pytest
from django.db import Error, transaction

from ietvars.ground.audit import actions, queries
from ietvars.ground.audit.models import Entry
from ietvars.ground.people.rules import SYSTEM
from tests.world import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry() -> Entry:
    return actions.record(by=SYSTEM, now=NOW, action="test", subject=("thing", "one"), why="because")


def test_a_row_says_who_when_and_why(entry: Entry) -> None:
    (row,) = queries.of("thing", "one")
    assert (row.username, row.role, row.at, row.why) == ("system", "system", NOW, "because")


def test_a_row_cannot_be_changed(entry: Entry) -> None:
    with pytest.raises(Error, match="never changed"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(username="somebody-else")


def test_a_row_cannot_be_removed(entry: Entry) -> None:
    with pytest.raises(Error, match=r"never (changed or )?removed"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).delete()
