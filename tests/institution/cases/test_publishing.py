"""From events to published figures: recompute, refresh, retention and erasure, and what pages read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from ietvars.ground.lake import queries as lake_queries
from ietvars.ground.notices import actions as notices
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.cases import actions, errors, queries, reading, recomputing, refreshing, schema
from ietvars.institution.cases.models import CaseRun
from ietvars.institution.cases.schema import Basis, Measure, Scope
from ietvars.institution.deliveries import actions as deliveries
from ietvars.institution.deliveries import compacting, rewriting
from ietvars.institution.deliveries import rules as delivery_rules
from ietvars.institution.deliveries.events import Event
from ietvars.institution.deliveries.facts import Type

if TYPE_CHECKING:
    from tests.world import World

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]


@pytest.fixture(autouse=True)
def _own_reader() -> Iterator[None]:
    yield
    reading.close()


def event(number: int, case: int, on: str, kind: Type = Type.STEP, **said: Any) -> Event:
    """An event of a case at noon of a day; its number is its id."""
    day = delivery_rules.day_number(date.fromisoformat(on))
    given = {"service_id": 7, "holder_id": 1, "provider_id": 1, "channel": 1, "origin": 1, "type": kind.value} | said
    return Event(
        event_id=UUID(int=number).bytes, case_id=case, occurred_us=(day * 24 + 12) * 3_600_000_000, day=day, **given
    )


def tell(*given: Event) -> None:
    """Take events in and lay them into the lake."""
    deliveries.take_in(events=given, by=SYSTEM, now=NOW)
    compacting.compact(by=SYSTEM, now=NOW)


def refresh() -> refreshing.Refreshed:
    return refreshing.refresh(by=SYSTEM, now=NOW)


def figures() -> list[Any]:
    """All that pages read, but for marks."""
    marts: list[Any] = [
        *queries.months(None, by=tuple(queries.GRAINS)),
        *queries.months(None, basis=Basis.DELIVERED, backlog=True),
    ]
    for scope in Scope:
        marts += queries.state_months(scope=scope, backlog=True)
    for measure in Measure:
        marts += queries.histogram(None, measure=measure)
    marts += queries.steps({7, 8}, monthly=True, by_channel=True)
    return [{name: value for name, value in vars(each).items() if name not in schema.MARKS} for each in marts]


def test_nothing_is_read_before_anything_was_computed() -> None:
    assert queries.months() == []
    assert queries.freshness().exists is False
    assert queries.span() is None


def test_months_count_by_opening_and_by_delivery_with_exact_quantiles(world: World) -> None:
    world.code_lists()
    tell(
        event(1, 1, "2026-01-05", Type.OPENED, person_key=5),
        event(2, 1, "2026-01-07", Type.DELIVERED),
        event(3, 2, "2026-01-30", Type.OPENED, channel=6, person_key=5),
        event(4, 2, "2026-02-03", Type.DELIVERED, channel=1),
        event(5, 3, "2026-01-12", Type.OPENED),
    )
    assert refresh().anew
    (january,) = queries.months([7])
    assert (january.month, january.cases, january.delivered, january.open_now) == (202601, 3, 2, 1)
    assert (january.p50, january.p90) == (2.0, 2.0)
    assert (january.repeat_n, january.repeat_base, january.persons) == (1, 2, 1)
    assert (january.digital_request_n, january.digital_request_base) == (2, 3)
    by_delivery = queries.months([7], basis="delivered")
    assert [(each.month, each.cases, each.persons) for each in by_delivery] == [(202601, 1, None), (202602, 1, None)]
    assert by_delivery[1].digital_receipt_n == 1
    online, desk = queries.months([7], by=("channel",))
    assert (online.channel, online.cases, online.p50) == (1, 2, 2.0)
    assert (desk.channel, desk.cases) == (6, 1)
    assert queries.months([7], since=202602) == []
    assert queries.span() == (202601, 202601)
    with pytest.raises(errors.UnknownGrain):
        queries.months(by=("person",))


def test_backlog_stands_in_every_month_until_cases_end() -> None:
    tell(
        event(1, 1, "2026-01-05", Type.OPENED),
        event(2, 2, "2026-01-05", Type.OPENED),
        event(3, 1, "2026-03-02", Type.DELIVERED),
    )
    refresh()
    found = queries.months([7], backlog=True)
    assert [(each.month, each.cases, each.backlog) for each in found] == [
        (202601, 2, 2),
        (202602, 0, 2),
        (202603, 0, 1),
    ]
    (state,) = [each for each in queries.state_months(backlog=True) if each.month == 202603]
    assert state.backlog == 1


def test_a_refresh_gives_what_a_full_recompute_gives_and_announces_it() -> None:
    heard: list[int] = []
    notices.listen("cases.refreshed", lambda *, watermark, **_told: heard.append(watermark))
    tell(event(1, 1, "2026-01-05", Type.OPENED, person_key=5), event(2, 2, "2026-02-02", Type.OPENED, person_key=5))
    refresh()
    tell(
        event(3, 1, "2026-02-05", Type.DELIVERED, rating=800, rating_method=1),
        event(4, 2, "2025-12-30", activity=3, person_key=5),
        event(5, 3, "2026-02-09", Type.OPENED, service_id=8),
    )
    done = refresh()
    assert (done.anew, done.cases) == (False, 3)
    mended = figures()
    recomputing.recompute(by=SYSTEM, now=NOW)
    assert figures() == mended
    assert [watermark - heard[0] for watermark in heard] == [0, 3, 3]
    assert not CaseRun.objects.exists()


def test_a_refresh_without_new_facts_changes_nothing() -> None:
    tell(event(1, 1, "2026-01-05", Type.OPENED))
    generation = refresh().generation
    assert refresh().generation == generation


def test_forgotten_cohorts_leave_no_cell() -> None:
    tell(event(1, 1, "2026-01-05", Type.OPENED), event(2, 2, "2026-02-05", Type.OPENED))
    refresh()
    rewriting.forget_cohorts(before=202602, by=SYSTEM, now=NOW)
    refresh()
    assert [each.month for each in queries.months()] == [202602]
    assert lake_queries.cohorts("cases") == [202602]


def test_forgotten_cohorts_leave_no_cell_although_an_event_comes_late_before_anybody_looks() -> None:
    tell(event(1, 1, "2026-01-05", Type.OPENED), event(2, 2, "2026-01-05", Type.OPENED))
    refresh()
    rewriting.forget_cohorts(before=202602, by=SYSTEM, now=NOW)
    tell(event(3, 3, "2026-01-06", Type.OPENED))
    refresh()
    mended = figures()
    recomputing.recompute(by=SYSTEM, now=NOW)
    assert figures() == mended
    assert [each.cases for each in queries.months()] == [1]


def test_whoever_forgets_persons_asks_that_figures_forget_them(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[int]] = []
    monkeypatch.setattr(
        "ietvars.ground.notices.actions.announce",
        lambda name, *, cohorts=(), **_: asked.append(cohorts) if name == "deliveries.forgotten" else None,
    )
    tell(
        event(1, 1, "2026-01-05", Type.OPENED, person_key=5, key_version=1),
        event(2, 2, "2026-02-05", Type.OPENED, person_key=6, key_version=1),
    )
    rewriting.erase_persons(persons=[(5, 1)], by=SYSTEM, now=NOW)
    rewriting.forget_persons(before=202603, by=SYSTEM, now=NOW)
    rewriting.erase_persons(persons=[(7, 1)], by=SYSTEM, now=NOW)
    assert asked == [[202601], [202602]]


def test_an_erased_person_is_joined_no_more() -> None:
    tell(
        event(1, 1, "2026-01-05", Type.OPENED, person_key=5, key_version=1),
        event(2, 2, "2026-01-20", Type.OPENED, person_key=5, key_version=1),
    )
    refresh()
    assert queries.months()[0].repeat_n == 1
    rewriting.erase_persons(persons=[(5, 1)], by=SYSTEM, now=NOW)
    refresh()
    (month,) = queries.months()
    assert (month.cases, month.repeat_n, month.repeat_base, month.persons) == (2, 0, 0, 0)


def test_a_changed_formula_computes_everything_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    tell(event(1, 1, "2026-01-05", Type.OPENED))
    refresh()
    monkeypatch.setattr(schema, "FORMULA_VERSION", 2)
    assert refresh().anew
    assert queries.freshness().formula_version == 2
    assert queries.months()[0].formula_version == 2


def test_a_stopped_recompute_goes_on_and_readers_see_the_old_figures_meanwhile() -> None:
    tell(*(event(at, at, f"2026-0{at}-05", Type.OPENED) for at in range(1, 5)))
    refresh()
    tell(event(9, 9, "2026-01-06", Type.OPENED))

    def stop(at: int, of: int) -> None:
        if at == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recomputing.recompute(by=SYSTEM, now=NOW, step=stop)
    assert queries.months()[0].cases == 1
    done = recomputing.recompute(by=SYSTEM, now=NOW)
    assert (done.resumed, done.cohorts) == (3, 1)
    assert queries.months()[0].cases == 2
    assert lake_queries.faults(deep=True) == []


def test_a_run_whose_files_were_swept_begins_anew() -> None:
    tell(event(1, 1, "2026-01-05", Type.OPENED), event(2, 2, "2026-02-05", Type.OPENED))

    def stop(at: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recomputing.recompute(by=SYSTEM, now=NOW, step=stop)
    from ietvars.ground.lake import files

    for part in CaseRun.objects.get().parts.exclude(dataset=""):
        (files.root() / part.path).unlink()
    assert recomputing.recompute(by=SYSTEM, now=NOW).resumed == 0


def test_steps_say_who_reached_them_and_who_went_no_further() -> None:
    tell(
        event(1, 1, "2026-01-05", Type.OPENED),
        event(2, 1, "2026-01-08", activity=11),
        event(3, 1, "2026-01-09", Type.WITHDRAWN),
        event(4, 2, "2026-01-05", Type.OPENED),
        event(5, 2, "2026-01-06", activity=11),
    )
    refresh()
    (step,) = queries.steps([7])
    assert (step.activity, step.reached, step.left, step.stalled, step.p50) == (11, 2, 1, 1, 2.0)


def test_an_unknown_engine_is_refused(settings: Any) -> None:
    settings.LAKE_ENGINE = "abacus"
    tell(event(1, 1, "2026-01-05", Type.OPENED))
    with pytest.raises(errors.UnknownLakeEngine):
        recomputing.recompute(by=SYSTEM, now=NOW)


def test_somebody_elses_publishing_meanwhile_is_noticed() -> None:
    tell(event(1, 1, "2026-01-05", Type.OPENED))
    based_on = queries.generations()
    refresh()
    run = actions.begin(key="", by=SYSTEM, now=NOW)
    from ietvars.ground.lake.errors import Overtaken

    with pytest.raises(Overtaken):
        actions.publish(run=run, laid=[], drop={}, watermark=1, notes={}, based_on=based_on, by=SYSTEM, now=NOW)
