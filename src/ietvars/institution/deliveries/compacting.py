"""Lays what waits in the inbox into the lake as facts: in ranges of seq, each with one transaction of the manifest.

Killed anywhere, it begins the same range again: parts count only once the manifest names them, and with them the
watermark moves. So every event lies in the lake once. It decides nothing but where a case lies; figures are above.
"""

import gc
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings

from ietvars.ground.audit.rules import Author
from ietvars.ground.jobs.rules import Step
from ietvars.ground.lake import actions as lake_actions
from ietvars.ground.lake import engines, files
from ietvars.ground.lake import queries as lake
from ietvars.ground.lake import rules as lake_rules
from ietvars.ground.lake.rules import NewPart, Part
from ietvars.ground.notices import actions as notices
from ietvars.institution.deliveries import errors, facts, packing, queries, rewriting
from ietvars.institution.deliveries.queries import Packed
from ietvars.institution.deliveries.rewriting import DATASET, KINDS, NAMES, ORDERED

if TYPE_CHECKING:
    import duckdb
    import numpy as np

LIMIT = 500_000
"""Events of one range: what fits into some hundreds of MB on its way from the inbox to the lake."""

CLOCK_SLACK_US = 60_000_000
"""Servers disagree, and calls overlap; a moment of arrival that lies further back than so is a clock set back."""

NOTED = 20
"""So many times that the clock was set back are remembered."""

_MONTH = "(year({0}) * 100 + month({0}))::INTEGER"
_OF_DAY = _MONTH.format("(DATE '1970-01-01' + day)")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ClockBack:
    """The clock that stamps arrivals was set back: first at the event of this seq, by so many seconds at most."""

    seq: int
    seconds: int
    times: int = 1


@dataclass(frozen=True)
class Compacted:
    """What one compaction did. `events` left the inbox; `known` of them the lake held already."""

    events: int = 0
    known: int = 0
    moved_cases: int = 0
    merged_parts: int = 0
    cohorts: tuple[int, ...] = ()
    services: tuple[int, ...] = ()
    watermark: int = 0
    generation: int = 0
    clock_back: tuple[ClockBack, ...] = ()

    @property
    def laid(self) -> int:
        """Events that the lake holds more than before."""
        return self.events - self.known


@dataclass(frozen=True)
class _Laid:
    """What one range did."""

    events: int
    known: int
    moved_cases: int
    cohorts: frozenset[int]
    services: frozenset[int]
    clock_back: ClockBack | None


def compact(
    *, by: Author, now: datetime, step: Callable[[int, int], None] | None = None, limit: int = LIMIT
) -> Compacted:
    """Lay all that waits into the lake, then announce "deliveries.compacted" (cohorts, services, watermark).

    The notice is given outside of any transaction, and again by the next compaction if its listeners did not come
    through. Raises LakeFull, InboxDamaged; the inbox then still holds what was not laid.
    """
    with files.refusing_when_full(files.root()), files.alone(DATASET):
        lake_actions.clear_leftovers(dataset=DATASET, by=by, now=now)
        waiting, done, merged = queries.waiting_count(), 0, 0
        laid: list[_Laid] = []
        while one := _lay_next(limit, by, now):
            laid.append(one)
            done += one.events
            merged += rewriting.merge(cohorts=one.cohorts, by=by, now=now)
            if step:
                step(done, max(done, waiting))
        _tell(by, now)
        state = lake.state(DATASET)
    return Compacted(
        events=done,
        known=sum(one.known for one in laid),
        moved_cases=sum(one.moved_cases for one in laid),
        merged_parts=merged,
        cohorts=tuple(sorted(frozenset().union(*(one.cohorts for one in laid)))),
        services=tuple(sorted(frozenset().union(*(one.services for one in laid)))),
        watermark=state.watermark,
        generation=state.generation,
        clock_back=tuple(one.clock_back for one in laid if one.clock_back),
    )


def work(arguments: Mapping[str, Any], step: Step, by: Author, now: datetime) -> dict[str, Any]:
    """The job: what a worker calls."""
    return asdict(compact(by=by, now=now, step=step))


