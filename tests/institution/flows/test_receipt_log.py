"""The flow of a real log, step for step: the receipt phase of environmental permits (WABO), told apart in plain Python.

The oracle reads the file itself and counts what followed what with a loop, as pm4py does; it shares no line with the
code under test but the layout of facts.
"""

from __future__ import annotations

import csv
import gzip
import itertools
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from ietvars.institution.flows import mapping, reading, rules
from tests.institution.flows import laid


@pytest.fixture(scope="module")
def events(shared: Path) -> list[dict[str, str]]:
    """Events of the log, in the order of its file."""
    with gzip.open(shared / "data/eventlog-wabo-receipt/receipt.csv.gz", "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def numbers(events: list[dict[str, str]]) -> dict[str, int]:
    """Name of each activity to a number."""
    return {name: at for at, name in enumerate(sorted({row["concept:name"] for row in events}), start=101)}


def _us(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1_000_000)


@pytest.fixture(scope="module")
def paths(events: list[dict[str, str]], numbers: dict[str, int], tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The log as facts."""
    cases: dict[str, int] = {}
    groups: dict[str, int] = {}
    rows = [
        {
            "case_id": cases.setdefault(row["case:concept:name"], len(cases) + 1),
            "activity": numbers[row["concept:name"]],
            "provider_id": groups.setdefault(row["org:group"], len(groups) + 1),
            "occurred_us": _us(row["time:timestamp"]),
        }
        for row in events
    ]
    return laid.lay(tmp_path_factory.mktemp("receipt"), rows)


@pytest.fixture(scope="module")
def traces(events: list[dict[str, str]]) -> list[list[tuple[str, int]]]:
    """The oracle's cases: (activity, microseconds) by time, as they stood in the file where the time is the same."""
    found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for at, row in enumerate(events):
        found[row["case:concept:name"]].append((_us(row["time:timestamp"]), at, row["concept:name"]))
    return [[(name, us) for us, _, name in sorted(case)] for case in found.values()]


@pytest.fixture(scope="module")
def flow(paths: list[str]) -> rules.Flow:
    """The flow under test."""
    with duckdb.connect() as connection:
        mapping.cells(connection, paths)
        return reading.flows(connection, "cell", today=0)[1]


def test_the_log_has_its_known_size(flow: rules.Flow) -> None:
    assert (flow.cases, flow.events, len(flow.activities), flow.variants_n) == (1434, 8577, 27, 116)
    assert flow.variants[0].cases == 713


def test_every_passage_is_counted_and_timed_as_by_a_plain_loop(
    flow: rules.Flow, traces: list[list[tuple[str, int]]], numbers: dict[str, int]
) -> None:
    n: Counter[tuple[int, int]] = Counter()
    us: Counter[tuple[int, int]] = Counter()
    cases: dict[tuple[int, int], set[int]] = defaultdict(set)
    times: dict[tuple[int, int], list[int]] = defaultdict(list)
    for at, trace in enumerate(traces):
        for (first, begun), (then, ended) in itertools.pairwise(trace):
            key = numbers[first], numbers[then]
            n[key] += 1
            us[key] += ended - begun
            cases[key].add(at)
            times[key].append(ended - begun)

    assert {(edge.source, edge.target): edge.n for edge in flow.edges} == dict(n)
    assert {(edge.source, edge.target): edge.sum_us for edge in flow.edges} == dict(us)
    assert {(edge.source, edge.target): edge.cases for edge in flow.edges} == {
        key: len(of) for key, of in cases.items()
    }
    for edge in flow.edges:
        held = sorted(times[edge.source, edge.target])
        median = held[(len(held) - 1) // 2]
        if len(held) <= mapping.GRID:
            assert edge.median_us == pytest.approx(median, rel=0.0102, abs=1)


def test_every_variant_and_activity_is_counted_as_by_a_plain_loop(
    flow: rules.Flow, traces: list[list[tuple[str, int]]], numbers: dict[str, int]
) -> None:
    variants = Counter(tuple(numbers[name] for name, _ in trace) for trace in traces)
    assert {one.activities: one.cases for one in flow.variants} == dict(variants)

    events = Counter(numbers[name] for trace in traces for name, _ in trace)
    starts = Counter(numbers[trace[0][0]] for trace in traces)
    ends = Counter(numbers[trace[-1][0]] for trace in traces)
    cases = Counter(number for trace in traces for number in {numbers[name] for name, _ in trace})
    for one in flow.activities:
        assert (one.events, one.cases, one.starts, one.ends) == (
            events[one.number],
            cases[one.number],
            starts[one.number],
            ends[one.number],
        )


def test_every_return_to_a_step_is_counted_as_by_a_plain_loop(
    flow: rules.Flow, traces: list[list[tuple[str, int]]], numbers: dict[str, int]
) -> None:
    times: Counter[int] = Counter()
    cases: dict[int, set[int]] = defaultdict(set)
    for at, trace in enumerate(traces):
        last: dict[int, int] = {}
        for place, (name, _) in enumerate(trace):
            number = numbers[name]
            if number in last and place - last[number] > 1:
                times[number] += 1
                cases[number].add(at)
            last[number] = place
    assert {one.activity: (one.times, one.cases) for one in flow.loops} == {
        number: (times[number], len(cases[number])) for number in times
    }


def test_hand_overs_between_groups_are_counted_as_by_a_plain_loop(
    flow: rules.Flow, events: list[dict[str, str]]
) -> None:
    found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for at, row in enumerate(events):
        found[row["case:concept:name"]].append((_us(row["time:timestamp"]), at, row["org:group"]))
    wanted = sum(
        first != then for case in found.values() for (_, _, first), (_, _, then) in itertools.pairwise(sorted(case))
    )
    assert sum(one.n for one in flow.handovers) == wanted


def test_all_services_at_once_give_the_same_passages(flow: rules.Flow, paths: list[str]) -> None:
    with duckdb.connect() as connection:
        found = mapping.all_services(connection, paths)
    assert {(one.source, one.target): (one.n, one.sum_us) for one in found if one.target != mapping.END} == {
        (edge.source, edge.target): (edge.n, edge.sum_us) for edge in flow.edges
    }
    assert {one.source: one.n for one in found if one.target == mapping.END} == {
        one.number: one.ends for one in flow.activities if one.ends
    }
