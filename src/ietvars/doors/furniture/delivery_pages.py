"""How a service or the state is doing month by month, out of events: since when, why, and compared with whom.

Shared by the desks of owners and overseers; each hands in its addresses. It must not compute: lines, curves, funnels
and reasons come from the rooms of cases and tallies.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ietvars.doors.furniture import charts, days, readings, words
from ietvars.doors.furniture.behind import lower
from ietvars.doors.furniture.marks import Link, Muted, Outcome, State, Value, Verdict
from ietvars.doors.furniture.parts import Cards, HowComputed, VerdictCard
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.ground.terms import queries as terms
from ietvars.ground.terms.rules import pick
from ietvars.institution.cases import queries as cases
from ietvars.institution.cases.schema import Basis
from ietvars.institution.deliveries.facts import CHANNELS
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.indicators.comparison import Direction
from ietvars.institution.indicators.definitions import Indicator
from ietvars.institution.tallies import lines, reasons, turns
from ietvars.institution.tallies.lines import Line, Spot

CARDS = ("time-median", "on-time", "satisfaction", "digital-share", "demand")
"""Of these the first four that have figures stand on cards."""
MOST_CARDS = 4
YEAR = 12
_SORTS = {sort.code: sort for sort in lines.SORTS}


def month_code(month: int) -> str:
    """yyyymm as a period's code."""
    return f"{month // 100}-{month % 100:02}"


def month_words(month: int, case: str = "nominative") -> str:
    """yyyymm in words."""
    return days.period(month_code(month), language(), case)


def months_before(month: int, by: int) -> int:
    """The month so many before."""
    number = month // 100 * YEAR + month % 100 - 1 - by
    return number // YEAR * 100 + number % YEAR + 1


@dataclass(frozen=True)
class Named:
    """Names of indicators by code, with unit and direction, and of channels."""

    definitions: Mapping[str, Indicator]
    channels: Mapping[str, Mapping[str, str]]

    def indicator(self, code: str) -> str:
        """The indicator's name."""
        one = self.definitions.get(code)
        return pick(one.name, language()) if one else code

    def channel(self, number: int | None) -> str:
        """The channel's name."""
        code = CHANNELS[number or 0]
        return pick(self.channels.get(code, {}), language()) or (code or _("not said"))

    def is_better(self, code: str, change: float) -> bool | None:
        """Whether a change is for the better; None where no direction is better."""
        one = self.definitions.get(code)
        if one is None or one.direction not in (Direction.UP, Direction.DOWN):
            return None
        return (change > 0) is (one.direction is Direction.UP)


def named() -> Named:
    """Definitions of the newest versions, and names of channels."""
    found: dict[str, Indicator] = {}
    for one in sorted(indicators.indicators().values(), key=lambda each: each.version):
        found[one.code] = one
    return Named(found, terms.labels("channels")["channels"])


# ---- values ---------------------------------------------------------------------------------------------------------


def value(line: Line, number: float | None, n: int | None = None, href: str = "") -> Value:
    """A number of a line as pages show it; none is missing."""
    return unit_value(line.unit, number, n, href)


def unit_value(unit: str, number: float | None, n: int | None = None, href: str = "") -> Value:
    """A number in the unit of a line."""
    if number is None:
        return Value(state=State.MISSING, href=href)
    if unit == "share":
        return Value(number * 100, unit="%", decimals=words.share_decimals(n), href=href)
    if unit == "eur":
        return Value(number, unit="€", decimals=2, href=href)
    whole = float(number).is_integer()
    return Value(int(number) if whole else number, decimals=0 if whole else 1, href=href)


def unit(line: Line) -> str:
    """The unit of a line for a head or an axis."""
    return readings.unit(line.unit)


def said_value(line: Line, number: float) -> str:
    """A number with its unit in a sentence."""
    shown = value(line, round(number, 4) if line.unit == "share" else round(number, 1))
    if line.unit in ("share", "eur"):
        return shown.text()
    return f"{shown.text()} {unit(line)}"


