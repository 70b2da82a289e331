"""What a reorganisation does to initiatives: those under way are carried out by the successor."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ietvars.ground.bodies.journal import take_back as take_rows_back
from ietvars.ground.bodies.plans import Gathering, Plan
from ietvars.ground.bodies.reorganising import Operation
from ietvars.ground.people.rules import Actor
from ietvars.oversight.initiatives.models import Initiative
from ietvars.oversight.initiatives.rules import State

ROOM = "initiatives"
INITIATIVE = "initiative"
"""Kind of thing: an initiative that is proposed or under way, by its number."""

UNDER_WAY = (State.PROPOSED.value, State.ADOPTED.value)


def name_things(*, gathering: Gathering, by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganisation-asked": initiatives that a body which goes over carries out."""
    for row in _under_way(gathering.plan.predecessors):
        gathering.add(INITIATIVE, row.code, {"lv": row.title}, row.body.code)


def move(*, operation: Operation, by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganised": the successor carries them out. Frozen evidence is not touched."""
    journal = operation.journal_of(ROOM)
    rows = {row.code: row for row in _under_way(operation.plan.predecessors)}
    for item in operation.of(INITIATIVE):
        journal.change(rows[item.key], item.key, body_id=operation.heir(item).pk)


def take_back(*, plan: Plan, moved: Mapping[str, Any], by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganisation-undone": the old body carries them out again."""
    take_rows_back(moved.get(ROOM, ()), (Initiative,), now=now)


def _under_way(codes: tuple[str, ...]) -> list[Initiative]:
    rows = Initiative.objects.filter(body__code__in=codes, state__in=UNDER_WAY).select_related("body")
    return list(rows.order_by("code"))
