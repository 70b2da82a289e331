"""Keeps definitions, computes figures and comparisons from what was reported, and records reviews.

What is computed is rewritten whole, a period at a time; definitions and reviews are only ever added.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, Q
from django.utils import timezone

from ietvars.ground.audit import actions as audit
from ietvars.ground.people.rules import Actor
from ietvars.ground.periods import rules as periods
from ietvars.ground.terms import queries as terms
from ietvars.institution.indicators import comparison, definitions, documents, engine, errors, queries, rules, snapshots
from ietvars.institution.indicators.facts import Figure
from ietvars.institution.indicators.models import Comparison, Computation, Definition, Review
from ietvars.institution.indicators.models import Figure as FigureRow
from ietvars.institution.measurements.values import State
from ietvars.institution.services import queries as services
from ietvars.institution.services.models import Service

BATCH = 1000
Progress = Callable[[str, int, int], None]
"""Called with the period whose services are evaluated, how many are done, and how many there are."""


# ---- definitions ------------------------------------------------------------------------------------------------


def load_definitions(
    *, register: str, definitions: Sequence[definitions.Indicator], by: Actor, now: datetime
) -> tuple[Definition, ...]:
    """Keep the definitions of a register. Gives back what is new or worded better; the rest is left alone.

    Raises DefinitionRewritten where a version by which figures are computed comes with another meaning, and
    DefinedElsewhere where another register has the code.
    """
    kept = {(row.code, row.version): row for row in Definition.objects.all()}
    registers = {code: row.register for (code, _), row in kept.items()}
    made: list[Definition] = []
    changed: list[Definition] = []
    for position, each in enumerate(definitions, start=1):
        if registers.get(each.code, register) != register:
            raise errors.DefinedElsewhere(code=each.code, other=registers[each.code])
        row = _definition(each, position)
        known = kept.get((each.code, each.version))
        if known is None:
            made.append(row)
        elif (known.spec, known.position) != (row.spec, position):
            same = rules.meaning(known.spec) == rules.meaning(row.spec)
            if not same and FigureRow.objects.filter(definition=known).exists():
                raise errors.DefinitionRewritten(code=each.code, version=each.version)
            row.pk = known.pk
            changed.append(row)
    with transaction.atomic():
        Definition.objects.bulk_create(made)
        for row in changed:
            row.save()
        if made or changed:
            audit.record(
                by=by,
                now=now,
                action="indicators.load-definitions",
                subject=("register", register),
                after={"new": [str(row) for row in made], "reworded": [str(row) for row in changed]},
            )
    return (*made, *changed)


def load_register(*, text: str, by: Actor, now: datetime) -> tuple[Definition, ...]:
    """Keep the definitions of a register written in TOML, such as the one that ships beside a mapping."""
    found = definitions.read(text)
    return load_definitions(register=found.code, definitions=found.indicators, by=by, now=now)


def load_national(*, by: Actor, now: datetime) -> tuple[Definition, ...]:
    """Keep the national set that ships with the product."""
    found = queries.shipped()
    return load_definitions(register=found.code, definitions=found.indicators, by=by, now=now)


def _definition(each: definitions.Indicator, position: int) -> Definition:
    return Definition(
        code=each.code,
        version=each.version,
        register=each.register,
        name=dict(each.name),
        purpose=dict(each.purpose),
        spec=rules.plain(each.spec),
        unit=each.unit,
        direction=each.direction.value,
        aggregation=each.aggregation.value,
        source=dict(each.source),
        valid_from=each.valid_from,
        position=position,
    )


# ---- figures and comparisons ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Computed:
    """What a run gave: how many figures and verdicts. `with_period` is empty where there is nothing to set beside."""

    period: str
    with_period: str
    figures: int
    comparisons: int


def compute(
    *, period: str, with_period: str | None = None, by: Actor, now: datetime, progress: Progress | None = None
) -> Computed:
    """Compute the figures of a period and its comparison, anew. Without `with_period`: with the same of last year.

    Raises UnknownPeriod, and NothingReported where nobody reported anything of either.
    """
    return _compute(period, with_period, by=by, now=now, progress=progress, anew=True)


def ensure(
    *, period: str, with_period: str | None = None, by: Actor, now: datetime, progress: Progress | None = None
) -> Computed:
    """The same, but only what is not computed yet, or was computed from other input."""
    return _compute(period, with_period, by=by, now=now, progress=progress, anew=False)


def _compute(
    period: str, with_period: str | None, *, by: Actor, now: datetime, progress: Progress | None, anew: bool
) -> Computed:
    known = queries.periods_with_figures()
    this = periods.parse(period)
    other = periods.parse(with_period) if with_period else None
    if other is None and (code := queries.compared_with(this.code)):
        other = periods.parse(code)
    for wanted in (this, other):
        if wanted is not None and wanted.code not in known:
            raise errors.NothingReported(period=wanted.code, known=", ".join(known) or "–")
    tell = progress or (lambda _period, _done, _all: None)
    with transaction.atomic():
        run = _Run(queries.indicators(), now, tell)
        figures = run.figures(this, anew=anew)
        if other is None:
            return Computed(this.code, "", figures, 0)
        run.figures(other, anew=False)
        verdicts = run.comparison(this, other, anew=anew)
        if run.written:
            audit.record(
                by=by,
                now=now,
                action="indicators.compute",
                subject=("period", this.code),
                after={"with": other.code, "figures": figures, "comparisons": verdicts},
            )
    return Computed(this.code, other.code, figures, verdicts)


class _Run:
    """One run over one or two periods; snapshots are read once."""

    def __init__(self, known: dict[int, definitions.Indicator], now: datetime, tell: Progress) -> None:
        self.known, self.now, self.tell = known, now, tell
        self.claimed = frozenset(source for each in known.values() for source in each.sources)
        self.ids = {(each.code, each.version): pk for pk, each in known.items()}
        self.snapshots: dict[str, snapshots.Snapshot] = {}
        self.marks: dict[str, str] = {}
        self.written = False

    def snapshot(self, period: periods.Period) -> snapshots.Snapshot:
        if period.code not in self.snapshots:
            self.snapshots[period.code] = snapshots.snapshot(period)
        return self.snapshots[period.code]

    def mark(self, period: periods.Period) -> str:
        if period.code not in self.marks:
            self.marks[period.code] = snapshots.input_mark(period)
        return self.marks[period.code]

    def figures(self, period: periods.Period, *, anew: bool) -> int:
        """Write the figures of a period where they are stale or asked for anew. How many there are."""
        before = queries.computed(period.code)
        if not anew and before is not None and before.input_mark == self.mark(period):
            return FigureRow.objects.filter(period=period.code).count()
        Comparison.objects.filter(Q(period=period.code) | Q(with_period=period.code)).delete()
        FigureRow.objects.filter(period=period.code).delete()
        Computation.objects.filter(Q(period=period.code) | Q(with_period=period.code)).delete()
        count = _insert(FigureRow, FIGURE, self._evaluated(period))
        Computation.objects.create(period=period.code, input_mark=self.mark(period), at=self.now)
        self.written = True
        return count

    def _evaluated(self, period: periods.Period) -> Iterator[Sequence[Any]]:
        snapshot = self.snapshot(period)
        in_force = rules.in_force(self.known.values(), period.start)
        by_sources: dict[frozenset[str], tuple[definitions.Indicator, ...]] = {}
        for done, (service, facts) in enumerate(snapshot.facts.items(), start=1):
            sources = snapshot.sources.get(service, frozenset())
            if sources not in by_sources:
                by_sources[sources] = rules.for_sources(in_force, sources, self.claimed)
            for indicator in by_sources[sources]:
                definition = self.ids[indicator.code, indicator.version]
                for figure in engine.figures(indicator, facts):
                    yield _figure_row(figure, definition, service, snapshot)
            if done % 100 == 0 or done == len(snapshot.facts):
                self.tell(period.code, done, len(snapshot.facts))

    def comparison(self, this: periods.Period, other: periods.Period, *, anew: bool) -> int:
        """Write the verdicts of one period set beside another where they are not there. How many there are."""
        if not anew and queries.computed(this.code, other.code) is not None:
            return Comparison.objects.filter(period=this.code, with_period=other.code).count()
        Comparison.objects.filter(period=this.code, with_period=other.code).delete()
        Computation.objects.filter(period=this.code, with_period=other.code).delete()
        count = _insert(Comparison, COMPARISON, self._judged(this, other))
        mark = rules.fingerprint(self.mark(this) + self.mark(other))
        Computation.objects.create(period=this.code, with_period=other.code, input_mark=mark, at=self.now)
        self.written = True
        return count

    def _judged(self, this: periods.Period, other: periods.Period) -> Iterator[Sequence[Any]]:
        now, before = _Shelf(this, self.known), _Shelf(other, self.known)
        keys = sorted(now.figures.keys() | before.figures.keys())
        series, families = [], []
        for key in keys:
            sides = before.side(key, now), now.side(key, before)
            series.append(rules.series(*sides))
            families.append(now.holder(key) or before.holder(key))
        for key, holder, verdict in zip(keys, families, comparison.settle(series, families=families), strict=True):
            yield _comparison_row(key, holder, verdict, now=now, before=before)


SeriesKey = tuple[int, str, str, str]
"""Service id, code of the indicator, stage, channel."""


class _Shelf:
    """The kept figures of one period by series, and what it means where there is none."""

    def __init__(self, period: periods.Period, known: Mapping[int, definitions.Indicator]) -> None:
        self.period = period
        self.members = snapshots.members(period)
        self.in_force = {each.code: each for each in rules.in_force(known.values(), period.start)}
        compared = [pk for pk, each in known.items() if each.compared]
        self.figures: dict[SeriesKey, queries.Kept] = {}
        self.reached: set[tuple[int, str]] = set()
        self.looked_at = snapshots.looked_at(period)
        for kept in queries.kept(period.code, compared):
            code = known[kept.definition_id].code
            self.figures[kept.service_id, code, kept.figure.stage, kept.figure.channel] = kept
            self.reached.add((kept.service_id, code))

    def side(self, key: SeriesKey, other: "_Shelf") -> rules.Side:
        """This period of a series. `other` knows the wording where none was in force here."""
        service, code, *_ = key
        if code not in self.in_force:
            return rules.Side(other.in_force[code], None, service in self.members, State.NOT_ASKED)
        kept = self.figures.get(key)
        # A service that was looked at, and has no figure of this indicator, stands outside of its population.
        is_outside = service in self.looked_at and (service, code) not in self.reached
        absent = State.NOT_APPLICABLE if is_outside else State.MISSING
        return rules.Side(self.in_force[code], kept.figure if kept else None, service in self.members, absent)

    def holder(self, key: SeriesKey) -> int | None:
        """Who held the service, where the series has a figure."""
        kept = self.figures.get(key)
        return kept.holder_id if kept else None


def _insert(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write many rows by the driver's own call; through instances the same takes four times as long. How many."""
    table = model._meta  # noqa: SLF001 - Django's own name for what describes a table
    quote = connection.ops.quote_name
    column_of = {field.name: field.column for field in table.concrete_fields}
    columns = ", ".join(quote(column_of[name] or name) for name in names)
    marks = ", ".join(["%s"] * len(names))
    statement = f"INSERT INTO {quote(table.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608 - names of our own
    count, waiting = 0, iter(rows)
    with connection.cursor() as cursor:
        while batch := list(islice(waiting, BATCH)):
            cursor.executemany(statement, batch)
            count += len(batch)
    return count


