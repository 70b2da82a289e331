"""Counts whether everything that came in lies in the lake, once, each case in one place. It never repairs.

It looks at every row, in portions that fit into memory: for `ietvars verify --deep` and for tests that kill programs.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ietvars.ground.lake import engines
from ietvars.ground.lake import queries as lake
from ietvars.institution.deliveries import compacting, queries
from ietvars.institution.deliveries.rewriting import DATASET

if TYPE_CHECKING:
    import duckdb

PORTION = 5_000_000
"""Events that are held against each other at once."""


@dataclass(frozen=True)
class Counted:
    """What was counted. `missing` is None once cohorts were forgotten: then nobody can tell."""

    waiting: int
    laid: int
    twice: int = 0
    astray: int = 0
    missing: int | None = 0

    @property
    def is_right(self) -> bool:
        """Whether everything lies there once."""
        return not (self.twice or self.astray or self.missing)


def count(*, deep: bool) -> Counted:
    """How many events wait and lie in the lake; with `deep` whether any lies there twice, astray or not at all.

    Astray is a case that lies in several partitions; missing an event of the inbox that should be in the lake.
    """
    waiting, laid = queries.waiting_count(), sum(part.rows for part in lake.parts(DATASET))
    reading = lake.reading(DATASET)
    if not deep:
        return Counted(waiting, laid)
    has_forgotten = "forgotten_before" in lake.state(DATASET).facts
    with engines.duck() as connection:
        twice = astray = 0
        portions = 1 + laid // PORTION
        for portion in range(portions if reading else 0):
            twice += _one(
                connection,
                f"SELECT count(*) - count(DISTINCT event_id) FROM {reading}"  # noqa: S608
                f" WHERE hash(event_id) % {portions} = {portion}",
            )
            astray += _one(
                connection,
                f"SELECT count(*) FROM (SELECT case_id FROM {reading} WHERE hash(case_id) % {portions} = {portion}"  # noqa: S608
                " GROUP BY case_id HAVING min(cohort) <> max(cohort) OR min(bucket) <> max(bucket))",
            )
        missing = None if has_forgotten else _missing(connection)
    return Counted(waiting, laid, twice, astray, missing)


def _missing(connection: "duckdb.DuckDBPyConnection") -> int:
    """Events of the inbox up to the watermark that the lake does not hold."""
    total, seq, watermark = 0, 0, lake.watermark(DATASET)
    parts = lake.parts(DATASET)
    while rows := [row for row in queries.packed(seq, compacting.LIMIT) if row[0] <= watermark]:
        first, seq = rows[0][0], rows[-1][0]
        connection.register("raw", compacting.digests(rows))
        connection.execute(
            "CREATE OR REPLACE TABLE sought AS SELECT ((high::UHUGEINT << 64) + low)::UUID AS event_id FROM raw"
        )
        connection.unregister("raw")
        near = [part for part in parts if part.first_seq <= seq and part.last_seq >= first]
        # Nearly all lie in the parts of their own range; only what was known already lies in an older one.
        for among in (near, parts):
            if among:
                held = f"SELECT event_id FROM {engines.reading(lake.absolute(among))}"  # noqa: S608 - our own paths
                connection.execute(f"DELETE FROM sought WHERE event_id IN ({held})")  # noqa: S608
            left = _one(connection, "SELECT count(*) FROM sought")
            if not left:
                break
        total += left
    return total


def _one(connection: "duckdb.DuckDBPyConnection", sql: str) -> int:
    rows = connection.execute(sql).fetchall()
    return int(rows[0][0]) if rows else 0
