"""From sums over the cases of a service to quantities that measurements know. Pure, never Django and never an engine.

`Sums` add up: those of a year are those of its months. What the events of a service never carry becomes *not asked*
and never zero; what they carry elsewhere and not in this period is *missing* or a measured zero, as the quantity
demands. It must not compute an indicator: a share is the business of its definition.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum

from ietvars.ground.periods.rules import Period, month, of_last_year, previous, quarter, year
from ietvars.institution.cases.schema import GAMMA
from ietvars.institution.measurements.rules import MeasurementFacts, Particulars, Said
from ietvars.institution.tallies import many

Sums = Counter[tuple[str, str | int]]
"""What was summed over cases: (group, which) to a number. The groups are named by `Group`."""


class Group(StrEnum):
    """Groups of sums. Of a month, its quarter and its year they add up alike."""

    OPENED = "opened"  # columns of mart_month over cases that opened in the period
    ENDED = "ended"  # the same over cases that ended in it
    REQUESTS = "requests"  # cases that opened, by code of the channel
    RECEIPTS = "receipts"  # results handed over, by code of the channel
    LEADS = "leads"  # delivered cases by working days from opening to result
    PROCESSING = "processing"  # delivered cases by bucket of the time without waiting for the person
    WAITS = "waits"  # delivered cases that waited for the person, by bucket of that time
    METHODS = "methods"  # ratings by number of the method
    REACHED = "reached"  # cases that opened, by stage that they came to
    LEFT = "left"  # of these, dropped with this as their last stage
    RUNS = "runs"  # cases that opened through the site or the app: begun, finished
    SCATTER = "scatter"  # parts of the dispersion of days


ONLINE = ("online", "app")
"""Channels in which a run of an e-service begins."""

STAGES = ("request", "execution", "receipt")

WHOLE = Decimal("0.95")
"""So large a part of the cases must name their cost for the sum to stand for all of them."""

MICROSECONDS_A_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Tally(Particulars):
    """One quantity, whichever service and period it is counted for."""

    quantity: str
    said: Said

    def measurement(self, service_id: int, holder_id: int, period: Period) -> MeasurementFacts:
        """The same as measurements keep it."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        return MeasurementFacts(service_id, holder_id, period, **own)


def _number(value: float | Decimal) -> Said:
    return Said("measured", Decimal(value) if isinstance(value, int | Decimal) else Decimal(repr(value)))


def _not_asked(quantity: str) -> Tally:
    return Tally(quantity, Said("not_asked"))


# ---- quantities ---------------------------------------------------------------------------------------------------


def tallies(sums: Sums, ever: Sums, *, backlog: int, methods: Sequence[str] = ()) -> list[Tally]:
    """The quantities of a period. `ever`: the sums over all that the service ever sent; what they lack it never says.

    `methods` names the ways of asking for a rating by their number.
    """
    return [
        *_volumes(sums, ever, backlog),
        *_times(sums, ever),
        *_runs(sums, ever),
        *_money(sums, ever),
        *_ratings(sums, ever, methods),
        *_counts(sums, ever),
    ]


def _volumes(sums: Sums, ever: Sums, backlog: int) -> list[Tally]:
    scatter = _phi(sums, "requests")
    found = [
        Tally("requests", _number(sums[Group.OPENED, "cases"]), scatter=scatter),
        *(
            Tally("requests", _number(number), channel=channel)
            for channel, number in _by(sums, Group.REQUESTS, ever)
            if channel
        ),
        Tally("results", _number(sums[Group.ENDED, "delivered"]), scatter=_phi(sums, "results")),
        Tally("backlog", _number(backlog)),
        Tally("cases_ended", _number(sums[Group.ENDED, "cases"])),
    ]
    known = {channel: number for channel, number in _by(sums, Group.RECEIPTS, ever) if channel}
    if not known:
        return [*found, _not_asked("results_received")]
    found.append(Tally("results_received", _number(sum(known.values()))))
    return found + [Tally("results_received", _number(number), channel=channel) for channel, number in known.items()]


def _by(sums: Sums, group: Group, ever: Sums) -> list[tuple[str, int]]:
    """Every channel that the service ever used with its number in the period, a measured zero included."""
    names = sorted(str(which) for each, which in ever if each == group and ever[each, which])
    return [(name, sums[group, name]) for name in names]


def _times(sums: Sums, ever: Sums) -> list[Tally]:
    found: list[Tally] = []
    leads = _histogram(sums, Group.LEADS)
    scatter = _phi(sums, "times")
    if not ever[Group.ENDED, "delivered"]:
        found += [_not_asked("time_to_result_median"), _not_asked("time_to_result_p90")]
    elif not leads:
        found += [Tally("time_to_result_median", Said("missing")), Tally("time_to_result_p90", Said("missing"))]
    else:
        low, middle, high, ninth = (quantile(leads, part) for part in (0.25, 0.5, 0.75, 0.9))
        spread = {"n": sum(leads.values()), "spread": high - low, "spread_kind": "iqr", "scatter": scatter}
        found += [
            Tally("time_to_result_median", _number(middle), **spread),  # type: ignore[arg-type]
            Tally("time_to_result_p90", _number(ninth), n=sum(leads.values())),
        ]
    if ever[Group.ENDED, "on_time_base"]:
        found += [
            Tally("closed", _number(sums[Group.ENDED, "on_time_base"])),
            Tally("closed_on_time", _number(sums[Group.ENDED, "on_time_n"]), scatter=scatter),
        ]
    else:
        found += [_not_asked("closed"), _not_asked("closed_on_time")]
    return found + _apart(sums, ever)


