"""Facts to cells of a flow: what followed what, how often and how fast. The pure core: files in, rows out.

A case lies whole in one partition of the lake, so each partition is read alone and the cells are added up afterwards.
Facts of one file lie in their order already (`facts.ORDER`), so the step that follows is simply the next row: no
sorting, no hashing of cases. That they do lie so is counted in the same pass; where a partition has several files, they
are sorted first. A fact that a later one corrects does not count, nor what takes it back, nor dates of a case (MARK).

It must not know Django, the manifest or a service's name. A number below zero stands for a type said without a step.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ietvars.institution.deliveries.facts import MARK, Type
from ietvars.institution.flows import errors, rules

if TYPE_CHECKING:
    import duckdb

    Connection = duckdb.DuckDBPyConnection

GRID = 101
"""So many times stand for all of a passage with more: each hundredth of them, so a rank errs by 1 % at most."""

FEW = 500_000
"""So few facts of the wanted services are sorted in one go, which beats a visit to each partition."""

OTHERWISE = 1 << 60
"""Added to the number of an event that is no opening, so that an opening says the channel however late it came."""


END = 0
"""Follows the last step of a case. No activity and no type has this number."""


class Kind(IntEnum):
    """What a cell counts."""

    ACTIVITY = 1
    """a = activity, b = type + 16 * stage of most of them; n events, cases."""
    EDGE = 2
    """a → b, b = END at the end of a case; n, cases, sum_us, times."""
    VARIANT = 3
    """path = activities; n = cases."""
    LOOP = 4
    """a = activity done again after another; n times, cases."""
    WAY = 5
    """path = stages met, a = types met as bits; n = cases."""
    HANDOVER = 6
    """a → b bodies; n, cases, sum_us, times."""
    STOPPED = 7
    """a = last activity of a case without result, b = its last day, path = [type that ended it, or 0]; n = cases."""
    OPENING = 8
    """a = channel, b = provider of the event that opened the case, or else came first; n = cases."""


CELL = {
    "service_id": "INTEGER",
    "kind": "TINYINT",
    "a": "INTEGER",
    "b": "INTEGER",
    "path": "INTEGER[]",
    "n": "BIGINT",
    "cases": "BIGINT",
    "sum_us": "BIGINT",
    "times": "SMALLINT[]",
}
"""Columns of a cell, as `mart_flow` holds them."""


class Passage(NamedTuple):
    """A passage of a service; `target` END is the end of a case."""

    service_id: int
    source: int
    target: int
    n: int
    sum_us: int


@dataclass(frozen=True)
class Wanted:
    """Which cases: those of these services (all when empty), by the channel and provider that their opening says."""

    service_ids: tuple[int, ...] = ()
    channel: int | None = None
    provider_id: int | None = None
    case_ids: tuple[int, ...] | None = None


def all_services(connection: "Connection", paths: Iterable[str]) -> list[Passage]:
    """What followed what in every service, with counts and summed times: directly-follows edges and ends of cases.

    As many partitions are read at once as the connection has threads, each by one, since rows in order are read by one.
    """
    connection.execute("CREATE OR REPLACE TABLE passage (s INTEGER, a INTEGER, b INTEGER, n BIGINT, us HUGEINT)")
    side_by_side(connection, _add_passages, partitions(paths))
    rows = connection.execute(
        "SELECT s, a, b, sum(n)::BIGINT, sum(us)::BIGINT FROM passage GROUP BY s, a, b ORDER BY s, a, b"
    ).fetchall()
    connection.execute("DROP TABLE passage")
    return [Passage(*row) for row in rows]


def side_by_side(
    connection: "Connection", do: Callable[["Connection", str, list[str]], None], parts: Mapping[str, list[str]]
) -> None:
    """Do something with each part (a name, files) on a cursor of its own, as many at once as there are threads.

    A cursor sees the tables of the connection and has temporary ones of its own.
    """
    row = connection.execute("SELECT current_setting('threads')").fetchone()
    # The footer of a file is read by several statements, one after another.
    connection.execute("SET preserve_insertion_order = true; SET parquet_metadata_cache = true")

    def one(part: tuple[str, list[str]]) -> None:
        with connection.cursor() as cursor:
            do(cursor, *part)

    with ThreadPoolExecutor(max(1, min(int(row[0]) if row else 1, len(parts)))) as pool:
        list(pool.map(one, parts.items()))


def _add_passages(cursor: "Connection", folder: str, files: list[str]) -> None:
    """Add the passages of one partition."""
    for must_sort in (False, True) if len(files) == 1 else (True,):
        cursor.execute("CREATE OR REPLACE TEMP TABLE part AS " + _passages(cursor, files, must_sort=must_sort))
        row = cursor.execute("SELECT coalesce(sum(wrong), 0) FROM part").fetchone()
        if not row or not row[0]:
            cursor.execute("INSERT INTO passage SELECT s, a, b, n, us FROM part")
            return
    raise errors.NotLaid(path=folder)


def cells(connection: "Connection", paths: Iterable[str], wanted: Wanted = Wanted(), *, table: str = "cell") -> str:
    """Fill the temporary table `table` with the cells of the services that are wanted, and name it.

    Cells of the same key come once a partition; whoever reads adds them up. Raises NotLaid.
    """
    columns = ", ".join(f"{name} {kind}" for name, kind in CELL.items())
    connection.execute(f"CREATE OR REPLACE TABLE counted ({columns})")

    def count(cursor: "Connection", folder: str, files: list[str]) -> None:
        lay_steps(cursor, folder, files, wanted)
        _count(cursor, "counted")

    side_by_side(connection, count, readings(connection, paths, wanted))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS FROM counted; DROP TABLE counted")
    return table


def readings(connection: "Connection", paths: Iterable[str], wanted: Wanted) -> dict[str, list[str]]:
    """Files that are read in one go: a partition each, or all where the services wanted have few facts."""
    found = partitions(paths)
    together = [path for files in found.values() for path in files]
    if len(found) > 1 and wanted.service_ids and _rows(connection, together, wanted) <= FEW:
        return {"": together}
    return found


def partitions(paths: Iterable[str]) -> dict[str, list[str]]:
    """Files by the folder of their partition, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(paths):
        found[str(Path(path).parent)].append(path)
    return dict(found)


