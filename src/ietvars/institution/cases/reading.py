"""Opens the published marts for reading, one connection a process and generation, and writes the SELECTs for them.

Apart from `queries`, so that those read as what they answer. It never opens facts or case states, and never writes.

Rows of a cell may lie in several files and some of them take off, so every SELECT adds them up and leaves out what
comes to zero.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ietvars.ground.lake import engines
from ietvars.ground.lake import queries as lake
from ietvars.institution.cases import running, schema
from ietvars.institution.cases.schema import Basis, Measure

if TYPE_CHECKING:
    import duckdb

Asking = tuple[str, list[Any]]
"""SQL and its values."""

MOST_ANSWERS, MOST_ROWS = 64, 2000
"""So many answers of so many rows at most are kept in a process: the pages that people look at today."""

MEMORY_MB = 256
"""A page needs a service's rows, not a lake."""


@dataclass(frozen=True)
class Asked:
    """Which cells are wanted. A filter of None lets all through."""

    basis: Basis
    since: int | None
    until: int | None
    filters: Mapping[str, Collection[int] | None]
    of_state: bool = False

    @property
    def month(self) -> str:
        """The column of the month that counts."""
        return "month" if self.basis is Basis.OPENED else "ended"

    def where(self, *, spanned: bool = True, also: str = "") -> Asking:
        """The WHERE of it."""
        said, values = ["true"], list[Any]()
        for column, wanted in self.filters.items():
            if wanted is not None:
                said.append(f"{column} IN (SELECT unnest(?::INTEGER[]))" if len(wanted) > 8 else _among(column, wanted))
                if len(wanted) > 8:
                    values.append(sorted(wanted))
        if self.basis is Basis.DELIVERED and spanned:
            said.append("ended > 0")
        if spanned and self.since is not None:
            said.append(f"{self.month} >= {int(self.since)}")
        if spanned and self.until is not None:
            said.append(f"{self.month} <= {int(self.until)}")
        if also:
            said.append(also)
        return " AND ".join(said), values


def _among(column: str, wanted: Collection[int]) -> str:
    """Whole numbers in place, so that files are skipped by their statistics."""
    if not wanted:
        return "false"
    named = ", ".join(str(int(each)) for each in sorted(wanted))
    return f"{column} = {named}" if len(wanted) == 1 else f"{column} IN ({named})"


class Snapshot:
    """The marts of one generation."""

    def __init__(self, opened: _Opened, *, exists: bool) -> None:
        self._opened, self._exists = opened, exists

    def __bool__(self) -> bool:
        return self._exists

    def rows(self, asking: Asking) -> list[tuple[Any, ...]]:
        """What a SELECT gives. A generation never changes, so what was asked lately of this one is not asked again."""
        sql, values = asking
        key, answers = (sql, repr(values)), self._opened.answers
        if key not in answers:
            found = self._opened.connection.execute(sql, values).fetchall()
            if len(found) > MOST_ROWS:
                return found
            while len(answers) >= MOST_ANSWERS:
                del answers[next(iter(answers))]
            answers[key] = found
        return answers[key]


@dataclass
class _Opened:
    generations: dict[str, int]
    connection: duckdb.DuckDBPyConnection
    exist: dict[str, bool]
    answers: dict[tuple[str, str], list[tuple[Any, ...]]] = field(default_factory=dict)


_kept: dict[str, _Opened] = {}
_lock = threading.Lock()


@contextmanager
def snapshot(*datasets: str) -> Iterator[Snapshot]:
    """The newest generation of marts; false where nothing was computed. One reader at a time in a process."""
    with _lock:
        opened = _open(str(lake_root()), datasets)
        yield Snapshot(opened, exists=all(opened.exist[name] for name in datasets))


def lake_root() -> Any:
    """The folder of the lake: another one, as in tests, has a connection of its own."""
    from django.conf import settings

    return settings.LAKE


def close() -> None:
    """Let all connections go."""
    with _lock:
        for opened in _kept.values():
            opened.connection.close()
        _kept.clear()


def _open(root: str, datasets: Sequence[str]) -> _Opened:
    opened = _kept.get(root)
    if opened is None:
        connection = engines.duck(memory_mb=MEMORY_MB, threads=1)
        connection.execute("SET parquet_metadata_cache = true")
        opened = _kept[root] = _Opened({}, connection, {})
    now = lake.generations()
    for dataset in datasets:
        generation = now.get(dataset, 0)
        if opened.generations.get(dataset) != generation:
            found = lake.paths(dataset, at=generation) if generation else []
            _show(opened.connection, dataset, found)
            opened.answers.clear()
            opened.exist[dataset], opened.generations[dataset] = bool(found), generation
    return opened


