"""Cells to flows: adds up what `mapping` counted, be it counted now or published before.

It reads a table of cells on a connection and returns values; it must not know where the cells come from.
"""

import itertools
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from ietvars.institution.deliveries.facts import Type
from ietvars.institution.flows import rules
from ietvars.institution.flows.mapping import END, Kind

if TYPE_CHECKING:
    import duckdb

    Connection = duckdb.DuckDBPyConnection

MOST_VARIANTS = 200
"""So many variants are named; all are counted."""


class _Plain(NamedTuple):
    """Cells of one key added up, of kinds without times."""

    kind: int
    a: int
    b: int | None
    path: list[int] | None
    n: int
    cases: int


class _Timed(NamedTuple):
    """Cells of a passage or hand-over added up; times as buckets."""

    kind: int
    a: int
    b: int
    n: int
    cases: int
    us: int
    median: int
    ninth: int


class _Way(NamedTuple):
    """A variant with the number of all of them, and of all cases."""

    path: list[int]
    n: int
    variants: int
    cases: int


def flows(
    connection: "Connection", table: str, *, today: int, share: float = 1.0, most_variants: int = MOST_VARIANTS
) -> dict[int, rules.Flow]:
    """The flow of every service in the table of cells, by its number.

    `today` (days since 1970) tells which open cases were left lying; `share` of the cases, by their commonest variants,
    tells which edges are shown.
    """
    plain: dict[int, list[_Plain]] = defaultdict(list)
    for service, *rest in connection.execute(_PLAIN.format(table=table)).fetchall():
        plain[service].append(_Plain(*rest))
    timed: dict[int, list[_Timed]] = defaultdict(list)
    for service, *rest in connection.execute(_TIMED.format(table=table)).fetchall():
        timed[service].append(_Timed(*rest))
    ways: dict[int, list[_Way]] = defaultdict(list)
    for service, *rest in connection.execute(_VARIANTS.format(table=table, most=int(most_variants))).fetchall():
        ways[service].append(_Way(*rest))
    return {
        service: _flow(plain[service], timed[service], held, today, _shown(connection, table, service, held, share))
        for service, held in ways.items()
    }


def _flow(
    plain: list[_Plain],
    timed: list[_Timed],
    ways: list[_Way],
    today: int,
    shown: frozenset[tuple[int, int]],
) -> rules.Flow:
    by: dict[int, list[_Plain]] = defaultdict(list)
    for cell in plain:
        by[cell.kind].append(cell)
    activities = _activities(by[Kind.ACTIVITY], timed)
    stopped = [(cell.a, cell.b, (cell.path or [0])[0], cell.n) for cell in by[Kind.STOPPED]]
    return rules.Flow(
        cases=ways[0].cases,
        events=sum(one.events for one in activities),
        variants_n=ways[0].variants,
        activities=activities,
        edges=tuple(
            rules.Edge(one.a, one.b, one.n, one.cases, one.us, rules.us_of(one.median), rules.us_of(one.ninth))
            for one in timed
            if one.kind == Kind.EDGE and one.b != END
        ),
        variants=tuple(rules.Variant(tuple(way.path), way.n) for way in ways),
        loops=tuple(rules.Loop(cell.a, cell.cases, cell.n) for cell in by[Kind.LOOP]),
        handovers=tuple(
            rules.Handover(one.a, one.b, one.n, one.cases, one.us, rules.us_of(one.median), rules.us_of(one.ninth))
            for one in timed
            if one.kind == Kind.HANDOVER
        ),
        dropouts=_dropouts(stopped, today),
        open_cases=sum(n for _, _, kind, n in stopped if not kind),
        openings=tuple(rules.Opening(cell.a, cell.b or 0, cell.n) for cell in by[Kind.OPENING]),
        ways=tuple(rules.Way(tuple(cell.path or ()), cell.a, cell.n) for cell in by[Kind.WAY]),
        shown=shown,
    )


def _activities(cells: list[_Plain], timed: list[_Timed]) -> tuple[rules.Activity, ...]:
    """Steps with the type and stage of most of their events; starts are what nothing came before."""
    ends: dict[int, int] = defaultdict(int)
    came: dict[int, int] = defaultdict(int)
    for one in timed:
        if one.kind == Kind.EDGE:
            (ends if one.b == END else came)[one.a if one.b == END else one.b] += one.n
    held: dict[int, list[_Plain]] = defaultdict(list)
    for cell in cells:
        held[cell.a].append(cell)
    made = []
    for number, of in held.items():
        events, main = sum(cell.n for cell in of), max(of, key=lambda cell: (cell.n, cell.b)).b or 0
        made.append(
            rules.Activity(
                number,
                main % 16,
                main // 16,
                events,
                sum(cell.cases for cell in of),
                events - came[number],
                ends[number],
            )
        )
    return tuple(sorted(made, key=lambda one: (-one.events, one.number)))


