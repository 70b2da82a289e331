"""Runs expressions: named tables in, named tables and files out. DuckDB here, Spark in `spark`, by the same few words.

An engine holds the tables of one piece of work at a time. It must not know what is computed, nor Django.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import duckdb
    import ibis.expr.types as ir

Columns = Mapping[str, str]
"""Names to Ibis types."""


Constants = Mapping[str, int]
NONE: Constants = {}


class Engine(Protocol):
    """What computing needs of an engine."""

    name: str

    def load(self, name: str, columns: Columns, rows: Iterable[Sequence[Any]]) -> None:
        """Make a small table of rows."""

    def read(self, name: str, columns: Columns, paths: Sequence[str]) -> None:
        """Let `name` be the rows of Parquet files; an empty table where there are none."""

    def make(self, name: str, expression: ir.Table, columns: Columns, constants: Constants = NONE) -> None:
        """Compute a table once and keep it, with these types whatever the engine would add up in.

        `constants` are columns that are the same in every row; apart from the expression, so that it is compiled once.
        """

    def first(self, expression: ir.Table) -> tuple[Any, ...]:
        """The only row of an expression."""

    def count(self, name: str) -> int:
        """Rows of a table."""

    def rename(self, name: str, to: str) -> None:
        """Give a made table another name, replacing what had it."""

    def drop(self, *names: str) -> None:
        """Forget tables, of whatever kind, that may be there."""

    def write(self, name: str, order: Sequence[str], path: Path) -> None:
        """Write a table as one Parquet file, in an order if any is named."""


DUCK_TYPES = {"int64": "BIGINT", "int32": "INTEGER", "int16": "SMALLINT", "int8": "TINYINT", "uuid": "UUID"}

COMPRESSION = {"cases": "snappy", "mart_month": "snappy", "state_month": "snappy"}
"""What is written often and has many columns: fast rather than small. All else is zstd."""

ROW_GROUPS = {"mart_month": 4096, "mart_hist": 16_384, "state_month": 4096, "state_hist": 16_384}
"""Rows of a row group where few rows of many are asked for."""


class Duck:
    """DuckDB on a connection that is ours while we work."""

    name = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection, compiler: Compiler) -> None:
        self._connection = connection
        self._compiler = compiler
        self._kinds: dict[str, str] = {}

    def sql(self, expression: ir.Table) -> str:
        """The SQL of an expression; compiled once."""
        return compiled(self._compiler, expression, "duckdb")

    def load(self, name: str, columns: Columns, rows: Iterable[Sequence[Any]]) -> None:
        """Make a small table of rows. They go in column by column, which is many times faster than row by row."""
        self.drop(name)
        types = ", ".join(f'"{each}" {DUCK_TYPES[kind]}' for each, kind in columns.items())
        self._connection.execute(f'CREATE TEMP TABLE "{name}" ({types})')
        if by_column := [list(each) for each in zip(*rows, strict=True)]:
            marks = ", ".join("unnest(?)" for _ in by_column)
            self._connection.execute(f'INSERT INTO "{name}" SELECT {marks}', by_column)
        self._kinds[name] = "TABLE"

    def read(self, name: str, columns: Columns, paths: Sequence[str]) -> None:
        """Let `name` be the rows of Parquet files; an empty table where there are none."""
        if not paths:
            self.load(name, columns, ())
            return
        self.drop(name)
        named = ", ".join("'" + each.replace("'", "''") + "'" for each in paths)
        wanted = ", ".join(f'"{each}"' for each in columns)
        self._connection.execute(
            f'CREATE TEMP VIEW "{name}" AS SELECT {wanted}'  # noqa: S608
            f" FROM read_parquet([{named}], hive_partitioning = false, union_by_name = {len(paths) > 1})"
        )
        self._kinds[name] = "VIEW"

    def make(self, name: str, expression: ir.Table, columns: Columns, constants: Constants = NONE) -> None:
        """Compute a table once and keep it. Sums are cast back, since DuckDB adds in 128 bits."""
        self.drop(name)
        select = typed(self.sql(expression), columns, DUCK_TYPES, constants)
        self._connection.execute(f'CREATE TEMP TABLE "{name}" AS {select}')
        self._kinds[name] = "TABLE"

    def first(self, expression: ir.Table) -> tuple[Any, ...]:
        """The only row of an expression."""
        row = self._connection.execute(self.sql(expression)).fetchone()
        assert row is not None
        return tuple(row)

    def count(self, name: str) -> int:
        """Rows of a table."""
        row = self._connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608
        assert row is not None
        return int(row[0])

    def rename(self, name: str, to: str) -> None:
        """Give a made table another name, replacing what had it."""
        self.drop(to)
        self._connection.execute(f'ALTER TABLE "{name}" RENAME TO "{to}"')
        self._kinds[to] = self._kinds.pop(name)

    def drop(self, *names: str) -> None:
        """Forget tables, of whatever kind, that may be there."""
        for name in names:
            if kind := self._kinds.pop(name, None):
                self._connection.execute(f'DROP {kind} "{name}"')

    def write(self, name: str, order: Sequence[str], path: Path) -> None:
        """Write a table as one Parquet file, in an order if any is named."""
        ordered = f" ORDER BY {', '.join(order)}" if order else ""
        compression = COMPRESSION.get(name, "zstd")
        self._connection.execute(
            f"""COPY (SELECT * FROM "{name}"{ordered}) TO '{str(path).replace("'", "''")}' (FORMAT parquet,"""  # noqa: S608
            f" COMPRESSION {compression}, ROW_GROUP_SIZE {ROW_GROUPS.get(name, 122_880)})"
        )


def typed(sql: str, columns: Columns, types: Mapping[str, str], constants: Constants = NONE, quote: str = '"') -> str:
    """A SELECT whose columns have exactly these names and types."""
    named = (
        f"CAST({constants.get(name, quote + name + quote)} AS {types[kind]}) AS {quote}{name}{quote}"
        for name, kind in columns.items()
    )
    return f"SELECT {', '.join(named)} FROM ({sql}) AS made"  # noqa: S608


Compiler = Callable[["ir.Table", str], str]

_compiled: dict[tuple[Any, str], str] = {}
MOST_COMPILED = 256


def compiled(compiler: Compiler, expression: ir.Table, engine: str) -> str:
    """The SQL of an expression for an engine, kept for the next alike: compiling takes longer than answering."""
    key = (expression.op(), engine)
    if key not in _compiled:
        if len(_compiled) >= MOST_COMPILED:
            _compiled.clear()
        _compiled[key] = compiler(expression, engine)
    return _compiled[key]
