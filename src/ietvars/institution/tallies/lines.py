"""Monthly lines of a service out of sums: the value of each month, what it is made of, and since when it is another.

Pure, never Django. A line has the code of the indicator that it draws month by month; verdicts between periods stay
with that indicator. Months that are not over, or of which many cases are still open, are drawn and never judged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ietvars.institution.cases.schema import LOG_SCALE, Basis
from ietvars.institution.tallies import rules, survival, turns
from ietvars.institution.tallies.turns import Kind

Month = Mapping[str, int]
"""Columns of `mart_month` added up over one month."""

Leads = Mapping[int, int]
"""Delivered cases of a month by working days from opening to result."""


@dataclass(frozen=True, slots=True)
class Sort:
    """How one line is made: of which columns, on which bases, and whether turns are looked for in it."""

    code: str
    kind: Kind
    n: str
    hits: str = ""
    total: str = ""
    squares: str = ""
    scale: float = 1.0
    unit: str = "share"
    bases: tuple[Basis, ...] = (Basis.DELIVERED, Basis.OPENED)
    part: float | None = None
    judged: bool = True
    waits_for_end: bool = True
    """Whether an open case could still change it: such lines are not judged while many of a month are open."""


_OPENED, _DELIVERED = (Basis.OPENED,), (Basis.DELIVERED,)
_TIMES = {"n": "delivered", "total": "lead_log", "squares": "lead_sq_log", "scale": LOG_SCALE, "unit": "working-days"}

SORTS: tuple[Sort, ...] = (
    Sort("demand", Kind.COUNT, "cases", unit="requests", bases=_OPENED, waits_for_end=False),
    Sort("throughput", Kind.COUNT, "delivered", unit="results", bases=_DELIVERED),
    Sort("digital-share", Kind.SHARE, "digital_request_base", "digital_request_n", bases=_OPENED, waits_for_end=False),
    Sort("digital-share-receipt", Kind.SHARE, "digital_receipt_base", "digital_receipt_n"),
    Sort("case-completion", Kind.SHARE, "ended", "delivered"),
    Sort("time-median", Kind.LOG_MEAN, part=0.5, **_TIMES),  # type: ignore[arg-type]
    Sort("time-p90", Kind.LOG_MEAN, part=0.9, judged=False, **_TIMES),  # type: ignore[arg-type]
    Sort("on-time", Kind.SHARE, "on_time_base", "on_time_n"),
    Sort("satisfaction", Kind.MEAN, "rating_n", total="rating_sum", squares="rating_sq", scale=10, unit="points"),
    Sort("cost-per-case", Kind.MEAN, "cost_n", total="cost_cents", scale=100, unit="eur", judged=False),
    Sort("failure-demand", Kind.SHARE, "contact_n", "failure_contact_n"),
    Sort("repeat-share", Kind.SHARE, "repeat_base", "repeat_n", bases=_OPENED, waits_for_end=False),
    Sort("once-only-debt", Kind.SHARE, "evidence_n", "breach_n"),
    Sort("contest-rate", Kind.SHARE, "decided", "contested"),
)
"""Every line that can be drawn, in the order in which a page shows them."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One month of a line. `value` is None where nothing was measured; `n` is what it rests on.

    `open` of its `cases` have no end yet (only on the basis of opening); `is_over`: the month has ended; `is_settled`:
    it is over and nearly all of its cases have ended, so it may be judged.
    """

    month: int
    value: float | None
    n: int
    hits: int | None
    cases: int
    open: int
    is_over: bool
    is_settled: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One figure month by month. `turns` name months (yyyymm) since which it is at another level."""

    code: str
    basis: Basis
    kind: Kind
    unit: str
    spots: tuple[Spot, ...]
    found: turns.Found
    since: tuple[int, ...] = ()
    """The month of each turn of `found`."""


def drawn(
    months: Mapping[int, Month], leads: Mapping[int, Leads], *, basis: Basis, running: int, only: str = ""
) -> tuple[Line, ...]:
    """All lines that these months carry, their turns settled as one family. `running` is the month that is not over."""
    if not months:
        return ()
    span = _span(min(months), max(months))
    lines = [
        _line(sort, span, months, leads, basis=basis, running=running)
        for sort in SORTS
        if only in {"", sort.code} and basis in sort.bases and any(_column(months.get(at, {}), sort.n) for at in span)
    ]
    return settled(lines)


