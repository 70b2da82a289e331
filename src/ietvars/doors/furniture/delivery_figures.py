"""Pictures of deliveries for the desks: those who wait, peers, channels, steps; apart from `delivery_pages` for length.

Like there nothing is computed: curves, funnels and rows come from the rooms of cases and tallies.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from ietvars.doors.furniture import charts, days, words
from ietvars.doors.furniture import delivery_pages as pages
from ietvars.doors.furniture.figures import Figure
from ietvars.doors.furniture.marks import Value
from ietvars.doors.furniture.shown import language
from ietvars.institution.cases import queries as cases
from ietvars.institution.deliveries.facts import CHANNELS
from ietvars.institution.tallies import peers

FILLS = {"online": "f1", "in-person": "f2", "one-stop-centre": "f3", "phone": "f4", "post": "f5"}
"""A channel keeps its colour everywhere; all others share one."""
OTHERS = "f6"


def waiting_figure(waited: Any, *, code: str, csv: str, illustrative: bool) -> Figure | None:
    """The curve of those who still wait, with a plain sentence."""
    if waited is None or waited.curve is None:
        return None
    said, curve = language(), waited.curve
    told = _("Of the %(cases)s cases opened since %(month)s, %(open)s are still open.") % {
        "cases": words.number(waited.cases, said),
        "month": pages.month_words(waited.since, "genitive"),
        "open": words.number(waited.open, said),
    }
    if curve.median.days is not None:
        told += " " + _("Counting those in, half have their result within %(days)s working days.") % {
            "days": words.number(curve.median.days, said)
        }
    chart = charts.Curve(
        code=f"{code}-gaida",
        title=_("How long people wait, the open cases counted in"),
        finding=told,
        unit="%",
        axis=_("Working days since the case was opened"),
        stairs=tuple(
            charts.Stair(day, part * 100, low * 100, high * 100, n)
            for day, part, low, high, n in zip(
                curve.days, curve.waiting, curve.low, curve.high, curve.at_risk, strict=True
            )
        ),
        illustrative=illustrative,
    )
    return Figure(title=chart.title, about=told, chart=chart, csv=csv)


PLACES = {
    peers.Place.INSIDE: lambda: _("within chance"),
    peers.Place.HIGH: lambda: _("higher than chance"),
    peers.Place.LOW: lambda: _("lower than chance"),
    peers.Place.FAR_HIGH: lambda: _("far higher than chance"),
    peers.Place.FAR_LOW: lambda: _("far lower than chance"),
}


DRAWN = 60
"""So many of those side by side are drawn on a page; the file holds all."""


def drawn(placed: Sequence[peers.Placed], own: Any, most: int | None) -> Sequence[peers.Placed]:
    """All, or at most so many in their order: the own one, those furthest from chance, and of the rest every size."""
    if most is None or len(placed) <= most:
        return placed
    far = sorted(placed, key=lambda one: -abs(one.z))
    half = most // 2
    rest = sorted(far[half:], key=lambda one: one.n)
    kept = {one.key for one in (*far[:half], *rest[:: -(-len(rest) // half)])} | {own}
    return [one for one in placed if one.key in kept]


def funnel_chart(
    found: peers.Funnel,
    names: Mapping[Any, str],
    *,
    code: str,
    title: str,
    head: str,
    own: Any = None,
    href: Callable[[Any], str] | None = None,
    illustrative: bool,
    most: int | None = None,
) -> charts.Funnel:
    """Peers about their pooled share; the own one by name. At `most` so many are drawn, and it says so."""
    shown = drawn(found.peers, own, most)
    told = _("Together: %(target)s.") % {"target": words.percent(found.target * 100, language(), decimals=1)}
    mine = next((one for one in found.peers if one.key == own), None)
    if mine is not None:
        told += " " + _("This one: %(share)s, %(place)s; between places %(first)s and %(last)s of %(of)s.") % {
            "share": words.percent(mine.share * 100, language(), decimals=1),
            "place": PLACES[mine.place](),
            "first": mine.first_place,
            "last": mine.last_place,
            "of": len(found.peers),
        }

    if len(shown) < len(found.peers):
        told += " " + _(
            "Shown are %(drawn)s of %(all)s: those furthest from chance, and some of every size. The file has all."
        ) % {"drawn": words.number(len(shown), language()), "all": words.number(len(found.peers), language())}

    def limits(n: int) -> tuple[float, float, float, float]:
        one = found.limits(n)
        return one.outer_low * 100, one.inner_low * 100, one.inner_high * 100, one.outer_high * 100

    return charts.Funnel(
        code=code,
        title=title,
        finding=told,
        unit="%",
        head=head,
        points=tuple(
            charts.Point(
                names.get(one.key, str(one.key)),
                one.share * 100,
                one.low * 100,
                one.high * 100,
                one.n,
                PLACES[one.place](),
                href=href(one.key) if href else "",
                own=one.key == own,
            )
            for one in shown
        ),
        target=found.target * 100,
        limits=limits,
        illustrative=illustrative,
    )


def mix_chart(
    rows: Sequence[cases.Month], known: pages.Named, *, code: str, illustrative: bool
) -> charts.Stacked | None:
    """Requests by channel month by month."""
    counted: dict[int, dict[str, int]] = {}
    for row in rows:
        fill = CHANNELS[row.channel or 0]
        key = fill if fill in FILLS else ""
        month = counted.setdefault(row.month, {})
        month[key] = month.get(key, 0) + row.cases
    present = [key for key in (*FILLS, "") if any(key in month for month in counted.values())]
    if len(present) < 2 or len(counted) < 2:
        return None
    said, months = language(), sorted(counted)
    return charts.Stacked(
        code=f"{code}-kanali",
        title=_("By which channel people come"),
        finding=_("Requests by channel, each month as a whole."),
        unit=_("requests"),
        axis=_("Month"),
        ticks=tuple(days.period_short(pages.month_code(month), said, year=month % 100 == 1) for month in months),
        series=tuple(
            charts.Series(
                words.capital(known.channel(CHANNELS.index(key))) if key else _("Other channels"),
                tuple(Value(counted[month].get(key, 0)) for month in months),
            )
            for key in present
        ),
        fills=tuple(FILLS.get(key, OTHERS) for key in present),
        illustrative=illustrative,
    )


def steps_chart(
    steps: Sequence[cases.Step], begun: int, names: Mapping[int, str], *, code: str, illustrative: bool
) -> charts.Bars | None:
    """How many cases reached each step, in the order in which they are reached."""
    ordered = sorted((one for one in steps if one.reached), key=lambda one: (one.p50 or 0, -one.reached))
    if len(ordered) < 2 or not begun:
        return None
    lost = max(ordered, key=lambda one: one.left)
    told = _("Most people leave after the step “%(step)s”: %(number)s.") % {
        "step": names.get(lost.activity, str(lost.activity)), "number": words.number(lost.left, language()),
    }  # fmt: skip
    return charts.Bars(
        code=f"{code}-soli",
        title=_("How far cases come"),
        finding=told if lost.left else _("Nobody left on the way."),
        unit=_("cases"),
        head=_("Step"),
        now=_("Reached it"),
        bars=(
            charts.Bar(_("Opened"), Value(begun)),
            *(charts.Bar(names.get(one.activity, str(one.activity)), Value(one.reached)) for one in ordered),
        ),
        illustrative=illustrative,
    )
