"""Counting in the background: when the marts were made anew, what they add up to is reported soon.

A file of its own, since it is called by the worker and not by a door. It must not decide what is worth telling.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ietvars.ground.audit.rules import Author
from ietvars.ground.deployment import queries as deployment
from ietvars.ground.jobs import actions as jobs
from ietvars.ground.jobs import queries as jobs_done
from ietvars.ground.jobs.rules import Asker, State, Step
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.tallies import actions, queries, reading

JOB = "tally"
"""The kind of this work; it takes no argument."""


def tally(arguments: Mapping[str, Any], step: Step, by: Asker, now: datetime) -> dict[str, Any]:
    """Count all periods worth telling, and report what changed.

    Where the same periods are due as at the last counting, and no holder's events reach further, only services with
    later input are looked at.
    """
    extent = reading.extent()
    if extent is None:
        return {"periods": [], "changed": 0}
    due = queries.due(deployment.as_of() or now.astimezone(actions.RIGA).date())
    mark = f"{extent.mark} {','.join(period.code for period in due)}"
    before = jobs_done.newest(JOB, state=State.DONE)
    report = dict(before.report or {}) if before else {}
    only = reading.touched(int(report["watermark"])) if report.get("mark") == mark else None
    posted = actions.post(periods=due, service_ids=only, by=SYSTEM, now=now)
    step(1, 1)
    return {
        "periods": [one.period for one in posted if one.changed],
        "changed": sum(one.changed for one in posted),
        "services": None if only is None else len(only),
        "watermark": extent.watermark,
        "mark": mark,
    }


def tally_soon(*, by: Author, now: datetime, **_told: Any) -> None:
    """Listener of "cases.refreshed": ask for a counting; not in a sample state, whose tables are planted."""
    if not deployment.is_sample():
        jobs.enqueue(kind=JOB, arguments={}, by=by, now=now)
