"""Facts to flows, beside a slow twin in plain Python: random cases with corrections, dates and several files."""

from __future__ import annotations

import itertools
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import duckdb
import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from ietvars.institution.deliveries import facts
from ietvars.institution.deliveries.facts import MARK, Type
from ietvars.institution.flows import mapping, reading, rules
from tests.institution.flows import laid

BEGIN = 20_454 * laid.DAY_US  # 2026-01-01
HOUR = laid.DAY_US // 24

Row = dict[str, Any]

event = st.fixed_dictionaries(
    {
        "service_id": st.integers(1, 2),
        "case_id": st.integers(1, 6),
        "occurred_us": st.integers(0, 70 * 24).map(lambda hour: BEGIN + hour * HOUR),
        "type": st.sampled_from([Type.OPENED, Type.STEP, Type.DECIDED, Type.DELIVERED, Type.WITHDRAWN]).map(int),
        "activity": st.sampled_from([0, 0, 11, 12, MARK]),
        "stage": st.integers(0, 3),
        "provider_id": st.integers(1, 2),
        "channel": st.integers(1, 2),
    }
)
log = st.lists(event, min_size=1, max_size=40)


def corrected(rows: list[Row], which: list[int]) -> list[Row]:
    """Rows with some that replace or take back earlier ones, of the same case."""
    made = [{**row, "case_id": row["case_id"] * 10 + row["service_id"]} for row in rows]
    for at in which:
        target = at % len(rows)
        row = {**made[target], "corrects": laid.event_id(target + 1), "occurred_us": made[target]["occurred_us"] + HOUR}
        made.append({**row, "type": int(Type.ANNULLED)} if at % 2 else row)
    return made


def cases_of(rows: list[Row], *, marks: bool = False) -> dict[tuple[int, int], list[Row]]:
    """The twin: rows that count by service and case, in order."""
    full = [{"seq": at, "event_id": laid.event_id(at), **row} for at, row in enumerate(rows, start=1)]
    gone = {row["corrects"] for row in full if row.get("corrects")}
    found: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in full:
        is_event = row["type"] != Type.ANNULLED and row["event_id"] not in gone and (row["activity"] == MARK) is marks
        if is_event:
            found[row["service_id"], row["case_id"]].append(row)
    return {key: sorted(held, key=lambda row: (row["occurred_us"], row["seq"])) for key, held in found.items()}


def number(row: Row) -> int:
    """The number under which an event stands in a flow."""
    return int(row["activity"] or -row["type"])


