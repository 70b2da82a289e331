"""What a reorganisation does to rounds: a report that is still to be given is given by the successor.

A report that was handed in stays where it is: it was this body's. Where the successor reports in the round anyway, the
old body's report stays too, and its services are asked of the successor, as the round reads today's holders.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ietvars.ground.bodies.journal import take_back as take_rows_back
from ietvars.ground.bodies.plans import STAYS, Gathering, Plan
from ietvars.ground.bodies.reorganising import Operation
from ietvars.ground.people.rules import Actor
from ietvars.institution.rounds.models import Report
from ietvars.institution.rounds.rules import WAITING

ROOM = "rounds"
REPORT = "report"
"""Kind of thing: a report that an open round waits for, by body and round."""

HAS_ITS_OWN = "has-its-own"
"""Why a report stays: the successor has one in that round."""


def name_things(*, gathering: Gathering, by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganisation-asked": reports that open rounds wait for."""
    taken: set[tuple[str, int]] = set()
    for row in _waiting(gathering.plan.predecessors):
        heir = gathering.plan.heir(REPORT, _key(row))
        if heir and heir not in (STAYS, row.body.code) and ((heir, row.round_id) in taken or _has(heir, row.round_id)):
            gathering.stays(REPORT, _key(row), row.round.title, row.body.code, note=HAS_ITS_OWN)
            continue
        if heir:
            taken.add((heir, row.round_id))
        gathering.add(REPORT, _key(row), row.round.title, row.body.code)


def move(*, operation: Operation, by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganised": the successor reports, with what was typed so far."""
    journal = operation.journal_of(ROOM)
    rows = {_key(row): row for row in _waiting(operation.plan.predecessors)}
    for item in operation.of(REPORT):
        journal.change(rows[item.key], item.key, body_id=operation.heir(item).pk)


def take_back(*, plan: Plan, moved: Mapping[str, Any], by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganisation-undone": the old body reports again."""
    take_rows_back(moved.get(ROOM, ()), (Report,), now=now)


def _waiting(codes: tuple[str, ...]) -> list[Report]:
    rows = Report.objects.filter(body__code__in=codes, round__closed_at__isnull=True)
    waiting = rows.filter(state__in=[state.value for state in WAITING])
    return list(waiting.select_related("body", "round").order_by("round__due", "body__code"))


def _has(body: str, round_id: int) -> bool:
    return Report.objects.filter(body__code=body, round=round_id).exists()


def _key(row: Any) -> str:
    return f"{row.body.code}/{row.round.code}"
