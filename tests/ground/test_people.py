"""People act in capacities; a capacity reaches its body and all below; some need a second factor."""

from datetime import date

import pytest

from ietvars.ground.people import actions, errors, queries, rules
from ietvars.ground.people.rules import SYSTEM, Role, may
from tests.world import NOW, World


def test_somebody_with_one_capacity_acts_in_it_at_once(world: World) -> None:
    person = world.person(Role.SERVICE_OWNER, "office")
    actor = queries.acting(person)
    assert actor is not None
    assert (actor.role, actor.body_code) == (Role.SERVICE_OWNER, "office")


def test_somebody_with_two_capacities_acts_only_after_choosing(world: World) -> None:
    person = world.person(Role.SERVICE_OWNER, "office", username="both")
    world.person(Role.LIST_APPROVER, "other", username="both")
    assert queries.acting(person) is None
    second = queries.capacities_of(person)[1]
    actor = queries.acting(person, second.pk)
    assert actor is not None
    assert actor.role == Role.LIST_APPROVER


def test_a_capacity_of_somebody_else_is_not_taken(world: World) -> None:
    person = world.person(Role.SERVICE_OWNER, "office", username="one")
    world.person(Role.LIST_APPROVER, "office", username="one")
    foreign = queries.capacities_of(world.person(Role.ADMINISTRATOR, "office", username="two"))[0]
    assert queries.acting(person, foreign.pk) is None


def test_an_ended_capacity_gives_nothing(world: World) -> None:
    person = world.person(Role.SERVICE_OWNER, "office")
    capacity = queries.capacities_of(person)[0]
    actions.end_capacity(capacity=capacity, until=date(2026, 1, 31), by=SYSTEM, now=NOW)
    assert queries.acting(person) is None


def test_an_administrator_gives_rights_only_in_his_own_reach(world: World) -> None:
    world.body("office", below="ministry")
    administrator = world.actor(Role.ADMINISTRATOR, "ministry")
    person = actions.add_person(username="new", by=administrator, now=NOW)
    actions.give_capacity(person=person, role=Role.CLERK, body=world.body("office"), by=administrator, now=NOW)
    with pytest.raises(errors.NotAnAdministrator):
        actions.give_capacity(person=person, role=Role.CLERK, body=world.body("foreign"), by=administrator, now=NOW)


def test_giving_a_capacity_twice_changes_nothing(world: World) -> None:
    person, office = world.person(Role.CLERK, "office"), world.body("office")
    again = actions.give_capacity(person=person, role=Role.CLERK, body=office, by=SYSTEM, now=NOW)
    assert [row.pk for row in queries.capacities_of(person)] == [again.pk]


def test_a_person_is_added_once(world: World) -> None:
    world.person(Role.CLERK, username="anna")
    with pytest.raises(errors.PersonExists, match="anna"):
        actions.add_person(username="anna", by=SYSTEM, now=NOW)


def test_a_weak_password_is_refused_and_nobody_is_added(world: World) -> None:
    with pytest.raises(errors.WeakPassword):
        actions.add_person(username="janis", password="12345678", by=SYSTEM, now=NOW)
    assert queries.by_username("janis") is None


# role | methods | may act
FACTORS = """
administrator  | password          | no
administrator  | password mfa      | yes
administrator  | socialaccount     | yes
administrator  |                   | yes
overseer       | password          | no
list-approver  | password          | no
service-owner  | password          | yes
clerk          | password          | yes
"""


@pytest.mark.parametrize("row", FACTORS.strip().splitlines())
def test_a_password_alone_does_not_open_what_decides(row: str) -> None:
    role, methods, allowed = (cell.strip() for cell in row.split("|"))
    assert may(rules.require_second_factor, Role(role), frozenset(methods.split())) is (allowed == "yes")


# database is sample | person is sample | this computer | may enter
ENTRY = """
yes | yes | yes | yes
no  | yes | yes | no
yes | no  | yes | no
yes | yes | no  | no
no  | no  | no  | no
"""


@pytest.mark.parametrize("row", ENTRY.strip().splitlines())
def test_one_click_entry_needs_all_three(row: str) -> None:
    state, person, here, allowed = (cell.strip() == "yes" for cell in row.split("|"))
    asked = may(rules.require_sample_entry, is_sample_state=state, is_sample_person=person, is_loopback=here)
    assert asked is allowed
