"""From the frozen input to the published rows: every figure with its state, hidden where the lattice hides it.

Pure, never Django. Three things are never one: a nought is measured, a hidden figure is suppressed, and one that nobody
sent is missing. It must not write files.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from ietvars.institution.releases import frozen, witnesses
from ietvars.institution.releases.frozen import Frozen
from ietvars.institution.releases.hiding import Hidden
from ietvars.institution.releases.lattice import Counts, Flags, Lattice, Parting

OUTCOMES = ("kept", "not-kept")


class State(StrEnum):
    """What stands where a figure could stand."""

    MEASURED = "measured"
    SUPPRESSED = "suppressed"
    MISSING = "missing"


class Level(StrEnum):
    """Of what a figure is."""

    STATE = "state"
    HOLDER = "holder"
    SERVICE = "service"


class Row(NamedTuple):
    """One published figure. Empty `month`: the whole period; empty `part`: all channels, or both outcomes, together."""

    level: str
    holder: str
    service: str
    month: str
    measure: str
    part: str
    value: str
    state: str


class Sheet(NamedTuple):
    """A lattice with what it hides, and the measures that its counts are published as."""

    lattice: Lattice
    hidden: Hidden
    measure: str
    parts: tuple[str, ...]


def lattices(one: Frozen, *, k: int, width: int) -> dict[str, Sheet]:
    """The lattices of a release: cases begun, results, results with a term, ratings. Each is hidden by itself."""
    services = tuple(each.code for each in one.services)
    place = {code: at for at, code in enumerate(services)}
    month_at = {code: at for at, code in enumerate(one.months)}
    channels = tuple(sorted({each.channel for each in one.cells})) or ("",)
    channel_at = {code: at for at, code in enumerate(channels)}
    sums = {name: np.zeros((len(services), len(one.months), len(channels)), dtype=np.int64) for name in frozen.SUMS}
    for cell in one.cells:
        at = (place[cell.service], month_at[cell.month], channel_at[cell.channel])
        for name in frozen.SUMS:
            sums[name][at] += getattr(cell, name)
    since = [one.since.get(code, "") for code in services]
    present = np.array([[bool(first) and first <= month for month in one.months] for first in since], dtype=bool)
    present |= np.sum(list(sums.values()), axis=0).sum(axis=2) > 0
    judged, delivered = sums["judged"].sum(axis=2), sums["delivered"].sum(axis=2)
    kept = sums["kept"].sum(axis=2)
    holders = tuple(each.holder for each in one.services)

    def made(
        measure: str, parts: tuple[str, ...], parting: Parting, *, is_all: bool = True, beside: Counts | None = None
    ) -> Sheet:
        """Of services that never have such a case, as those without a term, the figure is missing and not nought."""
        there: Flags = present if is_all else present & (parting.counts.sum(axis=(1, 2)) > 0)[:, None]
        lattice = Lattice(services, holders, one.months, there, (parting,), beside)
        return Sheet(lattice, witnesses.hide(lattice, k=k, width=width), measure, parts)

    outcome = Parting("outcome", OUTCOMES, np.stack([kept, judged - kept], axis=2), by_outcome=True)
    rated = Parting("all", ("",), sums["rated"].sum(axis=2)[..., None])
    has_term = (judged.sum(axis=1) > 0)[:, None]
    return {
        "begun": made("begun", channels, Parting("channel", channels, sums["begun"])),
        "delivered": made("delivered", channels, Parting("channel", channels, sums["delivered"])),
        "judged": made("judged", OUTCOMES, outcome, is_all=False, beside=np.where(has_term, delivered, 0)),
        "rated": made("rated", (), rated, is_all=False),
    }


def rows(one: Frozen, *, k: int, width: int) -> Iterator[Row]:
    """Every published figure, in order."""
    sheets = lattices(one, k=k, width=width)
    for sheet in sheets.values():
        yield from _counts(sheet)
    yield from _shares(sheets["judged"])
    yield from _points(one, sheets["rated"])
    yield from _days(one, sheets["delivered"])


def _said(count: int, *, hidden: object, present: object = True) -> tuple[str, str]:
    if not present:
        return "", State.MISSING
    return ("", State.SUPPRESSED) if hidden else (str(count), State.MEASURED)


def _counts(sheet: Sheet) -> Iterator[Row]:
    lattice, hidden, measure, parts = sheet
    yield Row(Level.STATE, "", "", "", measure, "", *_said(lattice.total, hidden=hidden.state))
    if hidden.has_margins:
        margin = lattice.margin(0)
        for at, month in enumerate(lattice.months):
            yield Row(Level.STATE, "", "", month, measure, "", *_said(int(margin[at].sum()), hidden=False))
            for number, part in enumerate(parts):
                told = _said(int(margin[at, number]), hidden=hidden.margins[0][at, number])
                yield Row(Level.STATE, "", "", month, measure, part, *told)
    for at, holder in enumerate(lattice.holder_codes):
        there = bool(lattice.present[lattice.holder_at == at].any())
        yield Row(
            Level.HOLDER, holder, "", "", measure, "",
            *_said(int(lattice.of_holder[at]), hidden=hidden.holders[at], present=there),
        )  # fmt: skip
    for at, service in enumerate(lattice.services):
        holder, there = lattice.holders[at], bool(lattice.present[at].any())
        told = _said(int(lattice.of_service[at]), hidden=hidden.services[at], present=there)
        yield Row(Level.SERVICE, holder, service, "", measure, "", *told)
        if there:
            yield from _months(sheet, at, (Level.SERVICE, holder, service))


def _months(sheet: Sheet, at: int, whose: tuple[str, str, str]) -> Iterator[Row]:
    lattice, hidden, measure, parts = sheet
    for number, month in enumerate(lattice.months):
        there = bool(lattice.present[at, number])
        told = _said(int(lattice.of_month[at, number]), hidden=hidden.months[at, number], present=there)
        yield Row(*whose, month, measure, "", *told)
        for code, part in enumerate(parts if there else ()):
            count, flag = lattice.partings[0].counts[at, number, code], hidden.parts[0][at, number, code]
            told = _said(int(count), hidden=flag)
            yield Row(*whose, month, measure, part, *told)


def _shares(sheet: Sheet) -> Iterator[Row]:
    """The share within the term, wherever both of its parts are shown."""
    lattice, hidden = sheet.lattice, sheet.hidden
    kept, base = lattice.partings[0].counts[..., 0], lattice.of_month
    margin = lattice.margin(0)
    if hidden.has_margins:
        for at, month in enumerate(lattice.months):
            told = _ratio(int(margin[at, 0]), int(margin[at].sum()), is_hidden=hidden.margins[0][at, 0])
            yield Row(Level.STATE, "", "", month, "on-time", "", *told)
    for at, service in enumerate(lattice.services):
        for number, month in enumerate(lattice.months):
            if lattice.present[at, number]:
                is_hidden = bool(hidden.parts[0][at, number, 0])
                told = _ratio(int(kept[at, number]), int(base[at, number]), is_hidden=is_hidden)
                yield Row(Level.SERVICE, lattice.holders[at], service, month, "on-time", "", *told)


def _ratio(hits: int, of: int, *, is_hidden: object) -> tuple[str, str]:
    if is_hidden:
        return "", State.SUPPRESSED
    return (f"{hits / of:.4f}", State.MEASURED) if of else ("", State.MISSING)


def _points(one: Frozen, sheet: Sheet) -> Iterator[Row]:
    """Mean satisfaction, where the number of ratings is shown; whole points, so that no single rating can be told."""
    lattice, hidden = sheet.lattice, sheet.hidden
    place = {code: at for at, code in enumerate(lattice.services)}
    month_at = {code: at for at, code in enumerate(lattice.months)}
    points = np.zeros(lattice.of_month.shape, dtype=np.int64)
    for cell in one.cells:
        points[place[cell.service], month_at[cell.month]] += cell.points
    for at, service in enumerate(lattice.services):
        for month, number, is_hidden, total in (
            ("", int(lattice.of_service[at]), bool(hidden.services[at]), int(points[at].sum())),
            *(
                (month, int(lattice.of_month[at, to]), bool(hidden.months[at, to]), int(points[at, to]))
                for to, month in enumerate(lattice.months)
            ),
        ):
            if number:
                told = ("", State.SUPPRESSED) if is_hidden else (str(round(total / 10 / number)), State.MEASURED)
                yield Row(Level.SERVICE, lattice.holders[at], service, month, "satisfaction", "", *told)


def _days(one: Frozen, sheet: Sheet) -> Iterator[Row]:
    """Median and ninth tenth of the working days to a result, where the number of results is shown."""
    lattice, hidden = sheet.lattice, sheet.hidden
    place = {code: at for at, code in enumerate(lattice.services)}
    month_at = {code: at for at, code in enumerate(lattice.months)}
    for each in sorted(one.days):
        at = place[each.service]
        is_hidden = hidden.months[at, month_at[each.month]] if each.month else hidden.services[at]
        for measure, value in (("time-median", each.median), ("time-p90", each.ninth_tenth)):
            told = ("", State.SUPPRESSED) if is_hidden else (f"{value:g}", State.MEASURED)
            yield Row(Level.SERVICE, lattice.holders[at], each.service, each.month, measure, "", *told)
