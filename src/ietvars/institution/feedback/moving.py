"""What a reorganisation does to feedback: what waits on the page of the old body is read by the successor.

Feedback on a service needs nothing: it is read by whoever holds the service.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ietvars.ground.bodies.journal import take_back as take_rows_back
from ietvars.ground.bodies.plans import Gathering, Plan
from ietvars.ground.bodies.reorganising import Operation
from ietvars.ground.people.rules import Actor
from ietvars.institution.feedback.models import Feedback

ROOM = "feedback"
FEEDBACK = "feedback"
"""Kind of thing: all feedback that waits on the page of a body, by the body's code; it goes as a whole."""


def name_things(*, gathering: Gathering, by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganisation-asked": bodies whose pages have feedback waiting."""
    bodies = {row.body.code: row.body for row in _waiting(gathering.plan.predecessors) if row.body}
    for code, body in bodies.items():
        gathering.add(FEEDBACK, code, body.name, code)


def move(*, operation: Operation, by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganised": the successor reads and answers it."""
    journal = operation.journal_of(ROOM)
    heirs = {item.old: operation.heir(item) for item in operation.of(FEEDBACK)}
    for row in _waiting(tuple(heirs)):
        assert row.body is not None  # the query asks for it
        journal.change(row, f"{row.page} ({row.at:%Y-%m-%d})", body_id=heirs[row.body.code].pk)


def take_back(*, plan: Plan, moved: Mapping[str, Any], by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganisation-undone": it waits at the old body again."""
    take_rows_back(moved.get(ROOM, ()), (Feedback,), now=now)


def _waiting(codes: tuple[str, ...]) -> list[Feedback]:
    return list(Feedback.objects.waiting().filter(body__code__in=codes).select_related("body"))
