"""Pure decisions about initiatives: who may do what, in which order, and what the check after the deadline says."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from ietvars.ground.people.rules import Actor, Role
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


def require_step(current: str, wanted: State) -> None:
    """Refuse a change of state that the table does not hold."""
    if wanted not in NEXT[State(current)]:
        raise errors.WrongState(state=current, wanted=wanted.value)


def require_overseer(actor: Actor) -> None:
    """Overseers propose, and check; the system does so for the sample state."""
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


def require_deadline_ahead(deadline: date, on: date) -> None:
    """A proposal's deadline lies ahead."""
    if deadline <= on:
        raise errors.DeadlinePassed(deadline=deadline.isoformat())


def require_deadline_over(deadline: date, on: date) -> None:
    """A check waits for the deadline."""
    if on <= deadline:
        raise errors.TooEarly(deadline=deadline.isoformat())


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
