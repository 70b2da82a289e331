"""Writes parts of the lake anew: without moved cases, without persons, several as one. Never changes a part in place.

Every way of changing what was laid goes through `anew`: read, select, order, write whole under the name of the next
generation. The manifest then counts the new part instead of the old. Must not know why somebody wants it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from ietvars.ground.audit import actions as audit
from ietvars.ground.audit.rules import Author
from ietvars.ground.lake import actions as lake_actions
from ietvars.ground.lake import engines, files
from ietvars.ground.lake import queries as lake
from ietvars.ground.lake import rules as lake_rules
from ietvars.ground.lake.rules import NewPart, Part
from ietvars.ground.notices import actions as notices
from ietvars.institution.deliveries import facts

if TYPE_CHECKING:
    import duckdb

DATASET = "facts"
NAMES = ", ".join(facts.COLUMNS)
ORDERED = "ORDER BY " + ", ".join(facts.ORDER)

KINDS = {"uuid": "UUID", "int64": "BIGINT", "int32": "INTEGER", "int16": "SMALLINT", "int8": "TINYINT"}
"""How DuckDB calls the types of facts."""


@dataclass(frozen=True)
class Rewritten:
    """What was written anew: parts before, and rows that are gone or changed."""

    parts: int
    rows: int
    generation: int


def anew(
    connection: "duckdb.DuckDBPyConnection",
    parts: Sequence[Part],
    *,
    generation: int,
    columns: str = NAMES,
    where: str = "true",
) -> list[NewPart]:
    """Write parts of one partition anew as one; no part where no row is left."""
    first = parts[0]
    select = f"SELECT {columns} FROM {engines.reading(lake.absolute(parts))} AS old WHERE {where} {ORDERED}"  # noqa: S608
    seqs = (min(part.first_seq for part in parts), max(part.last_seq for part in parts))
    made = files.lay(
        dataset=DATASET,
        cohort=first.cohort,
        bucket=first.bucket,
        name=lake_rules.part_name(*seqs, generation),
        seqs=seqs,
        write=lambda path: engines.copy_to_parquet(connection, select, path),
    )
    if made.rows:
        return [made]
    files.remove(files.root() / made.path)
    return []


def merge(*, cohorts: Collection[int] | None = None, by: Author, now: datetime) -> int:
    """Lay small parts of a partition together where there are many; returns how many parts went. Hold `files.alone`."""
    gone, generation = 0, lake.generation(DATASET)
    found = lake.parts(DATASET, cohorts=cohorts)
    for _, inside in groupby(found, key=lambda part: (part.cohort, part.bucket)):
        small = lake_rules.to_merge(list(inside))
        if not small:
            continue
        with engines.duck() as connection:
            add = anew(connection, sorted(small, key=lambda part: part.first_seq), generation=generation + 1)
        generation = lake_actions.publish(
            dataset=DATASET,
            add=add,
            drop=[part.pk for part in small],
            watermark=0,
            by=by,
            now=now,
            based_on=generation,
        )
        gone += len(small)
    return gone


def erase_persons(*, persons: Collection[tuple[int, int]], by: Author, now: datetime) -> Rewritten:
    """Take persons, each as (hash, version of the key), out of all facts. What they had done stays, as nobody's.

    The parts that bore them are swept once no reader can hold them any more. The manifest notes the generation, so that
    what was computed of these facts is computed anew; "deliveries.forgotten" asks for it (cohorts).
    """
    with files.alone(DATASET):
        generation = lake.generation(DATASET)
        found = lake.parts(DATASET)
        if not found or not persons:
            return Rewritten(0, 0, generation)
        add: list[NewPart] = []
        with engines.duck() as connection:
            connection.execute("CREATE TABLE gone (person_key BIGINT, key_version SMALLINT)")
            connection.executemany("INSERT INTO gone VALUES (?, ?)", [list(one) for one in sorted(persons)])
            is_gone = "(person_key, key_version) IN (SELECT person_key, key_version FROM gone)"
            bearing = _rows_where(connection, found, is_gone)
            columns = NAMES.replace(
                "person_key, key_version",
                f"CASE WHEN {is_gone} THEN NULL ELSE person_key END AS person_key,"
                f" CASE WHEN {is_gone} THEN 0 ELSE key_version END::SMALLINT AS key_version",
            )
            touched = [part for part in found if bearing.get(part.path)]
            for part in touched:
                add += anew(connection, [part], generation=generation + 1, columns=columns)
        if touched:
            generation = _publish_nobody(add, touched, generation, by, now)
    return Rewritten(len(touched), sum(bearing.values()), generation)


def forget_persons(*, before: int, by: Author, now: datetime) -> Rewritten:
    """Take every person out of the cohorts (yyyymm) before one: the period for which persons are joined is over.

    Announces "deliveries.forgotten" as `erase_persons` does.
    """
    with files.alone(DATASET):
        generation = lake.generation(DATASET)
        found = [part for part in lake.parts(DATASET) if part.cohort < before]
        if not found:
            return Rewritten(0, 0, generation)
        columns = NAMES.replace("person_key, key_version", "NULL::BIGINT AS person_key, 0::SMALLINT AS key_version")
        with engines.duck() as connection:
            bearing = _rows_where(connection, found, "person_key IS NOT NULL")
            touched = [part for part in found if bearing.get(part.path)]
            add = [
                made
                for part in touched
                for made in anew(connection, [part], generation=generation + 1, columns=columns)
            ]
        if touched:
            generation = _publish_nobody(add, touched, generation, by, now)
    return Rewritten(len(touched), sum(bearing.values()), generation)


def _publish_nobody(
    add: Sequence[NewPart], instead_of: Sequence[Part], generation: int, by: Author, now: datetime
) -> int:
    """Publish parts that no longer bear persons, and ask that what was computed of them forget those too."""
    made = lake_actions.publish(
        dataset=DATASET, add=add, drop=[part.pk for part in instead_of], watermark=0, by=by, now=now,
        based_on=generation, facts={"persons_taken": generation + 1},
    )  # fmt: skip
    notices.announce("deliveries.forgotten", by=by, now=now, cohorts=sorted({part.cohort for part in instead_of}))
    return made


def forget_cohorts(*, before: int, by: Author, now: datetime) -> Rewritten:
    """Let every case that opened before a month (yyyymm) go: the period for which events are kept is over.

    Announces "deliveries.forgotten" with the cohorts, so that what was computed of single cases goes too.
    """
    with files.alone(DATASET):
        generation = lake.generation(DATASET)
        old = [part for part in lake.parts(DATASET) if part.cohort < before]
        if not old:
            return Rewritten(0, 0, generation)
        generation = lake_actions.publish(
            dataset=DATASET,
            add=[],
            drop=[part.pk for part in old],
            watermark=0,
            by=by,
            now=now,
            facts={"forgotten_before": before},
            based_on=generation,
        )
        cohorts = sorted({part.cohort for part in old})
        audit.record(
            by=by, now=now, action="deliveries.forget", subject=("dataset", DATASET),
            after={"before": before, "cohorts": cohorts, "events": lake_rules.total_rows(old)},
        )  # fmt: skip
        notices.announce("deliveries.forgotten", by=by, now=now, cohorts=cohorts)
    return Rewritten(len(old), lake_rules.total_rows(old), generation)


def _rows_where(connection: "duckdb.DuckDBPyConnection", parts: Sequence[Part], condition: str) -> dict[str, int]:
    """How many rows of each part (by path) a condition holds for."""
    top = files.root()
    named = ", ".join(f"'{engines.quoted(path)}'" for path in lake.absolute(parts))
    rows = connection.execute(
        f"SELECT filename, count(*) FROM read_parquet([{named}], filename = true, union_by_name = true)"  # noqa: S608
        f" WHERE {condition} GROUP BY filename"
    ).fetchall()
    return {Path(name).relative_to(top).as_posix(): int(count) for name, count in rows}
