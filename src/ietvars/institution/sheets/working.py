"""Applying a large sheet in the background: hundreds of drafts take longer than a page may.

It writes in one transaction, as the page does, so nobody sees half of it; what was applied by an attempt that ended
before it could say so is not applied twice.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ietvars.ground.jobs.rules import Asker, Step
from ietvars.ground.people import queries as people
from ietvars.ground.people.rules import SYSTEM, Actor, Role
from ietvars.institution.sheets import actions, errors, queries
from ietvars.institution.sheets.rules import Choice, State

JOB = "apply-sheet"
"""The kind of work. Its arguments are `sheet`, the number of the preview, and `choice`."""

MOST_AT_ONCE = 100
"""So many rows are written while the page waits."""


def apply(arguments: Mapping[str, Any], step: Step, by: Asker, now: datetime) -> dict[str, Any]:
    """Write what a preview shows, as whoever asked for it. Its report is the result of the preview.

    Raises what `actions.apply` raises, and UnknownSheet.
    """
    found = queries.sheet(int(arguments["sheet"]))
    if found is None:
        raise errors.UnknownSheet(number=arguments["sheet"])
    rows = queries.rows_to_write(found, Choice(arguments["choice"]))
    step(0, rows)
    if found.state != State.APPLIED:
        found = actions.apply(sheet=found, choice=Choice(arguments["choice"]), by=actor_of(by), now=now)
    step(rows, rows)
    return dict(found.result)


def actor_of(by: Asker) -> Actor:
    """Whoever asked, with the capacity as it is today. Raises NotYourSheet where it has ended."""
    if by.role == Role.SYSTEM:
        return SYSTEM
    person = people.by_username(by.username)
    for capacity in people.capacities_of(person) if person else ():
        if capacity.role == by.role and capacity.body.code == by.body_code:
            return people.actor_of(capacity)
    raise errors.NotYourSheet
