"""What a reorganisation does to service lists: those under way go along, approved ones stay the document they are."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ietvars.ground.bodies.journal import take_back as take_rows_back
from ietvars.ground.bodies.plans import STAYS, Gathering, Plan
from ietvars.ground.bodies.reorganising import Operation
from ietvars.ground.people.rules import Actor
from ietvars.institution.lists.models import ServiceList
from ietvars.institution.lists.rules import State

ROOM = "lists"
LIST = "list"
"""Kind of thing: a list under way, by body and year."""

HAS_ITS_OWN = "has-its-own"
"""Why a list stays: the successor has one of that year."""

UNDER_WAY = (State.DRAFT.value, State.SUBMITTED.value)


def name_things(*, gathering: Gathering, by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganisation-asked": lists under way; one a successor and year goes along."""
    taken: set[tuple[str, int]] = set()
    for row in _under_way(gathering.plan.predecessors):
        key = _key(row)
        heir = gathering.plan.heir(LIST, key)
        if heir and heir not in (STAYS, row.body.code) and ((heir, row.year) in taken or _has(heir, row.year)):
            gathering.stays(LIST, key, row.title, row.body.code, note=HAS_ITS_OWN)
            continue
        if heir:
            taken.add((heir, row.year))
        gathering.add(LIST, key, row.title, row.body.code)


def move(*, operation: Operation, by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganised": a list under way becomes the successor's."""
    journal = operation.journal_of(ROOM)
    rows = {_key(row): row for row in _under_way(operation.plan.predecessors)}
    for item in operation.of(LIST):
        journal.change(rows[item.key], item.key, body_id=operation.heir(item).pk)


def take_back(*, plan: Plan, moved: Mapping[str, Any], by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganisation-undone": each list is again that of its body."""
    take_rows_back(moved.get(ROOM, ()), (ServiceList,), now=now)


def _under_way(codes: tuple[str, ...]) -> list[ServiceList]:
    rows = ServiceList.objects.filter(body__code__in=codes, state__in=UNDER_WAY).select_related("body")
    return list(rows.order_by("year", "body__code"))


def _has(body: str, year: int) -> bool:
    return ServiceList.objects.filter(body__code=body, year=year).exists()


def _key(row: Any) -> str:
    return f"{row.body.code}/{row.year}"
