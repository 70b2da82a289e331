"""One service's indicators as owners and overseers see them: sentence, cards, table, series, what stands behind.

Reads the summary tables once and builds presenters; the doors only differ in frame, rights and addresses, which they
hand in as `Places`. It must not compute or judge.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ietvars.doors.furniture import days, readings, words
from ietvars.doors.furniture.behind import Behind, lower, shown_value
from ietvars.doors.furniture.marks import Link, Muted, Outcome, State, Value, VerdictCounts
from ietvars.doors.furniture.parts import Cards, VerdictCard
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.ground.terms import queries as terms
from ietvars.ground.terms.rules import pick
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.indicators import rules as indicator_rules
from ietvars.institution.measurements import queries as measurements

FIRST = ("time-median", "satisfaction", "digital-share", "cost-per-case")
"""Indicators that stand as cards, in this order; others take a place that is free."""
MOST_CARDS = 4


@dataclass(frozen=True)
class Places:
    """Addresses of a door: of a series, of the list behind a figure. Each takes the indicator's code."""

    series: Callable[[str, str, str], str]


@dataclass(frozen=True)
class ServiceFigures:
    """A service's indicators in one period beside another, ready to be placed."""

    sentence: str
    under: str
    cards: Cards | None
    table: Table
    counts: VerdictCounts
    measured: int
    expected: int
    is_illustrative: bool


def service_figures(service: Any, period: str, with_period: str, places: Places) -> ServiceFigures:
    """All that is shown of one service: `with_period` may be empty when there is nothing to set beside."""
    said = language()
    known = {row.pk: row for row in indicators.all_definitions()}
    figures = {
        (row.definition.code, row.stage, row.channel): row
        for row in indicators.figures(period, service_ids=[service.pk], whole=True).prefetch_related("definition")
    }
    compared = (
        [row for row in indicators.comparisons(period, with_period, service_ids=[service.pk]) if not row.channel]
        if with_period
        else []
    )
    verdicts = {(row.indicator, row.stage, row.channel): row for row in compared}
    order = {row.code: row.position for row in known.values()}
    keys = sorted(figures.keys() | verdicts.keys(), key=lambda key: (order.get(key[0], 999), key))
    names = _Names(known, keys, said)
    behind = Behind(said)
    rows = [_row(key, figures.get(key), verdicts.get(key), names.of(key), known, places) for key in keys]
    chosen = _chosen(keys, verdicts)
    cards = tuple(_card(key, figures.get(key), verdicts[key], names.of(key), known, behind, places) for key in chosen)
    counts = Counter(Outcome(row.verdict) for row in verdicts.values())
    covered = indicators.coverage(period, [service.pk]).get(service.pk) or indicators.Covered(0)
    head_before = days.period_short(with_period, said) if with_period else _("Before")
    return ServiceFigures(
        sentence=sentence(counts, [names.of(key)[0] for key in keys if _is(verdicts.get(key), Outcome.BETTER)],
                          [names.of(key)[0] for key in keys if _is(verdicts.get(key), Outcome.WORSE)]),
        under=_under(with_period, covered.measured, covered.expected, covered.not_applicable),
        cards=Cards(cards) if cards else None,
        table=Table(
            code="raditaji",
            caption=_("All critical indicators"),
            columns=(
                Column(_("Indicator"), "indicator"),
                Column(head_before, "before", values=True, n=True),
                Column(days.period_short(period, said), "now", values=True, n=True),
                Column(_("Difference"), "difference", n=True),
                Column(_("Verdict"), "verdict"),
                Column(_("Coverage"), "coverage", n=True),
            ),
            rows=tuple(rows),
            stack="grid",
            scroll=_("All critical indicators"),
            illustrative=any(row.is_illustrative for row in figures.values()),
        ),
        counts=VerdictCounts({one: counts.get(one, 0) for one in Outcome}),
        measured=covered.measured,
        expected=covered.expected,
        is_illustrative=any(row.is_illustrative for row in figures.values()),
    )  # fmt: skip


