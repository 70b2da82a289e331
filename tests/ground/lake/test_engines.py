"""Expressions become the SQL of each engine; connections spill into the lake and reach nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ietvars.ground.lake import engines, errors, files

pytestmark = pytest.mark.usefixtures("lake")


def _halves() -> object:
    ibis = pytest.importorskip("ibis")
    table = ibis.table({"kind": "int8", "size": "float64"}, name="facts")
    return table.group_by("kind").agg(half=table["size"].quantile(0.5), number=table.count())


@pytest.mark.parametrize(
    ("engine", "says"), [("duckdb", "QUANTILE_CONT"), ("postgres", "PERCENTILE_CONT"), ("pyspark", "PERCENTILE(`")]
)
def test_one_expression_speaks_the_language_of_each_engine(engine: str, says: str) -> None:
    assert says in engines.sql(_halves(), engine)


def test_an_expression_runs_on_a_connection_of_ours() -> None:
    with engines.duck() as connection:
        connection.execute("CREATE TABLE facts AS SELECT 1::TINYINT AS kind, n::DOUBLE AS size FROM range(5) AS r(n)")
        assert connection.execute(engines.sql(_halves())).fetchall() == [(1, 2.0, 5)]


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(errors.UnknownEngine):
        engines.sql(_halves(), "abacus")


def test_what_does_not_fit_into_memory_is_put_aside_in_the_lake_and_cleared_away() -> None:
    with engines.duck(memory_mb=60, threads=1) as connection:
        rows = connection.execute(
            "SELECT count(*), max(place) FROM (SELECT row_number() OVER (ORDER BY hash(n)) AS place, repeat('x', 40)"
            " || n AS long FROM range(1_000_000) AS r(n)) WHERE length(long) > 10"
        ).fetchall()
        limit = connection.execute("SELECT current_setting('memory_limit'), current_setting('threads')").fetchall()
        place = connection.execute("SELECT current_setting('temp_directory')").fetchall()
    assert rows == [(1_000_000, 1_000_000)]
    assert limit == [("60.0 MiB", 1)]
    assert place[0][0].startswith(str(files.root()))
    assert list((files.root() / ".scratch").iterdir()) == []


def test_no_engine_is_loaded_before_it_is_asked_for() -> None:
    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; import django; django.setup();"
        "import ietvars.doors.console.main; print([m for m in ('duckdb', 'ibis', 'pyspark') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
