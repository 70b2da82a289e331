"""Writes what this installation is."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ietvars.ground.audit import actions as audit
from ietvars.ground.audit.rules import Author
from ietvars.ground.deployment import queries, rules
from ietvars.ground.deployment.models import Deployment

SUBJECT = ("deployment", "1")


def mark_sample(
    *, name: Mapping[str, str], as_of: date | None, sample_hash: str, by: Author, now: datetime
) -> Deployment:
    """Say that this database holds the sample state, before anything of it is loaded.

    `as_of` is the day that the sample calls today. Raises NotEmpty, NotForYou.
    """
    rules.require_keeper(by)
    rules.require_empty(is_empty=queries.is_empty())
    with transaction.atomic():
        made, _ = Deployment.objects.update_or_create(
            id=1, defaults={"is_sample": True, "name": dict(name), "as_of": as_of, "sample_hash": sample_hash}
        )
        audit.record(
            by=by,
            now=now,
            action="deployment.mark-sample",
            subject=SUBJECT,
            after={"as_of": as_of.isoformat() if as_of else None, "hash": sample_hash},
        )
    return made


def call(*, name: Mapping[str, str], by: Author, now: datetime) -> Deployment:
    """Say what the state that this installation describes is called. Raises NotForYou."""
    rules.require_keeper(by)
    with transaction.atomic():
        before = dict(queries.current().name)
        made, _ = Deployment.objects.update_or_create(id=1, defaults={"name": dict(name)})
        audit.record(
            by=by,
            now=now,
            action="deployment.call",
            subject=SUBJECT,
            before={"name": before},
            after={"name": dict(name)},
        )
    return made


def remember_reference(*, content_hash: str, report: Mapping[str, Any], by: Author, now: datetime) -> Deployment:
    """Keep the hash of the reference data just loaded, with what the loading changed."""
    rules.require_keeper(by)
    with transaction.atomic():
        before = queries.current().reference_hash
        made, _ = Deployment.objects.update_or_create(id=1, defaults={"reference_hash": content_hash})
        audit.record(
            by=by,
            now=now,
            action="deployment.load-reference",
            subject=SUBJECT,
            before={"hash": before},
            after={"hash": content_hash, **report},
        )
    return made
