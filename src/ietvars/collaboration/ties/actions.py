"""Ties services and unties them."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from ietvars.collaboration.ties import errors, queries, rules
from ietvars.collaboration.ties.models import Tie
from ietvars.ground.audit import actions as audit
from ietvars.ground.people.rules import Actor
from ietvars.institution.services import queries as services
from ietvars.institution.services.models import Service


def tie(
    *,
    kind: rules.Kind,
    source: Service,
    target: Service,
    by: Actor,
    now: datetime,
    note: Mapping[str, str] | None = None,
) -> Tie:
    """Record that `source` KIND `target`. Raises NotYours, SameService, AlreadyTied, WouldCircle."""
    rules.require_tier(by, *_holders(source, target))
    if source.pk == target.pk:
        raise errors.SameService(service=source.code)
    if queries.between(kind, source, target) is not None:
        raise errors.AlreadyTied(source=source.code, target=target.code)
    if rules.READINGS[kind].puts_in_order and rules.would_circle(queries.order_pairs(), source.pk, target.pk):
        raise errors.WouldCircle(source=source.code, target=target.code)
    with transaction.atomic():
        made = Tie.objects.create(kind=kind.value, source=source, target=target, note=dict(note or {}))
        audit.record(
            by=by,
            now=now,
            action="ties.tie",
            subject=("service", source.code),
            after={"kind": kind.value, "target": target.code},
        )
    return made


def untie(*, tie: Tie, by: Actor, now: datetime, why: str = "") -> None:
    """Take a tie away; the audit trail keeps that it was. Raises NotYours."""
    rules.require_tier(by, *_holders(tie.source, tie.target))
    with transaction.atomic():
        audit.record(
            by=by,
            now=now,
            action="ties.untie",
            subject=("service", tie.source.code),
            why=why,
            before={"kind": tie.kind, "target": tie.target.code},
        )
        tie.delete()


def _holders(*pair: Service) -> list[int | None]:
    rows = services.all_services().with_holder().filter(pk__in=[service.pk for service in pair])
    return [row.holder_id for row in rows]
