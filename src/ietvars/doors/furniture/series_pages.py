"""One series of a service over all its periods: chart, what stands behind it, and everything that was reported.

It must not compute or judge.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ietvars.doors.furniture import charts, days, readings, words
from ietvars.doors.furniture.behind import Behind, lower, shown_value
from ietvars.doors.furniture.marks import Muted, State, Value
from ietvars.doors.furniture.parts import HowComputed
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Column, Row, Table
from ietvars.ground.periods import rules as periods
from ietvars.ground.terms.rules import pick
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.measurements import queries as measurements


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
    behind = Behind(said)
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
        finding = " ".join((_("From %(first)s to %(last)s.") % ends, finding))
    return charts.Line(
        code=f"{service.code}-{definition.code}",
        title=f"{pick(service.title, said)}: {lower(name)}",
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


def _history(rows: Sequence[Any], behind: Behind) -> Table:
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


def _reported(service: Any, quantities: Sequence[str], behind: Behind) -> Table:
    said = language()
    cells = list(measurements.cells(service.pk, quantities))
    return Table(
        code="iesniegts",
        caption=_("What was reported and counted"),
        columns=(
            Column(_("Period"), "period"),
            Column(_("Quantity"), "quantity"),
            Column(_("Channel"), "channel"),
            Column(_("Value"), "value", values=True, n=True),
            Column(_("Answers"), "n", n=True),
            Column(_("Source"), "source"),
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
                    behind.source_words(row.edition.source),
                    f"{row.edition.code}",
                ),
                illustrative=row.is_illustrative,
            )
            for row in cells
        ),
        scroll=_("What was reported and counted"),
        illustrative=any(row.is_illustrative for row in cells),
    )
