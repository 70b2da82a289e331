"""Pure decisions about drafts: who may do which step when, and where two people's changes meet.

Never imports Django.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from ietvars.ground.people.rules import Actor, Role
from ietvars.institution.canvases import description as descriptions
from ietvars.institution.canvases.description import Description
from ietvars.institution.canvases.requirements import Gap
from ietvars.institution.canvases.rules import Level
from ietvars.institution.revisions import errors

WRITERS = (Role.SERVICE_OWNER, Role.ADMINISTRATOR, Role.SYSTEM)
"""Roles that write drafts within their reach."""

APPROVERS = (Role.LIST_APPROVER, Role.SYSTEM)
"""Roles that approve them."""


class State(StrEnum):
    """Where a draft stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    ABANDONED = "abandoned"


NEXT: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.SUBMITTED, State.ABANDONED}),
    State.SUBMITTED: frozenset({State.DRAFT, State.APPROVED, State.ABANDONED}),
    State.APPROVED: frozenset({State.DRAFT, State.SCHEDULED, State.PUBLISHED, State.ABANDONED}),
    State.SCHEDULED: frozenset({State.DRAFT, State.APPROVED, State.PUBLISHED, State.ABANDONED}),
    State.PUBLISHED: frozenset(),
    State.ABANDONED: frozenset(),
}
"""Every state with those that may follow. Back to a draft: sent back, or taken back to be written on."""

OPEN = frozenset({State.DRAFT, State.SUBMITTED, State.APPROVED, State.SCHEDULED})
"""States of a draft that is not done with; a service has one such at most."""


def require_writer(actor: Actor, holder_id: int | None) -> None:
    """Refuse everybody who may not write drafts of the holder's services. Raises NotYours."""
    if actor.role not in WRITERS or not actor.reaches(holder_id):
        raise errors.NotYours


def require_reader(actor: Actor, holder_id: int | None) -> None:
    """Refuse everybody who neither writes nor approves drafts of the holder's services. Raises NotYours."""
    if actor.role not in (*WRITERS, *APPROVERS) or not actor.reaches(holder_id):
        raise errors.NotYours


def require_approver(actor: Actor, holder_id: int | None, writers: Collection[str]) -> None:
    """Refuse everybody but an approver of the holder who wrote nothing of it.

    Raises NotYours, NotTheApprover, OwnWork.
    """
    require_reader(actor, holder_id)
    if actor.role not in APPROVERS:
        raise errors.NotTheApprover
    if actor.username in writers:
        raise errors.OwnWork


def require_next(service: str, now: State, wanted: State) -> None:
    """Refuse a step that the table of states does not have. Raises NotNow."""
    if wanted not in NEXT[now]:
        raise errors.NotNow(service=service, state=now.value)


def require_open(service: str, now: State) -> None:
    """Refuse to write in anything but a draft. Raises NotNow."""
    if now is not State.DRAFT:
        raise errors.NotNow(service=service, state=now.value)


def blocking(gaps: Iterable[Gap], waived: Collection[str]) -> tuple[Gap, ...]:
    """The gaps that keep a draft from going on, those set aside left out. A non-waivable one cannot be."""
    return tuple(gap for gap in gaps if gap.blocks and not (gap.level is Level.MANDATORY and gap.code in waived))


def require_whole(service: str, gaps: Iterable[Gap], waived: Mapping[str, str]) -> None:
    """Refuse to submit with a gap that nobody asks to waive with a reason. Raises NotSubmitted."""
    found = blocking(gaps, [code for code, why in waived.items() if why.strip()])
    if found:
        parts = ", ".join(dict.fromkeys(gap.part for gap in found))
        raise errors.NotSubmitted(service=service, count=len(found), parts=parts, gaps=found)


def require_day(day: date, today: date) -> None:
    """Refuse a day that has passed. Raises DayIsPast."""
    if day < today:
        raise errors.DayIsPast(day=day.isoformat())


@dataclass(frozen=True)
class Conflict:
    """One part that two people have changed differently: as both found it, as the other left it, as it would become."""

    part: str
    was: Any
    theirs: Any
    mine: Any


def conflicts(base: Description, now: Description, changes: Description) -> tuple[Conflict, ...]:
    """Parts that somebody else has changed since `base`, and to something else than `changes` would."""
    return tuple(
        Conflict(part=path, was=base.get(path), theirs=now.get(path), mine=changes[path])
        for path in descriptions.PARTS
        if path in changes
        and not descriptions.same(base.get(path), now.get(path))
        and not descriptions.same(now.get(path), changes[path])
    )


def require_unconflicted(found: Sequence[Conflict], who: str) -> None:
    """Refuse to overwrite what another wrote meanwhile. Raises EditedMeanwhile, which carries both values."""
    if found:
        raise errors.EditedMeanwhile(who=who, parts=", ".join(one.part for one in found), conflicts=tuple(found))


REMIND_BEFORE_DAYS = 14
"""How long before a review is due its owner is reminded."""


def is_to_remind(due: date | None, on: date) -> bool:
    """Whether a review is so near, or so overdue, that its owner hears of it."""
    return due is not None and due - timedelta(days=REMIND_BEFORE_DAYS) <= on


def variant_code(template: str, holder: str) -> str:
    """The code of a body's own service of a common one."""
    return f"{template}-{holder}"[:120]