def _rows(connection: "Connection", files: Sequence[str], wanted: Wanted) -> int:
    row = connection.execute(f"SELECT count(*) FROM {_source(files)} WHERE true{_of_services(wanted)}").fetchone()  # noqa: S608
    return int(row[0]) if row else 0


# ---- the rows that count, in order -------------------------------------------------------------------------------


def _source(files: Sequence[str]) -> str:
    named = ", ".join("'" + path.replace("'", "''") + "'" for path in files)
    return f"read_parquet([{named}], hive_partitioning = false, union_by_name = true)"


def _of_services(wanted: Wanted) -> str:
    if not wanted.service_ids:
        return ""
    return f" AND service_id IN ({', '.join(str(int(one)) for one in wanted.service_ids)})"


def _gone(connection: "Connection", files: Sequence[str], wanted: Wanted) -> str:
    """A condition that leaves out facts which a later one corrects; nothing where nobody corrects any."""
    source, of = _source(files), _of_services(wanted)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE gone AS SELECT DISTINCT corrects AS event_id"  # noqa: S608
        f" FROM {source} WHERE corrects IS NOT NULL{of}"
    )
    row = connection.execute("SELECT count(*) FROM gone").fetchone()
    if not row or not row[0]:
        return ""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE gone AS SELECT seq"  # noqa: S608
        f" FROM {source} WHERE event_id IN (SELECT event_id FROM gone){of}"
    )
    return " AND seq NOT IN (SELECT seq FROM gone)"


def _said(kind: str, seq: str) -> str:
    """The smallest of it says how a case was opened: its opening, else what came first."""
    return f"CASE WHEN {kind} = {int(Type.OPENED)} THEN {seq} ELSE {seq} + {OTHERWISE} END"


def _chosen(connection: "Connection", files: Sequence[str], wanted: Wanted, gone: str) -> str:
    """A condition that keeps the cases whose opening says the channel and the provider that are wanted."""
    if wanted.case_ids is not None:
        return f" AND case_id IN ({', '.join(str(int(one)) for one in wanted.case_ids) or 'NULL'})"
    said = _said("type", "seq")
    having = [
        f"arg_min({column}, {said}) = {int(value)}"
        for column, value in (("channel", wanted.channel), ("provider_id", wanted.provider_id))
        if value is not None
    ]
    if not having:
        return ""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE chosen AS SELECT case_id"  # noqa: S608
        f" FROM {_source(files)} WHERE type <> {int(Type.ANNULLED)}{_of_services(wanted)}{gone}"
        f" GROUP BY service_id, case_id HAVING {' AND '.join(having)}"
    )
    return " AND case_id IN (SELECT case_id FROM chosen)"