def settled(line: Line) -> list[Spot]:
    """The months of a line that may be judged."""
    return [spot for spot in line.spots if spot.is_settled and spot.value is not None]


def spot_at(line: Line, month: int) -> Spot | None:
    """The month of a line."""
    return next((spot for spot in line.spots if spot.month == month), None)


# ---- sentences and cards --------------------------------------------------------------------------------------------


def since_words(line: Line, turn: turns.Turn, month: int) -> str:
    """Since when, from what to what."""
    return _("Since %(month)s: from %(before)s to %(after)s.") % {
        "month": month_words(month, "genitive"),
        "before": said_value(line, turn.before),
        "after": said_value(line, turn.after),
    }


def verdict(line: Line, known: Named) -> Verdict:
    """What the newest turn of the line means; without one nothing clear has changed."""
    if line.found.silence is not None:
        says = _("Too few months") if line.found.silence is turns.Silence.TOO_SHORT else _("Too few cases")
        return Verdict(Outcome.NONE, says=says)
    if not line.found.turns:
        return Verdict(Outcome.SAME)
    turn, month = line.found.turns[-1], line.since[-1]
    better = known.is_better(line.code, turn.after - turn.before)
    outcome = Outcome.CHANGED if better is None else (Outcome.BETTER if better else Outcome.WORSE)
    return Verdict(outcome, why=since_words(line, turn, month))


def sentence(found: Sequence[Line], known: Named) -> str:
    """What a reader could repeat: the newest turns, or that nothing clearly changed."""
    turned = sorted((line for line in found if line.since), key=lambda line: -line.since[-1])
    if not turned:
        return _("No figure has clearly changed its level in the months that we know.")
    told = (
        _("%(name)s: %(after)s since %(month)s, before that %(before)s.")
        % {
            "name": known.indicator(line.code),
            "after": said_value(line, line.found.turns[-1].after),
            "before": said_value(line, line.found.turns[-1].before),
            "month": month_words(line.since[-1], "genitive"),
        }
        for line in turned[:2]
    )
    return " ".join(told)


def cards(found: Sequence[Line], known: Named, href: Callable[[str], str]) -> Cards:
    """The newest settled month of the most important lines, beside the same month a year before."""
    by_code = {line.code: line for line in found}
    made: list[VerdictCard] = []
    for code in CARDS:
        line = by_code.get(code)
        spots = settled(line) if line else []
        if line is None or not spots or len(made) == MOST_CARDS:
            continue
        newest = spots[-1]
        year = spot_at(line, newest.month - 100)
        was = _("%(month)s") % {"month": words.capital(month_words(newest.month))}
        if year is not None and year.value is not None:
            was += "; " + _("a year before %(value)s") % {"value": value(line, year.value, year.n).text()}
        made.append(
            VerdictCard(
                name=known.indicator(code),
                value=value(line, newest.value, newest.n),
                unit="" if line.unit in ("share", "eur") else unit(line),
                was=was,
                verdict=verdict(line, known),
                href=href(code),
            )
        )
    return Cards(tuple(made))


def overview(found: Sequence[Line], known: Named, href: Callable[[str], str], *, illustrative: bool) -> Table:
    """Every line: its newest settled month, the month before, the same month a year before, and since when."""
    rows = []
    for line in found:
        spots = settled(line)
        newest = spots[-1] if spots else None
        before = spot_at(line, months_before(newest.month, 1)) if newest else None
        year = spot_at(line, newest.month - 100) if newest else None
        rows.append(
            Row(
                (
                    Cell(known.indicator(line.code), href=href(line.code), under=unit(line)),
                    Cell(
                        _value_of(line, newest),
                        under=words.capital(month_words(newest.month)) if newest else "",
                    ),
                    _value_of(line, before),
                    _value_of(line, year),
                    verdict(line, known),
                    (since_words(line, line.found.turns[-1], line.since[-1]) if line.since else Muted("–")),
                )
            )
        )
    return Table(
        code="raditaji",
        caption=_("All figures from events"),
        columns=(
            Column(_("Figure"), "figure"),
            Column(_("Newest month"), "now", values=True),
            Column(_("Month before"), "before", values=True),
            Column(_("A year before"), "year", values=True),
            Column(pgettext("column head", "Level"), "verdict"),
            Column(_("Since when"), "since"),
        ),
        rows=tuple(rows),
        scroll=_("All figures from events"),
        illustrative=illustrative,
    )