FIGURE = (
    "definition service period period_start holder stage channel state value numerator denominator n spread "
    "spread_kind scale scatter counted measured expected is_restated details is_illustrative"
).split()


def _figure_row(figure: Figure, definition: int, service: int, snapshot: snapshots.Snapshot) -> Sequence[Any]:
    details = {name: found for name in queries.DETAILS if (found := getattr(figure, name))}
    return (
        definition,
        service,
        snapshot.period.code,
        snapshot.period.start.isoformat(),
        snapshot.holders[service],
        figure.stage,
        figure.channel,
        figure.state.value,
        figure.value,
        figure.numerator,
        figure.denominator,
        figure.n,
        figure.spread,
        figure.spread_kind,
        figure.scale,
        figure.scatter,
        figure.counted,
        figure.measured,
        figure.expected,
        bool(figure.restated),
        json.dumps(details),
        figure.is_illustrative,
    )


COMPARISON = (
    "service holder indicator stage channel period with_period now before verdict reason difference low high p "
    "p_adjusted is_illustrative"
).split()


def _comparison_row(
    key: SeriesKey, holder: int | None, verdict: comparison.Verdict, *, now: _Shelf, before: _Shelf
) -> Sequence[Any]:
    kept = now.figures.get(key), before.figures.get(key)
    return (
        key[0],
        holder,
        *key[1:],
        now.period.code,
        before.period.code,
        *(each.pk if each else None for each in kept),
        verdict.word.value,
        verdict.reason.value if verdict.reason else "",
        verdict.difference,
        verdict.low,
        verdict.high,
        verdict.p,
        verdict.p_adjusted,
        any(each is not None and each.figure.is_illustrative for each in kept),
    )


