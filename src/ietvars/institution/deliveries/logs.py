"""Remembers which logs of other systems were brought in, whose service is whose log's, and how far a run came.

Actions with a file of their own, since only the importer of logs needs them. Events themselves go in by `actions`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from ietvars.ground.audit import actions as audit
from ietvars.ground.audit.rules import Author
from ietvars.institution.deliveries.models import EventLog


def service_of(name: str) -> str:
    """Code of the service to which the events of a log went; nothing for a log never seen."""
    found = EventLog.objects.filter(name=name, service__isnull=False).select_related("service").first()
    return found.service.code if found is not None and found.service is not None else ""


def known() -> list[EventLog]:
    """All logs that were brought in, newest first."""
    return list(EventLog.objects.select_related("service").order_by("-began_at"))


def begin(*, name: str, digest: str, service_id: int, by: Author, now: datetime) -> EventLog:
    """Note that a log is being brought in. `cases_done` is how far an earlier run of the same content came."""
    found = EventLog.objects.filter(name=name).first()
    if found is not None and found.digest == digest:
        return found
    with transaction.atomic():
        made, _ = EventLog.objects.update_or_create(
            name=name,
            defaults={
                "digest": digest,
                "service_id": service_id or None,
                "cases_done": 0,
                "began_at": now,
                "done_at": None,
                "report": {},
            },
        )
        audit.record(
            by=by, now=now, action="deliveries.bring-log", subject=("event-log", name), after={"new": not found}
        )
    return made


def note(*, log: EventLog, cases_done: int, by: Author, now: datetime) -> None:
    """Note how far the run has come; the events of these cases are durable."""
    log.cases_done = cases_done
    log.save(update_fields=["cases_done"])


def finish(*, log: EventLog, report: Mapping[str, Any], by: Author, now: datetime) -> None:
    """Note that the log is in, with its report."""
    log.report, log.done_at = dict(report), now
    log.save(update_fields=["report", "done_at"])