def _value_of(line: Line, spot: Spot | None) -> Value:
    return value(line, spot.value if spot else None, spot.n if spot else None)


# ---- one line -------------------------------------------------------------------------------------------------------


def line_chart(line: Line, known: Named, owner: str, *, code: str, illustrative: bool) -> charts.Turning:
    """The line month by month, with its turns and the months that may still change; what it rests on in the table."""
    said = language()
    spots = line.spots
    first_open = next((at for at, spot in enumerate(spots) if not spot.is_settled), None)
    place = {spot.month: at for at, spot in enumerate(spots)}
    beside = [charts.Series(_("Cases it rests on"), tuple(Value(spot.n) for spot in spots))]
    if line.basis is Basis.OPENED:
        beside.append(charts.Series(_("Still open"), tuple(Value(spot.open) for spot in spots)))
    name = known.indicator(line.code)
    year = {spot.month: value(line, spot.value, spot.n) for spot in spots}
    none = Value(state=State.NOT_ASKED)
    was = tuple(year.get(spot.month - 100, none) for spot in spots)
    return charts.Turning(
        code=f"{code}-{line.code}",
        title=f"{owner}: {lower(name)}",
        finding=_finding(line),
        unit=unit(line),
        axis=_("Month"),
        ticks=tuple(days.period_short(month_code(spot.month), said, year=spot.month % 100 == 1) for spot in spots),
        now=charts.Series(_("Month by month"), tuple(value(line, spot.value, spot.n) for spot in spots)),
        was=charts.Series(_("A year before"), was) if any(one.number is not None for one in was) else None,
        beside=tuple(beside),
        turns=tuple((place[month], _("since %(month)s") % {"month": month_words(month, "genitive")})
                    for month in line.since),
        provisional=first_open,
        provisional_says=_("may still change"),
        illustrative=illustrative,
    )  # fmt: skip


def _finding(line: Line) -> str:
    if line.since:
        return since_words(line, line.found.turns[-1], line.since[-1])
    if line.found.silence is turns.Silence.TOO_SHORT:
        return _("With fewer than %(number)s full months nothing is said about a change.") % {"number": turns.SHORTEST}
    if line.found.silence is not None:
        return _("There are too few cases a month to speak of a change.")
    return _("The level has not clearly changed.")


def how(line: Line, known: Named, fresh: cases.Freshness) -> HowComputed:
    """What stands behind the newest settled month: amounts, exclusions, freshness."""
    said, sort = language(), _SORTS[line.code]
    spots = settled(line) or list(line.spots)
    newest = spots[-1]
    one = known.definitions.get(line.code)
    month = words.capital(month_words(newest.month))
    if newest.hits is not None:
        above = f"{known.indicator(line.code)}: {words.number(newest.hits, said)} ({month})"
        below = _("Cases in question: %(number)s") % {"number": words.number(newest.n, said)}
    elif sort.kind is turns.Kind.COUNT:
        above = _("Cases: %(number)s") % {"number": words.number(newest.n, said)} + f" ({month})"
        below = _("none: the figure is no ratio")
    else:
        above = f"{known.indicator(line.code)} ({month})"
        below = _("Cases or answers: %(number)s") % {"number": words.number(newest.n, said)}
    basis = _("by the month in which the case was opened") if line.basis is Basis.OPENED else _(
        "by the month in which the result was handed over"
    )  # fmt: skip
    return HowComputed(
        numerator=above,
        denominator=below,
        exclusions=_("cases taken back; months that are not over, or with many open cases, are shown and not judged"),
        coverage=_("%(part)s cases of the month have ended")
        % {"part": words.of(newest.cases - newest.open, newest.cases, said)},
        edition=freshness_words(fresh),
        source=_("events of deliveries, counted %(basis)s") % {"basis": basis},
        extra=((_("Definition"), pick(one.purpose, said)),) if one else (),
    )


