"""Pure decisions about initiatives: who may do what, in which order, and what the check after the deadline says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from ietvars.ground.people.rules import Actor, Role
from ietvars.ground.periods import rules as periods
from ietvars.oversight.initiatives import errors


class State(StrEnum):
    """Where an initiative stands."""

    PROPOSED = "proposed"
    ADOPTED = "adopted"
    REJECTED = "rejected"
    CHECKED = "checked"


NEXT: dict[State, frozenset[State]] = {
    State.PROPOSED: frozenset({State.ADOPTED, State.REJECTED}),
    State.ADOPTED: frozenset({State.CHECKED}),
    State.REJECTED: frozenset(),
    State.CHECKED: frozenset(),
}
"""Allowed changes; a rejected or checked initiative is history."""


class Direction(StrEnum):
    """Where the named indicator should go."""

    UP = "up"
    DOWN = "down"


class Outcome(StrEnum):
    """What the check says about the named indicator."""

    REACHED = "reached"
    MOVED = "moved"
    NOT_MOVED = "not_moved"
    OPPOSITE = "opposite"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Movement:
    """The indicator at the check beside its frozen value.

    `is_clear` says whether the comparison stands behind a difference (beyond chance and floor); None with a `reason`
    when the comparison refused.
    """

    baseline: Decimal | None
    now: Decimal | None
    is_clear: bool | None
    reason: str = ""


PATIENCE = timedelta(days=365)
"""How long after the deadline the rounds wait for the figure; then they say that nothing can be said."""


def require_step(current: str, wanted: State) -> None:
    """Refuse a change of state that the table does not hold."""
    if wanted not in NEXT[State(current)]:
        raise errors.WrongState


def require_overseer(actor: Actor) -> None:
    """Overseers propose and check, for any body: they plan for the whole state. The system does so on its rounds."""
    if actor.role not in (Role.OVERSEER, Role.SYSTEM):
        raise errors.NotForYou


def require_decider(actor: Actor, proposed_by: str, title: str = "") -> None:
    """An overseer decides, but never about his own proposal."""
    require_overseer(actor)
    if actor.username == proposed_by and actor.role != Role.SYSTEM:
        raise errors.OwnProposal(title=title)


def require_checkable(indicator: str, direction: str) -> None:
    """A proposal says what should move and where to."""
    if not indicator or direction not in tuple(Direction):
        raise errors.NothingExpected


def require_services(services: Sequence[object]) -> None:
    """A proposal is about services."""
    if not services:
        raise errors.NoService


def require_reason(why: str) -> None:
    """Whoever proposes or decides says why."""
    if not why.strip():
        raise errors.ReasonNeeded


def require_later_period(period: str, check_period: str) -> None:
    """The check looks at a later period of the same kind as the frozen one. Raises UnknownPeriod, CheckTooSoon."""
    frozen, later = periods.parse(period), periods.parse(check_period)
    if later.kind is not frozen.kind or later.start <= frozen.start:
        raise errors.CheckTooSoon(frozen=frozen.code, period=next_after(frozen).code)


def next_after(period: periods.Period) -> periods.Period:
    """The period of the same kind just after."""
    first = period.end + timedelta(days=1)
    match period.kind:
        case periods.Kind.YEAR:
            return periods.year(first.year)
        case periods.Kind.FISCAL_YEAR:
            return periods.fiscal_year(first.year, first.month)
        case periods.Kind.QUARTER:
            return periods.quarter(first.year, (first.month + 2) // 3)
        case periods.Kind.MONTH:
            return periods.month(first.year, first.month)


def require_deadline_ahead(deadline: date, on: date) -> None:
    """A proposal's deadline lies ahead."""
    if deadline <= on:
        raise errors.DeadlinePassed(deadline=deadline.isoformat())


def require_deadline_over(deadline: date, on: date) -> None:
    """A check waits for the deadline."""
    if on <= deadline:
        raise errors.TooEarly(deadline=deadline.isoformat())


def is_due(deadline: date, on: date, *, has_figure: bool) -> bool:
    """Whether the rounds check now: the deadline is over, and the figure has come in or is not worth waiting for."""
    return on > deadline and (has_figure or on > deadline + PATIENCE)


def judge(movement: Movement, direction: Direction, target: Decimal | None) -> tuple[Outcome, str]:
    """Say whether the indicator moved as expected, with a reason where nothing can be said.

    Reached needs a clear movement in the expected direction and, where a target was named, the target. A movement
    that chance could have made is `not_moved`; a comparison that refuses makes the outcome `unknown`.
    """
    if movement.now is None or movement.baseline is None:
        return Outcome.UNKNOWN, movement.reason or "missing_now"
    if movement.is_clear is None:
        return Outcome.UNKNOWN, movement.reason
    if not movement.is_clear or movement.now == movement.baseline:
        return Outcome.NOT_MOVED, movement.reason
    went_up = movement.now > movement.baseline
    if went_up != (direction == Direction.UP):
        return Outcome.OPPOSITE, ""
    if target is None:
        return Outcome.REACHED, ""
    has_reached = movement.now >= target if direction == Direction.UP else movement.now <= target
    return (Outcome.REACHED, "") if has_reached else (Outcome.MOVED, "below_target")


def settle(
    frozen: Movement, anew: Movement | None, direction: Direction, target: Decimal | None
) -> tuple[Outcome, str]:
    """The outcome of a check, from the frozen baseline and from what is known of that period today.

    Later editions may have restated the baseline. Where both baselines give the same outcome, that is it; where they
    do not, nothing can be said: the movement would only be between two editions. `anew` is None, or cannot be
    compared, where the earlier period is no longer known; then the frozen figures alone decide.
    """
    outcome, reason = judge(frozen, direction, target)
    if anew is None or anew.baseline is None or anew.is_clear is None or outcome is Outcome.UNKNOWN:
        return outcome, reason
    other, _ = judge(anew, direction, target)
    return (outcome, reason) if other is outcome else (Outcome.UNKNOWN, "baseline_restated")


def code_of(year: int, number: int) -> str:
    """2026-007: initiatives are numbered within a year."""
    return f"{year:04d}-{number:03d}"
