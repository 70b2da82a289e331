"""Set the recompute beside others: its expressions on PostgreSQL and PySpark, and the same figures written by hand.

PostgreSQL and PySpark compute all that the recompute computes, from the same expressions; loading into PostgreSQL and
starting Spark are told apart. By hand, in SQL, pandas and Polars, it is the heart of it: case states and `mart_month`,
beside which the same heart runs through Ibis. Each run is a process of its own, in turn; the cells of all must be
equal.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

import bench_data
import bench_hand
import postgres
from bench_compute import digest, recompute_apart
from bench_data import Sheet
from ietvars.institution.cases import running

HANDS = {"hand SQL": 1.25, "pandas": 2.5, "polars": 1.3}
POSTGRES, SPARK, SPARK_MB = 6.0, 10.0, 6_000
PEER_MOST = 12_000_000
"""Above so many events the peers would need more memory or more patience than a bench has."""


def measure(sheet: Sheet) -> None:
    """All peers, at the size of the sheet or the largest that they are asked for."""
    size = min(sheet.size, PEER_MOST)
    folder = bench_data.facts_of(size)
    rows = bench_data.about(folder)["rows"]
    sheet.head(f"The recompute of {rows:,} events beside others, in seconds")
    rounds = 2 if size > 2_000_000 else 3
    _by_hand(sheet, folder, rounds)
    _whole(sheet, folder)


def _by_hand(sheet: Sheet, folder: Path, rounds: int) -> None:
    names = ("ibis", *HANDS)
    taken: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            taken[name].append(bench_data.apart("bench_peers.py", name, str(folder)))
    best = {name: min(each["seconds"] for each in runs) for name, runs in taken.items()}
    sheet.figure("peers", "states and mart_month through Ibis on DuckDB", f"{best['ibis']:.2f} s", seconds=best["ibis"])
    for name, limit in HANDS.items():
        told = f"{best[name]:.2f} s, peak {max(each['peak_mb'] for each in taken[name]):.0f} MB"
        if name == "hand SQL":
            sheet.at_most("peers", "Ibis, times the SQL by hand", best["ibis"] / best[name], limit, told)
        else:
            sheet.at_least("peers", f"times as fast as {name}", best[name] / best["ibis"], limit, told)
        is_equal = taken[name][0]["digest"] == taken["ibis"][0]["digest"]
        sheet.equal("peers", f"cells of {name}", is_equal, f"{taken[name][0]['digest']['mart_month'][0]:,} cells")


def _whole(sheet: Sheet, folder: Path) -> None:
    ours = min((recompute_apart(folder, "whole") for _ in range(2)), key=lambda each: float(each["seconds"]))
    sheet.figure("peers", "the whole recompute on DuckDB, files written", f"{ours['seconds']:.2f} s")
    if programs := postgres.programs():
        with postgres.private_cluster(programs) as url:
            told = bench_data.apart("bench_peers.py", "postgres", str(folder), env={**os.environ, "BENCH_URL": url})
        more = f"{told['seconds']:.1f} s, and {told['loading']:.0f} s to load"
        sheet.at_least(
            "peers", "times as fast as PostgreSQL", told["seconds"] / ours["seconds"], POSTGRES, more, **told
        )
        sheet.equal("peers", "cells of PostgreSQL", told["digest"] == ours["digest"])
    else:
        sheet.figure("peers", "PostgreSQL", f"skipped: {postgres.HOW_TO_GET}")
    if reason := _no_spark():
        sheet.figure("peers", "PySpark", f"skipped: {reason}")
        return
    told = bench_data.apart("bench_peers.py", "spark", str(folder))
    more = f"{told['seconds']:.1f} s, and {told['starting']:.0f} s to start"
    sheet.at_least("peers", "times as fast as PySpark", told["seconds"] / ours["seconds"], SPARK, more, **told)
    sheet.equal("peers", "cells of PySpark", told["digest"] == ours["digest"])


def _no_spark() -> str:
    """Why Spark cannot run here; empty when it can."""
    import importlib.util
    import shutil

    if shutil.which("java") is None:
        return "install Java 17 (on Debian: apt-get install openjdk-17-jre-headless)"
    return "" if importlib.util.find_spec("pyspark") else "run python tools/install.py scale"


# ---- the heart, through Ibis and by hand -----------------------------------------------------------------------------


def heart(folder: Path) -> dict[str, Any]:
    """Case states and `mart_month` through Ibis, as the recompute makes them of all cohorts at once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ietvars.settings")
    from ietvars.ground.lake import engines
    from ietvars.institution.cases import computing, marts, schema

    known = bench_data.known()
    connection = duckdb.connect(config={"preserve_insertion_order": False})
    engine = running.Duck(connection, engines.sql)
    begun = time.perf_counter()
    computing.prepare(engine, known)
    engine.read("facts", computing.COLUMNS["facts"], bench_data.paths(folder))
    cohort = max(computing.found(folder))[0]
    computing.make_states(engine, of_cohort=cohort, input_watermark=1)
    engine.rename("states", "cases")
    computing.make_before(engine, (), cohort)
    engine.make("returned", computing.formula("returned"), marts.RETURNED)
    made = computing.formula("mart_month", electronic=known.electronic)
    engine.make("mart_month", made, schema.MONTH, computing.marks(1))
    seconds = time.perf_counter() - begun
    out = folder / ".heart.parquet"
    engine.write("mart_month", (), out)
    return _told(seconds, out)