def _apart(sums: Sums, ever: Sums) -> list[Tally]:
    """The time of the office and that of the person, each in days of 24 hours."""
    if not ever[Group.ENDED, "wait_n"]:
        return [_not_asked(each) for each in ("processing_days_median", "person_days_median", "waited", "wait_known")]
    found = []
    for quantity, group in (("processing_days_median", Group.PROCESSING), ("person_days_median", Group.WAITS)):
        buckets = _histogram(sums, group)
        if not buckets:
            found.append(Tally(quantity, Said("missing")))
            continue
        low, middle, high = (in_days(bucket_at(buckets, part)) for part in (0.25, 0.5, 0.75))
        found.append(
            Tally(quantity, _number(middle), n=sum(buckets.values()), spread=high - low, spread_kind="iqr")
        )  # fmt: skip
    return [
        *found,
        Tally("waited", _number(sums[Group.ENDED, "wait_n"])),
        Tally("wait_known", _number(sums[Group.ENDED, "processing_n"])),
    ]


def _runs(sums: Sums, ever: Sums) -> list[Tally]:
    """Runs of the e-service, and cases by stage. Told only where some case was ever left while it was requested."""
    if not ever[Group.LEFT, "request"]:
        return [_not_asked(each) for each in ("runs_started", "runs_finished", "stage_reached", "stage_left")]
    found = [
        Tally("stage_reached", _number(sums[Group.REACHED, stage]), stage=stage)
        for stage in STAGES
        if ever[Group.REACHED, stage]
    ]
    found += [
        Tally("stage_left", _number(sums[Group.LEFT, stage]), stage=stage)
        for stage in STAGES
        if ever[Group.REACHED, stage]
    ]
    if not ever[Group.RUNS, "started"]:
        return [*found, _not_asked("runs_started"), _not_asked("runs_finished")]
    return [
        *found,
        Tally("runs_started", _number(sums[Group.RUNS, "started"])),
        Tally("runs_finished", _number(sums[Group.RUNS, "finished"])),
    ]


def _money(sums: Sums, ever: Sums) -> list[Tally]:
    if not ever[Group.ENDED, "cost_n"]:
        return [_not_asked("cost_total")]
    if sums[Group.ENDED, "cost_n"] < WHOLE * sums[Group.ENDED, "delivered"]:
        # A sum over some of the cases is no cost of all of them.
        return [Tally("cost_total", Said("missing"))]
    return [Tally("cost_total", _number(Decimal(sums[Group.ENDED, "cost_cents"]) / 100))]


def _ratings(sums: Sums, ever: Sums, methods: Sequence[str]) -> list[Tally]:
    if not ever[Group.ENDED, "rating_n"]:
        return [_not_asked("satisfaction")]
    n = sums[Group.ENDED, "rating_n"]
    if not n:
        return [Tally("satisfaction", Said("missing"))]
    mean = sums[Group.ENDED, "rating_sum"] / n / 10
    squares = sums[Group.ENDED, "rating_sq"] / 100
    spread = math.sqrt(max(squares - n * mean * mean, 0) / (n - 1)) if n > 1 else None
    asked = sorted({_named(methods, int(which)) for which in _histogram(sums, Group.METHODS)} - {""})
    return [
        Tally(
            "satisfaction",
            _number(round(mean, 6)),
            n=n,
            spread=None if spread is None else Decimal(repr(round(spread, 6))),
            spread_kind="" if spread is None else "sd",
            # Another way of asking breaks the series: it stands behind the scale.
            scale="; ".join(["0-100", *asked])[:40],
            scatter=_phi_of_ratings(sums),
        )
    ]


def _named(names: Sequence[str], number: int) -> str:
    return names[number] if 0 <= number < len(names) else ""


COUNTED = {
    "contacts": "contact_n",
    "contacts_failure": "failure_contact_n",
    "items_asked": "evidence_n",
    "items_already_held": "breach_n",
    "decisions": "decided",
    "contested": "contested",
    "overturned": "overturned",
    "repeats": "repeat_n",
    "cases_of_known_persons": "repeat_base",
}
"""Quantities that are plain sums over cases that ended; those of persons are of cases that opened."""

OF_OPENED = ("cases", "repeat_n", "repeat_base")
"""Columns of the marts that are added up by month of opening."""

