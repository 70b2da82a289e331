"""Keeps what was not understood. The audit row of the import is that of the services it brought."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from ietvars.ground.people.rules import Actor
from ietvars.institution.linked import rules
from ietvars.institution.linked.models import Leftover
from ietvars.institution.linked.rules import Found
from ietvars.institution.services import queries as services

PIECE = 400


def keep(*, told: Mapping[str, Found], source: str, by: Actor, now: datetime) -> int:
    """Keep by code of the service what came with it, instead of what came before. Returns how many rows now stand.

    Raises NotForYou.
    """
    rules.require_importer(by)
    codes = sorted(told)
    kept = 0
    with transaction.atomic():
        for start in range(0, len(codes), PIECE):
            part = services.by_codes(codes[start : start + PIECE])
            Leftover.objects.filter(service__in=[row.pk for row in part.values()]).delete()
            rows = [
                Leftover(
                    service=row,
                    origin=told[code].origin[:400],
                    source=source[:160],
                    triples=told[code].triples,
                    held_back=told[code].held_back,
                    at=now,
                )
                for code, row in part.items()
                if told[code] != Found()
            ]
            Leftover.objects.bulk_create(rows)
            kept += len(rows)
    return kept