def _show(connection: duckdb.DuckDBPyConnection, dataset: str, paths: Sequence[str]) -> None:
    """Let a data set's name be its files."""
    if paths:
        named = ", ".join(f"'{engines.quoted(path)}'" for path in paths)
        source = f"SELECT * FROM read_parquet([{named}], hive_partitioning = false)"  # noqa: S608
    else:
        none = ", ".join(
            f"NULL::{running.DUCK_TYPES[kind]} AS {name}" for name, kind in schema.DATASETS[dataset].items()
        )
        source = f"SELECT {none} WHERE false"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {dataset} AS {source}")


def months(asked: Asked, columns: Sequence[str], *, monthly: bool) -> Asking:
    """(month or 0, *columns, *SUMS, input_watermark, formula_version)."""
    where, values = asked.where()
    month = asked.month if monthly else "0"
    keys = ", ".join([f"{month} AS in_month", *columns])
    sums = ", ".join(f"sum({name})::BIGINT" for name in schema.SUMS)
    group = ", ".join(["in_month", *columns])
    source = "state_month" if asked.of_state else "mart_month"
    sql = (
        f"SELECT {keys}, {sums}, max(input_watermark), max(formula_version) FROM {source} WHERE {where}"  # noqa: S608
        f" GROUP BY {group} HAVING sum(cases) > 0"
    )
    return sql, values


def counts(asked: Asked, columns: Sequence[str], *, measure: Measure, monthly: bool) -> Asking:
    """(month or 0, *columns, bucket, n), in this order."""
    where, values = asked.where(also=f"measure = {int(measure)}")
    month = asked.month if monthly else "0"
    keys = ", ".join([f"{month} AS in_month", *columns, "bucket"])
    source = "state_hist" if asked.of_state else "mart_hist"
    return (
        f"SELECT {keys}, sum(n)::BIGINT AS n FROM {source} WHERE {where} GROUP BY ALL HAVING sum(n) > 0 ORDER BY ALL",  # noqa: S608
        values,
    )


def quantiles(asked: Asked, columns: Sequence[str], *, measure: Measure, monthly: bool) -> Asking:
    """(month or 0, *columns, p50, p90), type 7, exact."""
    counted, values = counts(asked, columns, measure=measure, monthly=monthly)
    keys = ", ".join(["in_month", *columns])

    def at(share: float) -> str:
        place = f"((total - 1) * {share})"
        low = f"min(bucket) FILTER (WHERE seen > floor({place}))"
        high = f"min(bucket) FILTER (WHERE seen > least(floor({place}) + 1, total - 1))"
        return f"({low} + (any_value({place}) - floor(any_value({place}))) * ({high} - {low}))::DOUBLE"

    sql = (
        f"WITH counted AS ({counted}), ranked AS (SELECT *, sum(n) OVER (PARTITION BY {keys} ORDER BY bucket) AS seen,"  # noqa: S608
        f" sum(n) OVER (PARTITION BY {keys}) AS total FROM counted)"
        f" SELECT {keys}, {at(0.5)}, {at(0.9)} FROM ranked GROUP BY {keys}"
    )
    return sql, values


def flow(asked: Asked, columns: Sequence[str]) -> Asking:
    """(month, ended or 0, *columns, cases) of all months."""
    where, values = asked.where(spanned=False)
    source = "state_month" if asked.of_state else "mart_month"
    keys = ", ".join(["month", "ended", *columns])
    sql = f"SELECT {keys}, sum(cases)::BIGINT FROM {source} WHERE {where} GROUP BY {keys} HAVING sum(cases) > 0"  # noqa: S608
    return sql, values


def steps(asked: Asked, *, monthly: bool, by_channel: bool) -> Asking:
    """(month or 0, service, activity, channel or none, days, reached, left, stalled), in this order."""
    where, values = asked.where()
    month, channel = "month" if monthly else "0", "channel" if by_channel else "NULL::INTEGER"
    sql = (
        f"SELECT {month} AS in_month, service_id, activity, {channel} AS by_channel, days, sum(reached)::BIGINT,"  # noqa: S608
        f' sum("left")::BIGINT, sum(stalled)::BIGINT FROM mart_step WHERE {where}'
        " GROUP BY ALL HAVING sum(reached) > 0 ORDER BY in_month, service_id, activity, by_channel, days"
    )
    return sql, values
