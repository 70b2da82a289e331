"""Brings the services of an inventory in, many at once, found again by their number there.

A file of its own, since it writes in bulk what the room's actions write one by one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from ietvars.ground.audit import actions as audit
from ietvars.ground.people.rules import Actor
from ietvars.ground.terms import rules as terms
from ietvars.institution.services import actions, queries, rules, versions
from ietvars.institution.services.models import Identifier, PublishedVersion, Service, StateRow, Tenure
from ietvars.institution.services.rules import Inventoried, State


@dataclass(frozen=True)
class Import:
    """What an inventory changed: ids of its services by number, and the numbers that are new or changed."""

    ids: Mapping[str, int]
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    handed_over: tuple[str, ...] = ()


def import_services(*, scheme: str, rows: Iterable[Inventoried], by: Actor, now: datetime) -> Import:
    """Bring in the services of an inventory, found again by their number in it. Importing again changes nothing.

    An inventory's service counts as published, since its source published it; no gaps are asked. Raises NotYours.
    """
    wanted = {row.value: row for row in rows}
    for holder_id in {row.holder_id for row in wanted.values()}:
        rules.require_owner(by, holder_id)
    known = {value: pk for value, pk in queries.by_identifier(scheme).items() if value in wanted}
    with transaction.atomic():
        changed = _update_known(known, wanted, now)
        made = _create_new(scheme, [row for value, row in wanted.items() if value not in known], by=by, now=now)
        ids = {**known, **{value: service.pk for value, service in made.items()}}
        handed_over = _witness(ids, wanted)
        told = {row.pk for row in (*changed.values(), *made.values())} | {ids[value] for value in handed_over}
        versions.record(told, PublishedVersion.What.PUBLISHED, now=now)
        actions.index(services=[*changed.values(), *made.values()], by=by, now=now)
        if made or changed or handed_over:
            audit.record(
                by=by,
                now=now,
                action="services.import",
                subject=("inventory", scheme),
                after={"new": len(made), "changed": len(changed), "handed_over": len(handed_over)},
            )
    return Import(ids=ids, new=tuple(made), changed=tuple(changed), handed_over=handed_over)


def _update_known(known: Mapping[str, int], wanted: Mapping[str, Inventoried], now: datetime) -> dict[str, Service]:
    """Write what an inventory says differently of services it named before; number to service."""
    services = queries.all_services().in_bulk(known.values())
    changed: dict[str, Service] = {}
    for value, pk in known.items():
        row, service = wanted[value], services[pk]
        told = {"title": dict(row.title), **{name: rules.plain(fact) for name, fact in row.facts.items()}}
        if any(getattr(service, name) != fact for name, fact in told.items()):
            for name, fact in told.items():
                setattr(service, name, fact)
            service.sort_key = terms.sort_key(terms.pick(service.title, "lv"))
            changed[value] = service
    if changed:
        bulk_update_with_history(
            list(changed.values()),
            Service,
            [*rules.ROW_FIELDS, "sort_key"],
            batch_size=200,
            default_date=now,
        )
    return changed


def _create_new(scheme: str, rows: Sequence[Inventoried], *, by: Actor, now: datetime) -> dict[str, Service]:
    """Create services an inventory names for the first time; number to service."""
    made = [
        Service(
            code=row.code or slugify(f"{scheme}-{row.value}")[:120],
            state=State.PUBLISHED.value,
            source=scheme,
            title=dict(row.title),
            sort_key=terms.sort_key(terms.pick(row.title, "lv")),
            **{name: rules.plain(fact) for name, fact in row.facts.items()},
        )
        for row in rows
    ]
    if not made:
        return {}
    made = bulk_create_with_history(made, Service, batch_size=200, default_date=now)
    found = {row.value: service for row, service in zip(rows, made, strict=True)}
    Identifier.objects.bulk_create(
        [Identifier(service=service, scheme=scheme, value=value) for value, service in found.items()], batch_size=400
    )
    StateRow.objects.bulk_create(
        [
            StateRow(service=service, state=State.PUBLISHED.value, at=now, username=by.username, why=scheme)
            for service in found.values()
        ],
        batch_size=400,
    )
    return found


def _witness(ids: Mapping[str, int], wanted: Mapping[str, Inventoried]) -> tuple[str, ...]:
    """Let the inventory's word on holders into the tenures; the numbers whose holders over time changed."""
    kept = queries.tenures(ids.values())
    gone: list[int] = []
    made: list[Tenure] = []
    numbers: list[str] = []
    for value, pk in ids.items():
        row = wanted[value]
        old = kept.get(pk, [])
        held = tuple(rules.Held(tenure.holder_id, tenure.since, tenure.until) for tenure in old)
        now_held = rules.witness(held, row.holder_id, row.since, row.until)
        if now_held != held:
            gone += [tenure.pk for tenure in old]
            made += [Tenure(service_id=pk, holder_id=h.holder, since=h.since, until=h.until) for h in now_held]
            if held:
                numbers.append(value)
    for start in range(0, len(gone), 400):
        Tenure.objects.filter(pk__in=gone[start : start + 400]).delete()
    Tenure.objects.bulk_create(made, batch_size=400)
    return tuple(numbers)
