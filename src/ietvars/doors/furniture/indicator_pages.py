"""One service's indicators as owners and overseers see them: sentence, cards, table, series, what stands behind.

Reads the summary tables once and builds presenters; the doors only differ in frame, rights and addresses, which they
hand in as `Places`. It must not compute or judge.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ietvars.doors.furniture import charts, days, readings, words
from ietvars.doors.furniture.marks import Link, Muted, Outcome, State, Value, VerdictCounts
from ietvars.doors.furniture.parts import Cards, HowComputed, VerdictCard
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.ground.periods import rules as periods
from ietvars.ground.terms import queries as terms
from ietvars.ground.terms.rules import pick
from ietvars.institution.indicators import queries as indicators
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
        for row in indicators.figures(period, service_ids=[service.pk], whole=True)
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
    behind = _Behind(said)
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
            name = f"{name} ({_lower(pick(self.stages.get(key[1], {}), self.said) or key[1])})"
        return name, row


def _is(row: Any, outcome: Outcome) -> bool:
    return row is not None and row.verdict == outcome.value


def sentence(counts: Mapping[Outcome, int], better: Sequence[str], worse: Sequence[str]) -> str:
    """What a reader could repeat: what became better, what worse, how much cannot be told."""
    said = language()
    parts = []
    if better:
        parts.append(_("Better: %(names)s.") % {"names": words.listed([_lower(one) for one in better], said)})
    if worse:
        parts.append(_("Worse: %(names)s.") % {"names": words.listed([_lower(one) for one in worse], said)})
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


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


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


def shown_value(row: Any, unit: str, href: str = "") -> Value:
    """A kept figure as a value; no figure at all is missing."""
    if row is None:
        return Value(state=State("missing"))
    n = int(row.denominator) if row.denominator is not None else row.n
    return readings.value(
        state=row.state, number=row.value, unit=unit, n=n, href=href, illustrative=row.is_illustrative
    )


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
    behind: "_Behind",
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


class _Behind:
    """Renders what stands behind a figure, from its definition and its row. Labels are read once."""

    def __init__(self, said: str) -> None:
        self.said = said
        labels = terms.labels("quantities", "channels")
        self.quantities, self.channels = labels["quantities"], labels["channels"]
        self.editions = {row.pk: row for row in measurements.editions()}

    def how(self, row: Any, definition: Any) -> HowComputed:
        """Numerator, denominator, exclusions, coverage, edition, source."""
        spec = definition.spec
        top = spec.get("numerator") or spec.get("value") or {}
        bottom = spec.get("denominator")
        if bottom:
            above, below = self._with(self.amount(top), row.numerator), self._with(self.amount(bottom), row.denominator)
        elif row.n is not None:
            above, below = self._with(self.amount(top), None), self._with(_("answers or cases"), row.n)
        else:
            above, below = self._with(self.amount(top), row.value), _("none: the figure is no ratio")
        return HowComputed(
            numerator=above,
            denominator=below,
            exclusions=self._exclusions(row, definition),
            coverage=self._coverage(row),
            edition=self.edition_words(row.editions),
            source=pick(definition.source, self.said),
            extra=((_("Definition"), _("%(code)s, version %(version)s, valid from %(day)s") % {
                "code": definition.code, "version": definition.version,
                "day": days.in_table(definition.valid_from, self.said)}),),
        )  # fmt: skip

    def amount(self, spec: Any) -> str:
        """An amount of the definition language in words."""
        if not isinstance(spec, Mapping):
            return str(spec)
        if "minus" in spec:
            return f" {words.MINUS} ".join(self.amount(one) for one in spec["minus"])
        quantity = spec.get("sum") or spec.get("take")
        if quantity is None:
            return _("services that meet the condition of the definition")
        text = pick(self.quantities.get(str(quantity), {}), self.said) or str(quantity)
        among = spec.get("among")
        if among == "@electronic":
            return _("%(what)s, electronic channels") % {"what": text}
        if isinstance(among, list | tuple):
            named = [pick(self.channels.get(code, {}), self.said) or str(code) for code in among]
            return f"{text} ({words.listed(named, self.said)})"
        return text

    def _with(self, text: str, number: Any) -> str:
        """The amount's words with its number, where there is one."""
        text = text[:1].upper() + text[1:]
        return text if number is None else f"{text}: {words.number(number, self.said)}"

    def _exclusions(self, row: Any, definition: Any) -> str:
        texts = {one["code"]: pick(one["text"], self.said) for one in definition.spec.get("exclusions", [])}
        found = [texts.get(code, str(code)) for code in row.exclusions]
        return "; ".join(found) if found else pgettext("exclusions", "nothing")

    def _coverage(self, row: Any) -> str:
        if not row.expected:
            return pgettext("coverage", "nothing expected")
        text = _("%(part)s parts measured") % {"part": words.of(row.measured, row.expected, self.said)}
        missing = [self._gap(gap) for gap in row.gaps[:6]]
        return f"{text}; {_('without')}: {', '.join(missing)}" if missing else text

    def _gap(self, gap: Mapping[str, str]) -> str:
        place = pick(self.channels.get(gap.get("channel", ""), {}), self.said) or gap.get("channel", "")
        what = pick(self.quantities.get(gap.get("quantity", ""), {}), self.said) or gap.get("quantity", "")
        return " ".join(part for part in (what, place) if part)

    def edition_words(self, ids: Sequence[int]) -> str:
        """Editions by code and day."""
        found = [self.editions[pk] for pk in ids if pk in self.editions]
        said = [f"{row.code} ({days.in_table(row.imported_at.date(), self.said)})" for row in found]
        return "; ".join(said) if said else pgettext("edition", "none: computed from the description")


