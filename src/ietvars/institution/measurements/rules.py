"""What can be reported, as plain values, and where a report contradicts itself. Pure, never Django.

A contradiction is named and kept beside the figures as they came; nothing here corrects anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import Any

from ietvars.ground.people.rules import Actor, Role
from ietvars.ground.periods.rules import Period
from ietvars.institution.measurements import errors

REPORTERS = (Role.SERVICE_OWNER, Role.COORDINATOR, Role.ADMINISTRATOR, Role.SYSTEM)
"""Roles that may bring in measurements within their reach."""

COUNTED = "deliveries"
"""Source of the editions that were counted from events of single cases, and not reported by anybody.

An edition of it names a service in a period only if the events of that service cover the period whole.
"""

STATES = ("measured", "missing", "not_applicable", "not_asked", "unreadable")

PLACES = Decimal("0.000001")
"""Six decimals are kept of every figure; two figures are the same when they are the same after rounding to these."""


def kept(number: Decimal | None) -> Decimal | None:
    """The number as it is kept."""
    return None if number is None else number.quantize(PLACES, rounding=ROUND_HALF_EVEN)


def require_reporter(actor: Actor, holder_ids: Iterable[int]) -> None:
    """Refuse somebody who may not report for every one of the holders. Raises NotForYou."""
    if actor.role not in REPORTERS or not all(actor.reaches(holder) for holder in set(holder_ids)):
        raise errors.NotForYou


# ---- what a row says ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """One figure as reported: its state, its number where it is measured, and the text as it came."""

    state: str
    number: Decimal | None = None
    raw: str = ""


UNSAID = Said("not_asked")


@dataclass(frozen=True, slots=True)
class ReportedFacts:
    """That an edition lists a service in a period, with its described fields {name: {state, value, raw}}."""

    service_id: int
    holder_id: int
    period: Period
    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What goes with a figure: its stage and channel, how many cases it stands on, and how they lie around it."""

    stage: str = ""
    channel: str = ""
    n: int | None = None
    spread: Decimal | None = None
    spread_kind: str = ""
    scale: str = ""
    scatter: float | None = None


@dataclass(frozen=True, slots=True)
class MeasurementFacts(Particulars):
    """One figure of a service: what, in which period, in which state, and what goes with it."""

    service_id: int
    holder_id: int
    period: Period
    quantity: str
    said: Said
    is_illustrative: bool = False


@dataclass(frozen=True, slots=True)
class StandardFacts:
    """What a service promises: the promise's number at its source and its words."""

    service_id: int
    code: str
    promise: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""


@dataclass(frozen=True, slots=True)
class ResultFacts:
    """How a promise was kept in a period. Target and performance are shares of 1; `claimed` is the source's word."""

    service_id: int
    standard: str
    period: Period
    channel: str = ""
    target: Said = UNSAID
    met: Said = UNSAID
    total: Said = UNSAID
    performance: Said = UNSAID
    claimed: str = ""
    faults: tuple[str, ...] = ()
    line: int = 0


# ---- where a standard's result contradicts itself ----------------------------------------------------------------


class Claim(StrEnum):
    """The source's own word on a standard."""

    MET = "met"
    NOT_MET = "not-met"


class Contradiction(StrEnum):
    """What does not fit together in one result. The codes are kept with the result and listed by the import."""

    MET_ABOVE_TOTAL = "met-above-total"
    MIXED_SCALE = "percent-and-fraction-mixed"
    SHARE_ABOVE_WHOLE = "share-above-whole"
    PERFORMANCE_DIFFERS = "performance-differs-from-its-numbers"
    CLAIM_DIFFERS = "claim-contradicts-its-numbers"
    CLAIM_WITHOUT_CASES = "claim-without-cases"


ONE_POINT = Decimal("0.01")
"""Performance is held against met / total to within one percentage point, as sources round to whole points."""


def contradictions(
    *, target: Said, met: Said, total: Said, performance: Said, claimed: str = "", is_percent: bool = False
) -> tuple[Contradiction, ...]:
    """What does not fit together in a result. `is_percent`: the source writes shares as percent, 80 and not 0.8.

    Target and performance come as shares of 1. A target of 1 % in a column of percents is far more often a target
    of 100 % that was written as a fraction; it is named, not turned.
    """
    found: list[Contradiction] = []
    share = _share(met, total)
    if met.number is not None and total.number is not None and met.number > total.number:
        found.append(Contradiction.MET_ABOVE_TOTAL)
    if _is_mixed(target.number, is_percent=is_percent) or _is_other_scale(performance.number, share):
        found.append(Contradiction.MIXED_SCALE)
    elif performance.number is not None:
        if performance.number > 1 and Contradiction.MET_ABOVE_TOTAL not in found:
            found.append(Contradiction.SHARE_ABOVE_WHOLE)
        if share is not None and abs(performance.number - share) > ONE_POINT:
            found.append(Contradiction.PERFORMANCE_DIFFERS)
    if claimed in (Claim.MET, Claim.NOT_MET):
        if total.number == 0:
            found.append(Contradiction.CLAIM_WITHOUT_CASES)
        elif share is not None and target.number is not None and (share >= target.number) != (claimed == Claim.MET):
            found.append(Contradiction.CLAIM_DIFFERS)
    return tuple(found)


def _share(met: Said, total: Said) -> Decimal | None:
    return None if met.number is None or not total.number else met.number / total.number


def _is_mixed(target: Decimal | None, *, is_percent: bool) -> bool:
    """A target that only the other way of writing explains: 0 < x <= 1 % among percents, above 1 among fractions."""
    if target is None:
        return False
    return 0 < target <= ONE_POINT if is_percent else target > 1


def _is_other_scale(performance: Decimal | None, share: Decimal | None) -> bool:
    """A performance that misses its own numbers as it stands, and hits them when moved by two places."""
    if performance is None or share is None or abs(performance - share) <= ONE_POINT:
        return False
    return any(abs(performance.scaleb(places) - share) <= ONE_POINT for places in (2, -2)) and share != 0


# ---- one figure in two editions -----------------------------------------------------------------------------------


def worded(state: str, number: Decimal | None) -> str:
    """How a figure is called when two editions are set side by side: its state, and a measured zero by its name."""
    if state != "measured":
        return state
    return "zero" if number == 0 else "measured"


def change(before: tuple[str, Decimal | None], after: tuple[str, Decimal | None]) -> str:
    """The kind of change between two figures of one cell, e.g. "missing → zero"; empty where nothing changed."""
    if before[0] == after[0] and kept(before[1]) == kept(after[1]):
        return ""
    if before[0] == after[0]:
        return "measured → another value" if before[1] and after[1] else f"{worded(*before)} → {worded(*after)}"
    return f"{worded(*before)} → {worded(*after)}"
