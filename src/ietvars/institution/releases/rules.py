"""Who may release figures, how a release goes from draft to the public, and which periods may stand side by side.

Pure decisions, never Django. What is hidden in a release is decided by `hiding` and `witnesses`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ietvars.ground.people.rules import Actor, Role
from ietvars.ground.periods.rules import Period
from ietvars.institution.releases import errors

K = 10
"""Counts below this are hidden, unless a release says otherwise."""
LEAST_K = 5
"""No release may go below."""
FORMULA_VERSION = 1
"""Grows when the same input would give other files."""


class State(StrEnum):
    """Where a release stands. Its files are the same in each state."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    DROPPED = "dropped"


NEXT: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.PUBLISHED, State.DROPPED}),
    State.PUBLISHED: frozenset({State.SUPERSEDED}),
    State.SUPERSEDED: frozenset(),
    State.DROPPED: frozenset(),
}


@dataclass(frozen=True)
class Held:
    """A release that is there already: its code, its first and last day, its state."""

    code: str
    period: str
    start: date
    end: date
    state: State


def require_overseer(actor: Actor) -> None:
    """Only an overseer, or the system, makes and drops releases."""
    if actor.role not in (Role.OVERSEER, Role.SYSTEM):
        raise errors.NotAnOverseer


def require_approver(actor: Actor, *, maker: str, code: str) -> None:
    """A release is approved by an overseer who did not make it; the system approves nothing."""
    if actor.role is not Role.OVERSEER:
        raise errors.NotAnOverseer
    if actor.username == maker:
        raise errors.OwnRelease(code=code)


def require_next(state: State, wanted: State) -> None:
    """Raises WrongReleaseState."""
    if wanted not in NEXT[state]:
        raise errors.WrongReleaseState(state=state.value, wanted=wanted.value)


def require_k(k: int) -> None:
    """Raises TooSmallThreshold."""
    if k < LEAST_K:
        raise errors.TooSmallThreshold(least=LEAST_K, k=k)


def require_over(period: Period, *, on: date) -> None:
    """Raises PeriodNotOver."""
    if period.end >= on:
        raise errors.PeriodNotOver(period=period.code, end=period.end.isoformat())


def require_free(period: Period, others: Iterable[Held], *, derived_from: str = "") -> None:
    """A month is released once. Raises PeriodsOverlap, AlreadyReleased.

    Dropped drafts were never seen. Superseded releases were: their files stay, and could be subtracted too.
    """
    for other in others:
        if other.state is State.DROPPED or other.end < period.start or other.start > period.end:
            continue
        if other.period != period.code:
            raise errors.PeriodsOverlap(period=period.code, other=other.code)
        if not derived_from:
            raise errors.AlreadyReleased(period=period.code, other=other.code)
