"""Reads flows: of services whole from the published cells, of a part of their cases from the facts themselves.

What opens facts is a drill-down, and the doors ask for the right to it. Nothing is written.
"""

import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings

from ietvars.ground.bodies import queries as bodies
from ietvars.ground.errors import Refusal
from ietvars.ground.lake import engines
from ietvars.ground.lake import queries as lake
from ietvars.ground.lake.rules import Snapshot
from ietvars.ground.periods import rules as periods
from ietvars.institution.deliveries import facts
from ietvars.institution.flows import errors, mapping, reading, rules
from ietvars.institution.flows.refreshing import FACTS, MART
from ietvars.institution.services import queries as services

if TYPE_CHECKING:
    import duckdb

    Connection = duckdb.DuckDBPyConnection

EPOCH = date(1970, 1, 1)

PAGE = 50
"""Cases on one page of a list."""

STAGES = {"request": facts.Stage.REQUEST, "execution": facts.Stage.EXECUTION, "receipt": facts.Stage.RECEIPT}


@dataclass(frozen=True)
class Filter:
    """Which cases: opened in a period, by a channel, at a provider; codes as in addresses, empty for all."""

    period: str = ""
    channel: str = ""
    provider: str = ""

    @property
    def is_of_all(self) -> bool:
        """Whether it leaves nothing out but months, so that published cells can answer."""
        return not (self.channel or self.provider)


ALL = Filter()


def flow(
    service_ids: Collection[int],
    *,
    on: date,
    period: str | None = None,
    channel: str | None = None,
    provider: str | None = None,
    share: float = 1.0,
) -> rules.Flow:
    """The flow of services taken together. `on` tells which open cases were left lying.

    Raises UnknownSpan, UnknownFlowChannel, UnknownFlowBody.
    """
    wanted = Filter(period or "", channel or "", provider or "")
    if not wanted.is_of_all:
        return _flow(tuple(service_ids), wanted, on, share)
    files = tuple(lake.paths(MART) or lake.paths(FACTS))
    key = (files, tuple(service_ids), wanted, on, share)
    if key not in _read:
        if len(_read) >= KEPT:
            _read.clear()
        _read[key] = _flow(tuple(service_ids), wanted, on, share)
    return _read[key]


KEPT = 64
"""So many flows of whole services a process remembers; a new generation is another flow."""

_read: dict[tuple[object, ...], rules.Flow] = {}


def _flow(service_ids: tuple[int, ...], wanted: Filter, on: date, share: float) -> rules.Flow:
    with _cells(service_ids, wanted, is_fresh=False) as connection:
        if connection is None:
            return rules.Flow()
        if len(service_ids) > 1:
            connection.execute("UPDATE cell SET service_id = 0")
        found = reading.flows(connection, "cell", today=(on - EPOCH).days, share=share)
    return next(iter(found.values()), rules.Flow())


def flows(service_ids: Collection[int], wanted: Filter = ALL, *, on: date) -> dict[int, rules.Flow]:
    """The flow of each service, by its number, counted now from the facts; of all services when none is named."""
    with _cells(tuple(service_ids), wanted, is_fresh=True) as connection:
        return {} if connection is None else reading.flows(connection, "cell", today=(on - EPOCH).days)


def freshness() -> Snapshot:
    """Where the published cells stand."""
    return lake.state(MART)


def months_known() -> list[int]:
    """Months of opening of which there are facts, yyyymm."""
    return lake.cohorts(FACTS)


