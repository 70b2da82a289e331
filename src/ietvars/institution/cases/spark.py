"""The same formulas on Spark: Ibis writes its SQL, Spark runs it where the master says, results become the same files.

Imported only where LAKE_ENGINE says so, since PySpark and Java 17 are there only where somebody wants them. Master,
workers and this process must see the folder of the lake under one path. It must not know what is computed.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ietvars.ground.lake import engines
from ietvars.institution.cases import errors, running
from ietvars.institution.cases.running import NONE, Columns, Constants

if TYPE_CHECKING:
    import ibis.expr.types as ir

TYPES = {"int64": "BIGINT", "int32": "INT", "int16": "SMALLINT", "int8": "TINYINT", "uuid": "BINARY"}

BLOCK = {"mart_month": 1 << 20, "mart_hist": 1 << 19, "state_month": 1 << 20, "state_hist": 1 << 19}
"""Bytes of a row group where few rows of many are asked for."""

LOCAL = "127.0.0.1"


class Spark:
    """A session of Spark while we work."""

    name = "spark"

    def __init__(self, session: Any) -> None:
        self._session = session
        self._frames: dict[str, Any] = {}

    def sql(self, expression: ir.Table) -> str:
        """The SQL of an expression."""
        return running.compiled(engines.sql, expression, "pyspark")

    def load(self, name: str, columns: Columns, rows: Iterable[Sequence[Any]]) -> None:
        """Make a small table of rows, by way of Arrow, so that no worker of Python need start."""
        import pyarrow as pa

        every = list(rows)
        kinds = {each: pa.binary() if kind == "uuid" else pa.type_for_alias(kind) for each, kind in columns.items()}
        given = {each: pa.array([row[at] for row in every], kinds[each]) for at, each in enumerate(columns)}
        self._show(name, self._session.createDataFrame(pa.table(given)))

    def read(self, name: str, columns: Columns, paths: Sequence[str]) -> None:
        """Let `name` be the rows of Parquet files; an empty table where there are none."""
        if not paths:
            self.load(name, columns, ())
            return
        reader = self._session.read.schema(_schema(columns))
        self._show(name, reader.parquet(*(f"file:{path}" for path in paths)).select(*columns))

    def make(self, name: str, expression: ir.Table, columns: Columns, constants: Constants = NONE) -> None:
        """Compute a table once and keep it on the workers."""
        select = running.typed(self.sql(expression), columns, TYPES, constants, quote="`")
        self._show(name, self._session.sql(select).localCheckpoint(eager=True))

    def first(self, expression: ir.Table) -> tuple[Any, ...]:
        """The only row of an expression."""
        return tuple(self._session.sql(self.sql(expression)).collect()[0])

    def count(self, name: str) -> int:
        """Rows of a table."""
        return int(self._frames[name].count())

    def rename(self, name: str, to: str) -> None:
        """Give a made table another name, replacing what had it."""
        frame = self._frames[name]
        self.drop(name)
        self._show(to, frame)

    def drop(self, *names: str) -> None:
        """Forget tables that may be there."""
        for name in names:
            if self._frames.pop(name, None) is not None:
                self._session.catalog.dropTempView(name)

    def write(self, name: str, order: Sequence[str], path: Path) -> None:
        """Write a table as one Parquet file, in an order if any is named."""
        frame = self._frames[name].coalesce(1)
        if order:
            frame = frame.sortWithinPartitions(*order)
        folder = path.with_name(f"{path.name}.spark")
        writer = frame.write.option("compression", running.COMPRESSION.get(name, "zstd"))
        if name in BLOCK:
            writer = writer.option("parquet.block.size", BLOCK[name])
        try:
            writer.parquet(f"file:{folder}")
            (part,) = folder.glob("part-*.parquet")
            part.replace(path)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _show(self, name: str, frame: Any) -> None:
        frame.createOrReplaceTempView(name)
        self._frames[name] = frame


def _schema(columns: Columns) -> str:
    return ", ".join(f"`{name}` {TYPES[kind]}" for name, kind in columns.items())


@contextmanager
def opened(master: str, *, memory_mb: int, also: Mapping[str, str] | None = None) -> Iterator[Spark]:
    """A session at a master, ended afterwards together with its Java process; `also` are settings of Spark.

    Raises NoSpark.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as fault:
        raise errors.NoSpark(why=str(fault)) from fault
    with tempfile.TemporaryDirectory(prefix="ietvars-spark-") as scratch:
        builder = SparkSession.builder.master(master).appName("ietvars")
        for name, value in {**_settings(master, memory_mb, scratch), **(also or {})}.items():
            builder = builder.config(name, value)
        try:
            session = builder.getOrCreate()
        except Exception as fault:
            raise errors.NoSpark(why=str(fault).splitlines()[0]) from fault
        session.sparkContext.setLogLevel("ERROR")
        try:
            yield Spark(session)
        finally:
            session.stop()
            _end_java()


def _settings(master: str, memory_mb: int, scratch: str) -> dict[str, str]:
    is_here = master.startswith("local") or LOCAL in master
    return {
        "spark.driver.memory": f"{max(memory_mb, 1024)}m",
        "spark.executor.memory": f"{max(memory_mb, 1024)}m",
        "spark.local.dir": scratch,
        "spark.sql.warehouse.dir": f"{scratch}/warehouse",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2" if is_here else "200",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        **({"spark.driver.host": LOCAL, "spark.driver.bindAddress": LOCAL} if is_here else {}),
    }


def _end_java() -> None:
    """PySpark keeps its Java process for the next session; ours was the last."""
    from pyspark import SparkContext

    gateway = SparkContext._gateway  # noqa: SLF001
    if gateway is None:
        return
    process = gateway.proc
    gateway.shutdown()
    SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001
    process.stdin.close()
    process.wait(timeout=30)
