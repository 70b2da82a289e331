"""Publishes the cells of flows for each month of opening, so that pages read small files; and keeps them up to date.

What changed is told by the manifest and by the facts themselves: of each partition that was written anew, those
services whose facts are no longer the same rows. Only they are counted again; the rest is copied. So a refresh gives
what counting everything anew would give. It must not draw or name anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction

from ietvars.ground.audit.rules import Author
from ietvars.ground.jobs import actions as jobs
from ietvars.ground.jobs.rules import Asker, Step
from ietvars.ground.lake import actions as lake_actions
from ietvars.ground.lake import engines, files
from ietvars.ground.lake import queries as lake
from ietvars.ground.lake import rules as lake_rules
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.flows import mapping

if TYPE_CHECKING:
    import duckdb

    Connection = duckdb.DuckDBPyConnection

FACTS, MART = "facts", "mart_flow"

JOB = "flows"
"""The kind of the work in the background; it has no arguments, so that several compactions ask for it once."""

FORMULA_VERSION = 1
"""Grows whenever the same facts would give other cells; then everything is counted anew."""

Unit = tuple[int, int]
"""A partition: cohort and bucket."""


@dataclass(frozen=True)
class Refreshed:
    """What was done: partitions written, and services counted anew, once for each partition."""

    partitions: int = 0
    services: int = 0
    generation: int = 0


def refresh(*, by: Author, now: datetime, anew: bool = False, step: Step | None = None) -> Refreshed:
    """Bring the cells up to the facts as they are published; `anew` counts everything again. Raises LakeFull."""
    with files.alone(MART):
        facts, mart = lake.state(FACTS), lake.state(MART)
        known = mart.facts.get("facts_generation", 0) if not anew else 0
        if mart.facts.get("formula_version") != FORMULA_VERSION:
            known = 0
        if known == facts.generation:
            return Refreshed(generation=mart.generation)
        came, went = lake.changes(FACTS, since=int(str(known)))
        units = sorted({(part.cohort, part.bucket) for part in (*came, *went)})
        add: list[lake_rules.NewPart] = []
        drop = [] if known else [part.pk for part in lake.parts(MART)]
        services = 0
        with engines.duck() as connection:
            for number, unit in enumerate(units, start=1):
                old = [part for part in lake.parts(MART, cohorts=[unit[0]], buckets=[unit[1]]) if known]
                touched = _touched(connection, unit, came, went) if old else None
                if touched is None or touched:
                    made = _lay(connection, unit, touched, old, facts, mart.generation)
                    services += len(touched or ())
                    add.extend(made)
                    drop.extend(part.pk for part in old)
                if step is not None:
                    step(number, len(units))
        with transaction.atomic():
            generation = lake_actions.publish(
                dataset=MART,
                add=add,
                drop=drop,
                watermark=facts.watermark,
                by=by,
                now=now,
                facts={"facts_generation": facts.generation, "formula_version": FORMULA_VERSION},
                based_on=mart.generation or None,
            )
    return Refreshed(len(units), services, generation)


def _touched(
    connection: "Connection", unit: Unit, came: Iterable[lake_rules.Part], went: Iterable[lake_rules.Part]
) -> list[int] | None:
    """Services whose facts are not the same rows as before; None when what was before is swept away already."""
    new, old = (
        [str(files.root() / part.path) for part in parts if (part.cohort, part.bucket) == unit]
        for parts in (came, went)
    )
    if not all(Path(path).is_file() for path in old):
        return None
    before, after = _prints(connection, old), _prints(connection, new)
    return sorted(one for one in {**before, **after} if before.get(one) != after.get(one))


def _prints(connection: "Connection", paths: list[str]) -> dict[int, tuple[int, int]]:
    if not paths:
        return {}
    rows = connection.execute(
        f"SELECT service_id, count(*), bit_xor(hash(seq)) FROM {engines.reading(paths)} GROUP BY service_id"  # noqa: S608
    ).fetchall()
    return {service: (n, seqs) for service, n, seqs in rows}


def _lay(
    connection: "Connection",
    unit: Unit,
    touched: list[int] | None,
    old: list[lake_rules.Part],
    facts: lake_rules.Snapshot,
    generation: int,
) -> list[lake_rules.NewPart]:
    """Count the touched services of one partition, all when None, and lay them with the rest; nothing of no rows."""
    cohort, bucket = unit
    paths = lake.absolute(lake.parts(FACTS, cohorts=[cohort], buckets=[bucket], at=facts.generation))
    mapping.cells(connection, paths, mapping.Wanted(tuple(touched or ())))
    select = f"SELECT {', '.join(mapping.CELL)} FROM cell"  # noqa: S608
    if touched is not None and old:
        kept = f"service_id NOT IN ({', '.join(map(str, touched))})"
        select += f" UNION ALL SELECT {', '.join(mapping.CELL)} FROM {engines.reading(lake.absolute(old))} WHERE {kept}"  # noqa: S608
    row = connection.execute(f"SELECT count(*) FROM ({select})").fetchone()  # noqa: S608
    if not row or not row[0]:
        return []

    def write(path: Path) -> int:
        ordered = f"SELECT * FROM ({select}) ORDER BY service_id, kind, a, b"  # noqa: S608
        return engines.copy_to_parquet(connection, ordered, path)

    name = lake_rules.part_name(0, facts.watermark, generation + 1)
    return [files.lay(dataset=MART, cohort=cohort, bucket=bucket, name=name, seqs=(0, facts.watermark), write=write)]


# ---- in the background -------------------------------------------------------------------------------------------


def work(arguments: Mapping[str, Any], step: Step, by: Asker, now: datetime) -> dict[str, Any]:
    """The job: refresh, and say how much was done."""
    done = refresh(by=SYSTEM, now=now, step=step)
    return {"partitions": done.partitions, "services": done.services}


def refresh_soon(*, by: Author, now: datetime, **_told: Any) -> None:
    """Listener of "deliveries.compacted": ask for a refresh; one that waits already is enough."""
    jobs.enqueue(kind=JOB, arguments={}, by=by, now=now)