def _ordered(files: Sequence[str], condition: str, *, must_sort: bool) -> str:
    """The facts that count, in their order: as they lie, or sorted."""
    select = (
        "SELECT service_id AS s, case_id AS c, CASE WHEN activity = 0 THEN -type ELSE activity END AS a, type AS t,"  # noqa: S608
        " stage AS g, provider_id AS p, channel AS h, occurred_us AS o, seq AS q, day AS d"
        f" FROM {_source(files)} WHERE activity <> {MARK} AND type <> {int(Type.ANNULLED)}{condition}"
    )
    # A limit keeps DuckDB from dropping an order that it takes for idle.
    return f"{select} ORDER BY s, c, o, q LIMIT {1 << 62}" if must_sort else select


WRONG = "CASE WHEN s2 = s AND c2 = c THEN o2 < o OR (o2 = o AND q2 < q) ELSE s2 < s OR (s2 = s AND c2 <= c) END"
"""Whether the next row should have come before this one."""


def _passages(connection: "Connection", files: Sequence[str], *, must_sort: bool) -> str:
    condition = _gone(connection, files, Wanted())
    return f"""
        WITH fact AS ({_ordered(files, condition, must_sort=must_sort)}),
        pair AS (
            SELECT s, c, a, o, q, lead(s) OVER () AS s2, lead(c) OVER () AS c2, lead(a) OVER () AS a2,
                lead(o) OVER () AS o2, lead(q) OVER () AS q2
            FROM fact
        )
        SELECT s, a, CASE WHEN c2 = c AND s2 = s THEN a2 ELSE {END} END AS b, count(*) AS n,
            sum(CASE WHEN c2 = c AND s2 = s THEN o2 - o ELSE 0 END) AS us, count_if(coalesce({WRONG}, false)) AS wrong
        FROM pair GROUP BY s, a, b
    """  # noqa: S608


def lay_steps(connection: "Connection", folder: str, files: Sequence[str], wanted: Wanted) -> None:
    """Fill the temporary table `step`: one row an event that counts, with its case, its place in it and what follows;
    and `mark`, the types that dates of a case say of it. A case has as its number `k` the row where it begins."""
    gone = _gone(connection, files, wanted)
    condition = _of_services(wanted) + gone + _chosen(connection, files, wanted, gone)
    said = _said("type", "seq")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE mark AS SELECT service_id AS s, case_id AS c, bit_or(1::BIGINT << type) AS met,"  # noqa: S608
        f" min({said}) AS said, arg_min(channel, {said}) AS channel, arg_min(provider_id, {said}) AS provider"
        f" FROM {_source(files)} WHERE activity = {MARK} AND type <> {int(Type.ANNULLED)}{condition}"
        " GROUP BY service_id, case_id"
    )
    for must_sort in (False, True) if len(files) == 1 else (True,):
        steps = _steps(files, condition, must_sort=must_sort, of_one=len(wanted.service_ids) == 1)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE step AS {steps}")
        row = connection.execute("SELECT count_if(wrong) FROM step").fetchone()
        if not row or not row[0]:
            return
    raise errors.NotLaid(path=folder)


def _steps(files: Sequence[str], condition: str, *, must_sort: bool, of_one: bool) -> str:
    # Each look at a neighbour costs a pass over all rows, and those of one service need not ask of which it is.
    other, service = ("false", "s") if of_one else ("lag(s) OVER () IS DISTINCT FROM s", "lead(s) OVER ()")
    return f"""
        WITH fact AS ({_ordered(files, condition, must_sort=must_sort)}),
        beside AS (
            SELECT *, row_number() OVER () AS r,
                (lag(c) OVER () IS DISTINCT FROM c) OR ({other}) AS is_first,
                {service} AS s2, lead(c) OVER () AS c2, lead(a) OVER () AS a2, lead(o) OVER () AS o2,
                lead(q) OVER () AS q2, lead(p) OVER () AS p2
            FROM fact
        ),
        numbered AS (
            SELECT *, s2 IS NOT DISTINCT FROM s AND c2 IS NOT DISTINCT FROM c AS has_next,
                max(CASE WHEN is_first THEN r END) OVER (ROWS UNBOUNDED PRECEDING) AS k
            FROM beside
        )
        SELECT s, c, k, r - k AS pos, a, t, g, p, h, o, q, d, CASE WHEN has_next THEN a2 ELSE {END} END AS b,
            CASE WHEN has_next THEN p2 END AS p2, CASE WHEN has_next THEN o2 - o END AS us,
            coalesce({WRONG}, false) AS wrong
        FROM numbered
    """  # noqa: S608


