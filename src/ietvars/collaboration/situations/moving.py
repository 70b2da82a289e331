"""What a reorganisation does to life situations: a step that sends people to the old body sends them to the new one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ietvars.collaboration.situations.models import Step
from ietvars.ground.bodies.journal import take_back as take_rows_back
from ietvars.ground.bodies.plans import Gathering, Plan
from ietvars.ground.bodies.reorganising import Operation
from ietvars.ground.people.rules import Actor

ROOM = "situations"
STEP = "step"
"""Kind of thing: a step without a service that names whom to turn to, by situation and place."""


def name_things(*, gathering: Gathering, by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganisation-asked": steps that send people to a body that goes over."""
    for row in _steps(gathering.plan.predecessors):
        assert row.turn_to is not None  # the query asks for it
        gathering.add(STEP, _key(row), row.title or row.situation.title, row.turn_to.code)


def move(*, operation: Operation, by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganised": the steps send people to the successor."""
    journal = operation.journal_of(ROOM)
    rows = {_key(row): row for row in _steps(operation.plan.predecessors)}
    for item in operation.of(STEP):
        journal.change(rows[item.key], item.key, turn_to_id=operation.heir(item).pk)


def take_back(*, plan: Plan, moved: Mapping[str, Any], by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganisation-undone": the steps send people where they sent them before."""
    take_rows_back(moved.get(ROOM, ()), (Step,), now=now)


def _steps(codes: tuple[str, ...]) -> list[Step]:
    rows = Step.objects.filter(turn_to__code__in=codes).select_related("situation", "turn_to")
    return list(rows.order_by("situation__position", "position"))


def _key(row: Any) -> str:
    return f"{row.situation.code}/{row.position}"