def hand(name: str, folder: Path) -> dict[str, Any]:
    """The same by hand."""
    out = folder / f".{name.replace(' ', '-')}.parquet"
    seconds = bench_hand.WAYS[name](bench_data.paths(folder), bench_data.known(), out)
    return _told(seconds, out)


def _told(seconds: float, out: Path) -> dict[str, Any]:
    peak = bench_data.peak_mb()
    told = {"seconds": seconds, "peak_mb": peak, "digest": digest({"mart_month": [str(out)]})}
    out.unlink()
    return told


# ---- PostgreSQL ------------------------------------------------------------------------------------------------------


class Postgres:
    """The same expressions on PostgreSQL: an engine as `cases.running` describes it, whose tables stay in it."""

    name = "postgres"
    TYPES: Mapping[str, str] = {
        "int64": "BIGINT", "int32": "INTEGER", "int16": "SMALLINT", "int8": "SMALLINT", "uuid": "UUID",
    }  # fmt: skip

    def __init__(self, connection: Any, compiled: Callable[[Any, str], str]) -> None:
        self._connection, self._compiled = connection, compiled

    def load(self, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
        """Make a small table of rows."""
        self.drop(name)
        types = ", ".join(f'"{each}" {self.TYPES[kind]}' for each, kind in columns.items())
        self._connection.execute(f'CREATE UNLOGGED TABLE "{name}" ({types})')
        with self._connection.cursor() as cursor, cursor.copy(f'COPY "{name}" FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
        self._connection.execute(f'ANALYZE "{name}"')

    def read(self, name: str, columns: Mapping[str, str], paths: Sequence[str]) -> None:
        """The facts were loaded before; `paths` are what was loaded."""
        if name != "facts":
            raise ValueError(name)

    def make(
        self, name: str, expression: Any, columns: Mapping[str, str], constants: Mapping[str, int] = running.NONE
    ) -> None:
        """Compute a table and keep it."""
        self.drop(name)
        sql = running.typed(self._compiled(expression, "postgres"), columns, self.TYPES, constants)
        self._connection.execute(f'CREATE UNLOGGED TABLE "{name}" AS {sql}')
        self._connection.execute(f'ANALYZE "{name}"')

    def first(self, expression: Any) -> tuple[Any, ...]:
        """The only row of an expression."""
        return tuple(self._connection.execute(self._compiled(expression, "postgres")).fetchone())

    def count(self, name: str) -> int:
        """Rows of a table."""
        return int(self._connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608

    def rename(self, name: str, to: str) -> None:
        """Give a table another name."""
        self.drop(to)
        self._connection.execute(f'ALTER TABLE "{name}" RENAME TO "{to}"')

    def drop(self, *names: str) -> None:
        """Forget tables; the facts stay, since loading them is not measured."""
        for name in names:
            if name != "facts":
                self._connection.execute(f'DROP TABLE IF EXISTS "{name}"')

    def write(self, name: str, order: Sequence[str], path: Path) -> None:
        """Nothing: PostgreSQL keeps its tables. They are read for comparing after the time was taken."""
        self._connection.execute(f'CREATE UNLOGGED TABLE "kept_{name}" AS TABLE "{name}"')


def on_postgres(folder: Path) -> dict[str, Any]:
    """Load the facts, then compute everything."""
    import psycopg

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ietvars.settings")
    from ietvars.ground.lake import engines
    from ietvars.institution.cases import computing

    with psycopg.connect(os.environ["BENCH_URL"], autocommit=True) as connection:
        # What a careful hand would set on a machine that does nothing else.
        for setting in (
            "work_mem = '1GB'",
            "max_parallel_workers_per_gather = 2",
            "jit = off",
            "temp_buffers = '512MB'",
        ):
            connection.execute(f"SET {setting}".encode())
        begun = time.perf_counter()
        _load_facts(connection, folder)
        loading = time.perf_counter() - begun
        engine = Postgres(connection, engines.sql)
        found = computing.found(folder)
        paths = [path for files in found.values() for path in files]
        laid: list[str] = []

        def lay(dataset: str, place: tuple[int, int], rows: int, write: Callable[[Path], None], first: int = 0) -> None:
            laid.append(dataset)
            if dataset != "cases":
                write(Path())

        begun = time.perf_counter()
        computing.recompute(engine, {max(found): paths}, bench_data.known(), lay, watermark=1)
        seconds = time.perf_counter() - begun
        files = _written(connection, folder, [name for name in laid if name != "cases"])
    told = digest(files)
    for paths_of in files.values():
        Path(paths_of[0]).unlink()
    return {"seconds": seconds, "loading": loading, "digest": told}


def _load_facts(connection: Any, folder: Path) -> None:
    from ietvars.institution.deliveries import facts

    types = ", ".join(f'"{name}" {Postgres.TYPES[kind]}' for name, kind in facts.COLUMNS.items())
    connection.execute(f"CREATE UNLOGGED TABLE facts ({types})")
    source = duckdb.connect()
    for path in bench_data.paths(folder):
        given = folder / ".given.csv"
        names = ", ".join(facts.COLUMNS)
        source.execute(f"COPY (SELECT {names} FROM '{path}') TO '{given}' (FORMAT csv, HEADER false)")  # noqa: S608
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY facts FROM STDIN (FORMAT csv)") as copy,
            given.open("rb") as file,
        ):
            while block := file.read(1 << 20):
                copy.write(block)
        given.unlink()
    connection.execute("CREATE INDEX ON facts (corrects, case_id) WHERE corrects IS NOT NULL")
    connection.execute("VACUUM ANALYZE facts")


def _written(connection: Any, folder: Path, names: Sequence[str]) -> dict[str, list[str]]:
    """The tables as Parquet, for the digest that all are compared by."""
    found, target = {}, duckdb.connect()
    for name in names:
        given, out = folder / f".{name}.csv", folder / f".{name}.parquet"
        asked = f'COPY "kept_{name}" TO STDOUT (FORMAT csv, HEADER)'
        with connection.cursor() as cursor, given.open("wb") as file, cursor.copy(asked) as copy:
            for block in copy:
                file.write(block)
        target.execute(f"COPY (FROM read_csv('{given}', sample_size = -1)) TO '{out}' (FORMAT parquet)")
        given.unlink()
        found[name] = [str(out)]
    return found


# ---- PySpark ---------------------------------------------------------------------------------------------------------


def on_spark(folder: Path) -> dict[str, Any]:
    """Everything on a local Spark with the cores of this machine."""
    import tempfile

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ietvars.settings")
    from ietvars.institution.cases import computing, spark

    begun = time.perf_counter()
    own = tempfile.TemporaryDirectory(dir=folder.parent)
    with spark.opened("local[*]", memory_mb=SPARK_MB) as engine, own as place:
        starting = time.perf_counter() - begun
        found = computing.found(folder)
        paths = [path for files in found.values() for path in files]
        begun = time.perf_counter()
        computing.recompute(engine, {max(found): paths}, bench_data.known(), computing.into(Path(place)), watermark=1)
        seconds = time.perf_counter() - begun
        laid = {name: [str(path) for path in (Path(place) / name).rglob("*.parquet")] for name in computing.MARTS}
        return {"seconds": seconds, "starting": starting, "digest": digest(laid)}


def main(argv: list[str]) -> int:
    """One run, told as JSON on the last line."""
    name, folder = argv[0], Path(argv[1])
    ways: dict[str, Callable[[Path], dict[str, Any]]] = {"ibis": heart, "postgres": on_postgres, "spark": on_spark}
    print(json.dumps(ways[name](folder) if name in ways else hand(name, folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