@dataclass(frozen=True)
class SeriesPage:
    """One series over time: chart, what stands behind the newest figure, and every reported value of every edition."""

    title: str
    about: str
    unit: str
    chart: charts.Line | None
    how: HowComputed | None
    history: Table
    reported: Table
    is_illustrative: bool


def series_page(service: Any, code: str, stage: str, channel: str, period: str) -> SeriesPage | None:
    """All that is known of one series; None where nobody defined or computed it."""
    said = language()
    rows = indicators.series(service.pk, code, stage=stage or None, channel=channel)
    definition = rows[-1].definition if rows else None
    if definition is None:
        return None
    behind = _Behind(said)
    kind = period_kind(period)
    same = [row for row in rows if period_kind(row.period) == kind]
    months = [row for row in rows if period_kind(row.period) == "month"]
    newest = next((row for row in reversed(same) if row.period == period), same[-1] if same else rows[-1])
    quantities = quantities_of(definition.spec)
    return SeriesPage(
        title=pick(definition.name, said),
        about=pick(definition.purpose, said),
        unit=readings.unit(definition.unit),
        chart=_chart(service, definition, months if len(months) > 1 else same),
        how=behind.how(newest, newest.definition),
        history=_history(rows, behind),
        reported=_reported(service, quantities, behind),
        is_illustrative=any(row.is_illustrative for row in rows),
    )


def period_kind(code: str) -> str:
    """Kind of a period's code."""
    return periods.parse(code).kind.value


def quantities_of(spec: Any) -> tuple[str, ...]:
    """The quantities that a definition reads, in order."""
    found: list[str] = []
    waiting = [spec.get(name) for name in ("numerator", "denominator", "value") if spec.get(name)]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, Mapping):
            found.extend(str(one[name]) for name in ("sum", "take") if name in one)
            waiting.extend(value for value in one.values() if isinstance(value, Mapping | list))
        elif isinstance(one, list):
            waiting.extend(one)
    return tuple(dict.fromkeys(found))


