"""Looks in the background over all services for figures that took another level, so that no page has to.

Called by the worker when the marts were made anew; what it found stands in its report. It must not judge which way is
good: that is said by the definition where it is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ietvars.ground.audit.rules import Author
from ietvars.ground.deployment import queries as deployment
from ietvars.ground.jobs import actions as jobs
from ietvars.ground.jobs import queries as jobs_done
from ietvars.ground.jobs.rules import Asker, State, Step
from ietvars.institution.cases import queries as cases
from ietvars.institution.cases.schema import Basis
from ietvars.institution.tallies import actions, queries

JOB = "watch"
"""The kind of this work; it takes no argument."""

WATCHED = ("time-median", "on-time", "satisfaction", "case-completion")
"""Lines that are looked over, by the month of the result."""


@dataclass(frozen=True, slots=True)
class Turned:
    """A figure of a service that is at another level since a month (yyyymm), from one value to another."""

    service_id: int
    code: str
    unit: str
    since: int
    before: float
    after: float


def watch(arguments: Mapping[str, Any], step: Step, by: Asker, now: datetime) -> dict[str, Any]:
    """Find the newest turn of each watched line of every service that has events."""
    fresh = cases.freshness()
    rows = cases.months(by=("service",), monthly=False, quantiles=False)
    known = [row.service_id for row in rows if row.service_id is not None]
    day = deployment.as_of() or now.astimezone(actions.RIGA).date()
    found = []
    for number, code in enumerate(WATCHED, start=1):
        for service, line in queries.turned(known, code, today=day, basis=Basis.DELIVERED).items():
            turn = line.found.turns[-1]
            found.append([service, code, line.unit, line.since[-1], turn.before, turn.after])
        step(number, len(WATCHED))
    return {"generation": fresh.generation, "turned": found}


def watch_soon(*, by: Author, now: datetime, **_told: Any) -> None:
    """Listener of "cases.refreshed": ask for a look."""
    jobs.enqueue(kind=JOB, arguments={}, by=by, now=now)


def turned() -> tuple[Turned, ...] | None:
    """What the newest look found, the newest turns first; None while nobody has looked."""
    done = jobs_done.newest(JOB, state=State.DONE)
    if done is None or not done.report:
        return None
    found = [Turned(*row) for row in done.report["turned"]]
    return tuple(sorted(found, key=lambda one: (-one.since, one.service_id, one.code)))
