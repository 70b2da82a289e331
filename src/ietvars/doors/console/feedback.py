"""What `ietvars import sdg-feedback` does once the database is ready: reads the file, brings it in, tells of it."""

import json
import sys
from pathlib import Path

import click
from django.utils import timezone
from django.utils.text import slugify

from ietvars.doors.console import telling
from ietvars.doors.machines.feeds.sdg import errors, reading
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.feedback import actions
from ietvars.institution.services import queries as services

MOST_LINES = 12
"""So many faults are told to people; the document has all."""


@telling.refusing()
def bring(file: Path, *, source: str, service: str, as_json: bool) -> None:
    """Bring a batch in. Exits with 1 when entries had faults (the rest is in), with 2 when nothing was written."""
    if service and services.by_code(service) is None:
        raise errors.UnknownService(code=service)
    batch = reading.read(file, service=service)
    count, masked = actions.bring(
        entries=batch.entries,
        at=batch.at,
        source=slugify(source)[:40] or "own-tool",
        batch=batch.fingerprint,
        by=SYSTEM,
        now=timezone.now(),
    )
    if as_json:
        report = {
            "document": "ietvars/sdg-feedback",
            "version": 1,
            "file": file.name,
            "fingerprint": batch.fingerprint,
            "day": batch.day.isoformat(),
            "entries": count,
            "masked": masked,
            "faults": list(batch.faults),
        }
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    telling.say(f"{count} entries were brought in, dated {batch.day.isoformat()}.")
    if masked:
        taken = ", ".join(f"{kind}: {n}" for kind, n in sorted(masked.items()))
        telling.say(f"Taken out of comments before they were kept: {taken}.")
    for line in batch.faults[:MOST_LINES]:
        telling.say(f"  {line}")
    if len(batch.faults) > MOST_LINES:
        telling.say(f"  and {len(batch.faults) - MOST_LINES} more")
    if batch.faults:
        sys.exit(1)


def do_due() -> None:
    """Send the answers that wait, and forget addresses whose time is over; `tick` calls it."""
    now = timezone.now()
    sent = actions.send_answers(by=SYSTEM, now=now)
    if sent.sent or sent.waiting:
        telling.say(f"Answers to feedback: {sent.sent} sent, {sent.waiting} wait for the mail server.")
    if forgotten := actions.forget_addresses(by=SYSTEM, now=now):
        telling.say(f"{forgotten} e-mail addresses were left too long ago and are forgotten.")