def freshness_words(fresh: cases.Freshness) -> str:
    """Of what state of the events a figure is."""
    if fresh.made_at is None:
        return _("nothing was computed yet")
    return _("events up to number %(mark)s, computed on %(when)s, formula %(version)s") % {
        "mark": words.number(fresh.watermark, language()),
        "when": days.moment_in_table(fresh.made_at, language()),
        "version": fresh.formula_version,
    }


# ---- why ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spans:
    """Two spans of months that are set side by side, both ends included, in words and as numbers."""

    before: tuple[int, int]
    now: tuple[int, int]

    @property
    def said(self) -> str:
        """Both in words."""
        now, before = (
            f"{month_words(first)} – {month_words(last)}" if first != last else month_words(first)
            for first, last in (self.now, self.before)
        )
        return _("%(now)s beside %(before)s") % {"now": words.capital(now), "before": before}


def spans(line: Line) -> Spans | None:
    """From the newest turn on, beside as many months before it; without one the last three months and a year before."""
    months = [spot.month for spot in settled(line)]
    if not months:
        return None
    last = months[-1]
    if line.since and line.since[-1] in months:
        start = line.since[-1]
        after = [month for month in months if month >= start][:YEAR]
        earlier = [month for month in months if month < start][-len(after) :]
        if earlier:
            return Spans((earlier[0], earlier[-1]), (after[0], after[-1]))
    first = months_before(last, 2)
    return Spans((first - 100, last - 100), (first, last)) if first - 100 >= months[0] else None


def why_table(
    line: Line,
    wanted: Spans,
    parts: Callable[[tuple[int, int]], Mapping[Hashable, reasons.Amounts]],
    name: Callable[[Any], str],
    *,
    head: str,
    code: str,
    illustrative: bool,
) -> tuple[str, Table] | None:
    """Who brought the change, the strongest first, and the strongest in a sentence."""
    found = reasons.parted(parts(wanted.before), parts(wanted.now))
    if found is None or len(found.reasons) < 2 or found.now == found.before:
        return None
    scale = 100 if line.unit == "share" else 1

    def brought(number: float) -> Value:
        return Value(round(number * scale, 1), decimals=1, signed=True)

    # What pulled the other way is no reason of this change.
    strongest = next(one for one in found.reasons if (one.brought > 0) is (found.now > found.before))
    told = _("Most of it came by: %(name)s (%(brought)s of %(change)s).") % {
        "name": name(strongest.key),
        "brought": brought(strongest.brought).text(),
        "change": brought(found.now - found.before).text(),
    }
    return told, Table(
        code=code,
        caption=head,
        columns=(
            Column(head, "part"),
            Column(_("Before"), "before", values=True),
            Column(_("Now"), "now", values=True),
            Column(_("Cases before"), "n_before", values=True),
            Column(_("Cases now"), "n_now", values=True),
            Column(_("Brought"), "brought", values=True),
        ),
        rows=tuple(
            Row(
                (
                    name(one.key),
                    value(line, one.before, int(one.n_before)),
                    value(line, one.now, int(one.n_now)),
                    Value(int(one.n_before)),
                    Value(int(one.n_now)),
                    brought(one.brought),
                )
            )
            for one in found.reasons[:8]
        ),
        scroll=head,
        illustrative=illustrative,
    )


# ---- parts of a page ------------------------------------------------------------------------------------------------


def first_rows(table: Table | None, most: int) -> Table | None:
    """The beginning of a table whose file holds all."""
    return replace(table, rows=table.rows[:most]) if table is not None else None


def flow_link(href: str) -> Link:
    """To the flow of the service."""
    return Link(_("See the way that cases take"), href)