class _Names:
    """Name and newest definition of each series; the stage is said where an indicator has several."""

    def __init__(self, known: Mapping[int, Any], keys: Sequence[tuple[str, str, str]], said: str) -> None:
        self.rows = {row.code: row for row in sorted(known.values(), key=lambda one: one.version)}
        self.stages = terms.labels("stages")["stages"]
        self.several = {code for code, count in Counter(key[0] for key in keys).items() if count > 1}
        self.said = said

    def of(self, key: tuple[str, str, str]) -> tuple[str, Any]:
        """Name and definition of a series."""
        row = self.rows[key[0]]
        name = pick(row.name, self.said)
        if key[0] in self.several and key[1]:
            name = f"{name} ({lower(pick(self.stages.get(key[1], {}), self.said) or key[1])})"
        return name, row


def _is(row: Any, outcome: Outcome) -> bool:
    return row is not None and row.verdict == outcome.value


def sentence(counts: Mapping[Outcome, int], better: Sequence[str], worse: Sequence[str]) -> str:
    """What a reader could repeat: what became better, what worse, how much cannot be told."""
    said = language()
    parts = []
    if better:
        parts.append(_("Better: %(names)s.") % {"names": words.listed([lower(one) for one in better], said)})
    if worse:
        parts.append(_("Worse: %(names)s.") % {"names": words.listed([lower(one) for one in worse], said)})
    if not better and not worse:
        parts.append(_("Nothing has clearly become better or worse."))
    unsaid = counts.get(Outcome.NONE, 0)
    if unsaid:
        forms = {"lv": ("rādītāju", "rādītājus", "rādītāju"), "en": ("indicator", "indicators")}
        parts.append(
            _("%(indicators)s cannot be compared.") % {"indicators": words.counted(unsaid, forms[_known(said)], said)}
        )
    return " ".join(parts)


def _known(said: str) -> str:
    return "lv" if said == words.LATVIAN else "en"


def _under(with_period: str, measured: int, expected: int, not_applicable: int) -> str:
    said = language()
    parts = []
    if with_period:
        parts.append(_("Compared with %(period)s.") % {"period": days.period(with_period, said, "accusative")})
    parts.append(
        _("Measured: %(measured)s of %(expected)s critical indicators.")
        % {"measured": words.number(measured, said), "expected": words.number(expected, said)}
    )
    if not_applicable:
        parts.append(_("Not applicable: %(count)s.") % {"count": words.number(not_applicable, said)})
    return " ".join(parts)


def _chosen(
    keys: Sequence[tuple[str, str, str]], verdicts: Mapping[tuple[str, str, str], Any]
) -> list[tuple[str, str, str]]:
    """At most four series for cards: the usual first ones that have a verdict, then those that moved."""
    with_verdict = [key for key in keys if key in verdicts]
    usual = [key for code in FIRST for key in with_verdict if key[0] == code]
    moved = [key for key in with_verdict if verdicts[key].verdict in ("worse", "better") and key not in usual]
    return (usual + moved)[:MOST_CARDS]


def _row(
    key: tuple[str, str, str], row: Any, verdict: Any, named: tuple[str, Any], known: Mapping[int, Any], places: Places
) -> Row:
    name, definition = named
    href = places.series(*key)
    before = verdict.before if verdict is not None else None
    unit_before = known[before.definition_id].unit if before is not None else definition.unit
    if verdict is None:
        before_cell: Any = Muted(_("not compared"))
        said: Any = Muted(_("not compared"))
    else:
        before_cell = readings.bare(shown_value(before, unit_before)) if before is not None else _absent(verdict)
        said = readings.verdict_in_table(verdict.verdict, verdict.reason)
    has_difference = verdict is not None and verdict.difference is not None and verdict.verdict != Outcome.NONE.value
    return Row(
        (
            Cell(Link(name, href), unit=_other(readings.unit(definition.unit), name)),
            before_cell,
            readings.bare(shown_value(row, definition.unit, href)),
            _signed(verdict.difference, definition.unit) if has_difference else Muted(),
            said,
            words.of(row.measured, row.expected, language()) if row is not None and row.expected else Muted("–"),
        ),
        illustrative=bool(row is not None and row.is_illustrative),
    )


