"""Flows from the lake: published cells say what facts say, refreshed or counted anew, and numbers lead to cases."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from ietvars.ground.lake import queries as lake
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.deliveries.facts import MARK, Type
from ietvars.institution.flows import errors, mapping, queries, refreshing, rules
from tests.institution.flows import laid
from tests.institution.flows.test_mapping import BEGIN, HOUR
from tests.world import NOW, TODAY, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]

Row = dict[str, Any]


def a_case(case: int, *steps: tuple[int, int, float], **said: Any) -> list[Row]:
    """One case: (type, activity, hours after the one before) each."""
    at, made = BEGIN, []
    for kind, activity, hours in steps:
        at += int(hours * HOUR)
        made.append({"case_id": case, "type": kind, "activity": activity, "occurred_us": at, **said})
    return made


def plain(case: int, **said: Any) -> list[Row]:
    """A case that takes the usual way."""
    steps = ((Type.OPENED, 0, 0), (Type.STEP, 11, 1), (Type.DECIDED, 0, 30), (Type.DELIVERED, 0, 1))
    return a_case(case, *steps, **said)


def refresh(**said: Any) -> refreshing.Refreshed:
    return refreshing.refresh(by=SYSTEM, now=NOW, **said)


def same(one: rules.Flow, other: rules.Flow) -> bool:
    """Whether two flows say the same, whatever came first among equals."""
    return _bare(one) == _bare(other)


def _bare(flow: rules.Flow) -> rules.Flow:
    named = ("activities", "edges", "variants", "loops", "handovers", "dropouts", "openings", "ways")
    ordered: dict[str, Any] = {name: tuple(sorted(getattr(flow, name), key=str)) for name in named}
    return replace(flow, **ordered)


def test_published_cells_say_what_the_facts_say() -> None:
    laid.publish([row for case in range(1, 30) for row in plain(case, channel=1 + case % 2)])
    before = queries.flow([1], on=TODAY)
    done = refresh()
    assert (done.partitions, lake.generation("mart_flow")) == (1, 1)
    assert before.cases == 29
    assert same(queries.flow([1], on=TODAY), before)
    assert same(queries.flows([1], on=TODAY)[1], before)


def test_a_channel_is_asked_of_the_facts_since_cells_do_not_know_it() -> None:
    laid.publish([row for case in range(1, 30) for row in plain(case, channel=1 + case % 2)])
    refresh()
    assert queries.flow([1], on=TODAY, channel="online").cases == 14
    assert queries.flow([1], on=TODAY, period="2025").cases == 0
    assert queries.flow([1], on=TODAY, period="2026-01").cases == 29


def test_what_cannot_be_asked_is_refused_with_words() -> None:
    laid.publish(plain(1))
    with pytest.raises(errors.UnknownFlowChannel):
        queries.flow([1], on=TODAY, channel="pigeon")
    with pytest.raises(errors.UnknownFlowBody):
        queries.flow([1], on=TODAY, provider="nobody")
    with pytest.raises(errors.UnknownSpan):
        queries.flow([1], on=TODAY, period="soon")


def test_without_any_facts_there_is_an_empty_flow() -> None:
    assert queries.flow([1], on=TODAY) == rules.Flow()
    assert refresh() == refreshing.Refreshed()


@pytest.mark.parametrize("seed", range(3))
def test_a_refresh_gives_what_counting_anew_gives(seed: int) -> None:
    chance = random.Random(seed)

    def batch(first: int) -> list[Row]:
        return [
            {**row, "seq": 10_000 * first + at, "event_id": laid.event_id(10_000 * first + at)}
            for at, row in enumerate(
                (
                    {
                        "service_id": chance.randint(1, 4),
                        "case_id": chance.randint(1, 40),
                        "type": int(chance.choice([Type.OPENED, Type.STEP, Type.DECIDED, Type.DELIVERED])),
                        "activity": chance.choice([0, 11, 12, MARK]),
                        "stage": chance.randint(0, 3),
                        "provider_id": chance.randint(1, 2),
                        "occurred_us": BEGIN + chance.randint(0, 20 * 24) * HOUR,
                    }
                    for _ in range(chance.randint(1, 60))
                ),
                start=1,
            )
        ]

    laid.publish(batch(1))
    refresh()
    for number in range(2, 5):
        drop = [part.pk for part in lake.parts("facts")][:1] if chance.random() < 0.3 else []
        laid.publish(batch(number), drop=drop)
        refresh()
    kept = queries.flow([1, 2, 3, 4], on=TODAY)
    by_service = {service: queries.flow([service], on=TODAY) for service in range(1, 5)}
    assert refresh().partitions == 0
    assert refresh(anew=True).partitions > 0
    assert same(queries.flow([1, 2, 3, 4], on=TODAY), kept)
    assert all(same(queries.flow([service], on=TODAY), flow) for service, flow in by_service.items())


def test_only_services_whose_facts_changed_are_counted_again() -> None:
    laid.publish([*plain(1), *plain(2, service_id=2)])
    refresh()
    more = [{**row, "seq": 100 + at, "event_id": laid.event_id(100 + at)} for at, row in enumerate(plain(3))]
    laid.publish(more)
    assert refresh().services == 1
    assert queries.flow([1], on=TODAY).cases == 2
    assert queries.flow([2], on=TODAY).cases == 1


# ---- back to the cases -------------------------------------------------------------------------------------------


def test_every_number_leads_to_the_cases_that_make_it() -> None:
    rows = [row for case in range(1, 8) for row in plain(case)]
    rows += a_case(8, (Type.OPENED, 0, 0), (Type.STEP, 11, 1), (Type.WITHDRAWN, 0, 1))
    rows += a_case(9, (Type.OPENED, 0, 0), (Type.STEP, 11, 1), (Type.STEP, 12, 1), (Type.STEP, 11, 1))
    rows += [{**row, "provider_id": 1 + at % 2} for at, row in enumerate(plain(10, stage=2))]
    rows += a_case(11, (Type.OPENED, 0, 0), (Type.DELIVERED, 0, 1), (Type.DECIDED, 0, 1), stage=1)
    laid.publish(rows)
    flow = queries.flow([1], on=TODAY)

    def count(**said: Any) -> int:
        found, total = queries.cases_behind(1, queries.Behind(**said), on=TODAY, described=(1, 2, 3))
        assert len(found) == total == len({one.case_id for one in found})
        return total

    assert flow.edges
    for edge in flow.edges:
        assert count(edge=(edge.source, edge.target)) == edge.cases
    for variant in flow.variants:
        assert count(variant=variant.activities) == variant.cases
    for activity in flow.activities:
        assert count(activity=activity.number) == activity.cases
    assert [(one.activity, one.cases) for one in flow.loops] == [(11, 1)]
    assert count(again=11) == 1
    assert flow.handovers
    for one in flow.handovers:
        assert count(handover=(one.source, one.target)) == one.cases
    assert {(one.activity, one.outcome) for one in flow.dropouts} == {
        (11, rules.Outcome.WITHDRAWN),
        (11, rules.Outcome.LEFT),
    }
    for drop in flow.dropouts:
        assert count(stopped=(drop.activity, drop.outcome)) == drop.cases
    judged = rules.conformance(flow.ways, (1, 2, 3))
    assert {one.code for one in judged.deviations if one.cases} == {
        rules.Deviation.SKIPS,
        rules.Deviation.RESULT_BEFORE_DECISION,
    }
    for share in judged.deviations:
        assert count(deviation=share.code) == share.cases
    assert count() == flow.cases


def test_the_longest_stand_first_and_a_page_holds_fifty() -> None:
    laid.publish([row for case in range(1, 61) for row in a_case(case, (Type.OPENED, 0, 0), (Type.STEP, 11, case))])
    first, total = queries.cases_behind(1, queries.Behind(edge=(-1, 11)), on=TODAY)
    rest, _ = queries.cases_behind(1, queries.Behind(edge=(-1, 11)), on=TODAY, start=50)
    assert (total, len(first), len(rest)) == (60, 50, 10)
    assert [one.took_us for one in first[:2]] == [60 * HOUR, 59 * HOUR]


def test_a_case_is_told_whole_with_the_dates_it_carries(world: World) -> None:
    rows = plain(1)
    rows.append({"case_id": 1, "type": int(Type.DELIVERED), "activity": MARK, "occurred_us": BEGIN + 99 * HOUR})
    laid.publish([*rows, *plain(2)])
    told = queries.timeline(1, 1)
    assert [(one.activity, one.is_mark) for one in told] == [
        (-1, False),
        (11, False),
        (-7, False),
        (-8, False),
        (-8, True),
    ]
    assert queries.timeline(1, 77) == []
    assert [one.case_id for one in queries.cases_of([1])] == [1, 2]


def test_a_passage_names_no_case_of_another_service() -> None:
    laid.publish([*plain(1), *plain(2, service_id=2)])
    found, total = queries.cases_behind(1, queries.Behind(), on=TODAY)
    assert ([one.case_id for one in found], total) == ([1], 1)
    assert mapping.END == 0
