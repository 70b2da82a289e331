"""Computing in the background: figures that came in are measured soon, without anybody waiting for it on a page.

A file of its own, since it is called by the worker and not by a door. It must not decide what is out of date: `ensure`
does.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ietvars.ground.audit.rules import Author
from ietvars.ground.jobs import actions as jobs
from ietvars.ground.jobs.rules import Asker, Step
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.indicators import actions, queries

JOB = "measure"
"""The kind of this work; its one argument is the period."""


def measure(arguments: Mapping[str, Any], step: Step, by: Asker, now: datetime) -> dict[str, Any]:
    """Compute the figures of a period, and its comparisons in both directions, as far as they are outdated.

    With the same period of last year and with the one just before; and those of later periods that are set beside it.
    """
    period = str(arguments["period"])
    wanted = [period, *(code for code in queries.periods_with_figures() if period in queries.set_beside(code))]
    for number, code in enumerate(wanted, start=1):
        actions.ensure(period=code, by=SYSTEM, now=now)
        for other in queries.set_beside(code):
            actions.ensure(period=code, with_period=other, by=SYSTEM, now=now)
        step(number, len(wanted))
    return {"periods": wanted}


def measure_soon(*, period: str, by: Author, now: datetime, **_told: Any) -> None:
    """Listener of "rounds.submitted": ask for the period to be computed."""
    jobs.enqueue(kind=JOB, arguments={"period": period}, by=by, now=now)
