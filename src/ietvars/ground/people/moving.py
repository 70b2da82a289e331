"""What a reorganisation does to capacities: whoever acted for the old body acts for the new one from the day on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ietvars.ground.bodies.journal import take_back as take_rows_back
from ietvars.ground.bodies.plans import Gathering, Plan
from ietvars.ground.bodies.reorganising import Operation
from ietvars.ground.people.models import Capacity
from ietvars.ground.people.rules import Actor

ROOM = "people"
CAPACITY = "capacity"
"""Kind of thing: somebody's capacity, by username and role."""


def name_things(*, gathering: Gathering, by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganisation-asked": open capacities at bodies that go over."""
    for row in _open(gathering.plan.predecessors):
        gathering.add(CAPACITY, _key(row), row.person.name or {"lv": row.person.username}, row.body.code)


def move(*, operation: Operation, by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganised": end each capacity and give the same at the successor.

    A capacity that stays ends with its body; at a body that lives on it goes on.
    """
    journal, plan = operation.journal_of(ROOM), operation.plan
    rows = {(row.body.code, _key(row)): row for row in _open(plan.predecessors)}
    going = {(item.old, item.key): operation.heir(item) for item in operation.of(CAPACITY)}
    for place, row in rows.items():
        heir = going.get(place)
        if heir is None and place[0] not in plan.ending:
            continue
        is_later = row.since is not None and row.since >= plan.on
        if is_later:
            journal.remove(row, _key(row))
        else:
            journal.change(row, _key(row), until=operation.last_day)
        same = Capacity.objects.filter(person=row.person_id, role=row.role, body=heir, until__isnull=True)
        if heir is not None and not same.exists():
            since = row.since if is_later else plan.on
            journal.add(Capacity(person_id=row.person_id, role=row.role, body=heir, since=since), _key(row))


def take_back(*, plan: Plan, moved: Mapping[str, Any], by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganisation-undone": every capacity is again as it was."""
    take_rows_back(moved.get(ROOM, ()), (Capacity,), now=now)


def _open(codes: tuple[str, ...]) -> list[Capacity]:
    rows = Capacity.objects.filter(body__code__in=codes, until__isnull=True).select_related("person", "body")
    return list(rows.order_by("person__username", "pk"))


def _key(row: Capacity) -> str:
    return f"{row.person.username}/{row.role}"
