"""The pure core of a refresh: what new facts change in case states, and what those change in the marts.

Cells are sums, so they are mended by difference: what the cases concerned gave before is taken off, what they give now
is added, and cells of no case vanish. Concerned are the cases with new facts, and all other cases of their persons near
them, since a repeat lies with the later case. Every mended cell equals that of a full recompute. It must not know
Django, nor what a generation is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import ibis

from ietvars.institution.cases import computing, dimensions, schema
from ietvars.institution.cases.computing import LOOK_BACK, Facts, Laying, Place, formula, marks, table
from ietvars.institution.cases.dimensions import Dimensions
from ietvars.institution.deliveries import facts as fact

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from ietvars.institution.cases.running import Engine

Paths = Callable[[str, Place], Sequence[str]]
"""Where the published files of a data set lie."""

TOUCHED = {"case_id": "int64"}
PAIRS = {"service_id": "int32", "person_key": "int64"}
LYING = {**schema.CASE, "lies": "int32"}
"""Case states with the month in whose file they lie."""


@dataclass(frozen=True)
class Changed:
    """What changed in the facts of a cohort of one bucket."""

    new: Sequence[str] = ()
    """Files that came since the last time. Their facts are new, or were only laid elsewhere."""
    whole: bool = False
    """Nothing of the cohort can be trusted to be as it was: compute all its cases anew."""


@dataclass
class Mended:
    """Places whose published files no longer count, by data set; and how many cases were computed."""

    replaced: dict[str, set[Place]] = field(default_factory=lambda: {name: set() for name in schema.DATASETS})
    cases: int = 0


def mend(
    engine: Engine, facts: Facts, changed: Mapping[Place, Changed], published: Paths, standing: Collection[Place],
    known: Dimensions, lay: Laying, *, since: int, watermark: int,
) -> Mended:  # fmt: skip
    """Bring case states and marts up to facts, from those with a seq up to `since` to those up to `watermark`.

    `standing` are the places of which case states are published.
    """
    computing.prepare(engine, known)
    mended = Mended()
    for bucket in sorted({place[1] for place in changed}):
        of_bucket = {place[0]: change for place, change in changed.items() if place[1] == bucket}
        months = sorted(place[0] for place in standing if place[1] == bucket)
        _Bucket(engine, bucket, facts, published, known, lay, since, watermark, mended).mend(of_bucket, months)
    return mended


@dataclass
class _Bucket:
    """One bucket's work."""

    engine: Engine
    bucket: int
    facts: Facts
    published: Paths
    known: Dimensions
    lay: Laying
    since: int
    watermark: int
    mended: Mended

    def mend(self, changed: Mapping[int, Changed], standing: Sequence[int]) -> None:
        """States first, then the marts that they change."""
        self._find_touched(changed)
        self._take_out([month for month in standing if month >= min(changed)], changed)
        self._compute(changed)
        self._find_pairs()
        moved = self._months_of("gone") | self._months_of("come")
        self._lay_cases(sorted(moved))
        following = {dimensions.after(month, by) for month in moved for by in range(1, LOOK_BACK + 1)}
        for month in sorted(moved | (following & set(standing))):
            self._mend_marts(month)
        self.engine.drop("touched", "gone", "come", "pairs", *computing.MARTS)

    # ---- case states ----------------------------------------------------------------------------------------

    def _find_touched(self, changed: Mapping[int, Changed]) -> None:
        """`touched`: cases with new facts."""
        self.engine.load("touched", TOUCHED, ())
        for change in changed.values():
            if change.new and not change.whole:
                self.engine.read("facts", fact.COLUMNS, change.new)
                new = table("facts").filter(table("facts").seq > self.since).select("case_id")
                self._append("touched", new.distinct(), TOUCHED)
        touched = table("touched", TOUCHED)
        self.engine.make("only", touched.distinct(), TOUCHED)
        self.engine.rename("only", "touched")

    def _take_out(self, months: Sequence[int], changed: Mapping[int, Changed]) -> None:
        """`gone`: published states that will be computed anew."""
        whole = [cohort for cohort, change in changed.items() if change.whole]
        self.engine.load("gone", LYING, ())
        for month in months:
            self.engine.read("cases", schema.CASE, self._paths("cases", month))
            cases = table("cases")
            found = cases.semi_join(table("touched", TOUCHED), "case_id")
            if whole:
                of_whole = cases.of_cohort.isin(whole)
                found = found.filter(found.of_cohort.notin(whole)).union(cases.filter(of_whole))
            self._append("gone", found, LYING, {"lies": month})

    def _compute(self, changed: Mapping[int, Changed]) -> None:
        """`come`: the states of those cases now; and `mart_step`, which lies by the cohort of facts."""
        engine = self.engine
        engine.load("come", LYING, ())
        engine.load("old_facts", fact.COLUMNS, ())
        plus: list[int] = []
        for cohort, change in sorted(changed.items()):
            if self._read(cohort, change):
                corrects = computing.make_states(engine, cohort)
                engine.make(f"plus_{cohort}", formula("mart_step", corrects=corrects), schema.STEP, self._marks())
                plus.append(cohort)
                self._append("come", self._lying(table("states")), LYING)
                if not change.whole:
                    old = table("facts").filter(table("facts").seq <= self.since)
                    self._append("old_facts", old, fact.COLUMNS)
        engine.rename("old_facts", "facts")
        for cohort, change in sorted(changed.items()):
            if cohort in plus:
                engine.rename(f"plus_{cohort}", "plus")
            else:
                engine.load("plus", schema.STEP, ())
            self._mend_steps(cohort, change)
        engine.drop("facts", "states")
        self.mended.cases += engine.count("come")

    def _read(self, cohort: int, change: Changed) -> bool:
        """`facts`: those of the cases concerned; false where there are none."""
        paths = self.facts.get((cohort, self.bucket), ())
        if not paths:
            return False
        if change.whole:
            self.engine.read("facts", fact.COLUMNS, paths)
        else:
            self.engine.read("every", fact.COLUMNS, paths)
            wanted = table("every", fact.COLUMNS).semi_join(table("touched", TOUCHED), "case_id")
            self.engine.make("facts", wanted, fact.COLUMNS)
            self.engine.drop("every")
        return True

    def _lying(self, states: ir.Table) -> ir.Table:
        """States with the month in whose file they belong: that of opening, or of their facts where that is later."""
        calendar = table("calendar")
        dated = states.left_join(calendar, states.opened_day == calendar.day).select(states, month=calendar.month)
        later = ibis.greatest(ibis.coalesce(dated.month, dated.of_cohort), dated.of_cohort)
        return dated.mutate(lies=later).drop("month")

    def _mend_steps(self, cohort: int, change: Changed) -> None:
        """Lay `mart_step` of a cohort of facts: `plus` what is published, without what old states and facts gave."""
        gone = table("gone", LYING)
        if change.whole:
            self.engine.load("minus", schema.STEP, ())
            self.engine.load("old", schema.STEP, ())
        else:
            self.engine.make("states", gone.filter(gone.of_cohort == cohort).drop("lies"), schema.CASE)
            corrects = bool(self.engine.first(formula("checks"))[0])
            self.engine.make("minus", formula("mart_step", corrects=corrects), schema.STEP, self._marks())
            self.engine.read("old", schema.STEP, self._paths("mart_step", cohort))
        self._add_up("mart_step")
        self._replace("mart_step", cohort)

    def _find_pairs(self) -> None:
        """`pairs`: whose other cases of a service must be looked at again."""
        both = table("gone", LYING).select(*PAIRS).union(table("come", LYING).select(*PAIRS))
        self.engine.make("pairs", both.filter(both.person_key.notnull()).distinct(), PAIRS)

    def _months_of(self, name: str) -> set[int]:
        """Months in whose files the rows of a table lie."""
        engine, found = self.engine, set[int]()
        after = 0
        while True:
            rows = table(name, LYING)
            (month,) = engine.first(rows.filter(rows.lies > after).aggregate(month=rows.lies.min()))
            if month is None:
                return found
            found.add(after := int(month))

    def _lay_cases(self, months: Sequence[int]) -> None:
        """Lay case states of months anew: what stays, and what has come."""
        gone, come = table("gone", LYING), table("come", LYING)
        for month in months:
            self.engine.read("old", schema.CASE, self._paths("cases", month))
            old = table("old", schema.CASE)
            away = gone.filter(gone.lies == month).select("service_id", "case_id")
            stays = old.anti_join(away, ["service_id", "case_id"])
            here = come.filter(come.lies == month).drop("lies")
            self.engine.make("cases", stays.union(here), schema.CASE)
            self._replace("cases", month)

    # ---- marts ----------------------------------------------------------------------------------------------

    def _mend_marts(self, month: int) -> None:
        """Mend the marts of cases that lie in a month: off with what those concerned gave, in with what they give."""
        self._concerned(month, "gone")
        if not self._make("minus", month, "gone") + self._make("plus", month, "come"):
            return
        for name in ("mart_month", "mart_hist"):
            self.engine.read("old", schema.DATASETS[name], self._paths(name, month))
            for sign in ("plus", "minus"):
                self.engine.rename(f"{name}_{sign}", sign)
            self._add_up(name)
        for name in ("state_month", "state_hist"):
            self.engine.make(name, formula(name), schema.DATASETS[name], self._marks())
        for name in ("mart_month", "mart_hist", "state_month", "state_hist"):
            self._replace(name, month)

    def _concerned(self, month: int, name: str) -> None:
        """`beside_<n>`: of the month and the two before, published cases of persons concerned, without those gone."""
        pairs, gone = table("pairs", PAIRS), table("gone", LYING)
        for back in range(LOOK_BACK + 1):
            at = dimensions.after(month, -back)
            self.engine.read("old", schema.CASE, self._paths("cases", at))
            old = table("old", schema.CASE)
            away = gone.filter(gone.lies == at).select("service_id", "case_id")
            beside = old.semi_join(pairs, ["service_id", "person_key"]).anti_join(away, ["service_id", "case_id"])
            self.engine.make(f"beside_{back}", beside, schema.CASE)

    def _make(self, sign: str, month: int, name: str) -> int:
        """`<mart>_<sign>` of the cases concerned, with those of `name`; returns how many cases these are."""
        engine, own = self.engine, table(name, LYING)
        since = dimensions.first_day(month) - schema.REPEAT_DAYS
        engine.load("before", computing.COLUMNS["before"], ())
        for back in range(1, LOOK_BACK + 1):
            beside = table(f"beside_{back}", schema.CASE)
            there = own.filter(own.lies == dimensions.after(month, -back)).drop("lies")
            both = beside.union(there.select(*schema.CASE))
            known = both.filter(both.person_key.notnull(), both.opened_day >= since)
            self._append("before", known.select(*computing.COLUMNS["before"]), computing.COLUMNS["before"])
        here = own.filter(own.lies == month).drop("lies").select(*schema.CASE)
        engine.make("cases", table("beside_0", schema.CASE).union(here), schema.CASE)
        engine.make("returned", formula("returned"), computing.COLUMNS["returned"])
        made = formula("mart_month", electronic=self.known.electronic)
        engine.make(f"mart_month_{sign}", made, schema.MONTH, self._marks())
        engine.make(f"mart_hist_{sign}", formula("mart_hist"), schema.HIST, self._marks())
        return engine.count("cases")

    def _add_up(self, dataset: str) -> None:
        """Make a mart of `old`, `plus` and `minus`; cells without a case vanish."""
        self.engine.make(dataset, formula("mended", dataset=dataset), schema.DATASETS[dataset])
        self.engine.drop("old", "plus", "minus")

    # ---- files ----------------------------------------------------------------------------------------------

    def _replace(self, dataset: str, cohort: int) -> None:
        """Lay the table of a data set's name in place of what is published; nothing where no row is left."""
        place = (cohort, self.bucket)
        self.mended.replaced[dataset].add(place)
        computing.lay_table(self.engine, dataset, place, self.lay)

    def _paths(self, dataset: str, cohort: int) -> Sequence[str]:
        """Published files."""
        return self.published(dataset, (cohort, self.bucket))

    def _append(
        self, name: str, rows: ir.Table, columns: Mapping[str, str], constants: Mapping[str, int] | None = None
    ) -> None:
        """Put rows to a table made here."""
        self.engine.make("more", rows, columns, constants or {})
        self.engine.make("both", table(name, columns).union(table("more", columns)), columns)
        self.engine.rename("both", name)
        self.engine.drop("more")

    def _marks(self) -> dict[str, int]:
        return marks(self.watermark)
