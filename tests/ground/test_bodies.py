"""Bodies have dates: places in the hierarchy, names, mergers. Old links keep working."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from ietvars.ground.audit import queries as audit
from ietvars.ground.bodies import actions, errors, queries
from ietvars.ground.bodies.models import Placement
from ietvars.ground.people.rules import SYSTEM, Role
from tests.world import NOW, World, texts


def test_a_capacity_of_a_ministry_reaches_all_below_it(world: World) -> None:
    office = world.body("office", below="ministry")
    ministry = queries.by_code("ministry")
    assert ministry is not None
    assert queries.reach(ministry.pk) == {ministry.pk, office.pk}
    assert queries.reach(office.pk) == {office.pk}


def test_a_body_that_moves_is_below_its_old_ministry_on_old_days(world: World) -> None:
    office, old = world.body("office", below="old-ministry"), queries.by_code("old-ministry")
    new = world.body("new-ministry", kind="ministry")
    assert old is not None
    actions.place(body=office, parent=new, since=date(2025, 7, 1), by=SYSTEM, now=NOW)
    assert office.pk in queries.reach(old.pk, date(2025, 6, 30))
    assert office.pk not in queries.reach(old.pk)
    assert office.pk in queries.reach(new.pk)
    assert [body.code for body in queries.path(office)] == ["new-ministry"]


def test_a_body_cannot_stand_under_one_that_is_below_it(world: World) -> None:
    world.body("office", below="ministry")
    ministry, office = queries.by_code("ministry"), queries.by_code("office")
    assert ministry is not None
    assert office is not None
    with pytest.raises(errors.WouldBeAboveItself):
        actions.place(body=ministry, parent=office, since=date(2025, 1, 1), by=SYSTEM, now=NOW)


def test_the_database_forbids_two_parents_at_a_time(world: World) -> None:
    office = world.body("office", below="ministry")
    other = world.body("other", kind="ministry")
    with pytest.raises(IntegrityError), transaction.atomic():
        Placement.objects.create(body=office, parent=other)


def test_a_renamed_body_keeps_its_code_and_its_old_name_with_the_last_day(world: World) -> None:
    body = world.body("office", name=texts("Vecais birojs"))
    actions.rename(body=body, name=texts("Jaunais birojs"), on=date(2025, 7, 1), by=SYSTEM, now=NOW)
    assert queries.name_on(body, date(2025, 6, 30))["lv"] == "Vecais birojs"
    assert queries.name_on(body, date(2025, 7, 1))["lv"] == "Jaunais birojs"
    assert [row.name["lv"] for row in queries.former_names(body)] == ["Vecais birojs"]


def test_after_a_merger_the_old_body_leads_to_the_one_that_took_over(world: World) -> None:
    one, two, heir = world.body("one", below="ministry"), world.body("two", below="ministry"), world.body("heir")
    actions.merge(predecessors=[one, two], successor=heir, on=date(2025, 1, 1), by=SYSTEM, now=NOW)
    old = queries.by_code("one")
    assert old is not None
    assert old.until == date(2024, 12, 31)
    assert queries.current_of(old) == heir
    assert {row.predecessor.code for row in queries.origins(heir)} == {"one", "two"}
    ministry = queries.by_code("ministry")
    assert ministry is not None
    assert queries.reach(ministry.pk) == {ministry.pk}


def test_a_split_body_has_no_single_successor(world: World) -> None:
    old, one, two = world.body("old"), world.body("one"), world.body("two")
    actions.split(predecessor=old, successors=[one, two], on=date(2025, 1, 1), by=SYSTEM, now=NOW)
    assert queries.current_of(old) == old
    assert {row.successor.code for row in queries.successors(old)} == {"one", "two"}


def test_a_body_that_has_ended_cannot_be_merged_again(world: World) -> None:
    one, heir = world.body("one"), world.body("heir")
    actions.merge(predecessors=[one], successor=heir, on=date(2025, 1, 1), by=SYSTEM, now=NOW)
    with pytest.raises(errors.BodyHasEnded, match="2024-12-31"):
        actions.merge(predecessors=[one], successor=heir, on=date(2026, 1, 1), by=SYSTEM, now=NOW)


def test_a_merger_without_a_body_that_ends_is_refused(world: World) -> None:
    heir = world.body("heir")
    with pytest.raises(errors.NothingToMerge):
        actions.merge(predecessors=[heir], successor=heir, on=date(2025, 1, 1), by=SYSTEM, now=NOW)


def test_only_administrators_keep_the_register(world: World) -> None:
    owner = world.actor(Role.SERVICE_OWNER)
    with pytest.raises(errors.NotForYou):
        actions.establish(code="mine", kind="agency", name=texts("Mana"), by=owner, now=NOW)
    assert queries.by_code("mine") is None


def test_a_second_body_of_a_code_is_refused(world: World) -> None:
    world.body("office")
    with pytest.raises(errors.BodyExists, match="office"):
        actions.establish(code="office", kind="agency", name=texts("Cita"), by=SYSTEM, now=NOW)


def test_each_action_leaves_one_audit_row(world: World) -> None:
    body = world.body("office")
    actions.rename(body=body, name=texts("Jauns"), on=date(2025, 7, 1), by=SYSTEM, now=NOW)
    assert [row.action for row in audit.of("body", "office")] == ["bodies.rename", "bodies.establish"]
