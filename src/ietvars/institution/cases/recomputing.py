"""The full recompute: every case state and mart anew from the facts of the lake, published as one generation.

It goes cohort by cohort and remembers what it has laid, so a run that was stopped goes on. Readers see the old figures
until the very end. It must not compute anything itself; that is `computing`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from ietvars.ground.audit.rules import Author
from ietvars.ground.lake import engines, files
from ietvars.ground.lake import queries as lake
from ietvars.ground.lake.rules import NewPart, Part, Snapshot
from ietvars.ground.notices import actions as notices
from ietvars.ground.terms import queries as terms
from ietvars.institution.cases import actions, computing, errors, queries, running, schema
from ietvars.institution.cases.dimensions import Dimensions
from ietvars.institution.cases.models import CaseRun
from ietvars.institution.deliveries import facts as fact
from ietvars.institution.services import queries as services

DATASET = "facts"


@dataclass(frozen=True)
class Recomputed:
    """What was computed and published. `resumed` cohorts had been laid by an earlier, stopped run."""

    cohorts: int
    cases: int
    facts: int
    resumed: int
    watermark: int
    generation: int


def recompute(
    *, by: Author, now: datetime, engine: str | None = None, step: Callable[[int, int], None] | None = None
) -> Recomputed:
    """Compute all from the facts as the manifest names them now, publish it, and announce "cases.refreshed".

    `engine` is duckdb or spark, else the setting. Raises LakeBusy, LakeFull, Overtaken, NoSpark, UnknownLakeEngine.
    """
    with files.alone("cases"):
        done = recompute_alone(engine=engine or settings.LAKE_ENGINE, by=by, now=now, step=step)
    notices.announce("cases.refreshed", by=by, now=now, watermark=done.watermark, generation=done.generation)
    return done


def recompute_alone(
    *, engine: str, by: Author, now: datetime, step: Callable[[int, int], None] | None = None
) -> Recomputed:
    """The same, for who holds the data set already and announces it himself."""
    state, known = lake.state(DATASET), dimensions()
    based_on, old = queries.generations(), {dataset: lake.parts(dataset) for dataset in schema.DATASETS}
    run = actions.begin(key=f"{state.generation}/{schema.FORMULA_VERSION}/{known.digest}/{engine}", by=by, now=now)
    laid, done = actions.kept(run=run, by=by, now=now)
    resumed = {(part.cohort, part.bucket): path for name, part, path in _with_paths(laid) if name == "cases"}
    laying = Laying(run, state.watermark, laid, by, now)
    with opened(engine) as opened_engine:
        made = computing.recompute(
            opened_engine, facts_of(lake.parts(DATASET)), known, laying, watermark=state.watermark, step=step,
            done=done,
            finished=laying.finished, case_paths=lambda place: [resumed[place]] if place in resumed else [],
        )  # fmt: skip
    generation = actions.publish(
        run=run, laid=laying.laid, drop=old, watermark=state.watermark, notes=notes(state, known), based_on=based_on,
        by=by, now=now,
    )  # fmt: skip
    return Recomputed(made.cohorts, made.cases, made.facts, len(done), state.watermark, generation)


class Laying:
    """Lays what is computed into the lake, and remembers it for a run that is stopped."""

    def __init__(
        self, run: CaseRun, watermark: int, laid: Sequence[tuple[str, NewPart]], by: Author, now: datetime
    ) -> None:
        self.laid = list(laid)
        self._run, self._watermark, self._by, self._now = run, watermark, by, now
        self._unfinished: list[computing.Place] = []

    def __call__(
        self, dataset: str, place: computing.Place, rows: int, write: Callable[[Path], None], first: int = 0
    ) -> None:
        """Write one part under a name that no other run gives. Its first seq is 0 where it stands for all its place."""

        def counted(path: Path) -> int:
            write(path)
            return rows

        part = files.lay(
            dataset=dataset,
            cohort=place[0],
            bucket=place[1],
            name=f"part-run{self._run.pk}.parquet",
            seqs=(first, self._watermark),
            write=counted,
        )
        self.laid.append((dataset, part))
        if self._run.key:
            actions.keep(run=self._run, dataset=dataset, part=part, by=self._by, now=self._now)

    def finished(self, place: computing.Place) -> None:
        """A place after which the run may be stopped."""
        actions.finish_place(run=self._run, places=[place], by=self._by, now=self._now)


def dimensions() -> Dimensions:
    """What is joined to cases, as the rooms below know it now."""
    channels = terms.facts("channels")
    electronic = tuple(
        number for number, code in enumerate(fact.CHANNELS) if channels.get(code, {}).get("electronic") is True
    )
    return Dimensions(tuple(services.promised_terms()), electronic)


def notes(state: Snapshot, known: Dimensions) -> dict[str, Any]:
    """What is noted with a generation: of which facts, by which formula, joined to what."""
    return {
        "facts_generation": state.generation,
        "facts_watermark": state.watermark,
        "formula_version": schema.FORMULA_VERSION,
        "layout": schema.LAYOUT,
        "dimensions": known.digest,
    }


def facts_of(parts: Sequence[Part]) -> dict[computing.Place, list[str]]:
    """Paths of parts by place."""
    found: dict[computing.Place, list[str]] = {}
    for part, path in zip(parts, lake.absolute(parts), strict=True):
        found.setdefault((part.cohort, part.bucket), []).append(path)
    return found


@contextmanager
def opened(engine: str) -> Iterator[running.Engine]:
    """An engine to compute with, closed afterwards. Raises UnknownLakeEngine, NoSpark."""
    match engine:
        case "duckdb":
            with engines.duck() as connection:
                yield running.Duck(connection, engines.sql)
        case "spark":
            from ietvars.institution.cases import spark  # PySpark is there only where it is wanted

            with spark.opened(settings.LAKE_MASTER, memory_mb=settings.LAKE_MEMORY) as session:
                yield session
        case _:
            raise errors.UnknownLakeEngine(engine=engine)


def _with_paths(laid: Sequence[tuple[str, NewPart]]) -> Iterator[tuple[str, NewPart, str]]:
    for dataset, part in laid:
        yield dataset, part, str(files.root() / part.path)
