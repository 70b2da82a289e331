"""Repeats what people made of the figures: answers to criteria, and initiatives on their way to the check.

It comes after the figures, since an initiative freezes them; so the folder is read once more and nothing else of it.
Whatever an action refuses is told with the entry that caused it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import transaction

from ietvars.doors.machines.feeds.state import acting, entries, errors, reading
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import Actor, Role
from ietvars.institution.services import queries as services
from ietvars.oversight.finders import actions as finders
from ietvars.oversight.finders import queries as findings
from ietvars.oversight.initiatives import actions as initiatives

Look = Callable[[], None]
"""Computes what is stale and lets the finders look."""


def follow(*, folder: Path, look: Look, by: Actor) -> None:
    """Answer the criteria, look, carry the initiatives as far as the folder tells. Raises NotFollowed, OtherOutcome.

    `by` acts where a person of the folder has no capacity for it.
    """
    found = reading.read(folder)
    with transaction.atomic():
        for answer in found.answers:
            with _told_with(answer.place):
                _answer(answer, by)
    look()
    with transaction.atomic():
        for entry in sorted(found.initiatives, key=lambda each: each.proposed_on):
            with _told_with(entry.place):
                _initiative(entry, by)


@contextmanager
def _told_with(place: entries.Place) -> Iterator[None]:
    try:
        yield
    except errors.OtherOutcome:
        raise
    except Refusal as refusal:
        raise errors.NotFollowed(place=place, why=str(refusal)) from refusal


def _answer(entry: entries.AnswerEntry, by: Actor) -> None:
    service = services.by_code(entry.service)
    assert service is not None
    finders.answer(
        service=service,
        criterion=entry.criterion,
        answer=entry.answer,
        why=entry.why,
        by=acting.actor(entry.by, (Role.SERVICE_OWNER,), by),
        now=acting.noon(entry.on),
    )


def _initiative(entry: entries.InitiativeEntry, by: Actor) -> None:
    known = services.by_codes(entry.services)
    body = bodies.by_code(entry.body)
    assert body is not None
    finding = findings.finding(entry.period, entry.finder, entry.finding) if entry.finder else None
    made = initiatives.propose(
        kind=entry.kind,
        title=entry.title,
        reason=entry.reason,
        services=[known[code] for code in entry.services],
        body=body,
        owner=entry.owner,
        period=entry.period,
        expected=initiatives.Expectation(
            indicator=entry.indicator,
            direction=entry.direction,
            deadline=entry.deadline,
            check_period=entry.check_period,
            target=entry.target,
        ),
        finding=finding,
        by=_overseer(entry.proposed_by, by),
        now=acting.noon(entry.proposed_on),
    )
    if entry.decision is not None:
        decide = initiatives.adopt if entry.decision.word == "adopted" else initiatives.reject
        decider, day = _overseer(entry.decision.by, by), entry.decision.on
        made = decide(initiative=made, why=entry.decision.why, by=decider, now=acting.noon(day))
    if entry.checked_on is not None:
        made = initiatives.check(
            initiative=made, by=_overseer(entry.proposed_by, by), now=acting.noon(entry.checked_on)
        )
        if (made.outcome, made.outcome_reason) != (entry.outcome, entry.outcome_reason):
            raise errors.OtherOutcome(
                place=entry.place, expected=entry.outcome, found=made.outcome, why=made.outcome_reason or "–"
            )


def _overseer(username: str, otherwise: Actor) -> Actor:
    return acting.actor(username, (Role.OVERSEER,), otherwise)
