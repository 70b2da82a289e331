"""An activity of several states is one activity."""

from __future__ import annotations

import pytest

from ietvars.institution.deliveries.facts import MARK, Type
from tests.doors.machines.feeds.eventlogs.conftest import Bring, corrected, event, inbox, trace, variants, xes

pytestmark = pytest.mark.django_db


def _at(hour: int) -> str:
    return f"2026-03-02T{hour:02}:00:00+02:00"


def _of(activity: str, hour: int, state: str, **said: str) -> str:
    return event(activity, _at(hour), lifecycle_transition=state, **said)


def _counted() -> list[tuple[str, ...]]:
    return list(variants().values())


def test_schedule_start_and_complete_are_one_activity_at_its_end(bring: Bring) -> None:
    run = bring(xes(trace(_of("A", 8, "schedule"), _of("A", 9, "start"), _of("A", 10, "complete"))))
    (only,) = [one for one in corrected() if one.activity != MARK]
    assert _counted() == [("A",)]
    assert only.occurred_us == 1772438400_000_000  # 10:00 in Riga
    assert run.document()["lifecycle"] == {
        "missing_read_as_complete": 0,
        "states_joined_into_one_activity": 2,
        "activities_never_over": 0,
    }


def test_the_start_of_the_first_activity_opens_the_case(bring: Bring) -> None:
    bring(xes(trace(_of("A", 8, "start"), _of("A", 10, "complete"), _of("B", 11, "complete"))))
    opened = [one for one in corrected() if one.type == Type.OPENED]
    assert [(one.activity, one.occurred_us) for one in opened] == [(MARK, 1772431200_000_000)]
    assert _counted() == [("A", "B")]


def test_without_states_every_event_counts_as_complete(bring: Bring) -> None:
    run = bring(xes(trace(event("A", _at(8)), event("A", _at(9)), event("B", _at(10)))))
    assert _counted() == [("A", "A", "B")]
    assert run.notes.counts["events_without_lifecycle"] == 3


def test_an_activity_that_never_ended_counts_once_when_it_began(bring: Bring) -> None:
    run = bring(xes(trace(_of("A", 8, "schedule"), _of("A", 9, "start"), _of("B", 10, "complete"))))
    assert _counted() == [("A", "B")]
    assert run.notes.counts["activities_never_over"] == 1


def test_two_of_a_kind_side_by_side_are_two(bring: Bring) -> None:
    steps = [_of("A", 8, "start"), _of("A", 9, "start"), _of("A", 10, "complete"), _of("A", 11, "complete")]
    bring(xes(trace(*steps)))
    assert _counted() == [("A", "A")]


def test_instances_keep_states_apart(bring: Bring) -> None:
    steps = [
        _of("A", 8, "start", concept_instance="1"),
        _of("A", 9, "start", concept_instance="2"),
        _of("A", 10, "complete", concept_instance="2"),
    ]
    run = bring(xes(trace(*steps)))
    assert _counted() == [("A", "A")]
    assert run.notes.counts["activities_never_over"] == 1


def test_an_activity_that_was_going_on_and_is_over_in_a_later_log_still_counts_once(bring: Bring) -> None:
    first = [_of("A", 8, "start")]
    bring(xes(trace(*first)))
    bring(xes(trace(*first, _of("A", 10, "complete"))))
    counted = [one for one in corrected() if one.activity != MARK]
    assert len(inbox()) > len(corrected())
    assert [one.occurred_us for one in counted] == [1772438400_000_000]


def test_a_mapping_may_name_other_ends_of_an_activity(bring: Bring) -> None:
    steps = [_of("A", 8, "sākts"), _of("A", 9, "pabeigts")]
    bring(xes(trace(*steps)), toml='[lifecycle]\nover = ["pabeigts"]')
    assert _counted() == [("A",)]