def _shown(
    connection: "Connection", table: str, service: int, ways: list[_Way], share: float
) -> frozenset[tuple[int, int]]:
    """Edges of the commonest variants that hold the share of cases; asked again where the named ones do not suffice."""
    wanted, held = share * ways[0].cases, 0
    found: set[tuple[int, int]] = set()
    for way in ways:
        if held >= wanted:
            return frozenset(found)
        held += way.n
        found.update(itertools.pairwise(way.path))
    if len(ways) < ways[0].variants and held < wanted:
        rows = connection.execute(_SHOWN.format(table=table, share=float(share), service=int(service))).fetchall()
        return frozenset((a, b) for a, b in rows)
    return frozenset(found)


def _dropouts(stopped: list[tuple[int, int | None, int, int]], today: int) -> tuple[rules.Dropout, ...]:
    found: dict[tuple[int, rules.Outcome], int] = defaultdict(int)
    for activity, day, kind, n in stopped:
        if kind == Type.WITHDRAWN:
            found[activity, rules.Outcome.WITHDRAWN] += n
        elif kind == Type.EXPIRED:
            found[activity, rules.Outcome.EXPIRED] += n
        elif day is not None and today - day >= rules.LONG_OPEN_DAYS:
            found[activity, rules.Outcome.LEFT] += n
    made = (rules.Dropout(activity, outcome, n) for (activity, outcome), n in found.items())
    return tuple(sorted(made, key=lambda one: (-one.cases, one.activity, one.outcome)))


_PLAIN = f"""
    SELECT service_id, kind, a, b, path, sum(n)::BIGINT AS n, sum(cases)::BIGINT FROM {{table}}
    WHERE kind NOT IN ({int(Kind.EDGE)}, {int(Kind.HANDOVER)}, {int(Kind.VARIANT)})
    GROUP BY service_id, kind, a, b, path ORDER BY n DESC, a, b, path
"""  # noqa: S608

_TIMED = f"""
    WITH added AS (
        SELECT service_id, kind, a, b, sum(n)::BIGINT AS n, sum(cases)::BIGINT AS cases, sum(sum_us)::BIGINT AS us
        FROM {{table}} WHERE kind IN ({int(Kind.EDGE)}, {int(Kind.HANDOVER)}) GROUP BY service_id, kind, a, b
    ),
    single AS (
        SELECT service_id, kind, a, b, unnest(times) AS bucket, n / len(times) AS weight FROM {{table}}
        WHERE times IS NOT NULL
    ),
    heaped AS (SELECT service_id, kind, a, b, bucket, sum(weight) AS weight FROM single GROUP BY ALL),
    climbed AS (
        SELECT service_id, kind, a, b, bucket,
            sum(weight) OVER (PARTITION BY service_id, kind, a, b ORDER BY bucket) AS up_to,
            sum(weight) OVER (PARTITION BY service_id, kind, a, b) AS whole
        FROM heaped
    ),
    told AS (
        SELECT service_id, kind, a, b, min(bucket) FILTER (up_to >= 0.5 * whole - 1e-9) AS median,
            min(bucket) FILTER (up_to >= 0.9 * whole - 1e-9) AS ninth
        FROM climbed GROUP BY service_id, kind, a, b
    )
    SELECT service_id, kind, a, b, n, cases, us, coalesce(median, -1), coalesce(ninth, -1)
    FROM added LEFT JOIN told USING (service_id, kind, a, b) ORDER BY n DESC, a, b
"""  # noqa: S608

_ADDED_VARIANTS = f"""
    SELECT service_id, path, sum(n)::BIGINT AS n FROM {{table}} WHERE kind = {int(Kind.VARIANT)}
    GROUP BY service_id, path
"""  # noqa: S608

_VARIANTS = f"""
    SELECT service_id, path, n, count(*) OVER (PARTITION BY service_id),
        sum(n) OVER (PARTITION BY service_id)::BIGINT
    FROM ({_ADDED_VARIANTS})
    QUALIFY row_number() OVER (PARTITION BY service_id ORDER BY n DESC, len(path), path) <= {{most}}
    ORDER BY n DESC, len(path), path
"""  # noqa: S608

_SHOWN = f"""
    WITH ranked AS (
        SELECT path, sum(n) OVER (ORDER BY n DESC, len(path), path) - n AS before, sum(n) OVER () AS whole
        FROM ({_ADDED_VARIANTS}) WHERE service_id = {{service}}
    ),
    taken AS (SELECT path FROM ranked WHERE before < {{share}} * whole),
    pairs AS (SELECT path, unnest(range(1, len(path))) AS i FROM taken)
    SELECT DISTINCT path[i], path[i + 1] FROM pairs
"""  # noqa: S608