OF_ENDED = tuple(
    "cases delivered on_time_n on_time_base wait_n processing_n cost_n cost_cents rating_n rating_sum rating_sq "
    "contact_n failure_contact_n evidence_n breach_n decided contested overturned".split()
)
"""Columns of the marts that are added up by month of the end."""

_OPENED = frozenset({"repeats", "cases_of_known_persons"})
_SURE = {"repeats": "repeat_base"}
"""Where the one is known a zero of the other is measured, though it never was more."""


def _counts(sums: Sums, ever: Sums) -> list[Tally]:
    found = []
    for quantity, column in COUNTED.items():
        group = Group.OPENED if quantity in _OPENED else Group.ENDED
        is_told = ever[group, _SURE.get(quantity, column)]
        found.append(Tally(quantity, _number(sums[group, column])) if is_told else _not_asked(quantity))
    return found


# ---- scatter --------------------------------------------------------------------------------------------------------


def _phi(sums: Sums, what: str) -> float | None:
    return _rounded(many.phi(sums[Group.SCATTER, f"{what}.chi"], sums[Group.SCATTER, f"{what}.freedom"]))


def _phi_of_ratings(sums: Sums) -> float | None:
    parts = (sums[Group.SCATTER, f"ratings.{part}"] for part in ("between", "days", "within", "answers"))
    return _rounded(many.phi_of_means(*parts))


def _rounded(phi: float | None) -> float | None:
    return None if phi is None else round(phi, 3)


# ---- quantiles of counts ---------------------------------------------------------------------------------------------


def _histogram(sums: Sums, group: Group) -> dict[int, int]:
    return {int(which): n for (each, which), n in sums.items() if each == group and n}


def quantile(counts: Mapping[int, int], part: float) -> Decimal:
    """The quantile of whole numbers that stand there so many times: type 7 of Hyndman and Fan (1996), as all engines.

    With N values in order it lies at the place (N - 1) part, between two neighbours in proportion.
    """
    values = sorted(counts)
    place = Decimal(sum(counts.values()) - 1) * Decimal(repr(part))
    below, rest = int(place), place - int(place)
    first, second, passed = None, None, 0
    for value in values:
        passed += counts[value]
        if first is None and passed > below:
            first = value
        if passed > below + 1:
            second = value
            break
    assert first is not None
    second = first if second is None else second
    return (first + (second - first) * rest).quantize(Decimal("0.000001"))


def bucket_at(counts: Mapping[int, int], part: float) -> int:
    """The bucket in which the quantile lies, by rank: a bucket is only known to within itself."""
    wanted, passed = math.ceil(part * sum(counts.values())), 0
    for bucket in sorted(counts):
        passed += counts[bucket]
        if passed >= wanted:
            return bucket
    return max(counts)


def in_days(bucket: int) -> Decimal:
    """The middle of a bucket of microseconds as days of 24 hours; within 1 % of everything in it."""
    days = 2 * GAMMA**bucket / (1 + GAMMA) / MICROSECONDS_A_DAY
    return Decimal(repr(round(days, 6)))


# ---- periods ---------------------------------------------------------------------------------------------------------


def months_of(period: Period) -> list[int]:
    """The months of a period as yyyymm."""
    first, last = (day.year * 12 + day.month - 1 for day in (period.start, period.end))
    return [at // 12 * 100 + at % 12 + 1 for at in range(first, last + 1)]


def worth_telling(first: int, last: int, today: date) -> list[Period]:
    """The periods that are told of a series of months (yyyymm): every whole year, the newest quarters and months.

    Five quarters and three months: the newest, the one before, and the one of last year. Older ones can be asked for.
    """
    newest = month(*divmod(min(last, _before(today)), 100))
    if months_of(newest)[0] < first:
        return []
    years = [year(number) for number in range(first // 100, newest.end.year + 1)]
    of_year = quarter(newest.end.year, (newest.end.month + 2) // 3)
    quarters = [of_year if of_year.end <= newest.end else previous(of_year)]
    while len(quarters) < 5:
        quarters.append(previous(quarters[-1]))
    months = [newest, previous(newest), of_last_year(newest)]
    wanted = [*years, *reversed(quarters), *months]
    return [each for each in wanted if each.end <= newest.end and months_of(each)[0] >= first]


def _before(today: date) -> int:
    """The last month that is over."""
    return (today.year * 100 + today.month - 1) if today.month > 1 else (today.year - 1) * 100 + 12


def is_whole(period: Period, *, first: int, last: int) -> bool:
    """Whether events that began in one month and went on to another cover a period."""
    months = months_of(period)
    return first <= months[0] and last >= months[-1]


def added(parts: Iterable[Sums]) -> Sums:
    """The sum of sums; zeros stay out."""
    total: Sums = Counter()
    for part in parts:
        total.update(part)
    return total


def backlog_after(period: Period, months: Mapping[int, Sums]) -> int:
    """Cases open at the end of a period: all that had opened less all that had ended."""
    last = months_of(period)[-1]
    return sum(
        int(sums[Group.OPENED, "cases"] - sums[Group.ENDED, "cases"]) for at, sums in months.items() if at <= last
    )
