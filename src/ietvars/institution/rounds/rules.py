"""Pure decisions about rounds: who may do what, the way of a report, whom an exemption reaches, when to remind."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ietvars.ground.people.rules import Actor, Role
from ietvars.institution.rounds import errors


class State(StrEnum):
    """How far an institution has come in a round."""

    NOT_REPORTED = "not-reported"
    SUBMITTED = "submitted"
    CHANGE_REQUESTED = "change-requested"
    ACCEPTED = "accepted"


NEXT: dict[State, frozenset[State]] = {
    State.NOT_REPORTED: frozenset({State.SUBMITTED}),
    State.SUBMITTED: frozenset({State.SUBMITTED, State.CHANGE_REQUESTED, State.ACCEPTED}),
    State.CHANGE_REQUESTED: frozenset({State.SUBMITTED}),
    State.ACCEPTED: frozenset({State.CHANGE_REQUESTED}),
}
"""Allowed changes. Who submits again before anybody has accepted restates himself; what is accepted stands until an
overseer asks for a change."""

WAITING = frozenset({State.NOT_REPORTED, State.CHANGE_REQUESTED})
"""States in which the reporter has to do something."""


def require_step(current: str, wanted: State) -> None:
    """Refuse a change of state that the table does not hold."""
    if wanted not in NEXT[State(current)]:
        raise errors.WrongReportState(state=current, wanted=wanted.value)


def require_open(code: str, *, is_closed: bool) -> None:
    """Nothing moves in a closed round."""
    if is_closed:
        raise errors.RoundClosed(code=code)


# ---- who ---------------------------------------------------------------------------------------------------------


def require_overseer(actor: Actor) -> None:
    """Overseers open and close rounds and exempt from them."""
    if actor.role not in (Role.OVERSEER, Role.SYSTEM):
        raise errors.NotAnOverseer


def require_reporter(actor: Actor, body_id: int) -> None:
    """A service owner whose capacity reaches the institution fills in and submits its report."""
    if actor.role not in (Role.SERVICE_OWNER, Role.SYSTEM):
        raise errors.NotAReporter
    if not actor.reaches(body_id):
        raise errors.NotYourReport


def require_accepter(actor: Actor, body_id: int, reporter: str, body: str = "") -> None:
    """An overseer, or a list approver of the institution, accepts; never the reporter, in whatever capacity."""
    if actor.role not in (Role.OVERSEER, Role.LIST_APPROVER, Role.SYSTEM):
        raise errors.NotAnAccepter
    if actor.role is Role.LIST_APPROVER and not actor.reaches(body_id):
        raise errors.NotYourReport
    if actor.role is not Role.SYSTEM and actor.username == reporter:
        raise errors.OwnReport(body=body)


def require_reason(why: str) -> None:
    """Exemptions and sending back rest on a reason."""
    if not why.strip():
        raise errors.WithoutReason


def require_due(due: date, *, period_end: date, on: date, period: str = "") -> None:
    """Figures of a period are due only after it has ended, and nobody is asked for yesterday."""
    if due <= max(period_end, on):
        raise errors.DueTooEarly(due=due.isoformat(), end=period_end.isoformat())


# ---- exemptions --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Exempted:
    """Who need not report, or after all must: of a body, a service, a quantity, each empty where it means all of them.

    With `is_excused` false it takes an exemption back for the narrower target.
    """

    is_excused: bool
    reason: str
    body_id: int | None = None
    service_id: int | None = None
    quantity: str = ""

    @property
    def weight(self) -> tuple[int, int]:
        """How narrow it is. First whom it is about (service, then body, then the round), then what of them."""
        whom = 2 if self.service_id is not None else 1 if self.body_id is not None else 0
        return (whom, 1 if self.quantity else 0)

    def reaches(self, body_id: int, service_id: int, quantity: str) -> bool:
        """Whether it is about this figure."""
        return (
            self.body_id in (None, body_id)
            and self.service_id in (None, service_id)
            and self.quantity in ("", quantity)
        )


def exemption(found: Iterable[Exempted], body_id: int, service_id: int, quantity: str) -> Exempted | None:
    """The narrowest exemption that is about this figure; of two equally narrow ones (there are none) the last."""
    reaching = [one for one in found if one.reaches(body_id, service_id, quantity)]
    return max(reaching, key=lambda one: one.weight, default=None)


def is_excused(found: Iterable[Exempted], body_id: int, service_id: int, quantity: str) -> bool:
    """Whether this figure need not be reported. The narrowest word wins, in both directions."""
    narrowest = exemption(found, body_id, service_id, quantity)
    return narrowest is not None and narrowest.is_excused


# ---- reminders ---------------------------------------------------------------------------------------------------


class Reminder(StrEnum):
    """When somebody is reminded."""

    TWO_WEEKS = "two-weeks"
    THREE_DAYS = "three-days"
    OVERDUE = "overdue"


REMINDERS: dict[Reminder, timedelta] = {
    Reminder.TWO_WEEKS: timedelta(days=-14),
    Reminder.THREE_DAYS: timedelta(days=-3),
    Reminder.OVERDUE: timedelta(days=1),
}
"""Days from the due date."""


def reminder(due: date, on: date, sent: Collection[str]) -> Reminder | None:
    """The reminder to send on a day: the newest that has come and was not sent.

    Where the timer slept over one, it is not made up for: a late letter of two weeks would only mislead.
    """
    come = [one for one, days in REMINDERS.items() if due + days <= on]
    newest = come[-1] if come else None
    return None if newest is None or newest.value in sent else newest
