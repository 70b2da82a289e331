"""Writes a simulation as files of facts in the layout of the lake, beside the lake: for measuring, at any size.

Each month is one file per bucket, written under a temporary name and renamed, so that a broken run goes on where it
stopped. The engine turns numbers into ids and sorts; nothing but DuckDB is needed. It must not publish anything.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from ietvars.doors.machines.feeds.simulated import making
from ietvars.doors.machines.feeds.simulated.clock import Ints
from ietvars.institution.deliveries import facts

VERSION = 2
"""Of the way in which events are made up; another one makes old folders useless for comparing."""

ABOUT = "about.json"
ROW_GROUP = 122_880
MADE_OF: dict[str, str] = {
    "event_id": "md5(event::VARCHAR)::UUID",
    "corrects": "CASE WHEN corrects >= 0 THEN md5(corrects::VARCHAR)::UUID END",
    "caused_by_case_id": "nullif(cause_id, -1)",
    "person_key": "nullif(person_id, -1)",
    "key_version": "0",
    "schema_version": str(facts.SCHEMA_VERSION),
}
NULLABLE = ("due_us", "evidence", "evidence_held_by", "cost_cents", "rating")
Step = Callable[[str, int, int], None]


def write(plan: making.Plan, folder: Path, *, buckets: int = 1, step: Step | None = None) -> dict[str, Any]:
    """Write all months that are not there yet; returns what about.json says: rows, cases, truth.

    Raises ValueError when the folder holds another simulation.
    """
    folder.mkdir(parents=True, exist_ok=True)
    about = {
        "version": VERSION, "seed": plan.seed, "cases_asked": plan.cases, "months": plan.months_made,
        "until": plan.until.isoformat(), "services": len(plan.nation.offerings), "buckets": buckets,
    }  # fmt: skip
    known = json.loads((folder / ABOUT).read_text()) if (folder / ABOUT).is_file() else {}
    if known and any(known.get(name) != value for name, value in about.items()):
        raise ValueError(f"{folder} holds another simulation.")
    done: dict[str, list[int]] = known.get("done", {})
    if len(done) < len(plan.months_made):
        _write_months(plan, folder, buckets, about, done, step)
    told: dict[str, Any] = json.loads((folder / ABOUT).read_text())
    return told


def _write_months(
    plan: making.Plan, folder: Path, buckets: int, about: dict[str, Any], done: dict[str, list[int]], step: Step | None
) -> None:
    connection = duckdb.connect()
    connection.execute("SET preserve_insertion_order = false")
    next_seq = 1
    for number, month in enumerate(making.months(plan), start=1):
        if str(month.cohort) not in done:
            columns = _columns(month, plan.seed, next_seq)
            for bucket in range(buckets):
                _write_bucket(connection, columns, folder, month.cohort, bucket, buckets)
            done[str(month.cohort)] = [len(month), len(np.unique(month.columns["case"]))]
            rows, cases = (sum(each[place] for each in done.values()) for place in (0, 1))
            _keep(folder / ABOUT, {**about, "done": done, "rows": rows, "cases": cases})
        next_seq += len(month)
        if step:
            step("months", number, len(plan.months_made))
    _keep(folder / "truth.json", plan.truth())
    connection.close()


def _columns(month: making.Month, seed: int, next_seq: int) -> dict[str, Ints]:
    """The columns of a month with ids, and the order of arrival as seq."""
    told = month.columns
    order = np.argsort(told["received_us"], kind="stable")
    seq = np.empty(len(month), dtype=np.int64)
    seq[order] = np.arange(next_seq, next_seq + len(month))
    found = {name: values for name, values in told.items() if name not in ("case", "cause", "person")}
    found["seq"] = seq
    found["case_id"] = _mixed(told["case"], seed)
    found["cause_id"] = np.where(told["cause"] < 0, -1, _mixed(told["cause"], seed))
    found["person_id"] = np.where(told["person"] < 0, -1, _mixed(told["person"], seed + 1_000_003))
    return found


def _mixed(numbers: Ints, seed: int) -> Ints:
    """63 bits that look like a digest and are never the same for two numbers (splitmix64 is one to one, but for the
    one bit that is left out; nobody has met the two that then fall together)."""
    with np.errstate(over="ignore"):
        mixed = numbers.astype(np.uint64) + np.uint64((seed * 0x9E3779B97F4A7C15 + 1) % 2**64)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(1)).astype(np.int64)


def _write_bucket(
    connection: duckdb.DuckDBPyConnection,
    columns: dict[str, Ints],
    folder: Path,
    cohort: int,
    bucket: int,
    buckets: int,
) -> None:
    place = folder / f"cohort={cohort}" / f"bucket={bucket}"
    place.mkdir(parents=True, exist_ok=True)
    first, last = int(columns["seq"].min(initial=0)), int(columns["seq"].max(initial=0))
    path = place / f"part-{first}-{last}.parquet"
    writing = place / f".{path.name}.writing"
    chosen = ", ".join(f'CAST({_made_of(name)} AS {_type(kind)}) AS "{name}"' for name, kind in facts.COLUMNS.items())
    connection.register("made", columns)
    connection.execute(
        f"COPY (SELECT {chosen} FROM made WHERE service_id % {buckets} = {bucket} ORDER BY {', '.join(facts.ORDER)})"  # noqa: S608 - our own names
        f" TO '{writing}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, ROW_GROUP_SIZE {ROW_GROUP})"
    )
    connection.unregister("made")
    writing.rename(path)


def _made_of(name: str) -> str:
    return MADE_OF.get(name) or (f"nullif({name}, -1)" if name in NULLABLE else name)


def _type(kind: str) -> str:
    return {"uuid": "UUID", "int64": "BIGINT", "int32": "INTEGER", "int16": "SMALLINT", "int8": "TINYINT"}[kind]


def _keep(path: Path, document: dict[str, Any]) -> None:
    writing = path.with_name(f".{path.name}.writing")
    writing.write_text(json.dumps(document, ensure_ascii=False, indent=1))
    writing.rename(path)
