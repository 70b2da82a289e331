"""Opens DuckDB as this installation may use it, and turns Ibis expressions into the SQL of an engine.

Connections are ours: Ibis only compiles, since its own connections fail with DuckDB 2. Both packages are imported when
first asked for, so that pages and commands that need no lake start as quickly as before. Must not know any table.
"""

import os
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from ietvars.ground.lake import errors, files, rules

if TYPE_CHECKING:
    import duckdb
    import ibis.expr.types as ir

ENGINES = ("duckdb", "postgres", "pyspark")
"""Engines that expressions are compiled for."""

ROW_GROUP = 122_880
"""Rows of a row group: what DuckDB reads in one piece."""


def duck(*, memory_mb: int | None = None, threads: int | None = None) -> "duckdb.DuckDBPyConnection":
    """A database in memory that may read and write files, with a folder of its own in the lake for what spills.

    It never reaches for the network and keeps no order that was not asked for. Close it, or use it as a context.
    """
    import duckdb

    scratch = files.root() / rules.SCRATCH
    scratch.mkdir(mode=0o700, exist_ok=True)
    connection = duckdb.connect(
        config={
            "temp_directory": str(scratch / f"{os.getpid()}-{secrets.token_hex(4)}"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
            "memory_limit": f"{memory_mb or settings.LAKE_MEMORY}MiB",
        }
    )
    if wanted := threads or settings.LAKE_THREADS:
        connection.execute(f"SET threads = {int(wanted)}")
    return connection


def sql(expression: "ir.Expr", engine: str = "duckdb") -> str:
    """The SQL of an expression for one engine. Raises UnknownEngine."""
    import ibis

    if engine not in ENGINES:
        raise errors.UnknownEngine(engine=engine, known=", ".join(ENGINES))
    if engine == "pyspark" and ibis.options.pyspark is None:
        _describe_spark()
    return str(ibis.to_sql(expression, dialect=engine))


def copy_to_parquet(connection: "duckdb.DuckDBPyConnection", select: str, path: Path) -> int:
    """Write what a SELECT gives as one Parquet file, in its order; returns the rows. For `files.write_whole`."""
    rows = connection.execute(
        f"COPY ({select}) TO '{quoted(path)}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3,"
        f" ROW_GROUP_SIZE {ROW_GROUP})"
    ).fetchall()
    # Fetched to its end: with DuckDB 2 a result that is not blocks the connection.
    return int(rows[0][0]) if rows else 0


def reading(paths: list[str]) -> str:
    """`read_parquet` over absolute paths, with `cohort` and `bucket` from the folders as whole numbers."""
    named = ", ".join(f"'{quoted(path)}'" for path in paths)
    return (
        f"read_parquet([{named}], hive_partitioning = true,"
        " hive_types = {'cohort': INTEGER, 'bucket': INTEGER}, union_by_name = true)"
    )


def quoted(path: Path | str) -> str:
    """A path within the quotes of SQL."""
    return str(path).replace("'", "''")


def sweep_scratch() -> int:
    """Remove what engines of dead processes have put aside; returns how many folders."""
    gone = 0
    for folder in (files.root() / rules.SCRATCH).glob("*-*"):
        pid = folder.name.partition("-")[0]
        if pid.isdigit() and not _is_alive(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone


def _describe_spark() -> None:
    """Give Ibis the options of its PySpark backend, which registers them itself only where PySpark is installed."""
    import ibis
    from ibis.config import Config

    class Options(Config):  # type: ignore[misc]
        treat_nan_as_null: bool = False

    ibis.options.pyspark = Options()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
