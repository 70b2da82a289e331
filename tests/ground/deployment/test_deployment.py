"""What an installation is: a sample state only while it is empty."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from ietvars.ground.audit import queries as audit
from ietvars.ground.deployment import actions, errors, queries
from ietvars.ground.deployment.models import Deployment
from ietvars.ground.people.rules import SYSTEM, Role
from tests.world import NOW, World, texts

pytestmark = pytest.mark.django_db

AS_OF = date(2026, 11, 1)


def _mark() -> Deployment:
    return actions.mark_sample(name=texts("Latvija"), as_of=AS_OF, sample_hash="abc", by=SYSTEM, now=NOW)


def test_nothing_is_a_sample_before_it_is_said() -> None:
    assert not queries.is_sample()
    assert queries.as_of() is None
    assert queries.name() == {}
    assert queries.is_empty()


def test_an_empty_database_can_be_marked_as_the_sample_state() -> None:
    _mark()

    assert queries.is_sample()
    assert queries.as_of() == AS_OF
    assert queries.name()["lv"] == "Latvija"
    assert [entry.action for entry in audit.of("deployment", "1")] == ["deployment.mark-sample"]


def test_a_database_with_a_body_cannot_be_marked(world: World) -> None:
    world.body()
    with pytest.raises(errors.NotEmpty):
        _mark()
    assert not queries.is_sample()


def test_a_database_with_a_person_cannot_be_marked(world: World) -> None:
    from ietvars.ground.people import actions as people

    people.add_person(username="first", by=SYSTEM, now=NOW)
    with pytest.raises(errors.NotEmpty):
        _mark()


def test_code_lists_alone_leave_the_database_empty(world: World) -> None:
    world.code_lists()
    actions.remember_reference(content_hash="abc", report={}, by=SYSTEM, now=NOW)

    _mark()

    assert queries.current().reference_hash == "abc"


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.SYSTEM, Role.ADMINISTRATOR)])
def test_nobody_but_administrators_says_what_an_installation_is(world: World, role: Role) -> None:
    actor = world.actor(role)
    with pytest.raises(errors.NotForYou):
        actions.mark_sample(name={}, as_of=None, sample_hash="", by=actor, now=NOW)
    with pytest.raises(errors.NotForYou):
        actions.remember_reference(content_hash="", report={}, by=actor, now=NOW)


def test_loaded_reference_data_are_remembered_with_what_they_changed() -> None:
    actions.remember_reference(content_hash="one", report={"terms": {"new": 3}}, by=SYSTEM, now=NOW)
    actions.remember_reference(content_hash="two", report={"terms": {"new": 0}}, by=SYSTEM, now=NOW)

    last = audit.of("deployment", "1")[0]
    assert (last.before, last.after) == ({"hash": "one"}, {"hash": "two", "terms": {"new": 0}})


def test_the_database_forbids_a_second_row() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Deployment.objects.create(id=2)
