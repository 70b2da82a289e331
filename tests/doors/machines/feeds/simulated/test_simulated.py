"""A simulation is the same for the same seed, has the shape of a state, and truly holds what its truth says."""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest

from ietvars.doors.machines.feeds.simulated import making, nation, parquet, planting, streaming
from ietvars.doors.machines.feeds.simulated.clock import Calendar
from ietvars.ground.periods import rules as periods
from ietvars.institution.deliveries import facts, rules
from ietvars.institution.deliveries.events import Event
from ietvars.institution.deliveries.facts import Type

UNTIL = date(2026, 12, 31)
SMALL = making.Plan(nation.invented(3, services=60, bodies=12), seed=3, cases=6_000, until=UNTIL)


def columns(plan: making.Plan) -> dict[str, np.ndarray]:
    """All months in one."""
    made = [month.columns for month in making.months(plan)]
    return {name: np.concatenate([each[name] for each in made]) for name in made[0]}


@pytest.fixture(scope="module")
def told() -> dict[str, np.ndarray]:
    return columns(SMALL)


# ---- the same and not the same -------------------------------------------------------------------------------------


def test_the_same_seed_makes_the_same_events_and_another_one_others(told: dict[str, np.ndarray]) -> None:
    again = columns(SMALL)
    assert all(np.array_equal(told[name], again[name]) for name in told)
    other = columns(dataclasses.replace(SMALL, seed=4))
    assert not np.array_equal(told["occurred_us"][:100], other["occurred_us"][:100])


def test_about_as_many_cases_come_as_were_asked_for(told: dict[str, np.ndarray]) -> None:
    cases = len(np.unique(told["case"]))
    assert 0.9 * SMALL.cases < cases < 1.2 * SMALL.cases


def test_so_many_events_can_be_asked_for() -> None:
    plan = dataclasses.replace(SMALL, cases=making.cases_for(SMALL, 20_000))
    made = sum(map(len, making.months(plan)))
    assert abs(made - 20_000) < 2_000


# ---- the shape of a case -------------------------------------------------------------------------------------------


def test_every_case_opens_once_and_nothing_of_it_is_earlier(told: dict[str, np.ndarray]) -> None:
    opened = told["type"] == Type.OPENED
    cases, counts = np.unique(told["case"][opened], return_counts=True)
    assert set(counts) == {1}
    assert set(cases) == set(told["case"])
    begun = dict(zip(told["case"][opened].tolist(), told["occurred_us"][opened].tolist(), strict=True))
    first = np.array([begun[case] for case in told["case"].tolist()])
    assert (told["occurred_us"] >= first).all()


def test_a_month_holds_the_cases_that_opened_in_it_by_the_legal_day() -> None:
    for month in making.months(dataclasses.replace(SMALL, cases=2_000)):
        opened = month.columns["day"][month.columns["type"] == Type.OPENED]
        days = {date.fromordinal(int(day) + date(1970, 1, 1).toordinal()) for day in opened}
        assert {day.year * 100 + day.month for day in days} == {month.cohort}


def test_days_are_the_legal_days_of_their_moments(told: dict[str, np.ndarray]) -> None:
    for place in range(0, len(told["day"]), 97):
        assert told["day"][place] == rules.legal_day(int(told["occurred_us"][place]))


def test_every_type_of_event_occurs(told: dict[str, np.ndarray]) -> None:
    assert set(told["type"]) == {kind.value for kind in Type}


def test_nobody_sees_what_has_not_arrived_by_the_end(told: dict[str, np.ndarray]) -> None:
    end = Calendar(date(2026, 12, 1), date(2027, 1, 31)).utc(np.array([20818]), np.array([24.0]))[0]
    assert date.fromordinal(20818 + date(1970, 1, 1).toordinal()) == UNTIL
    assert told["received_us"].max() <= end
    assert (told["received_us"] >= told["occurred_us"]).all()


def test_cases_of_the_last_months_are_still_open(told: dict[str, np.ndarray]) -> None:
    ended = np.isin(told["type"], (Type.DELIVERED, Type.WITHDRAWN, Type.EXPIRED))
    shares = []
    for month in (202506, 202612):
        days = Calendar(date(2025, 1, 1), UNTIL).month_days(month)
        here = told["case"][(told["type"] == Type.OPENED) & np.isin(told["day"], days)]
        shares.append(np.isin(here, told["case"][ended]).mean())
    assert shares[0] > 0.97
    assert shares[1] < 0.8


def test_what_corrects_corrects_an_event_that_is_there(told: dict[str, np.ndarray]) -> None:
    corrected = told["corrects"][told["corrects"] >= 0]
    assert len(corrected) > 20
    assert np.isin(corrected, told["event"]).all()
    assert len(np.unique(told["event"])) == len(told["event"])


