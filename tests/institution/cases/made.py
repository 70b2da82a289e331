"""Makes facts for tests: many by DuckDB from a seed, few row by row. Both lay them as compaction does."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from ietvars.institution.deliveries import facts

DUCK_TYPES = {"uuid": "UUID", "int64": "BIGINT", "int32": "INTEGER", "int16": "SMALLINT", "int8": "TINYINT"}

DEFAULTS: dict[str, Any] = dict.fromkeys(facts.COLUMNS) | {
    "service_id": 1,
    "service_version": 1,
    "holder_id": 1,
    "provider_id": 1,
    "channel": 1,
    "origin": 1,
    "key_version": 1,
    "type": facts.Type.STEP,
    "stage": 0,
    "activity": 0,
    "contact": 0,
    "occurred_us": 0,
    "received_us": 0,
    "day": 0,
    "rating_method": 0,
    "schema_version": 1,
}

DAY_US = 86_400_000_000


def columns() -> str:
    """Columns of a table of facts, for CREATE TABLE."""
    return ", ".join(f'"{name}" {DUCK_TYPES[kind]}' for name, kind in facts.COLUMNS.items())


def write(
    rows: Iterable[Mapping[str, Any]], folder: Path, *, cohort_of: Mapping[tuple[int, int], int], name: str
) -> None:
    """Lay rows under `folder` as `cohort=/bucket=0/<name>.parquet`; the cohort by (service_id, case_id)."""
    filled = [{**DEFAULTS, **row} for row in rows]
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE facts ({columns()}, cohort INTEGER)")
        if filled:
            by_column = [[row[each] for row in filled] for each in facts.COLUMNS]
            by_column.append([cohort_of[row["service_id"], row["case_id"]] for row in filled])
            connection.execute(f"INSERT INTO facts SELECT {', '.join('unnest(?)' for _ in by_column)}", by_column)
        for (cohort,) in connection.execute("SELECT DISTINCT cohort FROM facts").fetchall():
            place = folder / f"cohort={cohort}" / "bucket=0"
            place.mkdir(parents=True, exist_ok=True)
            connection.execute(
                f"COPY (SELECT * EXCLUDE cohort FROM facts WHERE cohort = {cohort} ORDER BY {', '.join(facts.ORDER)})"
                f" TO '{place / name}.parquet' (FORMAT parquet, COMPRESSION zstd)"
            )


def event_id(number: int) -> uuid.UUID:
    """The id of a numbered event."""
    return uuid.UUID(int=number)


def paths(folder: Path) -> dict[tuple[int, int], list[str]]:
    """The files below a folder by (cohort, bucket)."""
    found: dict[tuple[int, int], list[str]] = {}
    for path in sorted(folder.glob("cohort=*/bucket=*/*.parquet")):
        cohort, bucket = (int(part.partition("=")[2]) for part in path.parts[-3:-1])
        found.setdefault((cohort, bucket), []).append(str(path))
    return found


def many(
    folder: Path, *, cases: int, months: int = 24, services: int = 200, buckets: int = 1, seed: int = 1,
    corrected: int = 0, first_month: int = 2024 * 12, persons: int = 0,
) -> int:  # fmt: skip
    """Lay about 5.4 facts a case, month by month; one of `corrected` contacts is corrected. Returns the facts.

    Services are of very unequal size, persons come back, a tenth of the cases wait, every twentieth is dropped and the
    newest are still open. The same seed makes the same facts.
    """
    persons = persons or max(10, cases // 8)
    total = 0
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("SET preserve_insertion_order = false")
        for at in range(months):
            number = first_month + at
            cohort = number // 12 * 100 + number % 12 + 1
            per = cases // months + (1 if at < cases % months else 0)
            start = at * (cases // months + 1)
            connection.execute(_CASES, {
                "start": start, "end": start + per, "seed": seed, "services": services, "persons": persons,
                "month": f"{number // 12}-{number % 12 + 1:02d}-01", "last": _last_day(first_month + months),
            })  # fmt: skip
            connection.execute(_EVENTS)
            if corrected:
                connection.execute(_CORRECTIONS, {"one_in": corrected})
            for bucket in range(buckets):
                place = folder / f"cohort={cohort}" / f"bucket={bucket}"
                place.mkdir(parents=True, exist_ok=True)
                row = connection.execute(
                    f"COPY ({_FACTS} WHERE service_id % {buckets} = {bucket} ORDER BY {', '.join(facts.ORDER)}) TO"
                    f" '{place / 'part-1.parquet'}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
                ).fetchone()
                assert row is not None
                total += row[0]
    return total


def _last_day(number: int) -> str:
    return f"{number // 12}-{number % 12 + 1:02d}-01"


_CASES = """
CREATE OR REPLACE TEMP TABLE made AS
WITH drawn AS (
    SELECT i, hash(i, $seed) AS h, hash(i, $seed, 2) AS g, hash(i, $seed, 3) AS k FROM range($start, $end) AS r(i)
)
SELECT i AS n, (h // 2)::BIGINT AS case_id,
    (1 + floor(pow((h % 1000003) / 1000003.0, 3) * $services))::INTEGER AS service_id,
    (g % $persons) + 1 AS person, (g // 1000 % 7)::TINYINT + 1 AS channel, (g // 77777 % 10)::INTEGER AS dice,
    (g // 31 % 3)::TINYINT + 1 AS origin, k, $seed AS seed,
    epoch_us(DATE $month) // 86400000000 + (g // 999983 % 28) AS day0,
    (k % 36000000000)::BIGINT + 21600000000 AS at_us,
    (CASE WHEN k // 3 % 20 = 0 THEN 60 + k // 7 % 200 ELSE k // 7 % 25 END)::INTEGER AS lead,
    epoch_us(DATE $last) // 86400000000 AS last_day
FROM drawn
"""
_CASES = _CASES.replace("DATE $month", "CAST($month AS DATE)").replace("DATE $last", "CAST($last AS DATE)")

_EVENTS = """
CREATE OR REPLACE TEMP TABLE happened AS
WITH all_of AS (
    SELECT *, 1 AS type, 1 AS stage, 0 AS activity, 0 AS contact, 0 AS after, 1 AS o FROM made
    UNION ALL SELECT *, 2, 2, 10 + service_id % 5, 0, lead // 4, 2 FROM made
    UNION ALL SELECT *, 2, 2, 20 + service_id % 3, 0, lead // 2, 3 FROM made WHERE k % 3 <> 0
    UNION ALL SELECT *, 3, 2, 0, 0, lead // 3, 4 FROM made WHERE k % 10 = 1
    UNION ALL SELECT *, 4, 2, 0, 0, lead // 2, 5 FROM made WHERE k % 10 = 1
    UNION ALL SELECT *, 5, 1, 0, 0, 0, 6 FROM made WHERE k % 5 = 2
    UNION ALL SELECT *, 6, 0, 0, 1 + k // 11 % 4, lead // 2, 7 FROM made WHERE k % 4 = 2
    UNION ALL SELECT *, 7, 2, 0, 0, lead, 8 FROM made WHERE k % 20 <> 3
    UNION ALL SELECT *, 8, 3, 0, 0, lead, 9 FROM made WHERE k % 20 <> 3
    UNION ALL SELECT *, 9, 0, 0, 0, lead + 1, 10 FROM made WHERE k % 6 = 4
    UNION ALL SELECT *, CASE WHEN k % 40 = 3 THEN 10 ELSE 11 END, 0, 0, 0, lead // 2, 11 FROM made WHERE k % 20 = 3
    UNION ALL SELECT *, 12, 0, 0, 0, lead + 9, 12 FROM made WHERE k % 50 = 7
    UNION ALL SELECT *, 13, 0, 0, 0, lead + 30, 13 FROM made WHERE k % 200 = 7
)
SELECT *, n * 16 + o AS event, NULL::BIGINT AS corrected FROM all_of WHERE day0 + after < last_day
"""

_CORRECTIONS = """
INSERT INTO happened
SELECT * REPLACE (CASE WHEN k % 2 = 0 THEN 14 ELSE 6 END AS type, 4 AS contact, event + 8 AS event, event AS corrected)
FROM happened WHERE o = 7 AND k // 13 % $one_in = 0
"""

_FACTS = """
SELECT md5('e' || seed || '-' || event)::UUID AS event_id, event::BIGINT AS seq, case_id,
    NULL::BIGINT AS caused_by_case_id,
    service_id, 1::SMALLINT AS service_version, (1 + service_id % 180)::INTEGER AS holder_id,
    (CASE WHEN k % 100 < 15 THEN 181 + service_id % 9 ELSE 1 + service_id % 180 END)::INTEGER AS provider_id,
    (CASE WHEN o = 9 AND k // 17 % 4 = 0 THEN 1 ELSE channel END)::TINYINT AS channel, origin,
    CASE WHEN dice = 0 THEN NULL ELSE (hash(person, seed) // 2)::BIGINT END AS person_key, 1::SMALLINT AS key_version,
    type::TINYINT AS type, stage::TINYINT AS stage, activity::INTEGER AS activity, contact::TINYINT AS contact,
    ((day0 + after) * 86400000000 + at_us + o * 60000000)::BIGINT AS occurred_us,
    ((day0 + after) * 86400000000 + at_us + o * 60000000 + 5000000)::BIGINT AS received_us,
    (day0 + after)::INTEGER AS day,
    CASE WHEN o = 1 AND k % 30 = 0 THEN (day0 + 15) * 86400000000 + at_us END::BIGINT AS due_us,
    CASE WHEN type = 5 THEN 7 END::INTEGER AS evidence,
    CASE WHEN type = 5 AND k // 19 % 3 = 0 THEN 9 END::INTEGER AS evidence_held_by,
    CASE WHEN type = 8 THEN 100 + k // 23 % 9000 END::INTEGER AS cost_cents,
    CASE WHEN type = 9 THEN k // 29 % 11 * 100 END::SMALLINT AS rating, CASE WHEN type = 9 THEN 1 ELSE 0 END::TINYINT
    AS rating_method, CASE WHEN corrected IS NOT NULL THEN md5('e' || seed || '-' || corrected)::UUID END AS corrects,
    1::TINYINT AS schema_version
FROM happened
"""


def tables(sequence: Sequence[str]) -> str:
    """A list of paths within SQL."""
    return ", ".join(f"'{each}'" for each in sequence)
