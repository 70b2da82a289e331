"""Facts laid as Parquet files in the folders of the lake, for tests that need no intake. Not a test itself."""

from __future__ import annotations

import csv
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from ietvars.institution.deliveries import facts

TYPES = {"int8": "TINYINT", "int16": "SMALLINT", "int32": "INTEGER", "int64": "BIGINT", "uuid": "UUID"}

PLAIN: dict[str, Any] = {
    "service_id": 1,
    "service_version": 1,
    "holder_id": 1,
    "provider_id": 1,
    "channel": 1,
    "origin": 1,
    "key_version": 0,
    "type": int(facts.Type.STEP),
    "stage": 0,
    "activity": 0,
    "contact": 0,
    "received_us": 0,
    "rating_method": 0,
    "schema_version": facts.SCHEMA_VERSION,
}
"""What a fact says unless a test says otherwise."""

DAY_US = 86_400_000_000


def event_id(number: int) -> str:
    """The digest of the fact with this seq."""
    return str(uuid.UUID(int=number))


def cohorts(rows: Iterable[Mapping[str, Any]]) -> dict[int, int]:
    """Each case to its first legal day."""
    opened: dict[int, int] = {}
    for row in rows:
        day = row["occurred_us"] // DAY_US
        opened[row["case_id"]] = min(day, opened.get(row["case_id"], day))
    return opened


def lay(
    folder: Path,
    rows: Iterable[Mapping[str, Any]],
    *,
    name: str = "part-1-2.parquet",
    first: Mapping[int, int] | None = None,
) -> list[str]:
    """Write facts as the lake holds them: a case whole in the partition of its first month, in order. Returns paths.

    A row may leave out all but `case_id` and `occurred_us`; its seq is its place unless it says it. `first` tells each
    case's first day where not all of its facts are here.
    """
    full = [
        {**PLAIN, "seq": at, "event_id": event_id(at), "day": row["occurred_us"] // DAY_US, **row}
        for at, row in enumerate(rows, start=1)
    ]
    opened = first or cohorts(full)
    held: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in full:
        held[_month(opened[row["case_id"]])].append(row)
    return [_write(folder / f"cohort={cohort}" / "bucket=0" / name, some) for cohort, some in sorted(held.items())]


def _month(day: int) -> int:
    found = date(1970, 1, 1) + timedelta(days=day)
    return found.year * 100 + found.month


def _write(path: Path, rows: list[dict[str, Any]]) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    given = path.with_suffix(".csv")
    with given.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(facts.COLUMNS))
        writer.writeheader()
        writer.writerows({name: row.get(name) for name in facts.COLUMNS} for row in rows)
    types = {name: TYPES[kind] for name, kind in facts.COLUMNS.items()}
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM read_csv('{given}', header = true, columns = {types}) ORDER BY "
            f"{', '.join(facts.ORDER)}) TO '{path}' (FORMAT parquet)"
        )
    given.unlink()
    return str(path)


def publish(rows: Iterable[Mapping[str, Any]], *, drop: Iterable[int] = ()) -> int:
    """Lay facts into the lake of the settings and let the manifest name them; needs the database."""
    from ietvars.ground.lake import actions, files
    from ietvars.ground.lake.rules import NewPart
    from ietvars.ground.people.rules import SYSTEM
    from tests.world import NOW

    paths = lay(files.root() / "facts", rows, name=f"part-{uuid.uuid4().hex}.parquet")
    add = []
    for path in map(Path, paths):
        size, sha256 = files.measured(path)
        cohort = int(path.parent.parent.name.partition("=")[2])
        with duckdb.connect() as connection:
            row = connection.execute(f"SELECT count(*), min(seq), max(seq) FROM '{path}'").fetchone()
        assert row is not None
        add.append(NewPart(cohort, 0, str(path.relative_to(files.root())), row[0], size, sha256, row[1], row[2]))
    last = max(part.last_seq for part in add)
    return actions.publish(dataset="facts", add=add, drop=list(drop), watermark=last, by=SYSTEM, now=NOW)