def flows(rows: list[Row], wanted: mapping.Wanted | None = None, *, parts: int = 1) -> dict[int, rules.Flow]:
    """The code under test, over rows laid in `parts` files a partition."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        full = [{"seq": at, "event_id": laid.event_id(at), **row} for at, row in enumerate(rows, start=1)]
        first = laid.cohorts(full)
        paths = [
            path
            for part in range(parts)
            for path in laid.lay(Path(folder), full[part::parts], name=f"part-{part}.parquet", first=first)
        ]
        mapping.cells(connection, paths, wanted or mapping.Wanted())
        return reading.flows(connection, "cell", today=30_000)


@settings(max_examples=25)
@given(rows=log, which=st.lists(st.integers(0, 100), max_size=3), parts=st.integers(1, 2))
def test_a_flow_equals_its_slow_twin(rows: list[Row], which: list[int], parts: int) -> None:
    rows = corrected(rows, which)
    found, wanted, marks = flows(rows, parts=parts), cases_of(rows), cases_of(rows, marks=True)
    assert set(found) == {service for service, _ in wanted}
    for service, flow in found.items():
        held = {case: events for (of, case), events in wanted.items() if of == service}
        pairs = [pair for events in held.values() for pair in itertools.pairwise(events)]
        n = Counter((number(a), number(b)) for a, b in pairs)
        assert {(one.source, one.target): one.n for one in flow.edges} == dict(n)
        us: Counter[tuple[int, int]] = Counter()
        for a, b in pairs:
            us[number(a), number(b)] += b["occurred_us"] - a["occurred_us"]
        assert {(one.source, one.target): one.sum_us for one in flow.edges} == {key: us[key] for key in n}
        variants = Counter(tuple(number(row) for row in events) for events in held.values())
        assert {one.activities: one.cases for one in flow.variants} == dict(variants)
        handovers = Counter(
            (a["provider_id"], b["provider_id"]) for a, b in pairs if a["provider_id"] != b["provider_id"]
        )
        assert {(one.source, one.target): one.n for one in flow.handovers} == dict(handovers)
        stopped: Counter[tuple[int, rules.Outcome]] = Counter()
        is_open = 0
        for case, events in held.items():
            types = {row["type"] for row in (*events, *marks.get((service, case), ()))}
            if Type.DELIVERED in types:
                continue
            steps = [row for row in events if row["type"] not in (Type.WITHDRAWN, Type.EXPIRED)] or events
            outcome = rules.Outcome.WITHDRAWN if Type.WITHDRAWN in types else rules.Outcome.LEFT
            is_open += outcome is rules.Outcome.LEFT
            stopped[number(steps[-1]), outcome] += 1
        assert {(one.activity, one.outcome): one.cases for one in flow.dropouts} == dict(stopped)
        assert flow.open_cases == is_open


@settings(max_examples=15)
@given(rows=log)
def test_ways_through_the_stages_equal_their_slow_twin(rows: list[Row]) -> None:
    rows = corrected(rows, [])
    wanted, marks = cases_of(rows), cases_of(rows, marks=True)
    for service, flow in flows(rows).items():
        ways: Counter[tuple[tuple[int, ...], int]] = Counter()
        for (of, case), events in wanted.items():
            if of == service:
                stages = [row["stage"] for row in events if row["stage"]]
                path = tuple(stage for stage, _ in itertools.groupby(stages))
                met = 0
                for row in (*events, *marks.get((of, case), ())):
                    met |= 1 << row["type"]
                types = [row["type"] for row in events]
                if {Type.DELIVERED, Type.DECIDED} <= set(types) and types.index(Type.DELIVERED) < types.index(
                    Type.DECIDED
                ):
                    met |= rules.RESULT_FIRST
                ways[path, met] += 1
        assert {(one.stages, one.met): one.cases for one in flow.ways} == dict(ways)


def a_case(case: int, *steps: tuple[int, float], **said: Any) -> list[Row]:
    """One case: (activity, hours after the one before) each."""
    at, made = BEGIN, []
    for activity, hours in steps:
        at += int(hours * HOUR)
        made.append({"case_id": case, "activity": activity, "occurred_us": at, **said})
    return made


def test_cases_are_chosen_whole_by_the_channel_of_their_opening() -> None:
    online = [{**row, "channel": at + 1} for at, row in enumerate(a_case(1, (11, 0), (12, 1), (13, 1)))]
    post = [{**row, "channel": 2} for row in a_case(2, (11, 0), (13, 1))]
    found = flows([*online, *post], mapping.Wanted((1,), channel=1))[1]
    assert (found.cases, found.events) == (1, 3)


def test_the_opening_says_the_channel_however_late_it_came() -> None:
    late = a_case(1, (12, 2), (13, 1))
    rows = [{**row, "channel": 2} for row in late]
    rows.append({"case_id": 1, "occurred_us": BEGIN, "type": int(Type.OPENED), "channel": 3})
    assert flows(rows, mapping.Wanted((1,), channel=3))[1].cases == 1
    assert flows(rows)[1].openings == (rules.Opening(3, 1, 1),)


def test_a_date_of_the_case_may_be_its_opening() -> None:
    rows = [{**row, "channel": 0} for row in a_case(1, (11, 0), (12, 1))]
    rows.append({"case_id": 1, "occurred_us": BEGIN, "type": int(Type.OPENED), "activity": MARK, "channel": 3})
    assert flows(rows)[1].openings == (rules.Opening(3, 1, 1),)
    assert (flows(rows, mapping.Wanted((1,), channel=3))[1].cases, flows(rows)[1].events) == (1, 2)


def test_nothing_of_a_service_that_has_no_facts() -> None:
    assert flows(a_case(1, (11, 0)), mapping.Wanted((7,))) == {}


@pytest.mark.parametrize("cases", [60, 700])
def test_times_are_read_off_within_one_percent(cases: int) -> None:
    rows = [row for case in range(1, cases + 1) for row in a_case(case, (11, 0), (12, 0.25 + case % 97))]
    times = sorted(0.25 + case % 97 for case in range(1, cases + 1))
    (edge,) = flows(rows)[1].edges
    assert edge.median_us / HOUR == pytest.approx(times[(cases - 1) // 2], rel=0.03)
    assert edge.p90_us / HOUR == pytest.approx(times[int(cases * 0.9)], rel=0.03)


def test_months_add_up_to_the_times_of_the_whole() -> None:
    first = [row for case in range(1, 400) for row in a_case(case, (11, 0), (12, 1))]
    later = [
        {**row, "occurred_us": row["occurred_us"] + 40 * laid.DAY_US}
        for case in range(400, 601)
        for row in a_case(case, (11, 0), (12, 9))
    ]
    (edge,) = flows([*first, *later])[1].edges
    assert edge.n == 600
    assert edge.median_us / HOUR == pytest.approx(1, rel=0.0102)
    assert edge.p90_us / HOUR == pytest.approx(9, rel=0.0102)


def test_a_share_of_cases_shows_the_passages_of_the_commonest_ways() -> None:
    rows = [row for case in range(1, 9) for row in a_case(case, (11, 0), (12, 1))]
    rows += [*a_case(9, (11, 0), (13, 1), (12, 1)), *a_case(10, (13, 0), (12, 1))]
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        mapping.cells(connection, laid.lay(Path(folder), rows))
        shown = {share: reading.flows(connection, "cell", today=0, share=share)[1].shown for share in (0.7, 0.9, 1.0)}
    assert shown[0.7] == {(11, 12)}
    assert shown[0.9] == {(11, 12), (13, 12)}
    assert shown[1.0] == {(11, 12), (11, 13), (13, 12)}


def test_facts_that_lie_out_of_order_are_sorted_first(tmp_path: Path) -> None:
    (path,) = laid.lay(tmp_path, [*a_case(2, (11, 0), (12, 1)), *a_case(1, (11, 0), (12, 1))])
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE f AS SELECT * FROM '{path}' ORDER BY occurred_us, case_id DESC")
        connection.execute(f"COPY f TO '{path}' (FORMAT parquet)")
        found = mapping.all_services(connection, [path])
        mapping.cells(connection, [path])
        (flow,) = reading.flows(connection, "cell", today=0).values()
    assert found == [mapping.Passage(1, 11, 12, 2, 2 * HOUR), mapping.Passage(1, 12, mapping.END, 2, 0)]
    assert [(edge.source, edge.target, edge.n) for edge in flow.edges] == [(11, 12, 2)]


def test_no_type_has_the_number_of_the_end() -> None:
    assert mapping.END not in {-int(kind) for kind in facts.Type}