def test_one_service_brings_about_another_and_the_case_before_is_there(told: dict[str, np.ndarray]) -> None:
    causes = told["cause"][told["cause"] >= 0]
    assert len(causes)
    assert np.isin(causes, told["case"]).all()
    service_of = dict(zip(told["case"].tolist(), told["service_id"].tolist(), strict=True))
    pairs = {
        (service_of[cause], service_of[case])
        for cause, case in zip(told["cause"], told["case"], strict=True)
        if cause >= 0
    }
    numbers = [each.number for each in SMALL.nation.offerings]
    planned = {
        (numbers[before], numbers[after])
        for chain in SMALL.nation.situations
        for before, after in itertools.pairwise(chain)
    }
    assert pairs <= planned


def test_working_days_are_those_of_the_house() -> None:
    calendar = Calendar(date(2025, 12, 1), date(2026, 1, 31))
    found = [bool(each) for each in calendar.is_working]
    assert found == [periods.is_working_day(date.fromordinal(date(2025, 12, 1).toordinal() + n)) for n in range(62)]
    whole = np.array([0.0, 3.0, 17.0])
    assert np.allclose(calendar.position(calendar.local_day(calendar.instant(whole)), np.full(3, 8.5)), whole)


def test_a_body_with_less_capacity_lets_people_wait_longer() -> None:
    from ietvars.doors.machines.feeds.simulated import arriving, habits

    made = SMALL.months_made
    calendar = Calendar(date(2025, 1, 1), date(2028, 1, 1))
    drawn = habits.draw(SMALL.nation, seed=3, cases=6_000, months=made, calendar=calendar, changes=())
    waits = []
    for headroom in (0.8, 3.0):
        tight = dataclasses.replace(drawn, headroom=np.full(60, headroom))
        arrivals = arriving.Arriving(SMALL.nation, tight, calendar, made, seed=3, persons=500)
        queues = [arrivals.open(place, np.random.default_rng(place)).queue.mean() for place in range(12)]
        waits.append(queues)
    assert waits[0][-1] > 3 * waits[1][-1]
    assert waits[0][-1] > 2 * waits[0][0]


# ---- what is planted -----------------------------------------------------------------------------------------------


def test_the_truth_names_every_service_once() -> None:
    truth = SMALL.truth()
    planted = [each["code"] for each in truth["planted"]]
    assert sorted([*planted, *truth["nothing_changed"]]) == sorted(each.code for each in SMALL.nation.offerings)
    assert len(planted) == 15
    assert json.loads(json.dumps(truth)) == truth


def test_nothing_for_the_worse_is_planted_where_it_may_not_be() -> None:
    kept = dataclasses.replace(SMALL, keeps_better=True, may_worsen=frozenset())
    assert {each.word for each in kept.changes} <= {"better", "other"}
    assert "worse" in {each.word for each in SMALL.changes}


@pytest.mark.parametrize("kind", planting.KINDS, ids=lambda kind: str(kind.indicator))
@pytest.mark.parametrize("number", [0, 1])
def test_what_is_planted_is_there_and_nowhere_else(kind: planting.Kind, number: int) -> None:
    """One service of two is changed in one thing; its figures move as the truth says, its neighbour's do not."""
    offerings = tuple(
        dataclasses.replace(each, number=place + 1, weight=1.0, holders=((-(10**6), place + 1),), is_immediate=False,
                            term_days=10, price_cents=2_000, request_channels=("online", "in-person"),
                            receipt_channels=("online", "post"),
                            evidence=(nation.Evidence(place * 2 + 1, "held", 7), nation.Evidence(place * 2 + 2, "own")))
        for place, each in enumerate(SMALL.nation.offerings[:2])
    )  # fmt: skip
    plan = making.Plan(nation.Nation(offerings), seed=8, cases=24_000, until=UNTIL)
    change = planting.Change(
        1, "a", kind.indicator, kind.habit, 202601, "up", kind.sizes[number], "other", kind.moves
    )  # fmt: skip
    told = columns(_Planted(**{**plan.__dict__, "fixed": (change,)}))
    begun = dict(zip(told["case"][told["type"] == Type.OPENED], told["day"][told["type"] == Type.OPENED], strict=True))
    opened = np.array([begun[case] for case in told["case"]])
    for service, factor in ((1, kind.sizes[number]), (2, 1.0)):
        ratio = _figure(told, opened, service, kind.habit, later=True) / _figure(
            told, opened, service, kind.habit, later=False
        )
        if factor == 1.0:
            assert 0.8 < ratio < 1.25
        else:
            assert (ratio > 1.1) if factor > 1 else (ratio < 0.91)


class _Planted(making.Plan):
    """A plan whose changes are said, not drawn."""

    def __init__(self, fixed: tuple[planting.Change, ...], **more: object) -> None:
        super().__init__(**more)  # type: ignore[arg-type]
        object.__setattr__(self, "fixed", fixed)

    @property
    def changes(self) -> tuple[planting.Change, ...]:
        return self.fixed  # type: ignore[attr-defined, no-any-return]


