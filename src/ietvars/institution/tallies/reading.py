"""Reads marts and case states of the lake into sums by service and month. Called by the worker and by queries.

A file of its own, since it speaks SQL to DuckDB and not to the database. One look is one generation: the files are
named first, and those that are named stay until their readers are done. It must not decide what a quantity is.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import transaction

from ietvars.ground.lake import engines
from ietvars.ground.lake import queries as lake
from ietvars.ground.periods import rules as periods
from ietvars.institution.cases import queries as cases
from ietvars.institution.cases.schema import FORMULA_VERSION, Measure
from ietvars.institution.deliveries.facts import CHANNELS, Origin, Stage
from ietvars.institution.tallies import many, rules
from ietvars.institution.tallies.rules import Group, Sums

if TYPE_CHECKING:
    import duckdb

DATASETS = ("mart_month", "mart_hist", "cases")
EPOCH = date(1970, 1, 1)
Months = dict[int, Sums]
"""Month as yyyymm to its sums."""


@dataclass
class Read:
    """What is known of each service, month by month, and of which state of the lake."""

    services: dict[int, Months] = field(default_factory=dict)
    first: dict[int, int] = field(default_factory=dict)  # service to its first month
    last: dict[int, int] = field(default_factory=dict)  # holder to the last month in which anything happened
    generation: int = 0
    watermark: int = 0


@contextmanager
def looking(*datasets: str) -> Iterator["Look | None"]:
    """A look at the newest generation of data sets; None while one of them holds nothing."""
    with transaction.atomic():
        parts = {dataset: lake.parts(dataset) for dataset in datasets}
        state = lake.state(datasets[0])
    if not all(parts.values()):
        yield None
        return
    with engines.duck() as connection:
        named = {dataset: _files(lake.absolute(found)) for dataset, found in parts.items() if dataset != "cases"}
        if "cases" in parts:
            named["cases"] = cases.standing(connection, parts["cases"])
        yield Look(connection, named, state.generation, state.watermark)


_HELD = "(SELECT holder_id, month, ended FROM {mart_month} GROUP BY ALL HAVING sum(cases) > 0)"
"""Cells that exist: rows of a mart may take off what others say."""


def _files(paths: list[str]) -> str:
    """SQL of the files. Without the partitions of their folders: a mart has a column `bucket` of its own."""
    named = ", ".join(f"'{engines.quoted(path)}'" for path in paths)
    return f"read_parquet([{named}], hive_partitioning = false)"


@dataclass(frozen=True)
class Look:
    """One connection over the files of one generation."""

    connection: "duckdb.DuckDBPyConnection"
    named: dict[str, str]
    generation: int
    watermark: int

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a SELECT in which `{mart_month}` and the like stand for the files."""
        return self.connection.execute(sql.format(**self.named)).fetchall()


@dataclass(frozen=True)
class Extent:
    """How far the marts reach: first and last month, the last month of each holder, and their watermark."""

    first: int
    last: int
    holders: dict[int, int]
    watermark: int

    @property
    def mark(self) -> str:
        """Changes when more than the figures of single services may have changed."""
        said = [self.first, sorted(self.holders.items()), FORMULA_VERSION]
        return sha256(json.dumps(said).encode()).hexdigest()[:16]


def extent() -> Extent | None:
    """How far the marts reach; None while there are none."""
    with looking("mart_month") as look:
        if look is None:
            return None
        rows = look.rows(f"SELECT holder_id, min(month), max(greatest(month, ended)) FROM {_HELD} GROUP BY 1")  # noqa: S608
        holders = {holder: last for holder, _, last in rows}
        return Extent(min(row[1] for row in rows), max(holders.values()), holders, look.watermark)


def touched(since: int) -> list[int]:
    """Services of which some cell of the marts was computed from later input than a watermark."""
    with looking("mart_month") as look:
        if look is None:
            return []
        sql = f"SELECT DISTINCT service_id FROM {{mart_month}} WHERE input_watermark > {int(since)} ORDER BY 1"  # noqa: S608
        return [row[0] for row in look.rows(sql)]


def read(service_ids: Collection[int] | None = None) -> Read:
    """Everything that tallies are made of, of these services or of all."""
    with looking(*DATASETS) as look:
        if look is None:
            return Read()
        only = _only(service_ids)
        found: dict[int, Months] = defaultdict(lambda: defaultdict(Sums))
        _sums(look, found, only)
        _histograms(look, found, only)
        _receipts(look, found, only)
        _stages(look, found, only)
        _scatter(look, found, only)
        services = {service: dict(months) for service, months in found.items()}
        return Read(
            services=services,
            first={service: min(months) for service, months in services.items()},
            last=dict(look.rows(f"SELECT holder_id, max(greatest(month, ended)) FROM {_HELD} GROUP BY 1")),  # noqa: S608
            generation=look.generation,
            watermark=look.watermark,
        )


