"""The refresh: what new, moved and forgotten facts change, brought into the published marts.

What changed is told by the manifest of the lake, so nobody need remember it. Where the formula, a term or the calendar
changed, or nothing was computed yet, everything is computed anew. Every cell then equals that of a full recompute. It
must not compute anything itself; that is `mending`, which is loaded with its engines when there is something to do:
every page and every command knows this module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings

from ietvars.ground.audit.rules import Author
from ietvars.ground.jobs import actions as jobs
from ietvars.ground.jobs.rules import Asker, Step
from ietvars.ground.lake import files
from ietvars.ground.lake import queries as lake
from ietvars.ground.lake.rules import Part, Snapshot
from ietvars.ground.notices import actions as notices
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.cases import actions, queries, schema

if TYPE_CHECKING:
    from ietvars.institution.cases import mending
    from ietvars.institution.cases.computing import Place
    from ietvars.institution.cases.pieces import Published

DATASET = "facts"

JOB = "cases"
"""The kind of the work in the background; it has no arguments, so that several compactions ask for it once."""


@dataclass(frozen=True)
class Refreshed:
    """What was done: cases computed, places of which files were laid anew; `anew` when everything was."""

    cases: int
    places: int
    anew: bool
    watermark: int
    generation: int


def refresh(*, by: Author, now: datetime, step: Callable[[int, int], None] | None = None) -> Refreshed:
    """Bring the marts up to the facts, then announce "cases.refreshed" (watermark, generation) if anything changed.

    Raises LakeBusy, LakeFull, Overtaken.
    """
    with files.alone("cases"):
        done, changed = _refresh(by, now, step)
    if changed:
        notices.announce("cases.refreshed", by=by, now=now, watermark=done.watermark, generation=done.generation)
    return done


def _refresh(by: Author, now: datetime, step: Callable[[int, int], None] | None) -> tuple[Refreshed, bool]:
    from ietvars.institution.cases import recomputing

    state, standing, known = lake.state(DATASET), lake.state("cases"), recomputing.dimensions()
    if not state.generation:
        return Refreshed(0, 0, anew=False, watermark=0, generation=standing.generation), False
    wanted = recomputing.notes(state, known)
    said = {name: standing.facts.get(name) for name in wanted}
    if said == wanted:
        return Refreshed(0, 0, anew=False, watermark=standing.watermark, generation=standing.generation), False
    if any(said[name] != wanted[name] for name in ("formula_version", "layout", "dimensions")):
        made = recomputing.recompute_alone(engine=settings.LAKE_ENGINE, by=by, now=now, step=step)
        return Refreshed(
            made.cases, made.cohorts, anew=True, watermark=made.watermark, generation=made.generation
        ), True
    return _mend(state, standing, wanted, by, now), True


def _mend(state: Snapshot, standing: Snapshot, wanted: Mapping[str, Any], by: Author, now: datetime) -> Refreshed:
    from ietvars.institution.cases import mending, recomputing

    based_on = queries.generations()
    facts = recomputing.facts_of(lake.parts(DATASET))
    old = {dataset: _by_place(lake.parts(dataset)) for dataset in schema.DATASETS}
    changed = _changed(state, standing, set(facts), set(old["cases"]))
    run = actions.begin(key="", by=by, now=now)
    laying = recomputing.Laying(run, state.watermark, [], by, now)

    def published(dataset: str, place: Place) -> Published:
        return queries.laid(old[dataset].get(place, []))

    with recomputing.opened("duckdb") as engine:
        mended = mending.mend(
            engine, facts, changed, published, list(old["cases"]), recomputing.dimensions(), laying,
            since=int(str(standing.facts["facts_watermark"])), watermark=state.watermark,
        )  # fmt: skip
    drop = {
        dataset: [part for place in places for part in old[dataset].get(place, [])]
        for dataset, places in mended.replaced.items()
    }
    generation = actions.publish(
        run=run, laid=laying.laid, drop=drop, watermark=state.watermark, notes=wanted, based_on=based_on, by=by, now=now
    )
    places = len({(part.cohort, part.bucket) for _, part in laying.laid}.union(*mended.replaced.values()))
    return Refreshed(mended.cases, places, anew=False, watermark=state.watermark, generation=generation)


def _changed(
    state: Snapshot, standing: Snapshot, told: set[Place], computed: set[Place]
) -> dict[Place, mending.Changed]:
    """What changed in facts since the standing generation, place by place.

    A cohort is computed whole where persons were taken out of facts that lie there, or all its facts have gone; of one
    that was forgotten all that lay there has, even if events have come late since.
    """
    from ietvars.institution.cases import mending

    since = int(str(standing.facts["facts_generation"]))
    came, went = lake.changes(DATASET, since=since)
    is_taken = int(str(state.facts.get("persons_taken", 0))) > since
    forgotten_before = int(str(state.facts.get("forgotten_before", 0)))
    new: dict[Place, list[Part]] = {}
    for part in came:
        new.setdefault((part.cohort, part.bucket), []).append(part)
    gone = {(part.cohort, part.bucket) for part in went} | computed
    found = {
        place: mending.Changed(lake.absolute(parts), whole=is_taken or place[0] < forgotten_before)
        for place, parts in new.items()
    }
    return found | {place: mending.Changed(whole=True) for place in gone - told}


def _by_place(parts: list[Part]) -> dict[Place, list[Part]]:
    found: dict[Place, list[Part]] = {}
    for part in parts:
        found.setdefault((part.cohort, part.bucket), []).append(part)
    return found


def work(arguments: Mapping[str, Any], step: Step, by: Asker, now: datetime) -> dict[str, Any]:
    """The job: refresh, and say how much was done."""
    done = refresh(by=SYSTEM, now=now, step=step)
    return {"cases": done.cases, "places": done.places, "anew": done.anew}


def refresh_soon(*, by: Author, now: datetime, **_told: Any) -> None:
    """Listener of "deliveries.compacted" and "deliveries.forgotten": ask for a refresh; one that waits is enough."""
    jobs.enqueue(kind=JOB, arguments={}, by=by, now=now)
