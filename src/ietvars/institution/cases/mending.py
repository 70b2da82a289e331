"""The pure core of a refresh: what new facts change in case states, and what those change in the marts.

Cells are sums, so they are mended by difference: what the cases concerned gave before is taken off, what they give now
is added. The difference is laid as a piece over the whole file of its place, so that a refresh costs by what came and
not by what is there; when pieces become many or large, the place is laid whole again. Concerned are the cases with new
facts, and such other cases of their persons as become repeats or cease to be. Added up, every cell equals that of a
full recompute. All months of a bucket are computed in one go, since an engine takes longer to read a question than to
answer one about few cases. It must not know Django, nor what a generation is.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import ibis

from ietvars.institution.cases import computing, dimensions, marts, pieces, schema, states
from ietvars.institution.cases.computing import LOOK_BACK, Facts, Laying, Place, marks, table
from ietvars.institution.cases.dimensions import Dimensions
from ietvars.institution.cases.pieces import KEY, Published
from ietvars.institution.deliveries import facts as fact

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from ietvars.institution.cases.running import Columns, Engine

Paths = Callable[[str, Place], Published]
"""Where the published files of a data set lie."""

MOST_PIECES = 8
"""So many pieces lie over a whole file before the place is laid whole again."""

LARGE = 4
"""A place is laid whole when its pieces together have a fourth of the rows of what they lie over."""

KEY_COLUMNS = {"service_id": "int32", "case_id": "int64"}
TOUCHED = {"case_id": "int64", "of_cohort": "int32"}
PAIRS = {"service_id": "int32", "person_key": "int64"}
PLACED = {"lies": "int32"}
"""Month in whose file a row lies; of `mart_step` the cohort of its facts."""
LYING = {**schema.CASE, **PLACED}
WAS = {**KEY_COLUMNS, "of_cohort": "int32", **PLACED}
PERSONS = {**marts.RECENT, **PLACED}
SPREAD = {"lies": "int32", "at": "int32", "since": "int32"}
"""For a month the two that follow, and the first day from which on a case of it makes one of theirs a repeat."""

SIGNS = ("come", "gone")
"""Case states now, and as they were when the marts were computed."""


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
    known: Dimensions, lay: Laying, *, since: int, watermark: int, most_pieces: int = MOST_PIECES, large: int = LARGE,
) -> Mended:  # fmt: skip
    """Bring case states and marts up to facts, from those with a seq up to `since` to those up to `watermark`.

    `standing` are the places of which case states are published.
    """
    computing.prepare(engine, known)
    mended = Mended()
    for bucket in sorted({place[1] for place in changed}):
        of_bucket = {place[0]: change for place, change in changed.items() if place[1] == bucket}
        months = sorted(place[0] for place in standing if place[1] == bucket)
        _Bucket(
            engine, bucket, facts, published, known, lay, since, watermark, most_pieces, large, months, mended
        ).mend(of_bucket)
    return mended


@functools.cache
def formula(name: str, **options: Any) -> ir.Table:
    """The expressions of `computing`, with the month in whose file a row lies; and those that only a refresh asks."""
    placed = tuple(PLACED)
    cases, calendar = table("cases", LYING), table("calendar")
    match name:
        case "mart_step":
            facts = states.standing(table("facts")) if options["corrects"] else table("facts")
            return marts.steps(facts, table("states", LYING), calendar, *placed)
        case "mart_month":
            known = (table("returned"), calendar, table("terms"))
            return marts.months(cases, *known, *placed, electronic=options["electronic"])
        case "mart_hist":
            return marts.histogram(cases, calendar, *placed)
        case "state_month":
            return marts.state_months(table("mart_month", {**schema.MONTH, **PLACED}), *placed)
        case "state_hist":
            return marts.state_histogram(table("mart_hist", {**schema.HIST, **PLACED}), *placed)
        case "difference":
            columns = schema.DATASETS[options["dataset"]]
            of = (table(sign, {**columns, **PLACED}) for sign in ("plus", "minus"))
            # A cell that comes out as it was still says whose figures to look at again.
            return marts.difference(*of, *placed, columns=columns, drop_zero=options["dataset"] != "mart_month")
        case "added":
            columns = schema.DATASETS[options["dataset"]]
            of = (table(name, columns) for name in ("old", "more"))
            return marts.added(*of, columns=columns, count=schema.COUNTS[options["dataset"]])
        case "lying":
            return _lying(table("states"), table("touched", TOUCHED))
        case "lay_before":
            was = table("was", WAS).rename(was_cohort="of_cohort")
            return table("states").drop("of_cohort").join(was, KEY).rename(of_cohort="was_cohort")
        case "returned":
            return _returned(table("persons", PERSONS), table("spread", SPREAD))
        case "flipped":
            one, other = (table(f"returned_{sign}", marts.RETURNED) for sign in SIGNS)
            every = tuple(marts.RETURNED)
            apart = one.anti_join(other, every).union(other.anti_join(one, every)).select(*KEY)
            return table("beside", PERSONS).semi_join(apart, KEY).select(*KEY, "lies")
    raise KeyError(name)


def _lying(made: ir.Table, touched: ir.Table) -> ir.Table:
    """States with the cohort of their facts, and the month of opening or of their facts, where that is later."""
    calendar = table("calendar")
    dated = made.drop("of_cohort").join(touched, "case_id").left_join(calendar, made.opened_day == calendar.day)
    known = dated.select(*(name for name in schema.CASE), month=calendar.month)
    return known.mutate(lies=ibis.greatest(ibis.coalesce(known.month, known.of_cohort), known.of_cohort)).drop("month")


def _returned(persons: ir.Table, spread: ir.Table) -> ir.Table:
    """Which cases are repeats, month by month as the recompute looks at them: each with the two before it."""
    here = persons.mutate(at=persons.lies)
    far = persons.join(spread, "lies")
    before = far.filter(far.opened_day >= far.since).select(*marts.RECENT, "at")
    return marts.returned(here, before, table("calendar"), "at")


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
    most_pieces: int
    large: int
    standing: Sequence[int]
    mended: Mended

    def mend(self, changed: Mapping[int, Changed]) -> None:
        """States first, then the marts that they change."""
        engine = self.engine
        for sign in SIGNS:
            engine.load(sign, LYING, ())
            engine.load(f"mart_step_{sign}", {**schema.STEP, **PLACED}, ())
        whole = [cohort for cohort, change in changed.items() if change.whole]
        cohorts = self._find_touched(changed)
        if cohorts:
            self._find_where_they_were(min(cohorts), whole)
            self._read_facts(cohorts)
            self._compute()
        for cohort in sorted(whole):
            self._compute_whole(cohort)
        self.mended.cases += engine.count("come")
        moved = self._months_of("gone") | self._months_of("come")
        self._differ("mart_step")
        self._find_flipped(moved)
        self._make_marts()
        self._lay_cases(sorted(moved))
        for name in computing.MARTS:
            self._lay_mart(name)
        engine.drop(*SIGNS, "touched", "was", "pairs", "beside", "turned", "spread", "now")

    # ---- case states ----------------------------------------------------------------------------------------

    def _find_touched(self, changed: Mapping[int, Changed]) -> list[int]:
        """`touched`: cases with new facts, and the cohort in which these lie. Returns the cohorts that have any."""
        engine, found = self.engine, list[int]()
        engine.load("touched", TOUCHED, ())
        seen = {"case_id": "int64", "seq": "int64"}
        for cohort, change in sorted(changed.items()):
            if change.new and not change.whole:
                engine.read("news", seen, change.new)
                news = table("news", seen)
                new = news.filter(news.seq > self.since).select("case_id").distinct()
                if self._append("touched", new, TOUCHED, {"of_cohort": cohort}):
                    found.append(cohort)
        engine.drop("news")
        return found

    def _find_where_they_were(self, first: int, whole: Sequence[int]) -> None:
        """`was`: of touched cases the published place. Those of cohorts that are computed whole are found there."""
        self.engine.load("was", WAS, ())
        for month in self.standing:
            if month >= first:
                found = self._standing_cases(month, (*KEY, "of_cohort"))
                found = found.semi_join(table("touched", TOUCHED), "case_id")
                if whole:
                    found = found.filter(found.of_cohort.notin(whole))
                self._append("was", found, WAS, {"lies": month})

    def _read_facts(self, cohorts: Sequence[int]) -> None:
        """`facts`: those of touched cases. The id of an event is long and read only where some event corrects one."""
        engine = self.engine
        paths = [path for cohort in cohorts for path in self.facts.get((cohort, self.bucket), ())]
        touched = table("touched", TOUCHED)
        some = {"case_id": "int64", "corrects": "uuid"}
        engine.read("every", some, paths)
        every = table("every", some)
        correcting = every.filter(every.corrects.notnull()).semi_join(touched, "case_id")
        (corrects,) = engine.first(correcting.count().as_table())
        wanted = {name: kind for name, kind in fact.COLUMNS.items() if name in states.READ}
        if corrects:
            wanted |= {name: fact.COLUMNS[name] for name in states.READ_CORRECTING}
        engine.read("every", wanted, paths)
        found = table("every", wanted).semi_join(touched, "case_id")
        columns = {name: found[name] if name in wanted else ibis.null(kind) for name, kind in fact.COLUMNS.items()}
        engine.make("facts", found.select(**columns), fact.COLUMNS)
        engine.drop("every")

    def _compute(self) -> None:
        """`come` and `gone` of touched cases, and what they give to `mart_step`; of `facts`, with and without the new.

        What was published is computed once more, since it would take longer to look up.
        """
        engine, facts = self.engine, table("facts")
        engine.make("old_facts", facts.filter(facts.seq <= self.since), fact.COLUMNS)
        for sign, where in (("come", "lying"), ("gone", "lay_before")):
            corrects = computing.make_states(engine, of_cohort=0, input_watermark=self.watermark)
            engine.make(sign, formula(where), LYING)
            # Steps lie by the cohort of their facts.
            engine.make("states", table(sign, LYING).mutate(lies=table(sign, LYING).of_cohort), LYING)
            made = formula("mart_step", corrects=corrects)
            engine.make(f"mart_step_{sign}", made, {**schema.STEP, **PLACED}, self._marks())
            if sign == "come":
                engine.rename("old_facts", "facts")
        engine.drop("facts", "states")

    def _compute_whole(self, cohort: int) -> None:
        """Put to `gone` what is published of a cohort, to `come` what it is now; lay its `mart_step`."""
        engine, place = self.engine, (cohort, self.bucket)
        for month in self.standing:
            if month >= cohort:
                found = self._standing_cases(month, tuple(schema.CASE))
                self._append("gone", found.filter(found.of_cohort == cohort), LYING, {"lies": month})
        self.mended.replaced["mart_step"].add(place)
        if paths := self.facts.get(place, ()):
            engine.read("facts", fact.COLUMNS, paths)
            corrects = computing.make_states(engine, of_cohort=cohort, input_watermark=self.watermark)
            every = table("states").select("case_id").distinct()
            engine.make("touched", every, TOUCHED, {"of_cohort": cohort})
            self._append("come", formula("lying"), LYING)
            made = computing.formula("mart_step", corrects=corrects)
            engine.make("mart_step", made, schema.STEP, self._marks())
            computing.lay_table(engine, "mart_step", place, self.lay)
            engine.drop("facts", "states")

    def _standing_cases(self, month: int, columns: Sequence[str]) -> ir.Table:
        """These columns of the published case states of a month."""
        return pieces.read(self.engine, self.published("cases", (month, self.bucket)), columns)

    # ---- cases of the same persons --------------------------------------------------------------------------

    def _find_flipped(self, moved: Collection[int]) -> None:
        """`returned_come` and `returned_gone`; and `turned`: other cases that are repeats in one and not in the other.

        Only those give other cells than before.
        """
        engine = self.engine
        both = table("gone", LYING).select(*PAIRS).union(table("come", LYING).select(*PAIRS))
        engine.make("pairs", both.filter(both.person_key.notnull()).distinct(), PAIRS)
        near = {dimensions.after(month, by) for month in moved for by in range(-LOOK_BACK, LOOK_BACK + 1)}
        engine.load("beside", PERSONS, ())
        for month in sorted(near & set(self.standing)):
            there, gone = self._standing_cases(month, tuple(marts.RECENT)), table("gone", LYING)
            theirs = there.semi_join(table("pairs", PAIRS), tuple(PAIRS))
            self._append("beside", theirs.anti_join(self._at(month, gone), KEY), PERSONS, {"lies": month})
        engine.load("spread", SPREAD, [each for month in sorted(near | set(moved)) for each in _following(month)])
        for sign in SIGNS:
            own = marts.recent(table(sign, LYING), "lies")
            engine.make("persons", own.union(table("beside", PERSONS)), PERSONS)
            engine.make(f"returned_{sign}", formula("returned"), marts.RETURNED)
        engine.make("flipped", formula("flipped"), {**KEY_COLUMNS, **PLACED})
        engine.load("turned", LYING, ())
        for month in sorted(self._months_of("flipped")):
            flipped = table("flipped", {**KEY_COLUMNS, **PLACED})
            found = self._standing_cases(month, tuple(schema.CASE)).semi_join(self._at(month, flipped), KEY)
            self._append("turned", found, LYING, {"lies": month})
        engine.drop("persons", "flipped")

    # ---- marts ----------------------------------------------------------------------------------------------

    def _make_marts(self) -> None:
        """What is to be added to the marts of cases, each under its name and with the month in whose file it lies."""
        engine, turned = self.engine, table("turned", LYING)
        for sign in SIGNS:
            engine.make("cases", table(sign, LYING), LYING)
            engine.make(f"mart_hist_{sign}", formula("mart_hist"), {**schema.HIST, **PLACED}, self._marks())
            engine.make("cases", table(sign, LYING).union(turned), LYING)
            engine.rename(f"returned_{sign}", "returned")
            month = formula("mart_month", electronic=self.known.electronic)
            engine.make(f"mart_month_{sign}", month, {**schema.MONTH, **PLACED}, self._marks())
        engine.drop("cases", "returned")
        for name in ("mart_month", "mart_hist"):
            self._differ(name)
        for name in ("state_month", "state_hist"):
            engine.make(name, formula(name), {**schema.DATASETS[name], **PLACED}, self._marks())

    def _differ(self, dataset: str) -> None:
        """Make of `<mart>_come` and `<mart>_gone` what is to be added."""
        engine = self.engine
        engine.rename(f"{dataset}_come", "plus")
        engine.rename(f"{dataset}_gone", "minus")
        made = formula("difference", dataset=dataset)
        engine.make(dataset, made, {**schema.DATASETS[dataset], **PLACED}, self._marks())
        engine.drop("plus", "minus")

    # ---- files ----------------------------------------------------------------------------------------------

    def _lay_mart(self, dataset: str) -> None:
        """Lay what is to be added to a mart, place by place; nothing over places that were laid whole already."""
        engine, columns = self.engine, schema.DATASETS[dataset]
        months = self._months_of(dataset)
        engine.rename(dataset, "every")
        for month in sorted(months):
            place, every = (month, self.bucket), table("every", {**columns, **PLACED})
            if place in self.mended.replaced[dataset]:
                continue
            engine.make("more", self._at(month, every).drop("lies"), columns)
            there = self.published(dataset, place)
            if self._is_to_be_whole(dataset, there):
                engine.read("old", columns, (*there.whole, *there.pieces))
                engine.make(dataset, formula("added", dataset=dataset), columns)
                engine.drop("old")
                self._replace(dataset, place)
            else:
                self._lay_piece(dataset, place)
        engine.drop("every", "more")

    def _lay_cases(self, months: Sequence[int]) -> None:
        """Lay case states: those that have come, and of those that no longer lie there that they do not."""
        engine, gone, come = self.engine, table("gone", LYING), table("come", LYING)
        for month in months:
            place = (month, self.bucket)
            here = self._at(month, come).drop("lies")
            away = self._at(month, gone).anti_join(here, KEY).drop("lies")
            none = away.mutate(facts_n=ibis.literal(0, "int32"), input_watermark=ibis.literal(self.watermark, "int64"))
            engine.make("more", here.union(none.select(*schema.CASE)), schema.CASE)
            there = self.published("cases", place)
            if self._is_to_be_whole("cases", there):
                stays = self._standing_cases(month, tuple(schema.CASE)).anti_join(table("more", schema.CASE), KEY)
                more = table("more", schema.CASE)
                engine.make("cases", stays.union(more.filter(more.facts_n > 0)), schema.CASE)
                self._replace("cases", place)
            else:
                self._lay_piece("cases", place)
        engine.drop("more", "cases")

    def _is_to_be_whole(self, dataset: str, there: Published) -> bool:
        """Whether `more` is laid together with what is there, and not as one more piece."""
        if not there.whole or len(there.pieces) >= self.most_pieces:
            return True
        # No event came, something was forgotten: a piece would be as late as the one before, and neither would stand.
        if self.since == self.watermark:
            return True
        return (self.engine.count("more") + self._rows(dataset, there.pieces)) * self.large >= self._rows(
            dataset, there.whole
        )

    def _rows(self, dataset: str, paths: Sequence[str]) -> int:
        """Rows of files, as their footers say."""
        self.engine.read("counted", schema.DATASETS[dataset], paths)
        rows = self.engine.count("counted")
        self.engine.drop("counted")
        return rows

    def _lay_piece(self, dataset: str, place: Place) -> None:
        """Lay `more` over what is there."""
        self.engine.rename("more", dataset)
        computing.lay_table(self.engine, dataset, place, self.lay, first=self.since + 1)

    def _replace(self, dataset: str, place: Place) -> None:
        """Lay the table of a data set's name in place of what is published; nothing where no row is left."""
        self.mended.replaced[dataset].add(place)
        computing.lay_table(self.engine, dataset, place, self.lay)

    def _at(self, month: int, rows: ir.Table) -> ir.Table:
        """Those of a month. It stands in a table, so that the expression is the same for all and is compiled once."""
        self.engine.load("now", PLACED, [(month,)])
        return rows.semi_join(table("now", PLACED), "lies")

    def _months_of(self, name: str) -> set[int]:
        """Months in whose files the rows of a table lie."""
        engine, found, after = self.engine, set[int](), 0
        rows, now = table(name, PLACED), table("now", PLACED)
        later = rows.join(now, rows.lies > now.lies).aggregate(month=rows.lies.min())
        while True:
            engine.load("now", PLACED, [(after,)])
            (month,) = engine.first(later)
            if month is None:
                return found
            found.add(after := int(month))

    def _append(self, name: str, rows: ir.Table, columns: Columns, constants: Mapping[str, int] | None = None) -> int:
        """Put rows to a table made here; returns how many."""
        self.engine.make("appended", rows, columns, constants or {})
        count = self.engine.count("appended")
        if count:
            both = table(name, columns).union(table("appended", columns))
            self.engine.make("both", both, columns)
            self.engine.rename("both", name)
        self.engine.drop("appended")
        return count

    def _marks(self) -> dict[str, int]:
        return marks(self.watermark)


def _following(month: int) -> list[tuple[int, int, int]]:
    """Rows of SPREAD."""
    found = (dimensions.after(month, by) for by in range(1, LOOK_BACK + 1))
    return [(month, at, dimensions.first_day(at) - schema.REPEAT_DAYS) for at in found]