def cohorts_of(period: str) -> list[int] | None:
    """Months (yyyymm) of a period; None for all. Raises UnknownSpan."""
    if not period:
        return None
    try:
        found = periods.parse(period)
    except Refusal as fault:
        raise errors.UnknownSpan(text=period) from fault
    first, last = (day.year * 12 + day.month - 1 for day in (found.start, found.end))
    return [number // 12 * 100 + number % 12 + 1 for number in range(first, last + 1)]


@contextmanager
def _cells(service_ids: tuple[int, ...], wanted: Filter, *, is_fresh: bool) -> Iterator["Connection | None"]:
    """A connection with the table `cell`; None where there is nothing to count."""
    cohorts, of = cohorts_of(wanted.period), _wanted(service_ids, wanted)
    is_published = wanted.is_of_all and not is_fresh and lake.generation(MART) > 0
    paths = lake.paths(MART if is_published else FACTS, cohorts=cohorts)
    if not paths:
        yield None
        return
    if not is_published:
        with engines.duck() as connection:
            mapping.cells(connection, paths, of)
            yield connection
        return
    with _lock:
        connection = _for_pages()
        where = f"WHERE service_id IN ({', '.join(map(str, of.service_ids))})" if of.service_ids else ""
        columns, source = ", ".join(mapping.CELL), engines.reading(paths)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE cell AS SELECT {columns} FROM {source} {where}")  # noqa: S608
        yield connection
        connection.execute("DROP TABLE cell")


_lock = threading.Lock()
_kept: "dict[str, Connection]" = {}

PAGES_MB = 256
"""Memory for published cells: a page needs those of one service."""


def _for_pages() -> "Connection":
    """The connection of this process for published cells: to make one costs more than to read them."""
    root = str(settings.LAKE)
    if root not in _kept:
        _kept[root] = engines.duck(memory_mb=PAGES_MB, threads=1)
        _kept[root].execute("SET parquet_metadata_cache = true")
    return _kept[root]


def _wanted(service_ids: tuple[int, ...], wanted: Filter) -> mapping.Wanted:
    if wanted.channel and wanted.channel not in facts.CHANNELS:
        raise errors.UnknownFlowChannel(channel=wanted.channel, known=", ".join(facts.CHANNELS[1:]))
    body = bodies.by_code(wanted.provider) if wanted.provider else None
    if wanted.provider and body is None:
        raise errors.UnknownFlowBody(body=wanted.provider)
    return mapping.Wanted(
        tuple(int(one) for one in service_ids),
        facts.CHANNELS.index(wanted.channel) if wanted.channel else None,
        body.pk if body is not None else None,
    )


def body_codes(ids: Collection[int]) -> dict[int, str]:
    """Number of each body to its code."""
    return dict(bodies.all_bodies().filter(pk__in=list(ids)).values_list("pk", "code"))


def described_stages(service_id: int) -> frozenset[int]:
    """The stages that a service's description has; all three where it says none."""
    found = services.stages_of(service_id)
    return frozenset(STAGES[name] for name in found) or frozenset(STAGES.values())


# ---- single cases, by right of whoever asks ----------------------------------------------------------------------


@dataclass(frozen=True)
class Behind:
    """Which cases a figure was counted from; exactly one of the ways to say it, or none for all."""

    edge: tuple[int, int] | None = None
    variant: tuple[int, ...] | None = None
    deviation: rules.Deviation | None = None
    activity: int | None = None
    again: int | None = None
    handover: tuple[int, int] | None = None
    stopped: tuple[int, rules.Outcome] | None = None


@dataclass(frozen=True)
class CaseRow:
    """A case in a list: its number (a digest, no name of anybody), first and last event, how it stands."""

    case_id: int
    first_us: int
    last_us: int
    events: int
    met: int
    last: int
    took_us: int | None


@dataclass(frozen=True)
class Moment:
    """One event of a case, or a date that the case carries (`is_mark`)."""

    occurred_us: int
    activity: int
    type: int
    stage: int
    channel: int
    provider_id: int
    is_mark: bool


@dataclass(frozen=True)
class CaseEvents:
    """A case with its events in their order, for files that go out."""

    service_id: int
    case_id: int
    moments: tuple[Moment, ...]


def cases_behind(
    service_id: int,
    behind: Behind,
    wanted: Filter = ALL,
    *,
    on: date,
    described: Collection[int] = (),
    start: int = 0,
) -> tuple[list[CaseRow], int]:
    """One page of the cases behind a figure, those that took longest first, and how many there are."""
    paths, of = lake.paths(FACTS, cohorts=cohorts_of(wanted.period)), _wanted((service_id,), wanted)
    if not paths:
        return [], 0
    took = _TOOK.get("edge" if behind.edge else "handover" if behind.handover else "", "max(o) - min(o)")
    with engines.duck() as connection:
        connection.execute(f"CREATE TABLE found ({_FOUND})")

        def add(cursor: "Connection", folder: str, files: list[str]) -> None:
            mapping.lay_steps(cursor, folder, files, of)
            chosen, values = _chosen(cursor, behind, described, (on - EPOCH).days)
            cursor.execute(
                f"""
                INSERT INTO found SELECT c, min(o), max(o), count(*),
                    bit_or(1::BIGINT << t) | coalesce(any_value(met), 0), arg_max(a, pos), {took}
                FROM step LEFT JOIN mark USING (s, c) WHERE k IN ({chosen}) GROUP BY c, k
                """,  # noqa: S608
                {**values, **_took_values(behind)},
            )

        mapping.side_by_side(connection, add, mapping.readings(connection, paths, of))
        rows = connection.execute(
            f"SELECT *, count(*) OVER () FROM found ORDER BY took DESC NULLS LAST, c LIMIT {PAGE} OFFSET {int(start)}"  # noqa: S608
        ).fetchall()
    return [CaseRow(*row[:7]) for row in rows], int(rows[0][7]) if rows else 0


_FOUND = "c BIGINT, first BIGINT, last BIGINT, events BIGINT, met BIGINT, step INTEGER, took BIGINT"

_TOOK = {
    "edge": "max(us) FILTER (a = $first AND b = $then)",
    "handover": "max(us) FILTER (p = $first AND p2 = $then)",
}


def _took_values(behind: Behind) -> dict[str, int]:
    pair = behind.edge or behind.handover
    return {"first": pair[0], "then": pair[1]} if pair else {}


def _chosen(
    connection: "Connection", behind: Behind, described: Collection[int], today: int
) -> tuple[str, dict[str, object]]:
    """SQL that gives the numbers k of cases behind a figure, with its values."""
    if behind.edge is not None:
        return "SELECT k FROM step WHERE a = $first AND b = $then", {}
    if behind.handover is not None:
        return "SELECT k FROM step WHERE p = $first AND p2 = $then AND p2 <> p", {}
    if behind.activity is not None:
        return "SELECT k FROM step WHERE a = $activity", {"activity": behind.activity}
    if behind.again is not None:
        gaps = "SELECT k, pos - lag(pos) OVER (PARTITION BY k ORDER BY pos) AS gap FROM step WHERE a = $activity"
        return f"SELECT k FROM ({gaps}) WHERE gap > 1", {"activity": behind.again}  # noqa: S608
    if behind.stopped is not None:
        activity, outcome = behind.stopped
        return _STOPPED, {"activity": activity, "kind": _KINDS[outcome], "until": today - rules.LONG_OPEN_DAYS}
    if behind.variant is not None:
        path = list(behind.variant)
        return "SELECT k FROM step GROUP BY k HAVING list(a ORDER BY pos) = $path::INTEGER[]", {"path": path}
    if behind.deviation is not None:
        _lay_ways(connection, behind.deviation, described)
        return "SELECT k FROM way_of JOIN wrong_way USING (path, met)", {}
    return "SELECT k FROM step", {}


_KINDS = {
    rules.Outcome.WITHDRAWN: int(facts.Type.WITHDRAWN),
    rules.Outcome.EXPIRED: int(facts.Type.EXPIRED),
    rules.Outcome.LEFT: 0,
}

_STOPPED = f"""
    SELECT k FROM (
        SELECT k, max(d) AS day, bit_or(1::BIGINT << t) | coalesce(any_value(met), 0) AS met,
            coalesce(arg_max(a, pos) FILTER (t NOT IN ({int(facts.Type.WITHDRAWN)}, {int(facts.Type.EXPIRED)})),
                arg_max(a, pos)) AS last
        FROM step LEFT JOIN mark USING (s, c) GROUP BY k
    ) WHERE last = $activity AND met >> {int(facts.Type.DELIVERED)} & 1 = 0
        AND CASE WHEN met >> {int(facts.Type.WITHDRAWN)} & 1 = 1 THEN {int(facts.Type.WITHDRAWN)}
            WHEN met >> {int(facts.Type.EXPIRED)} & 1 = 1 THEN {int(facts.Type.EXPIRED)} ELSE 0 END = $kind
        AND ($kind > 0 OR day <= $until)
"""  # noqa: S608


def _lay_ways(connection: "Connection", deviation: rules.Deviation, described: Collection[int]) -> None:
    """Fill `way_of` (each case with its way) and `wrong_way` (the ways that deviate so)."""
    delivered, decided = int(facts.Type.DELIVERED), int(facts.Type.DECIDED)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE way_of AS
        WITH staged AS (SELECT k, g, pos, lag(g) OVER (PARTITION BY k ORDER BY pos) AS g0 FROM step WHERE g <> 0),
        paths AS (SELECT k, list(g ORDER BY pos) AS path FROM staged WHERE g0 IS DISTINCT FROM g GROUP BY k),
        held AS (
            SELECT k, (bit_or(1::BIGINT << t) | coalesce(any_value(met), 0))
                + CASE WHEN min(pos) FILTER (t = {delivered}) < min(pos) FILTER (t = {decided})
                    THEN {rules.RESULT_FIRST} ELSE 0 END AS met
            FROM step LEFT JOIN mark USING (s, c) GROUP BY k
        )
        SELECT k, coalesce(path, []) AS path, met FROM held LEFT JOIN paths USING (k)
    """)  # noqa: S608
    rows = connection.execute("SELECT DISTINCT path, met FROM way_of").fetchall()
    connection.execute("CREATE OR REPLACE TEMP TABLE wrong_way (path TINYINT[], met BIGINT)")
    for path, met in rows:
        way = rules.Way(tuple(path), met, 1)
        if not rules.is_unstaged(way) and deviation in rules.deviations(way, described):
            connection.execute("INSERT INTO wrong_way VALUES ($1, $2)", [path, met])


def timeline(service_id: int, case_id: int) -> list[Moment]:
    """Everything that counts of one case, in its order; empty where there is no such case."""
    found = next(cases_of([service_id], case_ids=[case_id]), None)
    return list(found.moments) if found is not None else []


def cases_of(
    service_ids: Sequence[int], wanted: Filter = ALL, *, case_ids: Sequence[int] | None = None
) -> Iterator[CaseEvents]:
    """Cases with their events that count, partition by partition, each case whole."""
    paths = lake.paths(FACTS, cohorts=cohorts_of(wanted.period))
    of = _wanted(tuple(service_ids), wanted)
    if case_ids is not None:
        of = mapping.Wanted(of.service_ids, case_ids=tuple(case_ids))
    if not paths:
        return
    with engines.duck() as connection:
        for files in mapping.partitions(paths).values():
            held: list[Moment] = []
            now: tuple[int, int] | None = None
            for service, case, *rest in mapping.moments(connection, files, of):
                if now is not None and now != (service, case):
                    yield CaseEvents(*now, tuple(held))
                    held = []
                now = (service, case)
                held.append(Moment(*rest))
            if now is not None:
                yield CaseEvents(*now, tuple(held))