def settled(lines: Sequence[Line], families: Sequence[int] | None = None) -> tuple[Line, ...]:
    """The same lines with only the turns that stand among all of them (or among those of a family)."""
    found = turns.settle([line.found for line in lines], families)
    return tuple(
        line if kept is line.found else replace(line, found=kept, since=())
        for line, kept in zip(lines, found, strict=True)
    )


def _line(
    sort: Sort,
    span: Sequence[int],
    months: Mapping[int, Month],
    leads: Mapping[int, Leads],
    *,
    basis: Basis,
    running: int,
) -> Line:
    spots = tuple(_spot(sort, at, months.get(at, {}), leads.get(at, {}), basis, running) for at in span)
    judged = _judged(spots)
    found = turns.Found(silence=turns.Silence.TOO_SHORT)
    if sort.judged and judged:
        wanted = [months.get(spot.month, {}) for spot in judged]
        found = turns.find(_series(sort, wanted, judged[0].month % 100))
    since = tuple(judged[turn.at].month for turn in found.turns)
    return Line(sort.code, basis, sort.kind, sort.unit, spots, found, since)


def _judged(spots: Sequence[Spot]) -> list[Spot]:
    """The months up to the first that is not settled: none is left out between."""
    found: list[Spot] = []
    for spot in spots:
        if not spot.is_settled:
            break
        found.append(spot)
    return found


def _spot(sort: Sort, at: int, month: Month, leads: Leads, basis: Basis, running: int) -> Spot:
    n, cases, still = _column(month, sort.n), _column(month, "cases"), _column(month, "open_now")
    is_over = at < running
    is_settled = is_over and not (
        basis is Basis.OPENED and sort.waits_for_end and still > (1 - survival.SHOWN_UNTIL) * cases
    )
    hits = _column(month, sort.hits) if sort.hits else None
    return Spot(at, _value(sort, month, leads, n), n, hits, cases, still, is_over, is_settled)


def _value(sort: Sort, month: Month, leads: Leads, n: int) -> float | None:
    if sort.kind is Kind.COUNT:
        return float(n)
    if sort.part is not None:
        return float(rules.quantile(leads, sort.part)) if leads else None
    if not n:
        return None
    if sort.kind is Kind.SHARE:
        hits = _column(month, sort.hits)
        return hits / n if hits <= n else None
    return _column(month, sort.total) / sort.scale / n


def _series(sort: Sort, months: Sequence[Month], first_month: int) -> turns.Series:
    n = [_column(month, sort.n) for month in months]
    if sort.kind is Kind.SHARE:
        hits = [share_of(sort, month)[0] for month in months]
        return turns.Series(kind=sort.kind, first_month=first_month, n=n, hits=hits)
    if sort.kind is Kind.COUNT:
        return turns.Series(kind=sort.kind, first_month=first_month, n=n)
    total = [_column(month, sort.total) / sort.scale for month in months]
    squares = [_column(month, sort.squares) / sort.scale**2 for month in months]
    return turns.Series(kind=sort.kind, first_month=first_month, n=n, total=total, squares=squares)


def share_of(sort: Sort, month: Month) -> tuple[int, int]:
    """Hits and cases. More hits than cases is a contradiction of the events (contested, never decided): cut."""
    n = _column(month, sort.n)
    return min(_column(month, sort.hits), n), n


def _column(month: Month, name: str) -> int:
    if name == "ended":
        return int(month.get("delivered", 0)) + int(month.get("dropped", 0))
    return int(month.get(name, 0))


def _span(first: int, last: int) -> list[int]:
    """Every month from one to another, as yyyymm."""
    begin, end = (at // 100 * 12 + at % 100 - 1 for at in (first, last))
    return [at // 12 * 100 + at % 12 + 1 for at in range(begin, end + 1)]


# ---- the time to a result while many wait ---------------------------------------------------------------------------


def waits(leads: Leads, dropped: Leads, opened: Mapping[int, int], waited: Mapping[int, int]) -> survival.Waits:
    """How cases stand: delivered by working days, dropped by working days, and open ones by their day of opening.

    `waited` gives the working days from a day of opening until now. Who gave up is known no longer from that day.
    """
    ended: dict[int, int] = dict(leads)
    censored: dict[int, int] = dict(dropped)
    for day, n in opened.items():
        censored[waited[day]] = censored.get(waited[day], 0) + n
    days = sorted(ended.keys() | censored.keys())
    return survival.Waits(days, [ended.get(day, 0) for day in days], [censored.get(day, 0) for day in days])
