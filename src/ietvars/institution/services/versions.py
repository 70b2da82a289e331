"""Keeps what could be read of a service from when on: the rows behind the change feed. Only the room's actions call it.

A file of its own, since every way of publishing ends here. It must not decide whether something may be published.
"""

from collections.abc import Collection, Iterator
from datetime import date, datetime

from django.db import connection
from django.db.models import Max

from ietvars.institution.services import queries
from ietvars.institution.services.models import PublishedVersion

Batch = Iterator[list[int]]


def record(
    service_ids: Collection[int], what: PublishedVersion.What, *, now: datetime, valid_from: date | None = None
) -> int:
    """Add a version for each of the services, unless the newest one already says the same. Returns how many."""
    made = 0
    if service_ids:
        _one_at_a_time()
    ids = sorted(service_ids)
    for start in range(0, len(ids), 400):
        made += _record(ids[start : start + 400], what, now=now, valid_from=valid_from)
    return made


def _record(ids: list[int], what: PublishedVersion.What, *, now: datetime, valid_from: date | None) -> int:
    rows = PublishedVersion.objects.filter(service__in=ids)
    numbers = dict(rows.values_list("service").annotate(number=Max("number")).order_by())
    newest = {
        row.service_id: row for row in rows.order_by("service", "number") if row.number == numbers[row.service_id]
    }
    made = []
    for service, description in queries.descriptions_of(queries.all_services().filter(pk__in=ids)):
        known = newest.get(service.pk)
        if service.holder_id is None or (
            known is not None
            and (known.what, known.description, known.holder_id) == (what.value, description, service.holder_id)
        ):
            continue
        made.append(
            PublishedVersion(
                service=service,
                number=numbers.get(service.pk, 0) + 1,
                what=what,
                at=now,
                valid_from=valid_from,
                holder_id=service.holder_id,
                canvas_version_id=service.canvas_version_id,
                description=description,
            )
        )
    PublishedVersion.objects.bulk_create(made, batch_size=200)
    return len(made)


def _one_at_a_time() -> None:
    """Let no other transaction add versions until this one ends, so that keys become visible in their order.

    SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE institution_publishedversion IN SHARE ROW EXCLUSIVE MODE")