def _lay_next(limit: int, by: Author, now: datetime) -> _Laid | None:
    """Lay the next range that waits; None when nothing does."""
    was_on = gc.isenabled()
    # Half a million rows are millions of objects, none in a circle: to look for circles takes longer than all the rest.
    gc.disable()
    try:
        rows = queries.packed(lake.watermark(DATASET), limit)
        return _lay(rows, by, now) if rows else None
    finally:
        if was_on:
            gc.enable()


def _lay(rows: Sequence[Packed], by: Author, now: datetime) -> _Laid:
    """Lay one range: parts first, then the manifest."""
    state = lake.state(DATASET)
    seqs = (rows[0][0], rows[-1][0])
    clock = dict(state.facts.get("clock") or {})  # type: ignore[call-overload]
    clock_back = _clock_back(rows, clock.get("last_us"))
    with engines.duck() as connection:
        _bring_in(connection, rows)
        _without_erased(connection)
        known = _drop_known(connection)
        _find_homes(connection)
        moved = _move(connection, state.generation + 1)
        add = [*moved.add, *_write(connection, seqs)]
        cohorts, services = _touched(connection)
    if clock_back:
        log.warning(
            "The clock that stamps arrivals was set back by %s s at event %s.", clock_back.seconds, clock_back.seq
        )
    noted = [{**asdict(clock_back), "noticed": now.isoformat()}] if clock_back else []
    pending = state.facts.get("pending") or {}
    lake_actions.publish(
        dataset=DATASET,
        add=add,
        drop=[part.pk for part in moved.drop],
        watermark=seqs[1],
        by=by,
        now=now,
        facts={
            "pending": _joined(pending, cohorts, services),  # type: ignore[arg-type]
            "clock": {
                "last_us": rows[-1][2],
                "set_back": [*clock.get("set_back", []), *noted][-NOTED:],
            },
        },
        based_on=state.generation,
    )
    return _Laid(len(rows), known, moved.cases, cohorts, services, clock_back)


def _tell(by: Author, now: datetime) -> None:
    """Announce what was laid and not announced yet. Forgotten only once every listener has come through."""
    state = lake.state(DATASET)
    pending: Any = state.facts.get("pending")
    if pending:
        notices.announce(
            "deliveries.compacted",
            by=by,
            now=now,
            cohorts=list(pending["cohorts"]),
            services=list(pending["services"]),
            watermark=state.watermark,
        )
        lake_actions.note(dataset=DATASET, facts={"pending": None}, by=by, now=now)


def _joined(
    pending: Mapping[str, list[int]], cohorts: frozenset[int], services: frozenset[int]
) -> dict[str, list[int]]:
    return {
        "cohorts": sorted(cohorts.union(pending.get("cohorts", ()))),
        "services": sorted(services.union(pending.get("services", ()))),
    }


# ---- from the inbox into a table --------------------------------------------------------------------------------


def _bring_in(connection: "duckdb.DuckDBPyConnection", rows: Sequence[Packed]) -> None:
    """Make the table `batch` of rows of the inbox, with the columns of facts. Raises InboxDamaged."""
    import numpy as np

    seqs, digests, received, payloads = zip(*rows, strict=True)
    if set(map(len, payloads)) != {packing.SIZE}:
        raise errors.InboxDamaged(seq=next(row[0] for row in rows if len(row[3]) != packing.SIZE))
    records = packing.columns(payloads)
    if len(other := np.flatnonzero(records["schema_version"] != packing.VERSION)):
        raise errors.InboxDamaged(seq=seqs[other[0]])
    raw: dict[str, np.ndarray[Any, Any]] = {
        "seq": np.array(seqs, np.int64),
        "received_us": np.array(received, np.int64),
    }
    raw["event_id_high"], raw["event_id_low"] = _halves(b"".join(digests))
    for name in records.dtype.names:
        if name == "corrects":
            raw["corrects_high"], raw["corrects_low"] = _halves(np.ascontiguousarray(records[name]).tobytes())
        elif name != "schema_version":
            raw[name] = np.ascontiguousarray(records[name])
    connection.register("raw", raw)
    wanted = ", ".join(f"{_expression(name)}::{KINDS[kind]} AS {name}" for name, kind in facts.COLUMNS.items())
    connection.execute(f"CREATE TABLE batch AS SELECT {wanted} FROM raw")  # noqa: S608
    connection.unregister("raw")