def _only(service_ids: Collection[int] | None) -> str:
    return (
        "" if service_ids is None else f" AND service_id IN ({', '.join(str(int(one)) for one in service_ids) or -1})"
    )


def month_of(day: str) -> str:
    """SQL of the month yyyymm of a legal day."""
    moment = f"(DATE '1970-01-01' + {day})"
    return f"(year({moment}) * 100 + month({moment}))"


Found = dict[int, Months]


def _sums(look: Look, found: Found, only: str) -> None:
    """Columns of the marts, by month of opening and by month of the end; and requests by channel."""
    for group, by, names in ((Group.OPENED, "month", rules.OF_OPENED), (Group.ENDED, "ended", rules.OF_ENDED)):
        columns = ", ".join(f"sum({name})::BIGINT" for name in names)
        sql = (
            f"SELECT service_id, {by}, {columns} FROM {{mart_month}} WHERE {by} > 0{only}"  # noqa: S608
            " GROUP BY 1, 2 HAVING sum(cases) > 0"
        )
        for service, month, *values in look.rows(sql):
            sums = found[service][month]
            for name, value in zip(names, values, strict=True):
                if value:
                    sums[group, name] += value
    sql = (
        f"SELECT service_id, month, channel, sum(cases) FROM {{mart_month}} WHERE true{only}"  # noqa: S608
        " GROUP BY 1, 2, 3 HAVING sum(cases) > 0"
    )
    for service, month, channel, n in look.rows(sql):
        found[service][month][Group.REQUESTS, CHANNELS[channel]] += int(n)


_MEASURES = {
    int(Measure.LEAD): Group.LEADS,
    int(Measure.PROCESSING): Group.PROCESSING,
    int(Measure.WAIT): Group.WAITS,
    int(Measure.METHOD): Group.METHODS,
}


def _histograms(look: Look, found: Found, only: str) -> None:
    """Times and methods of cases that ended, by month of the end."""
    wanted = ", ".join(map(str, _MEASURES))
    for service, month, measure, bucket, n in look.rows(
        "SELECT service_id, ended, measure, bucket, sum(n)::BIGINT FROM {mart_hist}"  # noqa: S608 - numbers of our own
        f" WHERE ended > 0 AND measure IN ({wanted}){only} GROUP BY 1, 2, 3, 4 HAVING sum(n) > 0"
    ):
        found[service][month][_MEASURES[measure], bucket] += n


def _receipts(look: Look, found: Found, only: str) -> None:
    """Results by the channel through which they were handed over."""
    for service, month, channel, n in look.rows(
        f"SELECT service_id, {month_of('delivered_day')}, receipt % 128, count(*) FROM {{cases}}"  # noqa: S608
        f" WHERE receipt IS NOT NULL{only} GROUP BY 1, 2, 3"
    ):
        found[service][month][Group.RECEIPTS, CHANNELS[channel]] += n


def _stages(look: Look, found: Found, only: str) -> None:
    """By month of opening: stages that cases came to and were left at, and runs through the site or the app.

    A run is begun by the person's own hand; it is finished when the case has gone past the request. One that still
    stands in the request is neither yet.
    """
    past = f"(stages >= {1 << Stage.EXECUTION} OR receipt IS NOT NULL)"
    dropped = "(receipt IS NULL AND dropped_day IS NOT NULL)"
    online = ", ".join(str(CHANNELS.index(channel)) for channel in rules.ONLINE)
    is_run = f"(channel IN ({online}) AND origin = {int(Origin.SELF)} AND ({past} OR {dropped}))"
    columns = [
        *(f"count(*) FILTER (stages & {1 << at} > 0)" for at in (1, 2, 3)),
        *(f"count(*) FILTER ({dropped} AND stages >= {1 << at} AND stages < {1 << at + 1})" for at in (1, 2, 3)),
        f"count(*) FILTER {is_run}",
        f"count(*) FILTER ({is_run} AND {past})",
    ]
    keys = [
        *((Group.REACHED, stage) for stage in rules.STAGES),
        *((Group.LEFT, stage) for stage in rules.STAGES),
        (Group.RUNS, "started"),
        (Group.RUNS, "finished"),
    ]
    for service, month, *values in look.rows(
        f"SELECT service_id, {month_of('opened_day')}, {', '.join(columns)} FROM {{cases}}"  # noqa: S608
        f" WHERE true{only} GROUP BY 1, 2"
    ):
        for key, value in zip(keys, values, strict=True):
            if value:
                found[service][month][key] += value


# ---- how days scatter ------------------------------------------------------------------------------------------------


def _scatter(look: Look, found: Found, only: str) -> None:
    """The parts of the dispersion of requests, results, times and ratings, from the days of each month."""
    _calendar(look)
    for what, day in (("requests", "opened_day"), ("results", "delivered_day")):
        _of_counts(look, found, only, what, day)
    _of_times(look, found, only)
    _of_ratings(look, found, only)