def _figure(told: dict[str, np.ndarray], opened: np.ndarray, service: int, habit: str, *, later: bool) -> float:
    """What a habit comes to, among cases that opened from January to September of 2025 or of 2026."""
    first = 20454 if later else 20089  # 1 January of 2026, of 2025
    here = (told["service_id"] == service) & (opened >= first) & (opened < first + 273)
    of_type = {kind: here & (told["type"] == kind) for kind in Type}
    cases = of_type[Type.OPENED].sum()
    match habit:
        case "demand":
            return float(cases)
        case "time":
            done = of_type[Type.DELIVERED]
            opened_at = of_type[Type.OPENED]
            begun = dict(zip(told["case"][opened_at], told["occurred_us"][opened_at], strict=True))
            ends = zip(told["case"][done], told["occurred_us"][done], strict=True)
            return float(np.median([end - begun[case] for case, end in ends]))
        case "digital":
            return float((told["channel"][of_type[Type.OPENED]] == facts.CHANNELS.index("online")).mean())
        case "dropping":
            return float((of_type[Type.WITHDRAWN].sum() + of_type[Type.EXPIRED].sum()) / cases)
        case "rating":
            # A tenth more is all that a rating on a scale with an end can show; what is planted is stretched here.
            return float(told["rating"][of_type[Type.RATED]].mean()) ** 2
        case "cost":
            return float(told["cost_cents"][of_type[Type.DELIVERED]].mean())
        case "contact":
            return float((of_type[Type.CONTACT] & (told["contact"] < facts.Contact.OTHER)).sum() / cases)
        case "asking":
            asked = of_type[Type.EVIDENCE_REQUESTED]
            return float((told["evidence_held_by"][asked] >= 0).mean())
        case _:
            return float(of_type[Type.CONTESTED].sum() / of_type[Type.DECIDED].sum())


# ---- ways out ------------------------------------------------------------------------------------------------------


def test_the_stream_has_every_event_in_order_of_arrival_and_some_twice(told: dict[str, np.ndarray]) -> None:
    events = list(streaming.events(SMALL))
    counted = Counter(each.event_id for each in events)
    assert len(counted) == len(told["event"])
    assert 0.005 < len(events) / len(counted) - 1 < 0.02
    first: dict[bytes, Event] = {}
    for each in events:
        first.setdefault(each.event_id, each)
    fresh = list(first.values())
    arrived = [each.received_us for each in fresh]
    assert arrived == sorted(arrived)
    assert Counter(each.type for each in fresh) == Counter(told["type"].tolist())
    assert {each.corrects for each in fresh} - {None} <= counted.keys()
    assert min(each.case_id for each in fresh) > 0


def test_the_files_hold_the_same_events_as_the_columns(told: dict[str, np.ndarray], tmp_path: Path) -> None:
    about = parquet.write(SMALL, tmp_path / "a", buckets=2)
    found = duckdb.connect()
    found.execute(f"CREATE VIEW facts AS FROM read_parquet('{tmp_path}/a/**/*.parquet', hive_partitioning = true)")
    described = found.execute("DESCRIBE facts").fetchall()
    assert [row[0] for row in described][: len(facts.COLUMNS)] == list(facts.COLUMNS)
    kinds = {"UUID": "uuid", "BIGINT": "int64", "INTEGER": "int32", "SMALLINT": "int16", "TINYINT": "int8"}
    assert [kinds[row[1]] for row in described][: len(facts.COLUMNS)] == list(facts.COLUMNS.values())
    row = found.execute(
        "SELECT count(*), count(DISTINCT event_id), count(DISTINCT case_id), count(DISTINCT seq), sum(cost_cents),"
        " count(*) FILTER (service_id % 2 <> bucket) FROM facts"
    ).fetchone()
    costs = told["cost_cents"][told["cost_cents"] >= 0].sum()
    size, cases = len(told["event"]), len(np.unique(told["case"]))
    assert row == (size, size, cases, size, costs, 0)
    assert (about["rows"], about["cases"]) == (size, cases)
    assert found.execute(
        "SELECT count(*) FROM facts WHERE evidence < 0 OR rating < 0 OR person_key < 0"
    ).fetchone() == (0,)


def test_a_broken_run_goes_on_where_it_stopped_and_ends_the_same(tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def stop(_what: str, done: int, _of: int) -> None:
        if done == 5:
            raise Enough

    plan = dataclasses.replace(SMALL, cases=1_500)
    with pytest.raises(Enough):
        parquet.write(plan, tmp_path / "broken", step=stop)
    assert len(list((tmp_path / "broken").rglob("*.parquet"))) == 5
    kept = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "broken").rglob("*.parquet")}
    assert parquet.write(plan, tmp_path / "broken") == parquet.write(plan, tmp_path / "whole")
    assert all(
        path.stat().st_mtime_ns == kept[path.name]
        for path in (tmp_path / "broken").rglob("*.parquet")
        if path.name in kept
    )
    sums = []
    for name in ("broken", "whole"):
        asked = f"SELECT count(*), sum(seq), sum(occurred_us::HUGEINT) FROM '{tmp_path}/{name}/**/*.parquet'"
        sums.append(duckdb.connect().execute(asked).fetchall())
    assert sums[0] == sums[1]
    with pytest.raises(ValueError, match="another simulation"):
        parquet.write(dataclasses.replace(plan, seed=9), tmp_path / "whole")
