"""What was counted becomes an edition, is computed like any other, and says nothing that nobody sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from ietvars.ground.bodies import queries as bodies
from ietvars.ground.deployment import actions as deployment
from ietvars.ground.jobs import actions as asking
from ietvars.ground.jobs import queries as jobs
from ietvars.ground.jobs.rules import Asker
from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.periods import rules as periods
from ietvars.institution.indicators import actions as indicators
from ietvars.institution.indicators import queries as figures
from ietvars.institution.indicators import working as measuring
from ietvars.institution.measurements import queries as measurements
from ietvars.institution.measurements.rules import COUNTED
from ietvars.institution.services.models import Service
from ietvars.institution.tallies import actions, working
from tests.institution.tallies.laid import Case, lay
from tests.world import NOW, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]

Q1, Q2 = periods.parse("2026-Q1"), periods.parse("2026-Q2")


@pytest.fixture
def service(world: World) -> Service:
    indicators.load_national(by=SYSTEM, now=NOW)
    return world.service("benefit")


class NoStep:
    """Takes progress and keeps nothing."""

    kept = None

    def __call__(self, done: int, of: int, kept: object = None) -> None:
        assert done <= of


BY = Asker("system", "system", "")


def holder() -> int:
    found = bodies.by_code("agency")
    assert found is not None
    return found.pk


def monthly(service: Service, first: date, months: int, *, a_month: int = 12, **said: object) -> list[Case]:
    found = []
    for at in range(months):
        month = (first.month - 1 + at) % 12 + 1
        begin = date(first.year + (first.month - 1 + at) // 12, month, 1)
        found += [
            Case(service.pk, begin + timedelta(days=on), holder=holder(), **said)  # type: ignore[arg-type]
            for on in range(a_month)
        ]
    return found


def post(*wanted: periods.Period) -> list[actions.Posted]:
    return actions.post(periods=wanted or None, by=SYSTEM, now=NOW)


def told(period: str) -> dict[tuple[str, str, str], tuple[str, Decimal | None]]:
    return {
        (row.quantity, row.stage, row.channel): (row.state, row.value)
        for row in measurements.current(period, source=COUNTED)
    }


def test_a_quarter_of_cases_is_told_as_quantities(service: Service) -> None:
    cases = monthly(service, date(2026, 1, 1), 7, lead=7, cost=20, rating=80)
    cases[0] = replace(cases[0], channel="phone", receipt="post", contacts=(3, 2), contested=1)
    lay(cases)
    (posted,) = post(Q1)
    assert (posted.services, posted.period) == (1, "2026-Q1")
    said = told("2026-Q1")
    assert said["requests", "", ""] == ("measured", 36)
    assert said["requests", "", "online"] == ("measured", 35)
    assert said["requests", "", "phone"] == ("measured", 1)
    delivered = sum(case.opened + timedelta(days=7) <= date(2026, 3, 31) for case in cases)
    assert said["results", "", ""] == ("measured", delivered)
    assert said["results_received", "", "post"] == ("measured", 1)
    assert said["backlog", "", ""] == ("measured", 36 - delivered)
    assert said["cost_total", "", ""] == ("measured", 20 * delivered)
    assert said["contacts", "", ""] == ("measured", 3)
    assert said["contacts_failure", "", ""] == ("measured", 2)
    assert said["contested", "", ""] == ("measured", 1)
    assert said["overturned", "", ""] == ("not_asked", None)
    (rating,) = [row for row in measurements.current("2026-Q1") if row.quantity == "satisfaction"]
    assert (rating.value, rating.n, rating.spread, rating.scale) == (80, delivered, 0, "0-100; after-delivery")


def test_what_no_event_ever_carries_is_not_asked_and_never_zero(service: Service) -> None:
    lay(monthly(service, date(2026, 1, 1), 6, decided=0))
    post(Q1)
    said = told("2026-Q1")
    for quantity in ("satisfaction", "cost_total", "closed", "contacts", "items_asked", "decisions", "runs_started"):
        assert said[quantity, "", ""] == ("not_asked", None), quantity
    indicators.compute(period="2026-Q1", by=SYSTEM, now=NOW)
    states = {row.definition.code: row.state for row in figures.figures("2026-Q1", whole=True)}
    assert states["satisfaction"] == states["on-time"] == states["once-only-debt"] == "not_asked"
    assert states["demand"] == states["time-median"] == "measured"


def test_what_is_carried_elsewhere_is_missing_or_a_measured_zero(service: Service) -> None:
    cases = monthly(service, date(2026, 1, 1), 6)
    cases[0] = replace(cases[0], rating=50, contacts=(1, 1))
    lay(cases)
    post(Q2)
    said = told("2026-Q2")
    assert said["satisfaction", "", ""] == ("missing", None), "a mean of no ratings is none"
    assert said["contacts", "", ""] == ("measured", 0)


def test_a_sum_of_some_costs_is_no_cost_of_all(service: Service) -> None:
    cases = monthly(service, date(2026, 1, 1), 6)
    lay([replace(case, cost=10 if at % 3 == 0 else None) for at, case in enumerate(cases)])
    post(Q1)
    assert told("2026-Q1")["cost_total", "", ""] == ("missing", None)


def test_times_come_from_the_cases_and_not_from_means_of_months(service: Service) -> None:
    leads = [0, 1, 2, 3, 5, 8, 13, 21, 34] * 4
    cases = monthly(service, date(2026, 1, 1), 6)
    made = [replace(case, lead=lead) for case, lead in zip(cases[:36], leads, strict=True)]
    lay([*made, *cases[36:]])
    post(Q1)
    working = [
        periods.working_days_between(case.opened, case.opened + timedelta(days=case.lead or 0))
        for case in made
        if case.opened + timedelta(days=case.lead or 0) <= date(2026, 3, 31)
    ]
    (median,) = [row for row in measurements.current("2026-Q1") if row.quantity == "time_to_result_median"]
    low, middle, high = np.quantile(working, [0.25, 0.5, 0.75])
    assert (median.value, median.n, median.spread) == (Decimal(middle), len(working), Decimal(high - low))
    assert told("2026-Q1")["time_to_result_p90", "", ""][1] == pytest.approx(Decimal(np.quantile(working, 0.9)))


def test_half_a_period_is_not_told(service: Service) -> None:
    lay(monthly(service, date(2026, 2, 1), 5))
    assert [(one.period, one.services) for one in post(Q1, Q2)] == [("2026-Q1", 0), ("2026-Q2", 1)]
    assert told("2026-Q1") == {}


def test_a_period_that_runs_is_not_told(service: Service) -> None:
    lay(monthly(service, date(2026, 1, 1), 11))
    assert [one.period for one in post(periods.parse("2026"), periods.parse("2026-10"))] == ["2026-10"]


def test_a_month_without_a_case_is_zero_while_the_institution_sends_and_unknown_when_it_stopped(
    world: World, service: Service
) -> None:
    other = world.service("licence")
    lay([*monthly(service, date(2026, 1, 1), 3), *monthly(other, date(2026, 1, 1), 6)])
    post(Q2)
    assert {row.service_id: row.value for row in measurements.current("2026-Q2") if row.quantity == "requests"} == {
        service.pk: 0,
        other.pk: 36,
    }
    lay(monthly(service, date(2026, 1, 1), 3), watermark=2)
    post(Q2)
    assert all(row.state == "missing" for row in measurements.current("2026-Q2", source=COUNTED) if row.value is None)
    assert not [row for row in measurements.current("2026-Q2") if row.state == "measured"]


def test_counting_again_without_news_writes_nothing_and_news_write_only_what_changed(service: Service) -> None:
    cases = monthly(service, date(2026, 1, 1), 6)
    lay(cases)
    assert post(Q1)[0].changed > 10
    assert post(Q1) == [actions.Posted("2026-Q1", "", 1, 0)]
    lay([*cases, Case(service.pk, date(2026, 3, 2), lead=None, holder=holder())], watermark=7)
    (again,) = post(Q1)
    assert again.edition.startswith("2026-Q1/g2-w7")
    changed = {row.quantity for row in measurements.cells(service.pk, ["requests", "results", "backlog"])[:20]
               if row.edition.code == again.edition}  # fmt: skip
    assert changed == {"requests", "backlog"}
    assert told("2026-Q1")["requests", "", ""] == ("measured", 37)


def test_the_periods_worth_telling_are_years_the_last_quarters_and_months(service: Service) -> None:
    lay(monthly(service, date(2024, 10, 1), 26, a_month=2))
    assert [one.period for one in post()] == [
        "2025-Q3", "2025-10", "2025", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3", "2026-09", "2026-10",
    ]  # fmt: skip


def drawn(service: Service, year: int, slow: float, seed: int) -> Iterator[Case]:
    chance = np.random.default_rng(seed)
    for month in range(1, 13):
        for at in range(60):
            late = chance.random() < slow
            yield Case(
                service.pk, date(year, month, 1 + at % 28), lead=int(chance.integers(12, 20) if late else 6),
                due=10, holder=holder(), rating=int(chance.normal(70, 8)), cost=int(chance.integers(10, 30)),
            )  # fmt: skip


def test_a_planted_change_for_the_worse_is_found_from_events_and_the_rest_stays_silent(
    world: World, service: Service
) -> None:
    calm = world.service("licence")
    lay([
        *drawn(service, 2024, 0.1, 1), *drawn(service, 2025, 0.3, 2),
        *drawn(calm, 2024, 0.1, 3), *drawn(calm, 2025, 0.1, 4),
        *(Case(each.pk, date(2026, month, 5), holder=holder()) for each in (service, calm) for month in (1, 2)),
    ])  # fmt: skip
    post()
    indicators.compute(period="2025", by=SYSTEM, now=NOW)

    def verdicts(of: Service) -> dict[str, str]:
        rows = figures.comparisons("2025", "2024", service_ids=[of.pk]).filter(channel="")
        return {row.indicator: row.verdict for row in rows}

    assert verdicts(service)["on-time"] == "worse"
    assert set(verdicts(calm).values()) <= {"no_clear_change", "not_comparable"}
    assert verdicts(calm)["on-time"] == verdicts(calm)["satisfaction"] == "no_clear_change"


def test_days_of_a_common_fate_scatter_more_than_days_of_chance(world: World, service: Service) -> None:
    fated = world.service("licence")
    chance = np.random.default_rng(9)
    cases = []
    for month in range(1, 7):
        for day in range(1, 29):
            fate = chance.random() < 0.3
            for _ in range(6):
                opened = date(2026, month, day)
                cases.append(Case(service.pk, opened, lead=10 if chance.random() < 0.3 else 2, due=5, holder=holder()))
                cases.append(Case(fated.pk, opened, lead=10 if fate else 2, due=5, holder=holder()))
    lay([*cases, *(Case(each.pk, date(2026, 7, 1), holder=holder()) for each in (service, fated))])
    post(Q1)
    scatter = {
        row.service_id: row.scatter for row in measurements.current("2026-Q1") if row.quantity == "closed_on_time"
    }
    assert (scatter[service.pk] or 0) < 2
    assert (scatter[fated.pk] or 0) > 3


def test_the_lake_may_be_empty(service: Service, lake: Path) -> None:
    assert post() == []
    assert not measurements.editions().exists()


def test_the_worker_sets_a_quarter_beside_the_one_before_and_that_of_last_year(service: Service) -> None:
    lay([
        *(case for year in (2025, 2026) for case in drawn(service, year, 0.1, year) if case.opened < date(2026, 11, 1)),
    ])  # fmt: skip
    post(*(periods.parse(code) for code in ("2025-Q3", "2026-Q2", "2026-Q3")))
    report = measuring.measure({"period": "2026-Q3"}, NoStep(), BY, NOW)
    assert report == {"periods": ["2026-Q3"]}
    for other in ("2025-Q3", "2026-Q2"):
        rows = figures.comparisons("2026-Q3", other, codes=["on-time"])
        assert [row.verdict for row in rows] == ["no_clear_change"]
    assert measuring.measure({"period": "2025-Q3"}, NoStep(), BY, NOW) == {"periods": ["2025-Q3", "2026-Q3"]}


def test_counting_asks_for_the_measuring_of_what_changed(service: Service) -> None:
    lay(monthly(service, date(2026, 1, 1), 6))
    post(Q1)
    assert [job.arguments for job in jobs.of_kind(measuring.JOB)] == [{"period": "2026-Q1"}]


def test_marts_made_anew_ask_for_a_counting_once() -> None:
    working.tally_soon(by=SYSTEM, now=NOW)
    working.tally_soon(by=SYSTEM, now=NOW, cohorts=[202601])
    assert jobs.of_kind(working.JOB).count() == 1


def test_a_sample_state_counts_only_when_asked() -> None:
    deployment.mark_sample(name={"lv": "Paraugs"}, as_of=None, sample_hash="x", by=SYSTEM, now=NOW)
    working.tally_soon(by=SYSTEM, now=NOW)
    assert not jobs.of_kind(working.JOB).exists()


def work() -> dict[str, object]:
    """Let the job run as the worker does."""
    job = asking.enqueue(kind=working.JOB, arguments={}, by=SYSTEM, now=NOW)
    begun = asking.begin(pk=job.pk, by=SYSTEM, now=NOW)
    assert begun is not None
    report = working.tally({}, NoStep(), BY, NOW)
    asking.finish(job=begun, report=report, by=SYSTEM, now=NOW)
    return report


def test_the_worker_looks_again_only_at_services_with_later_input(world: World, service: Service) -> None:
    other = world.service("licence")
    ours, theirs = (monthly(one, date(2025, 1, 1), 22) for one in (service, other))
    lay([*ours, *theirs], watermark=5)
    assert work()["services"] is None
    lay([*ours, *theirs], watermark=5)
    assert (work()["services"], work()["changed"]) == (0, 0)
    lay([*ours, Case(service.pk, date(2026, 9, 2), holder=holder()), *theirs], watermark=9)
    report = work()
    assert (report["services"], report["periods"]) == (2, ["2026-Q3", "2026-09"])
    lay([*ours, *theirs, Case(service.pk, date(2026, 11, 2), holder=holder())], watermark=12)
    assert work()["services"] is None, "the institution's events reach further: silent services are zero now"


def test_of_services_that_are_not_looked_at_nothing_is_said(world: World, service: Service) -> None:
    other = world.service("licence")
    lay([*monthly(service, date(2026, 1, 1), 6), *monthly(other, date(2026, 1, 1), 6)])
    post(Q1)
    before = {row.service_id for row in measurements.current("2026-Q1") if row.state == "measured"}
    assert actions.post(periods=[Q1], service_ids=[service.pk], by=SYSTEM, now=NOW)[0].changed == 0
    assert {row.service_id for row in measurements.current("2026-Q1") if row.state == "measured"} == before


def test_where_cases_are_given_up_and_how_long_each_side_took_are_told_from_events_only(
    world: World, service: Service
) -> None:
    silent = world.service("licence")
    base = Case(service.pk, date(2026, 1, 12), holder=holder(), lead=8, waited=3)
    lay([
        *[base] * 30,
        *[replace(base, lead=None, dropped=2, waited=0, stages=(1,))] * 10,
        *[replace(base, lead=None, dropped=6, waited=0, stages=(1, 2))] * 5,
        *[replace(base, opened=date(2026, 6, 1), person=at // 2) for at in range(8)],
        *[replace(base, opened=date(2026, 7, 1))] * 3,
    ])  # fmt: skip
    post(Q1, Q2)
    indicators.compute(period="2026-Q1", by=SYSTEM, now=NOW)
    found = {
        (row.definition.code, row.stage): row
        for row in figures.figures("2026-Q1", service_ids=[service.pk]).prefetch_related("definition")
        if not row.channel
    }

    def of(code: str, stage: str = "") -> tuple[Decimal | None, Decimal | None]:
        return found[code, stage].numerator, found[code, stage].denominator

    assert of("drop-off", "request") == (10, 45)
    assert of("drop-off", "execution") == (5, 35)
    assert of("drop-off", "receipt") == (0, 30)
    assert of("completion") == (35, 45)
    assert of("case-completion") == (30, 45)
    assert of("person-wait-share") == (30, 30)
    assert found["processing-time", ""].value == pytest.approx(Decimal(5), rel=Decimal("0.011"))
    assert found["person-wait", ""].value == pytest.approx(Decimal(3), rel=Decimal("0.011"))
    assert found["repeat-share", ""].state == "not_applicable", "nobody of that quarter is known by a key"
    indicators.compute(period="2026-Q2", by=SYSTEM, now=NOW)
    (again,) = figures.figures("2026-Q2", codes=["repeat-share"], service_ids=[service.pk])
    assert (again.numerator, again.denominator, again.counted) == (4, 8, "all")
    assert not figures.figures("2026-Q1", codes=["drop-off", "case-completion"], service_ids=[silent.pk]).exists()
