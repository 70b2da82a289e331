"""The same expressions on DuckDB, PostgreSQL and Spark give the same cells; so does a cluster of two workers.

All sums and counts are equal. The two measures by buckets of logarithms are approximations by name, and equal here too.
"""

from __future__ import annotations

import gc
import shutil
import subprocess
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pytest
from django.db import connection

from ietvars.institution.cases import computing, running, schema
from ietvars.institution.cases.running import NONE, Columns, Constants
from tests.institution.cases import made, making

MARTS = tuple(making.KEYS)


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """Facts of two months with corrections, promised ends and returning persons."""
    made.many(tmp_path / "facts", cases=300, months=2, services=6, corrected=2)
    return tmp_path / "facts"


def marts(out: Path) -> dict[str, dict[tuple[Any, ...], tuple[Any, ...]]]:
    return {dataset: making.read(out, dataset) for dataset in MARTS}


class Postgres:
    """PostgreSQL on the connection of the tests: temporary tables; files are read and written by DuckDB."""

    name = "postgres"
    TYPES = running.DUCK_TYPES | {"int8": "SMALLINT"}

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor
        self.columns: dict[str, Columns] = {}

    def load(self, name: str, columns: Columns, rows: Iterable[Sequence[Any]]) -> None:
        self.drop(name)
        types = ", ".join(f'"{each}" {self.TYPES[kind]}' for each, kind in columns.items())
        self.cursor.execute(f'CREATE TEMP TABLE "{name}" ({types})')
        with self.cursor.copy(f'COPY "{name}" FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
        self.columns[name] = columns

    def read(self, name: str, columns: Columns, paths: Sequence[str]) -> None:
        named = ", ".join(f'"{each}"' for each in columns)
        rows = duckdb.execute(f"SELECT {named} FROM read_parquet({list(paths)})").fetchall() if paths else []
        self.load(name, columns, rows)

    def make(self, name: str, expression: Any, columns: Columns, constants: Constants = NONE) -> None:
        self.drop(name)
        select = running.typed(str(ibis.to_sql(expression, dialect="postgres")), columns, self.TYPES, constants)
        self.cursor.execute(f'CREATE TEMP TABLE "{name}" AS {select}'.replace("%", "%%"))
        self.columns[name] = columns

    def first(self, expression: Any) -> tuple[Any, ...]:
        self.cursor.execute(str(ibis.to_sql(expression, dialect="postgres")).replace("%", "%%"))
        return tuple(self.cursor.fetchone())

    def count(self, name: str) -> int:
        self.cursor.execute(f'SELECT count(*) FROM "{name}"')
        return int(self.cursor.fetchone()[0])

    def rename(self, name: str, to: str) -> None:
        self.drop(to)
        self.cursor.execute(f'ALTER TABLE "{name}" RENAME TO "{to}"')
        self.columns[to] = self.columns.pop(name)

    def drop(self, *names: str) -> None:
        for name in names:
            self.cursor.execute(f'DROP TABLE IF EXISTS "{name}"')

    def write(self, name: str, order: Sequence[str], path: Path) -> None:
        named = ", ".join(f'"{each}"' for each in self.columns[name])
        self.cursor.execute(f'SELECT {named} FROM "{name}"')
        with duckdb.connect() as writing:
            duck = making.engine(writing)
            duck.load(name, self.columns[name], self.cursor.fetchall())
            duck.write(name, order, path)


@pytest.mark.postgres
@pytest.mark.django_db
def test_postgresql_gives_the_same_cells(told: Path, tmp_path: Path) -> None:
    making.recompute(told, tmp_path / "duckdb")
    out = computing.into(tmp_path / "postgres")
    computing.recompute(Postgres(connection.cursor()), computing.found(told), making.KNOWN, out, watermark=99)
    assert marts(tmp_path / "postgres") == marts(tmp_path / "duckdb")


def require_spark() -> None:
    """Skip with one line where Java or PySpark is missing."""
    pytest.importorskip("pyspark", reason="Spark is not tried here: no PySpark (requirements/scale.txt)")
    if shutil.which("java") is None:
        pytest.skip("Spark is not tried here: no Java 17")


FEW_ROWS = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
}
"""Compiling Java for wide sums takes longer than adding a few rows up."""


def by_spark(told: Path, out: Path, master: str) -> None:
    from ietvars.institution.cases import spark

    with warnings.catch_warnings():
        # PySpark leaves its sockets to the collector, which is let in while nobody minds.
        warnings.simplefilter("ignore", ResourceWarning)
        with spark.opened(master, memory_mb=1024, also=FEW_ROWS) as engine:
            computing.recompute(engine, computing.found(told), making.KNOWN, computing.into(out), watermark=99)
        del engine
        gc.collect()


@pytest.mark.apart
def test_spark_gives_the_same_cells(told: Path, tmp_path: Path) -> None:
    require_spark()
    making.recompute(told, tmp_path / "duckdb")
    by_spark(told, tmp_path / "spark", "local[2]")
    assert marts(tmp_path / "spark") == marts(tmp_path / "duckdb")
    assert list((tmp_path / "spark").glob("**/*.spark")) == []


@pytest.mark.apart
def test_two_workers_of_spark_give_the_same_cells(told: Path, tmp_path: Path) -> None:
    require_spark()
    import spark_cluster

    making.recompute(told, tmp_path / "duckdb")
    with spark_cluster.running(workers=2, folder=tmp_path / "cluster") as cluster:
        by_spark(told, tmp_path / "spark", cluster.master)
        assert cluster.workers_seen() == 2
    assert marts(tmp_path / "spark") == marts(tmp_path / "duckdb")
    assert all(process.poll() is not None for process in cluster.processes)


def test_quantiles_off_the_days_are_those_that_the_engine_takes_of_single_cases(told: Path, tmp_path: Path) -> None:
    making.recompute(told, tmp_path / "out")
    cases = [path for paths in computing.found(tmp_path / "out" / "cases").values() for path in paths]
    with duckdb.connect() as reading:
        duck = making.engine(reading)
        computing.prepare(duck, making.KNOWN)
        duck.read("cases", schema.CASE, cases)
        from ietvars.institution.cases import marts as formulas
        from ietvars.institution.cases import rules

        ended = formulas.ended(computing.table("cases"), computing.table("calendar"), ["service_id"])
        delivered = ended.filter(ended.is_delivered == 1)
        keys = ("service_id", "month")
        single = delivered.group_by(*keys).aggregate(p50=delivered.lead.quantile(0.5), p90=delivered.lead.quantile(0.9))
        wanted = {row[:2]: row[2:] for row in reading.execute(str(ibis.to_sql(single, dialect="duckdb"))).fetchall()}
    counts: dict[tuple[int, int], dict[int, int]] = {}
    for (service, _holder, _provider, _channel, month, _ended, measure, bucket), (n,) in making.read(
        tmp_path / "out", "mart_hist"
    ).items():
        if measure == schema.Measure.LEAD:
            cell = counts.setdefault((service, month), {})
            cell[bucket] = cell.get(bucket, 0) + n
    assert wanted.keys() == counts.keys()
    for key, (p50, p90) in wanted.items():
        assert rules.quantile(counts[key], 0.5) == pytest.approx(p50, abs=1e-9)
        assert rules.quantile(counts[key], 0.9) == pytest.approx(p90, abs=1e-9)


@pytest.mark.apart
def test_no_process_of_spark_is_left() -> None:
    found = subprocess.run(["pgrep", "-f", "ietvars-spark-"], capture_output=True, text=True, check=False)
    assert found.stdout == ""
