"""The pure core: files of facts in, files of case state and marts out, cohort by cohort, on any engine.

Each cohort needs its own facts, the persons of the two months before, and cases handed on from earlier cohorts because
their first facts were taken back. So memory holds one cohort at a time, and a run can stop after any. It must not know
Django, the manifest or who publishes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import ibis

from ietvars.institution.cases import dimensions, marts, schema, states
from ietvars.institution.cases.dimensions import Dimensions
from ietvars.institution.deliveries import facts as fact

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from ietvars.institution.cases.running import Columns, Engine

Place = tuple[int, int]
"""(cohort, bucket)."""

Facts = Mapping[Place, Sequence[str]]
"""Paths of the files of facts."""

LOOK_BACK = 2
"""Months before one that may hold a case REPEAT_DAYS earlier: two, because of February."""

MARTS = ("mart_month", "mart_hist", "mart_step", "state_month", "state_hist")


class Laying(Protocol):
    """What takes a computed table: `write` fills the file it is given. Called once a data set and place."""

    def __call__(self, dataset: str, place: Place, rows: int, write: Callable[[Path], None], first: int = 0) -> None:
        """Put it where it belongs: whole, or as a piece over what lies there, told by facts from the seq `first` on."""


@dataclass
class Going:
    """What one cohort leaves to the next within a bucket."""

    before: list[tuple[int, str]] = field(default_factory=list)
    """(cohort, name of a table of its persons) of at most LOOK_BACK cohorts."""
    strays: bool = False
    """Whether cases wait for a later cohort, in the table `strays`."""


@dataclass(frozen=True)
class Computed:
    """How much was computed."""

    cohorts: int = 0
    cases: int = 0
    facts: int = 0


def table(name: str, columns: Columns | None = None) -> ir.Table:
    """An unbound table of a name known here."""
    return ibis.table(dict(columns or COLUMNS[name]), name=name)


COLUMNS: dict[str, Columns] = {
    "facts": fact.COLUMNS,
    "calendar": marts.CALENDAR,
    "terms": marts.TERMS,
    "before": marts.RECENT,
    "returned": marts.RETURNED,
    "states": schema.CASE,
    "strays": schema.CASE,
    **schema.DATASETS,
}
"""Tables that expressions ask for, by name."""


@functools.cache
def formula(name: str, **options: Any) -> ir.Table:
    """An expression over tables of COLUMNS, built once in a process: building one takes longer than many an answer."""
    match name:
        case "states":
            facts = states.standing(table("facts")) if options["corrects"] else table("facts")
            return states.of(facts, with_due=options["due"], is_wide=options["wide"])
        case "checks":
            facts = table("facts")
            corrects = facts.filter(facts.corrects.notnull()).select(what=ibis.literal(1)).limit(1)
            due = facts.filter(facts.due_us.notnull()).select(what=ibis.literal(2)).limit(1)
            either = corrects.union(due)
            return either.aggregate(corrects=(either.what == 1).sum(), due=(either.what == 2).sum())
        case "counts":
            cases = table("cases")
            return cases.aggregate(n=cases.count(), facts=ibis.coalesce(cases.facts_n.sum(), 0))
        case "mart_step":
            facts = states.standing(table("facts")) if options["corrects"] else table("facts")
            return marts.steps(facts, table("states"), table("calendar"))
        case "persons":
            return marts.recent(table("cases"))
        case "returned":
            return marts.returned(table("cases"), table("before"), table("calendar"))
        case "mart_month":
            return marts.months(
                table("cases"), table("returned"), table("calendar"), table("terms"), electronic=options["electronic"]
            )
        case "mart_hist":
            return marts.histogram(table("cases"), table("calendar"))
        case "state_month":
            return marts.state_months(table("mart_month"))
        case "state_hist":
            return marts.state_histogram(table("mart_hist"))
    raise KeyError(name)


def prepare(engine: Engine, known: Dimensions) -> None:
    """Load what is joined to cases."""
    engine.load("calendar", marts.CALENDAR, known.calendar)
    engine.load("terms", marts.TERMS, known.terms)


def places(facts: Facts) -> list[Place]:
    """What there is at least to compute: bucket by bucket, each from its earliest cohort to its last without a gap."""
    found: list[Place] = []
    for bucket in sorted({bucket for _, bucket in facts}):
        cohorts = [cohort for cohort, of in facts if of == bucket]
        cohort = min(cohorts)
        while cohort <= max(cohorts):
            found.append((cohort, bucket))
            cohort = dimensions.after(cohort)
    return found


def recompute(
    engine: Engine, facts: Facts, known: Dimensions, lay: Laying, *, watermark: int,
    step: Callable[[int, int], None] | None = None, done: Iterable[Place] = (),
    finished: Callable[[Place], None] | None = None, case_paths: Callable[[Place], Sequence[str]] | None = None,
) -> Computed:  # fmt: skip
    """Compute everything. `done` are places that an earlier, stopped run has laid; their cases are at `case_paths`.

    `finished` is told each place after which a run can stop and begin again, that is, with no case waiting.
    """
    prepare(engine, known)
    earlier, of, at = set(done), len(places(facts)), 0
    computed = Computed()
    for bucket in sorted({bucket for _, bucket in facts}):
        cohorts = [cohort for cohort, of_bucket in facts if of_bucket == bucket]
        going, now = Going(), min(cohorts)
        while now <= max(cohorts) or going.strays:
            place = (now, bucket)
            if place in earlier and case_paths is not None:
                engine.read("cases", schema.CASE, case_paths(place))
            else:
                rows = cohort(engine, place, facts.get(place, ()), going, known, lay, watermark=watermark)
                computed = Computed(computed.cohorts + 1, computed.cases + rows[0], computed.facts + rows[1])
            remember(engine, now, going)
            if finished and not going.strays:
                finished(place)
            at += 1
            if step:
                step(min(at, of), of)
            now = dimensions.after(now)
        engine.drop("strays", *(name for _, name in going.before))
    return computed


def cohort(
    engine: Engine, place: Place, paths: Sequence[str], going: Going, known: Dimensions, lay: Laying, *, watermark: int,
) -> tuple[int, int]:  # fmt: skip
    """Compute one cohort of one bucket; returns its cases and facts. Leaves its cases in the table `cases`."""
    engine.read("facts", fact.COLUMNS, paths)
    corrects = make_states(engine, of_cohort=place[0], input_watermark=watermark)
    engine.make("mart_step", formula("mart_step", corrects=corrects), schema.STEP, marks(watermark))
    lay_table(engine, "mart_step", place, lay)
    _settle(engine, place[0], going)
    make_before(engine, going.before, place[0])
    make_marts(engine, known, watermark)
    for name in ("cases", *(each for each in MARTS if each != "mart_step")):
        lay_table(engine, name, place, lay)
    rows, facts_n = engine.first(formula("counts"))
    engine.drop("facts", "states", "returned", "before", *MARTS)
    return int(rows), int(facts_n)


def make_states(engine: Engine, **about: int) -> bool:
    """Make `states` of `facts`, with ABOUT_CASE as given; returns whether any of them corrects another."""
    corrects, due = (bool(each) for each in engine.first(formula("checks")))
    for is_wide in (False, True):
        made = formula("states", corrects=corrects, due=due, wide=is_wide)
        engine.make("states", made, schema.CASE, about)
        if engine.first(_longest())[0] <= states.MOST_FACTS:
            break
    return corrects


@functools.cache
def _longest() -> ir.Table:
    """How many facts the case has that has most."""
    return table("states").aggregate(facts_n=ibis.coalesce(table("states").facts_n.max(), 0))


def _settle(engine: Engine, of_cohort: int, going: Going) -> None:
    """Make `cases` of the month out of `states`: hand on those that opened later, take in those handed on."""
    end = min(dimensions.first_day(dimensions.after(of_cohort)), dimensions.END)
    made = table("states")
    late = engine.first(made.filter((made.opened_day >= end) & (made.opened_day < dimensions.END)).count().as_table())[
        0
    ]
    if not late and not going.strays:
        engine.rename("states", "cases")
        return
    every = made.union(table("strays")) if going.strays else made
    is_late = (every.opened_day >= end) & (every.opened_day < dimensions.END)
    engine.make("cases", every.filter(~is_late), schema.CASE)
    engine.make("left_over", every.filter(is_late), schema.CASE)
    engine.rename("left_over", "strays")
    going.strays = engine.count("strays") > 0


def make_before(engine: Engine, before: Sequence[tuple[int, str]], of_cohort: int) -> None:
    """Make `before`: the persons who opened a case within REPEAT_DAYS before this month."""
    since = dimensions.first_day(of_cohort) - schema.REPEAT_DAYS
    wanted = [name for cohort, name in before if cohort >= dimensions.after(of_cohort, -LOOK_BACK)]
    if not wanted:
        engine.load("before", marts.RECENT, ())
        return
    rows = [table(name, marts.RECENT) for name in wanted]
    every = rows[0].union(*rows[1:]) if len(rows) > 1 else rows[0]
    engine.make("before", every.filter(every.opened_day >= since), marts.RECENT)


def remember(engine: Engine, of_cohort: int, going: Going) -> None:
    """Keep the persons of `cases` for the next months, forget those of long ago, and let `cases` go."""
    name = f"persons_{of_cohort}"
    engine.make(name, formula("persons"), marts.RECENT)
    engine.drop("cases")
    going.before.append((of_cohort, name))
    while len(going.before) > LOOK_BACK:
        engine.drop(going.before.pop(0)[1])


def make_marts(engine: Engine, known: Dimensions, watermark: int) -> None:
    """Make the marts of `cases`, looking at `before`; all but `mart_step`."""
    engine.make("returned", formula("returned"), marts.RETURNED)
    month = formula("mart_month", electronic=known.electronic)
    engine.make("mart_month", month, schema.MONTH, marks(watermark))
    for name in ("mart_hist", "state_month", "state_hist"):
        engine.make(name, formula(name), schema.DATASETS[name], marks(watermark))


def marks(watermark: int) -> dict[str, int]:
    """What every cell carries besides."""
    return {"input_watermark": watermark, "formula_version": schema.FORMULA_VERSION}


def lay_table(engine: Engine, dataset: str, place: Place, lay: Laying, *, first: int = 0) -> None:
    """Lay a table of a data set's name, unless it is empty; whole, or as a piece (see Laying)."""
    if rows := engine.count(dataset):
        lay(dataset, place, rows, lambda path: engine.write(dataset, schema.LAID_BY[dataset], path), first)


def into(folder: Path) -> Laying:
    """Lays files under a folder as the lake does, with nothing durable about it: for trials and benches."""

    def lay(dataset: str, place: Place, rows: int, write: Callable[[Path], None], first: int = 0) -> None:
        path = folder / dataset / f"cohort={place[0]}" / f"bucket={place[1]}" / f"part-{first:012d}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path)

    return lay


def found(folder: Path) -> dict[Place, list[str]]:
    """The Parquet files below a folder of partitions `cohort=/bucket=`."""
    files: dict[Place, list[str]] = {}
    for path in sorted(folder.glob("cohort=*/bucket=*/*.parquet")):
        cohort_of, bucket = (int(part.partition("=")[2]) for part in path.parts[-3:-1])
        files.setdefault((cohort_of, bucket), []).append(str(path))
    return files