def _chart(service: Any, definition: Any, rows: Sequence[Any]) -> charts.Line | None:
    """A line over the periods; months of the last year stand beside those of the year before, dashed."""
    if len(rows) < 2:
        return None
    said = language()
    name = pick(definition.name, said)
    if period_kind(rows[-1].period) == periods.Kind.MONTH.value:
        ticks, now, was = _months(rows, definition.unit)
    else:
        ticks = tuple(days.period_short(row.period, said) for row in rows)
        now, was = charts.Series(name, tuple(shown_value(row, definition.unit) for row in rows)), None
    measured = [value for value in now.values if value.number is not None]
    finding = _("Every value stands in the table beside.")
    if len(measured) > 1:
        ends = {"first": measured[0].text(), "last": measured[-1].text()}
        finding = f"{_('From %(first)s to %(last)s.') % ends} {finding}"
    return charts.Line(
        code=f"{service.code}-{definition.code}",
        title=f"{pick(service.title, said)}: {_lower(name)}",
        finding=finding,
        unit=readings.unit(definition.unit),
        axis=_("Month") if was is not None else _("Period"),
        ticks=ticks,
        now=now,
        was=was,
        illustrative=any(row.is_illustrative for row in rows),
    )


def _months(rows: Sequence[Any], unit: str) -> tuple[tuple[str, ...], charts.Series, charts.Series | None]:
    """Ticks and values of the newest year, and of the year before where it has any; an absent month was not asked."""
    said = language()
    by_month = {(row.period_start.year, row.period_start.month): shown_value(row, unit) for row in rows}
    last = max(year for year, _month in by_month)
    none = Value(state=State("not_asked"))

    def of(year: int) -> charts.Series:
        values = tuple(by_month.get((year, month), none) for month in range(1, 13))
        return charts.Series(days.period(str(year), said), values)

    ticks = tuple(days.month_short(month, said) for month in range(1, 13))
    has_before = any(year == last - 1 for year, _month in by_month)
    return ticks, of(last), of(last - 1) if has_before else None


def _history(rows: Sequence[Any], behind: _Behind) -> Table:
    said = language()
    return Table(
        code="vesture",
        caption=_("All periods"),
        columns=(
            Column(_("Period"), "period"),
            Column(_("Figure"), "figure", values=True, n=True),
            Column(_("Numerator"), "numerator", n=True),
            Column(_("Denominator"), "denominator", n=True),
            Column(_("Coverage"), "coverage", n=True),
            Column(_("Definition"), "definition"),
            Column(_("Edition"), "edition"),
        ),
        rows=tuple(
            Row(
                (
                    days.period_short(row.period, said),
                    shown_value(row, row.definition.unit),
                    row.numerator if row.numerator is not None else Muted("–"),
                    row.denominator if row.denominator is not None else Muted("–"),
                    words.of(row.measured, row.expected, said) if row.expected else Muted("–"),
                    f"{row.definition.code} v{row.definition.version}",
                    behind.edition_words(row.editions),
                ),
                illustrative=row.is_illustrative,
            )
            for row in reversed(rows)
        ),
        scroll=_("All periods"),
        illustrative=any(row.is_illustrative for row in rows),
    )


def _reported(service: Any, quantities: Sequence[str], behind: _Behind) -> Table:
    said = language()
    cells = list(measurements.cells(service.pk, quantities))
    return Table(
        code="iesniegts",
        caption=_("What was reported"),
        columns=(
            Column(_("Period"), "period"),
            Column(_("Quantity"), "quantity"),
            Column(_("Channel"), "channel"),
            Column(_("Value"), "value", values=True, n=True),
            Column(_("Answers"), "n", n=True),
            Column(_("Edition"), "edition"),
        ),
        rows=tuple(
            Row(
                (
                    days.period_short(row.period, said),
                    pick(behind.quantities.get(row.quantity, {}), said) or row.quantity,
                    (pick(behind.channels.get(row.channel, {}), said) or row.channel) if row.channel else _("all"),
                    Value(row.value, state=State(row.state), raw=row.raw, illustrative=row.is_illustrative)
                    if row.value is not None
                    else Value(state=State(row.state), raw=row.raw),
                    row.n if row.n is not None else Muted("–"),
                    f"{row.edition.code}",
                ),
                illustrative=row.is_illustrative,
            )
            for row in cells
        ),
        scroll=_("What was reported"),
        illustrative=any(row.is_illustrative for row in cells),
    )