# ---- counting ----------------------------------------------------------------------------------------------------

_BUCKET = f"CASE WHEN us > 0 THEN floor(ln(us) / ln({rules.GAMMA}))::SMALLINT ELSE -1 END"


def _condensed(times: str, n: str) -> str:
    """All times where they are few, else each hundredth of them, sorted."""
    return (
        f"CASE WHEN {n} <= {GRID} THEN {times} ELSE"
        f" list_transform(range({GRID}), lambda i: {times}[1 + (i * ({n} - 1)) // {GRID - 1}]) END"
    )


def _count(connection: "Connection", table: str) -> None:
    """Add the cells of the steps that are laid."""
    said = _said("t", "q")
    stops = f"({int(Type.WITHDRAWN)}, {int(Type.EXPIRED)})"
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE one AS
        SELECT held.* EXCLUDE (channel, provider), coalesce(mark.met, 0) AS marked,
            CASE WHEN mark.said < held.said THEN mark.channel ELSE held.channel END AS channel,
            CASE WHEN mark.said < held.said THEN mark.provider ELSE held.provider END AS provider
        FROM (
            SELECT s, k, any_value(c) AS c, sum(hash(a, t, g, pos)) AS h1, bit_xor(hash(pos, g, t, a, 7)) AS h2,
                count(*) AS len, bit_or(1::BIGINT << t) AS met, max(d) AS day,
                coalesce(min(pos) FILTER (t = {int(Type.DELIVERED)}) < min(pos) FILTER (t = {int(Type.DECIDED)}), false)
                    AS is_result_first,
                coalesce(arg_max(a, pos) FILTER (t NOT IN {stops}), arg_max(a, pos)) AS last,
                min({said}) AS said, arg_min(h, {said}) AS channel, arg_min(p, {said}) AS provider
            FROM step GROUP BY s, k
        ) AS held LEFT JOIN mark ON mark.s = held.s AND mark.c = held.c
    """)  # noqa: S608
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE way AS
        SELECT s, count(*) AS n, min(k) AS k, any_value(met) | marked AS met,
            any_value(is_result_first) AS is_result_first
        FROM one GROUP BY s, h1, h2, len, marked
    """)
    # What is in a case is told from one case of each way; the hash has 128 bits, so no two ways share one.
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE seen AS
        SELECT step.s, step.k, way.n, pos, a, t, g, b, lag(pos) OVER (PARTITION BY step.k, a ORDER BY pos) AS before
        FROM step JOIN way ON way.k = step.k
    """)
    for statement in (_ACTIVITIES, _EDGES, _VARIANTS, _LOOPS, _WAYS, _HANDOVERS, _STOPPED, _OPENINGS):
        connection.execute(f"INSERT INTO {table} {statement}")
    connection.execute("DROP TABLE one; DROP TABLE way; DROP TABLE seen")


_ACTIVITIES = f"""
    WITH kinds AS (SELECT s, a, t, g, sum(n) AS n FROM seen GROUP BY s, a, t, g),
    held AS (SELECT s, a, sum(n) AS cases FROM (SELECT DISTINCT s, k, a, n FROM seen) GROUP BY s, a)
    SELECT kinds.s, {int(Kind.ACTIVITY)}, kinds.a, arg_max(t + 16 * g, n * 256 + t + 16 * g), NULL, sum(n),
        any_value(cases), NULL, NULL
    FROM kinds JOIN held ON held.s = kinds.s AND held.a = kinds.a GROUP BY kinds.s, kinds.a