def _of_counts(look: Look, found: Found, only: str, what: str, day: str) -> None:
    """Days of a month on which offices work are one cell, its days off another."""
    rows = look.rows(
        f"""
        WITH daily AS (
            SELECT service_id, {day} AS day, count(*) AS n FROM {{cases}} WHERE {day} IS NOT NULL{only} GROUP BY 1, 2
        )
        SELECT service_id, month, is_working, sum(n)::DOUBLE, sum(n * n)::DOUBLE
        FROM daily JOIN calendar USING (day) GROUP BY 1, 2, 3
        """  # noqa: S608 - names of our own
    )
    if not rows:
        return
    days = {row[:2]: row[2] for row in look.rows("SELECT month, is_working, count(*) FROM calendar GROUP BY 1, 2")}
    total, squares = np.array([row[3:] for row in rows], dtype=np.float64).T
    all_days = np.array([days[row[1:3]] for row in rows], dtype=np.float64)
    _keep(found, what, [row[:2] for row in rows], *many.of_counts(total, squares, all_days))


def _calendar(look: Look) -> None:
    """Let `calendar` be every legal day of the months of the cases: its month, and whether offices work."""
    first, last = look.rows(
        "SELECT min(opened_day), max(greatest(opened_day, coalesce(delivered_day, 0), coalesce(dropped_day, 0)))"
        " FROM {cases}"
    )[0]
    at = (EPOCH + timedelta(days=first or 0)).replace(day=1)
    until = ((EPOCH + timedelta(days=last or 0)).replace(day=28) + timedelta(days=4)).replace(day=1)
    days = [at + timedelta(days=more) for more in range((until - at).days)]
    look.connection.execute(
        "CREATE TEMP TABLE calendar AS"
        " SELECT unnest(?::INTEGER[]) AS day, unnest(?::INTEGER[]) AS month, unnest(?::BOOLEAN[]) AS is_working",
        [
            [(day - EPOCH).days for day in days],
            [day.year * 100 + day.month for day in days],
            [periods.is_working_day(day) for day in days],
        ],
    )


def _of_times(look: Look, found: Found, only: str) -> None:
    """How much whole days are slow together: the share of each day's results that took longer than the month's median.

    The same scatter stands for the share on time, whose line lies elsewhere in the same times.
    """
    rows = look.rows(
        f"""
        WITH leads AS (
            SELECT service_id, {month_of("delivered_day")} AS month, delivered_day AS day,
                   delivered_day - opened_day AS days
            FROM {{cases}} WHERE delivered_day IS NOT NULL AND receipt IS NOT NULL{only}
        ), middle AS (
            SELECT service_id, month, median(days) AS middle FROM leads GROUP BY 1, 2
        ), daily AS (
            SELECT service_id, month, day, count(*) AS n, count(*) FILTER (days > middle) AS k
            FROM leads JOIN middle USING (service_id, month) GROUP BY 1, 2, 3
        )
        SELECT service_id, month, sum(k)::DOUBLE, sum(n)::DOUBLE, sum(k * k / n)::DOUBLE, count(*)
        FROM daily GROUP BY 1, 2
        """  # noqa: S608 - numbers of our own
    )
    if rows:
        hits, n, weighed, days = np.array([row[2:] for row in rows], dtype=np.float64).T
        _keep(found, "times", [row[:2] for row in rows], *many.of_shares(hits, n, weighed, days))


def _of_ratings(look: Look, found: Found, only: str) -> None:
    for service, month, between, days, within, answers in look.rows(
        f"""
        WITH daily AS (
            SELECT service_id, {month_of("delivered_day")} AS month, delivered_day AS day, sum(rating_n)::DOUBLE AS n,
                   sum(rating_sum)::DOUBLE AS total, sum(rating_sq)::DOUBLE AS squares
            FROM {{cases}} WHERE rating_n > 0 AND delivered_day IS NOT NULL{only} GROUP BY 1, 2, 3
        )
        SELECT service_id, month, sum(total * total / n) - sum(total) * sum(total) / sum(n), count(*) - 1,
               sum(squares - total * total / n), sum(n) - count(*)
        FROM daily GROUP BY 1, 2
        """  # noqa: S608 - numbers of our own
    ):
        sums = found[service][month]
        for part, value in (("between", between), ("days", days), ("within", within), ("answers", answers)):
            sums[Group.SCATTER, f"ratings.{part}"] += value


def _keep(found: Found, what: str, keys: list[tuple[int, int]], chi: many.Floats, freedom: many.Floats) -> None:
    for (service, month), one, by in zip(keys, chi.tolist(), freedom.tolist(), strict=True):
        found[service][month][Group.SCATTER, f"{what}.chi"] += one
        found[service][month][Group.SCATTER, f"{what}.freedom"] += by