def _expression(name: str) -> str:
    """How a column of facts comes out of the raw columns."""
    if name == "schema_version":
        return str(facts.SCHEMA_VERSION)
    if facts.COLUMNS[name] == "uuid":
        whole = f"((({name}_high::UHUGEINT << 64) + {name}_low)::UUID)"
        return (
            f"(CASE WHEN {name}_high = 0 AND {name}_low = 0 THEN NULL ELSE {whole} END)"
            if name != "event_id"
            else whole
        )
    return f"nullif({name}, -1)" if name in packing.NULLABLE else name


def digests(rows: Sequence[Packed]) -> dict[str, "np.ndarray[Any, Any]"]:
    """The ids of rows of the inbox as an engine takes them: columns `high` and `low`."""
    high, low = _halves(b"".join(row[1] for row in rows))
    return {"high": high, "low": low}


def _halves(joined: bytes) -> tuple["np.ndarray[Any, Any]", "np.ndarray[Any, Any]"]:
    """Upper and lower 64 bits of digests of 16 bytes: from them an engine makes a UUID faster than from bytes."""
    import numpy as np

    both = np.frombuffer(joined, dtype=">u8").astype(np.uint64).reshape(-1, 2)
    return np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1])


def _clock_back(rows: Sequence[Packed], last_us: int | None) -> ClockBack | None:
    """Whether arrivals were stamped earlier than the ones before them. The order of seq decides all the same."""
    import numpy as np

    received = np.array([row[2] for row in rows], np.int64)
    back = np.concatenate(([last_us if last_us is not None else received[0]], received[:-1])) - received
    places = np.flatnonzero(back > CLOCK_SLACK_US)
    if not len(places):
        return None
    return ClockBack(seq=rows[places[0]][0], seconds=int(back.max() // 1_000_000), times=len(places))


def _without_erased(connection: "duckdb.DuckDBPyConnection") -> None:
    """Whoever was erased while his events waited is joined no more either."""
    erased = queries.erased()
    if erased:
        connection.execute("CREATE TABLE gone (person_key BIGINT, key_version SMALLINT)")
        connection.executemany("INSERT INTO gone VALUES (?, ?)", [list(one) for one in sorted(erased)])
        connection.execute(
            "UPDATE batch SET person_key = NULL, key_version = 0"
            " WHERE (person_key, key_version) IN (SELECT person_key, key_version FROM gone)"
        )


# ---- where cases lie --------------------------------------------------------------------------------------------


def _drop_known(connection: "duckdb.DuckDBPyConnection") -> int:
    """Drop events that the cohorts of their cases hold already; returns how many.

    While the inbox remembers an event, it does not let it in twice. So only parts with events that it may have
    forgotten need be asked.
    """
    reading = lake.reading(DATASET)
    source = f"SELECT case_id, cohort, bucket FROM {reading}" if reading else _NOTHING_HELD  # noqa: S608
    connection.execute(
        "CREATE TABLE held AS SELECT case_id, min(cohort) AS cohort, arg_min(bucket, cohort) AS bucket"  # noqa: S608
        f" FROM ({source}) WHERE case_id IN (SELECT case_id FROM batch) GROUP BY case_id"
    )
    cohorts = connection.execute(
        f"SELECT DISTINCT cohort FROM held UNION SELECT DISTINCT {_OF_DAY} FROM batch"  # noqa: S608
    ).fetchall()
    forgotten = queries.forgotten_to()
    asked = [part for part in lake.parts(DATASET, cohorts=[row[0] for row in cohorts]) if part.first_seq <= forgotten]
    if not asked:
        return 0
    rows = connection.execute(
        f"DELETE FROM batch WHERE event_id IN (SELECT event_id FROM {engines.reading(lake.absolute(asked))})"  # noqa: S608
    ).fetchall()
    return int(rows[0][0]) if rows else 0


_NOTHING_HELD = "SELECT NULL::BIGINT AS case_id, NULL::INTEGER AS cohort, NULL::INTEGER AS bucket WHERE false"


def _find_homes(connection: "duckdb.DuckDBPyConnection") -> None:
    """Make the table `home`: where each case of the batch belongs, and where it lay before.

    A case belongs to the month of its earliest event, and to the bucket of its first service for ever.
    """
    connection.execute(
        "CREATE TABLE home AS"  # noqa: S608
        " SELECT new.case_id, least(new.cohort, coalesce(held.cohort, new.cohort)) AS cohort,"
        " coalesce(held.bucket, new.bucket) AS bucket, held.cohort AS before"
        f" FROM (SELECT case_id, min({_OF_DAY}) AS cohort,"
        f" arg_min(service_id, seq) % {int(settings.LAKE_BUCKETS)} AS bucket FROM batch GROUP BY case_id) AS new"
        " LEFT JOIN held ON held.case_id = new.case_id"
    )


@dataclass(frozen=True)
class _Moved:
    """Cases that turned out to be older than thought: parts written anew without them, and the parts before."""

    cases: int
    add: tuple[NewPart, ...]
    drop: tuple[Part, ...]


def _move(connection: "duckdb.DuckDBPyConnection", generation: int) -> _Moved:
    """Take cases that became older out of where they lay, into the batch."""
    connection.execute("CREATE TABLE moved AS SELECT case_id, before FROM home WHERE before > cohort")
    counted = connection.execute("SELECT before, count(*) FROM moved GROUP BY before").fetchall()
    if not counted:
        return _Moved(0, (), ())
    is_moved = "case_id IN (SELECT case_id FROM moved)"
    add: list[NewPart] = []
    drop: list[Part] = []
    for part in lake.parts(DATASET, cohorts=[row[0] for row in counted]):
        read = engines.reading(lake.absolute([part]))
        rows = connection.execute(
            f"INSERT INTO batch BY NAME SELECT {NAMES} FROM {read} WHERE {is_moved}"  # noqa: S608
        ).fetchall()
        if rows and rows[0][0]:
            add += rewriting.anew(connection, [part], generation=generation, where=f"NOT {is_moved}")
            drop.append(part)
    return _Moved(sum(int(row[1]) for row in counted), tuple(add), tuple(drop))


def _write(connection: "duckdb.DuckDBPyConnection", seqs: tuple[int, int]) -> list[NewPart]:
    """Write the batch: one part for each partition that it touches, named after the range."""
    connection.execute(
        "CREATE TABLE ready AS SELECT batch.*, home.cohort AS to_cohort, home.bucket AS to_bucket"
        " FROM batch JOIN home ON home.case_id = batch.case_id ORDER BY to_cohort, to_bucket"
    )
    partitions = connection.execute(
        "SELECT to_cohort, to_bucket, min(seq), max(seq) FROM ready GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return [
        _part(connection, int(cohort), int(bucket), (int(first), int(last)), seqs)
        for cohort, bucket, first, last in partitions
    ]


def _part(
    connection: "duckdb.DuckDBPyConnection", cohort: int, bucket: int, held: tuple[int, int], seqs: tuple[int, int]
) -> NewPart:
    select = f"SELECT {NAMES} FROM ready WHERE to_cohort = {cohort} AND to_bucket = {bucket} {ORDERED}"  # noqa: S608
    return files.lay(
        dataset=DATASET,
        cohort=cohort,
        bucket=bucket,
        name=lake_rules.part_name(*seqs),
        seqs=held,
        write=lambda path: engines.copy_to_parquet(connection, select, path),
    )


def _touched(connection: "duckdb.DuckDBPyConnection") -> tuple[frozenset[int], frozenset[int]]:
    """Cohorts and services of which something changed."""
    cohorts = connection.execute(
        "SELECT cohort FROM home UNION SELECT before FROM home WHERE before IS NOT NULL"
    ).fetchall()
    services = connection.execute("SELECT DISTINCT service_id FROM batch").fetchall()
    return frozenset(int(row[0]) for row in cohorts), frozenset(int(row[0]) for row in services)