"""  # noqa: S608

_EDGES = f"""
    WITH timed AS (
        SELECT s, a, b, count(*) AS n, coalesce(sum(us), 0)::BIGINT AS us,
            list_sort(list({_BUCKET}) FILTER (b <> {END})) AS times
        FROM step GROUP BY s, a, b
    ),
    held AS (SELECT s, a, b, sum(n) AS cases FROM (SELECT DISTINCT s, k, a, b, n FROM seen) GROUP BY s, a, b)
    SELECT timed.s, {int(Kind.EDGE)}, timed.a, timed.b, NULL, n, cases, us, {_condensed("times", "n")}
    FROM timed JOIN held ON held.s = timed.s AND held.a = timed.a AND held.b = timed.b
"""  # noqa: S608

_VARIANTS = f"""
    SELECT s, {int(Kind.VARIANT)}, NULL, NULL, path, sum(n), sum(n), NULL, NULL FROM (
        SELECT s, k, any_value(n) AS n, list(a ORDER BY pos) AS path FROM seen GROUP BY s, k
    ) GROUP BY s, path
"""  # noqa: S608

_LOOPS = f"""
    SELECT s, {int(Kind.LOOP)}, a, NULL, NULL, sum(n), sum(n) FILTER (is_first), NULL, NULL FROM (
        SELECT s, a, n, row_number() OVER (PARTITION BY k, a ORDER BY pos) = 1 AS is_first
        FROM seen WHERE pos - before > 1
    ) GROUP BY s, a
"""  # noqa: S608

_WAYS = f"""
    WITH staged AS (SELECT k, g, pos, lag(g) OVER (PARTITION BY k ORDER BY pos) AS g0 FROM seen WHERE g <> 0),
    staged_way AS (SELECT k, list(g ORDER BY pos) AS path FROM staged WHERE g0 IS DISTINCT FROM g GROUP BY k)
    SELECT way.s, {int(Kind.WAY)}, way.met + CASE WHEN is_result_first THEN {rules.RESULT_FIRST} ELSE 0 END, NULL,
        coalesce(path, []), sum(n), sum(n), NULL, NULL
    FROM way LEFT JOIN staged_way USING (k) GROUP BY ALL
"""  # noqa: S608

_HANDOVERS = f"""
    SELECT s, {int(Kind.HANDOVER)}, p, p2, NULL, n, cases, us, {_condensed("times", "n")} FROM (
        SELECT s, p, p2, count(*) AS n, count(DISTINCT k) AS cases, sum(us)::BIGINT AS us,
            list_sort(list({_BUCKET})) AS times
        FROM step WHERE p2 <> p GROUP BY s, p, p2
    )
"""  # noqa: S608

_STOPPED = f"""
    SELECT s, {int(Kind.STOPPED)}, last, CASE WHEN kind = 0 THEN day END AS b, [kind], count(*), count(*), NULL, NULL
    FROM (
        SELECT s, last, day, CASE WHEN (met | marked) >> {int(Type.WITHDRAWN)} & 1 = 1 THEN {int(Type.WITHDRAWN)}
            WHEN (met | marked) >> {int(Type.EXPIRED)} & 1 = 1 THEN {int(Type.EXPIRED)} ELSE 0 END AS kind
        FROM one WHERE (met | marked) >> {int(Type.DELIVERED)} & 1 = 0
    ) GROUP BY s, last, kind, CASE WHEN kind = 0 THEN day END
"""  # noqa: S608

_OPENINGS = f"""
    SELECT s, {int(Kind.OPENING)}, channel, provider, NULL, count(*), count(*), NULL, NULL FROM one
    GROUP BY s, channel, provider
"""  # noqa: S608


# ---- single cases ------------------------------------------------------------------------------------------------


def moments(connection: "Connection", files: Sequence[str], wanted: Wanted) -> Iterator[tuple[Any, ...]]:
    """Rows of cases in order: service, case, moment, activity, type, stage, channel, provider, whether it is a date."""
    gone = _gone(connection, files, wanted)
    condition = _of_services(wanted) + gone + _chosen(connection, files, wanted, gone)
    found = connection.execute(
        f"""
        SELECT service_id, case_id, occurred_us,
            CASE WHEN activity IN (0, {MARK}) THEN -type ELSE activity END, type, stage, channel, provider_id,
            activity = {MARK}
        FROM {_source(files)} WHERE type <> {int(Type.ANNULLED)}{condition}
        ORDER BY service_id, case_id, occurred_us, seq
        """  # noqa: S608
    )
    while batch := found.fetchmany(10_000):
        yield from batch
