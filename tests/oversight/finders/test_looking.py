"""Finders over a real database: what they gather, that looking twice changes nothing, answers to criteria."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ietvars.ground.audit import queries as audit
from ietvars.ground.deployment import actions as deployment
from ietvars.ground.people.rules import SYSTEM, Actor, Role
from ietvars.institution.lists import actions as lists
from ietvars.oversight.finders import actions, errors, queries
from tests.world import NOW, TODAY, texts

if TYPE_CHECKING:
    from tests.oversight.measuring import MeasuredState


def look(period: str = "2025", by: Actor = SYSTEM) -> actions.Looked:
    return actions.look(period=period, by=by, now=NOW, on=TODAY)


def keys(period: str = "2025") -> list[tuple[str, str]]:
    return [(row.finder, row.key) for row in queries.findings(period)]


def _plant(state: MeasuredState) -> None:
    """One service for each finder, and one that nothing is wrong with."""
    world = state.world
    for code, channels in {"crowded": ("in-person",), "calm": ("online",), "unused": ("online",)}.items():
        world.service(code, channels=channels)
    world.service("slower")
    world.service("silent")
    calm = {"requests": 1000, "time": 10}
    state.report(
        "2024",
        crowded={**calm, "requests": 9000},
        calm=calm,
        unused={"requests": 0},
        slower={"requests": 9, "time": 10},
    )
    state.report(
        "2025",
        crowded={**calm, "requests": 9000},
        calm=calm,
        unused={"requests": 0},
        slower={"requests": 9, "time": 20},
    )
    state.compute("2025")


def test_each_planted_thing_is_found_and_nothing_else(state: MeasuredState) -> None:
    _plant(state)
    look()
    assert keys() == [
        ("digitalise", "crowded"),
        ("unmeasured", "silent"),
        ("unused", "unused"),
        ("worse", "slower"),
    ]


def test_looking_again_changes_nothing_and_leaves_no_trace(state: MeasuredState) -> None:
    _plant(state)
    first = look()
    assert (first.new, first.gone, first.changed) == (4, 0, 0)
    found = list(queries.findings("2025").values())
    rows = audit.latest().count()
    again = actions.look(period="2025", by=SYSTEM, now=NOW + timedelta(days=1), on=TODAY)
    assert (again.new, again.gone, again.changed) == (0, 0, 0)
    assert list(queries.findings("2025").values()) == found
    assert audit.latest().count() == rows


def test_a_finding_goes_when_its_ground_goes_and_the_rest_keep_their_day(state: MeasuredState) -> None:
    _plant(state)
    look()
    state.report("2025", silent={"requests": 5, "time": 3}, crowded={"requests": 9500})
    state.compute("2025")
    later = actions.look(period="2025", by=SYSTEM, now=NOW + timedelta(days=30), on=TODAY)
    assert (later.new, later.gone) == (0, 1)
    assert ("unmeasured", "silent") not in keys()
    crowded = queries.finding("2025", "digitalise", "crowded")
    assert (crowded.found_at, crowded.figures[0]["value"]) == (NOW, 9500)


def test_a_retired_service_and_one_of_another_period_are_not_looked_at(state: MeasuredState) -> None:
    _plant(state)
    state.world.retired("gone")
    look()
    assert all(key != "gone" for _, key in keys())


def test_a_year_has_the_limits_of_the_law_and_a_month_has_none(state: MeasuredState) -> None:
    state.world.service("crowded", channels=("in-person",))
    state.report("2025-03", crowded={"requests": 9000})
    state.compute("2025-03")
    look("2025-03")
    assert keys("2025-03") == []


def _publish_list(state: MeasuredState, year: int, *entries: lists.Entry) -> None:
    world = state.world
    owner, approver = world.actor(Role.SERVICE_OWNER), world.actor(Role.LIST_APPROVER)
    made = lists.draft(body=world.body(), year=year, title=texts("Saraksts"), entries=entries, by=owner, now=NOW)
    lists.submit(service_list=made, by=owner, now=NOW)
    lists.approve(service_list=made, document_number="1-1", document_date=TODAY, by=approver, now=NOW)
    lists.publish(service_list=made, by=owner, now=NOW)


def test_the_list_in_force_when_a_period_is_read_is_set_beside_the_catalogue(state: MeasuredState) -> None:
    world = state.world
    both = world.service("on-both")
    world.service("not-on-list")
    state.report("2025", on_both={"requests": 5}, not_on_list={"requests": 5})
    state.compute("2025")
    _publish_list(state, 2026, lists.Entry(service=both), lists.Entry(title=texts("Nav aprakstīts")))
    look()
    assert keys() == [
        ("list-disagrees", "agency/2026/described-not-on-list/not-on-list"),
        ("list-disagrees", "agency/2026/on-list-not-described/Nav aprakstīts"),
    ]
    look("2023")
    assert keys("2023") == []


def test_only_overseers_and_the_system_send_the_finders_out(state: MeasuredState) -> None:
    with pytest.raises(errors.NotForYou):
        look(by=state.world.actor(Role.SERVICE_OWNER))
    assert look(by=state.world.actor(Role.OVERSEER)).found == {}


def test_in_the_sample_state_what_is_not_measured_is_illustrative_too(db: None) -> None:
    from tests.oversight.measuring import MeasuredState
    from tests.world import World

    deployment.mark_sample(name=texts("Latvija"), as_of=TODAY, sample_hash="x", by=SYSTEM, now=NOW)
    state = MeasuredState(World())
    _plant(state)
    look()
    assert {row.is_illustrative for row in queries.findings("2025")} == {True}


# ---- answers ----------------------------------------------------------------------------------------------------


def test_an_affirmed_criterion_is_found_and_the_newest_answer_counts(state: MeasuredState) -> None:
    world = state.world
    service = world.service("permit", channels=("in-person",))
    owner = world.actor(Role.SERVICE_OWNER)
    state.report("2025", permit={"requests": 3})
    state.compute("2025")
    actions.answer(service=service, criterion="access", answer=True, why="Tālu jābrauc.", by=owner, now=NOW)
    look()
    assert queries.finding("2025", "digitalise", "permit").reason == "criterion"
    later = NOW + timedelta(days=1)
    actions.answer(service=service, criterion="access", answer=False, why="Vairs ne.", by=owner, now=later)
    look()
    assert keys() == []
    assert [row.answer for row in queries.answers_of(service.pk)] == [False, True]


def test_answers_come_from_the_holders_owner_about_answerable_criteria_with_a_reason(state: MeasuredState) -> None:
    world = state.world
    service = world.service("permit")
    owner = world.actor(Role.SERVICE_OWNER)

    def answer(by: Actor, criterion: str = "access", why: str = "Tālu jābrauc.") -> None:
        actions.answer(service=service, criterion=criterion, answer=True, why=why, by=by, now=NOW)

    for stranger in (world.visitor(), world.actor(Role.OVERSEER), world.actor(Role.CLERK)):
        with pytest.raises(errors.NotYours):
            answer(stranger)
    with pytest.raises(errors.UnknownCriterion):
        answer(owner, criterion="many-cases")
    with pytest.raises(errors.WhyNeeded):
        answer(owner, why="  ")
    answer(owner)


def test_the_document_is_the_same_whenever_it_is_printed(state: MeasuredState) -> None:
    _plant(state)
    look()
    first = queries.document("2025")
    assert first == queries.document("2025")
    assert [each["count"] for each in first["finders"]] == [1, 1, 1, 1, 0]
    assert queries.document("2025", finder="worse")["findings"][0]["figures"][0]["code"] == "time-median"
    with pytest.raises(errors.UnknownFinder):
        queries.document("2025", finder="guess")
