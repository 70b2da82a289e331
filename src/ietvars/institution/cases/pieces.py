"""Whole files and the pieces laid over them: which case states stand.

Rows of marts add up, so whoever reads those simply reads all files. A case state does not: the row computed last stands
for the earlier ones in the same place. It must not know Django.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ietvars.institution.cases import schema
from ietvars.institution.cases.computing import table

if TYPE_CHECKING:
    import duckdb
    import ibis.expr.types as ir

    from ietvars.institution.cases.running import Columns, Engine

KEY = ("service_id", "case_id")


@dataclass(frozen=True)
class Published:
    """Paths of the files of one place: what was laid whole, and the pieces over it in any order."""

    whole: Sequence[str] = ()
    pieces: Sequence[str] = ()


def read(engine: Engine, there: Published, columns: Sequence[str]) -> ir.Table:
    """These columns of the case states that stand in a place, as an expression over files opened here.

    The next call opens others under the same names.
    """
    of_whole = {name: schema.CASE[name] for name in (*KEY, *columns)}
    engine.read("laid_whole", of_whole, there.whole)
    if there.pieces:
        engine.read("laid_over", _of_pieces(of_whole), there.pieces)
    return _standing(tuple(columns), has_pieces=bool(there.pieces))


def _of_pieces(columns: Columns) -> Columns:
    return {**columns, "facts_n": schema.CASE["facts_n"], "input_watermark": schema.CASE["input_watermark"]}


@functools.cache
def _standing(columns: tuple[str, ...], *, has_pieces: bool) -> ir.Table:
    of_whole = {name: schema.CASE[name] for name in (*KEY, *columns)}
    whole = table("laid_whole", of_whole)
    if not has_pieces:
        return whole.select(*columns)
    over = table("laid_over", _of_pieces(of_whole))
    last = over.group_by(*KEY).aggregate(input_watermark=over.input_watermark.max())
    stands = over.semi_join(last, (*KEY, "input_watermark"))
    return whole.anti_join(last, KEY).select(*columns).union(stands.filter(stands.facts_n > 0).select(*columns))


def standing(connection: duckdb.DuckDBPyConnection, there: Published) -> str:
    """SQL of all case states that stand, of every place at once, over files named here. The pieces are read now."""
    columns = ", ".join(f'"{name}"' for name in schema.CASE)
    named = f"read_parquet({_listed(there.whole)}, hive_partitioning = true)"
    if not there.pieces:
        return f"(SELECT {columns} FROM {named})"  # noqa: S608 - our own names
    place = '"cohort", "bucket", "service_id", "case_id"'
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE laid_over AS SELECT * FROM read_parquet({_listed(there.pieces)},"  # noqa: S608
        f" hive_partitioning = true) QUALIFY row_number() OVER (PARTITION BY {place} ORDER BY input_watermark DESC) = 1"
    )
    return (
        f"(SELECT {columns} FROM {named} ANTI JOIN laid_over USING ({place})"  # noqa: S608 - our own names
        f" UNION ALL SELECT {columns} FROM laid_over WHERE facts_n > 0)"
    )


def _listed(paths: Sequence[str]) -> str:
    return "[" + ", ".join("'" + path.replace("'", "''") + "'" for path in paths) + "]"