def _other(unit: str, name: str) -> str:
    """The unit, unless the name says it already."""
    return "" if unit.casefold() == name.casefold() else unit


def _signed(number: float, unit: str) -> str:
    """A difference as the column shows it: the head's unit, shares in percentage points."""
    shown = number * 100 if unit == readings.SHARE else number
    places = 1 if unit == readings.SHARE else words.decimals_of([shown], most=2 if unit == readings.EURO else 1)
    return words.number(shown, language(), decimals=places, signed=True)


def _absent(verdict: Any) -> Value:
    states = {
        "not_asked_before": "not_asked",
        "not_applicable_before": "not_applicable",
        "unreadable_before": "unreadable",
    }
    return Value(state=State(states.get(verdict.reason, "missing")))


def _card(
    key: tuple[str, str, str],
    row: Any,
    verdict: Any,
    named: tuple[str, Any],
    known: Mapping[int, Any],
    behind: Behind,
    places: Places,
) -> VerdictCard:
    name, definition = named
    said = language()
    shown = shown_value(row, definition.unit, places.series(*key))
    was = ""
    if verdict.before is not None:
        old = shown_value(verdict.before, known[verdict.before.definition_id].unit)
        when = days.period(verdict.with_period, said, "locative")
        was = f"{when[:1].upper()}{when[1:]}: {old.text()}"
        if verdict.reason == "definition_changed":
            was = _("%(was)s by another definition") % {"was": was}
    return VerdictCard(
        name=name,
        value=readings.bare(shown).quietly(),
        unit=readings.unit(definition.unit),
        was=was,
        verdict=readings.verdict(
            verdict.verdict,
            verdict.reason,
            unit=definition.unit,
            difference=verdict.difference,
            low=verdict.low,
            high=verdict.high,
        ),
        how=behind.how(row, definition) if row is not None else None,
        href=places.series(*key),
        illustrative=bool(row is not None and row.is_illustrative),
    )


def promises(service: Any, period: str) -> Table | None:
    """What the service promises and how it was kept in a period; None where nothing is promised."""
    said = language()
    kept = measurements.results(period, service_ids=[service.pk]) if period else []
    if not kept:
        return None
    words_of = measurements.promises(service.pk)
    channels = terms.labels("channels")["channels"]
    return Table(
        code="solijumi",
        caption=_("What is promised"),
        columns=(
            Column(_("Promise"), "promise"),
            Column(_("Channel"), "channel"),
            Column(_("Target"), "target", values=True, n=True),
            Column(_("Within the promise"), "met", values=True, n=True),
            Column(_("All"), "total", values=True, n=True),
            Column(_("Kept"), "kept"),
        ),
        rows=tuple(
            Row(
                (
                    pick(words_of.get((one.source, one.standard), {}), said) or one.standard,
                    pick(channels.get(one.channel, {}), said) or one.channel or _("all"),
                    readings.value(state=one.target_state, number=one.target, unit=readings.SHARE),
                    Value(one.met) if one.met is not None else Value(state=State(one.met_state)),
                    Value(one.total) if one.total is not None else Value(state=State(one.total_state)),
                    _kept(one),
                )
            )
            for one in kept
        ),
        scroll=_("What is promised"),
    )


def _kept(one: Any) -> Any:
    """Whether the promise was kept, as the room judges it; a contradiction is said, never put right."""
    if one.faults:
        return Muted(_("the report contradicts itself"))
    was_kept = indicator_rules.kept(
        indicator_rules.Promise(one.claimed, one.target, one.met, one.total, one.performance)
    )
    return Muted(_("cannot be told")) if was_kept is None else _("yes") if was_kept else _("no")
