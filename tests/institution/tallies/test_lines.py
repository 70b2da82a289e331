"""Months of a service with their turns, the wait of those who still wait, and services of like kind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pytest

from ietvars.institution.cases.schema import Basis, Scope
from ietvars.institution.tallies import lines, queries
from ietvars.institution.tallies.peers import Place
from ietvars.institution.tallies.turns import Kind
from tests.institution.tallies.laid import Case, lay
from tests.world import World

TODAY = date(2026, 11, 23)

# ---- pure ----------------------------------------------------------------------------------------------------------


def month(cases: int, delivered: int, on_time: int, *, still: int = 0) -> dict[str, int]:
    return {
        "cases": cases, "delivered": delivered, "dropped": 0, "open_now": still,
        "on_time_base": delivered, "on_time_n": on_time,
    }  # fmt: skip


def year_of(first: int, months: int) -> list[int]:
    return lines._span(
        first, (first // 100 + (first % 100 + months - 2) // 12) * 100 + (first % 100 + months - 2) % 12 + 1
    )


def test_a_line_says_value_cases_and_since_when() -> None:
    chance = np.random.default_rng(1)
    at = year_of(202501, 22)
    found = lines.drawn(
        {m: month(300, 300, int(chance.binomial(300, 0.9 if m < 202603 else 0.7))) for m in at},
        {}, basis=Basis.DELIVERED, running=202611,
    )  # fmt: skip
    (line,) = [each for each in found if each.code == "on-time"]
    assert (line.kind, line.unit, len(line.spots)) == (Kind.SHARE, "share", 22)
    assert line.since == (202603,)
    assert line.found.turns[0].change == pytest.approx(-0.2, abs=0.05)
    assert line.spots[0].value == pytest.approx(line.spots[0].hits / 300)  # type: ignore[operator]


def test_a_month_without_a_case_is_a_gap_in_a_share_and_a_zero_in_a_count() -> None:
    found = {
        line.code: line.spots[1].value
        for line in lines.drawn(
            {202601: month(9, 9, 9), 202603: month(9, 9, 9)}, {}, basis=Basis.DELIVERED, running=202611
        )
    }
    assert found["throughput"] == 0
    assert found["on-time"] is None


def test_the_running_month_is_drawn_and_never_judged() -> None:
    chance = np.random.default_rng(2)
    at = year_of(202501, 23)
    months = {m: month(300, 300, int(chance.binomial(300, 0.9))) for m in at}
    for late in at[-4:]:
        months[late] = month(300, 300, 150)
    (line,) = [
        each for each in lines.drawn(months, {}, basis=Basis.DELIVERED, running=at[-4]) if each.code == "on-time"
    ]
    assert [spot.is_over for spot in line.spots[-5:]] == [True, False, False, False, False]
    assert not line.found.turns


def test_months_with_many_open_cases_are_not_judged_by_opening() -> None:
    at = year_of(202501, 24)
    months = {m: month(100, 100, 90) for m in at[:20]} | {m: month(100, 40, 40, still=60) for m in at[20:]}
    found = lines.drawn(months, {}, basis=Basis.OPENED, running=209901)
    by_code = {line.code: line for line in found}
    assert [spot.is_settled for spot in by_code["on-time"].spots[-5:]] == [True, False, False, False, False]
    assert all(spot.is_settled for spot in by_code["demand"].spots), "who has come has come"


# ---- over the lake -------------------------------------------------------------------------------------------------


def two_years(service: int, seed: int, *, slower_from: date | None = None, holder: int = 1) -> Iterator[Case]:
    chance = np.random.default_rng(seed)
    for at in range(24):
        first = date(2024 + (10 + at) // 12, (10 + at) % 12 + 1, 1)
        for _ in range(40):
            opened = first + timedelta(days=int(chance.integers(0, 27)))
            slow = slower_from is not None and opened >= slower_from
            lead = int(chance.gamma(4, 5 if slow else 2.5)) + 1
            over = opened + timedelta(days=lead) > date(2026, 10, 31)
            yield Case(service, opened, lead=None if over else lead, due=15, holder=holder)


@pytest.mark.django_db
@pytest.mark.usefixtures("lake")
class TestOverTheLake:
    """One nation of three services, read as desks do."""

    def test_a_service_that_became_slow_says_since_when(self) -> None:
        lay([*two_years(1, 1, slower_from=date(2026, 2, 1)), *two_years(2, 2)])
        slow = {line.code: line for line in queries.service_lines(1, today=TODAY)}
        assert slow["time-median"].since in {(202602,), (202603,)}
        assert slow["time-median"].found.turns[0].low > 1.3
        assert slow["on-time"].since
        calm = queries.service_lines(2, today=TODAY)
        assert all(not line.since for line in calm)
        assert {line.code for line in calm} == {
            "throughput", "digital-share-receipt", "case-completion", "time-median", "time-p90", "on-time",
            "contest-rate",
        }  # fmt: skip

    def test_medians_of_months_are_those_of_the_cases(self) -> None:
        lay([Case(1, date(2026, 3, 2), lead=lead) for lead in (0, 1, 2, 3, 4)])
        (line,) = [
            one for one in queries.service_lines(1, today=TODAY, basis=Basis.OPENED) if one.code == "time-median"
        ]
        assert [(spot.month, spot.value, spot.n) for spot in line.spots] == [(202603, 2.0, 5)]

    def test_the_state_and_a_holder_have_lines_of_their_own(self) -> None:
        lay([*two_years(1, 1, holder=7), *two_years(2, 2, holder=8)])
        state, seven = (
            {line.code: line for line in queries.scope_lines(*scope, today=TODAY, basis=Basis.OPENED)}
            for scope in ((Scope.STATE, 0), (Scope.HOLDER, 7))
        )
        assert state["demand"].spots[0].n == 80
        assert seven["demand"].spots[0].n == 40

    def test_of_many_services_those_that_turned_are_named(self) -> None:
        lay([*two_years(1, 1, slower_from=date(2025, 12, 1)), *(c for one in (2, 3, 4) for c in two_years(one, one))])
        found = queries.turned([1, 2, 3, 4], "time-median", today=TODAY)
        assert list(found) == [1]

    def test_who_still_waits_is_counted_into_the_wait(self) -> None:
        lay([*two_years(1, 1), *(Case(1, date(2026, 10, 1), lead=None) for _ in range(60))])
        found = queries.waiting(1, months=2)
        assert found is not None
        assert found.is_shown
        assert found.curve is not None
        assert found.open == found.cases - found.delivered
        alone = next(line for line in queries.service_lines(1, today=TODAY) if line.code == "time-median").spots[-1]
        assert found.curve.median.days is None or found.curve.median.days > (alone.value or 0)

    def test_waits_of_open_cases_are_working_days_until_the_last_known_day(self) -> None:
        friday, monday, last = date(2026, 10, 23), date(2026, 10, 26), date(2026, 10, 27)
        days = {name: (day - date(1970, 1, 1)).days for name, day in (("f", friday), ("m", monday), ("l", last))}
        found = queries._working_days_until(days["l"], days.values())
        assert found == {days["f"]: 2, days["m"]: 1, days["l"]: 0}

    def test_peers_of_a_kind_lie_in_one_funnel(self) -> None:
        bad = [Case(9, date(2026, 3, 2), lead=30, due=5) for _ in range(80)]
        good = [Case(s, date(2026, 3, 2), lead=3 if at % 8 else 30, due=5) for s in range(1, 9) for at in range(80)]
        lay([*bad, *good])
        found = queries.funnel("on-time", range(1, 10), since=202603, until=202612)
        assert found is not None
        worst = found.peers[-1]
        assert (worst.key, worst.place, worst.first_place) == (9, Place.FAR_LOW, 9)
        assert queries.funnel("on-time", range(1, 4), since=202603, until=202612) is None

    def test_without_events_there_is_nothing_to_draw(self) -> None:
        assert queries.service_lines(1, today=TODAY) == ()
        assert queries.scope_lines(Scope.STATE, today=TODAY) == ()
        assert queries.waiting(1) is None
        lay([Case(3, date(2026, 3, 2))])
        assert queries.service_lines(1, today=TODAY) == ()
        assert queries.waiting(1) is None

    def test_like_kind_is_the_same_canvas_else_the_same_kind(self, world: World) -> None:
        one, other = world.service("benefit"), world.service("allowance")
        far = world.service("licence", kind="permit")
        assert queries.like(one.pk) == sorted([one.pk, other.pk])
        assert queries.like(far.pk) == [far.pk]
