"""Pure decisions about service lists: who may do what, in which order, and how list and catalogue differ."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ietvars.ground.people.rules import Actor, Role
from ietvars.institution.lists import errors

STALE_AFTER = timedelta(days=365)
"""A description that nobody has reviewed for a year is stale: critical indicators are read at least yearly."""


class State(StrEnum):
    """Where a list stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PUBLISHED = "published"


NEXT: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.SUBMITTED}),
    State.SUBMITTED: frozenset({State.APPROVED, State.DRAFT}),
    State.APPROVED: frozenset({State.PUBLISHED, State.DRAFT}),
    State.PUBLISHED: frozenset({State.DRAFT}),
}
"""Allowed changes. Sent back and reopened lists become drafts again."""


def require_step(current: str, wanted: State) -> None:
    """Refuse a change of state that the table does not hold."""
    if wanted not in NEXT[State(current)]:
        raise errors.WrongState(state=current, wanted=wanted.value)


def require_author(actor: Actor, body_id: int) -> None:
    """A service owner whose capacity reaches the institution writes, submits and publishes its lists."""
    if actor.role not in (Role.SERVICE_OWNER, Role.SYSTEM):
        raise errors.NotAnAuthor
    if not actor.reaches(body_id):
        raise errors.NotYourList


def require_approver(actor: Actor, body_id: int, author: str, title: str = "") -> None:
    """A list approver of the institution approves; never the author, in whatever capacity."""
    if actor.role not in (Role.LIST_APPROVER, Role.SYSTEM):
        raise errors.NotAnApprover
    if not actor.reaches(body_id):
        raise errors.NotYourList
    if actor.username == author:
        raise errors.OwnWork(title=title)


def require_document(number: str, day: date | None) -> None:
    """An approval rests on a document with number and date."""
    if not number.strip() or day is None:
        raise errors.NoDocument


def require_attachable(actor: Actor, body_id: int, state: str) -> None:
    """An approver or author of the institution may attach the document of an approval that is in force."""
    if actor.role not in (Role.LIST_APPROVER, Role.SERVICE_OWNER, Role.SYSTEM):
        raise errors.NotAnApprover
    if not actor.reaches(body_id):
        raise errors.NotYourList
    if state not in (State.APPROVED, State.PUBLISHED):
        raise errors.NothingToAttachTo


class Difference(StrEnum):
    """How a list and the catalogue disagree about one service."""

    ON_LIST_NOT_DESCRIBED = "on-list-not-described"
    DESCRIBED_NOT_ON_LIST = "described-not-on-list"
    STALE = "stale"


@dataclass(frozen=True)
class Line:
    """One entry of a list, as reconciling needs it: the service's code, empty where none is described."""

    code: str
    title: str
    state: str = ""
    reviewed_on: date | None = None


@dataclass(frozen=True, order=True)
class Disagreement:
    """One row of the reconcile report."""

    kind: Difference
    code: str
    title: str
    reviewed_on: date | None = None


def reconcile(lines: Iterable[Line], catalogue: Iterable[Line], on: date) -> tuple[Disagreement, ...]:
    """Set a list beside the published services of its institution.

    On the list but not described: no service, or one that is not published (retired ones are stale instead).
    Described but not on the list: published, held by the institution, in no line.
    Stale: on the list and published, but not reviewed within a year before `on`, or never; or retired since.
    """
    listed = list(lines)
    published = {line.code: line for line in catalogue}
    found: list[Disagreement] = []
    for line in listed:
        if line.state == "retired":
            found.append(Disagreement(Difference.STALE, line.code, line.title, line.reviewed_on))
        elif line.code not in published:
            found.append(Disagreement(Difference.ON_LIST_NOT_DESCRIBED, line.code, line.title))
        elif is_stale(line.reviewed_on, on):
            found.append(Disagreement(Difference.STALE, line.code, line.title, line.reviewed_on))
    on_list = {line.code for line in listed}
    found.extend(
        Disagreement(Difference.DESCRIBED_NOT_ON_LIST, code, line.title)
        for code, line in published.items()
        if code not in on_list
    )
    return tuple(sorted(found, key=lambda row: (row.kind, row.title)))


def is_stale(reviewed_on: date | None, on: date) -> bool:
    """Whether a description was last reviewed more than a year before `on`, or never."""
    return reviewed_on is None or reviewed_on < on - STALE_AFTER