# ---- reviews ----------------------------------------------------------------------------------------------------


def review(
    *,
    service: Service,
    period: str,
    with_period: str,
    reading: str,
    decision: str,
    by: Actor,
    now: datetime,
) -> Review:
    """Record an owner's reading of a comparison and the decision, with the figures frozen as they were read.

    Raises ReviewNotYours, ReadingNeeded, UnknownDecision, NothingToReview.
    """
    holder = services.holder_on(service, timezone.localdate(now))
    rules.require_reviewer(by, holder.pk if holder else None, holder=holder.code if holder else service.code)
    rules.require_reading(reading, decision, terms.labels("review-decisions")["review-decisions"])
    document = documents.comparison(period, with_period, service=service.code)
    if not document["series"]:
        raise errors.NothingToReview(period=period, with_period=with_period)
    frozen = rules.canonical(document)
    with transaction.atomic():
        made = Review.objects.create(
            service=service,
            period=period,
            with_period=with_period,
            reading=reading.strip(),
            decision=decision,
            username=by.username,
            at=now,
            frozen=frozen,
            frozen_hash=rules.fingerprint(frozen),
        )
        audit.record(
            by=by,
            now=now,
            action="indicators.review",
            subject=("service", service.code),
            after={"period": period, "with": with_period, "decision": decision, "frozen": made.frozen_hash},
        )
    return made
