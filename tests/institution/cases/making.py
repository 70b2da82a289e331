"""Random but lawful events for Hypothesis, and how to compute and read marts in tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import ibis
from hypothesis import Phase
from hypothesis import strategies as st

from ietvars.institution.cases import computing, running, schema
from ietvars.institution.cases.dimensions import Dimensions
from ietvars.institution.deliveries.facts import Type
from tests.institution.cases import made, oracle

FIRST_DAY = 19_720  # 2023-12-29
TERMS = {(1, 1): 3, (2, 1): 0, (2, 2): 10}
KNOWN = Dimensions(tuple((*key, days) for key, days in TERMS.items()), (1, 2, 3, 10, 11))

Row = dict[str, Any]

PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
"""An example takes half a second, so a failing one is told as it is: making it smaller would take minutes."""


@st.composite
def histories(draw: st.DrawFn, cases: int = 6, events: int = 30) -> list[Row]:
    """Events in order of arrival, some of which correct earlier or later ones of the same case."""
    rows: list[Row] = []
    for seq in range(1, draw(st.integers(1, events)) + 1):
        case = draw(st.integers(1, cases))
        kind = draw(st.sampled_from(list(Type)))
        day = FIRST_DAY + draw(st.integers(0, 100))
        row: Row = {
            **made.DEFAULTS,
            "event_id": made.event_id(seq),
            "seq": seq,
            "case_id": case,
            "service_id": 1 + case % 2,
            "service_version": draw(st.integers(0, 2)),
            "holder_id": draw(st.integers(1, 2)),
            "provider_id": draw(st.integers(1, 2)),
            "channel": draw(st.integers(0, 3)),
            "origin": draw(st.integers(1, 3)),
            "person_key": draw(st.sampled_from([None, 7, 8])) if case > 1 else 7,
            "type": int(kind),
            "stage": draw(st.integers(0, 3)),
            "activity": draw(st.sampled_from([-1, 0, 11, 12])),
            "contact": draw(st.integers(0, 4)) if kind is Type.CONTACT else 0,
            "occurred_us": day * made.DAY_US + draw(st.integers(0, 20)) * 1_000_000_000,
            "day": day,
        }
        if kind is Type.OPENED and draw(st.booleans()):
            row["due_us"] = (day + draw(st.integers(0, 9))) * made.DAY_US
        if kind is Type.EVIDENCE_REQUESTED:
            row |= {"evidence": 1, "evidence_held_by": draw(st.sampled_from([None, 4]))}
        if kind is Type.RATED:
            row |= {"rating": draw(st.integers(0, 1000)), "rating_method": draw(st.integers(1, 3))}
        if kind is Type.DELIVERED:
            row["cost_cents"] = draw(st.sampled_from([None, 0, 1250]))
        same = [other["event_id"] for other in rows if other["case_id"] == case]
        if kind is Type.ANNULLED or (same and draw(st.integers(0, 9)) == 0):
            row["corrects"] = draw(st.sampled_from(same)) if same else made.event_id(10_000 + seq)
        rows.append(row)
    return rows


def cohorts(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[int, int], int]:
    """(service, case) to the month of its earliest event, corrected or not, as compaction lays it."""
    first: dict[int, int] = {}
    for row in rows:
        first[row["case_id"]] = min(first.get(row["case_id"], row["day"]), row["day"])
    return {(row["service_id"], row["case_id"]): oracle.month_of(first[row["case_id"]]) for row in rows}


def engine(connection: duckdb.DuckDBPyConnection) -> running.Duck:
    """DuckDB to compute with."""
    return running.Duck(connection, lambda expression, name: str(ibis.to_sql(expression, dialect=name)))


def recompute(facts: Path, out: Path, known: Dimensions = KNOWN) -> None:
    """Compute what lies under `facts` into `out`."""
    with duckdb.connect() as connection:
        computing.recompute(engine(connection), computing.found(facts), known, computing.into(out), watermark=99)


def read(out: Path, dataset: str) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """A mart: keys to the rest, without marks; each key once, and none of no case."""
    columns = [name for name in schema.DATASETS[dataset] if name not in schema.MARKS]
    keys = KEYS[dataset]
    paths = [str(path) for path in sorted((out / dataset).glob("**/*.parquet"))]
    if not paths:
        return {}
    named = ", ".join(f'"{name}"' for name in columns)
    rows = duckdb.execute(f"SELECT {named} FROM read_parquet({paths}, hive_partitioning = false)").fetchall()
    count = columns.index(schema.COUNTS[dataset])
    return {row[: len(keys)]: row[len(keys) :] for row in added_up(rows, len(keys)) if row[count]}


def added_up(rows: Sequence[tuple[Any, ...]], keys: int) -> list[tuple[Any, ...]]:
    """Rows of like keys added up, since a cell may lie in two files when a case strayed."""
    found: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        cell = found.setdefault(row[:keys], [0] * (len(row) - keys))
        for at, value in enumerate(row[keys:]):
            cell[at] += value
    return [(*key, *cell) for key, cell in found.items()]


KEYS = {
    "mart_month": tuple(schema.CELL),
    "mart_hist": tuple(schema.HIST_CELL),
    "mart_step": tuple(schema.STEP_CELL),
    "state_month": tuple(schema.STATE_CELL),
    "state_hist": (*schema.STATE_CELL, "measure", "bucket"),
}
