"""Changes the catalogue: describes, publishes and retires services, varies a common one, hands services over.

What follows elsewhere is not done here: the notice "services.retired" tells it upward.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from ietvars.ground.audit import actions as audit
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.bodies.models import Body
from ietvars.ground.notices import actions as notices
from ietvars.ground.people.rules import Actor
from ietvars.ground.terms import rules as terms
from ietvars.ground.words import actions as words
from ietvars.institution.services import errors, queries, rules
from ietvars.institution.services.models import Delivery, Fee, Identifier, Service, Stage, StateRow, Tenure
from ietvars.institution.services.rules import Inventoried, ServiceFacts, State

KIND = "service"
"""Under this kind services stand in the audit trail and in the index of words."""


def describe(
    *,
    code: str,
    holder: Body,
    facts: ServiceFacts,
    by: Actor,
    now: datetime,
    since: date | None = None,
    is_template: bool = False,
) -> Service:
    """Describe a new service as a draft, or describe a known one anew. `since` is the holder's first day, if known.

    A common description passes its changes on to the local services that vary it.
    Raises NotYours, HeldByAnother, UnknownProvider, NoWebAddress.
    """
    rules.require_owner(by, holder.pk)
    known = queries.by_code(code)
    if known is not None and known.holder_id != holder.pk:
        raise errors.HeldByAnother(service=code, holder=known.holder_code)
    with transaction.atomic():
        service = known or Service(code=code, is_template=is_template)
        _write(service, holder, facts, by=by, now=now, since=since)
        if service.is_template:
            for variant in queries.variants(service):
                _inherit_anew(variant, service, facts, by=by, now=now)
    return service


def vary(
    *,
    template: Service,
    holder: Body,
    code: str,
    own: Mapping[str, Any],
    by: Actor,
    now: datetime,
    is_offered: bool = True,
    not_offered_because: Mapping[str, str] | None = None,
) -> Service:
    """Let a body give a common service in its own way. `own` holds what differs, by names of rules.LOCAL_FIELDS.

    A body that does not give it says so with `is_offered` false and a reason.
    Raises NotYours, NotATemplate, UnknownField, NoReason, HeldByAnother, NoWebAddress.
    """
    rules.require_owner(by, holder.pk)
    if not template.is_template:
        raise errors.NotATemplate(service=template.code)
    if not is_offered and not (not_offered_because or {}).get("lv"):
        raise errors.NoReason
    facts = rules.inherit(queries.facts(template), own, template_holder=_holder_of(template).code, holder=holder.code)
    known = queries.by_code(code)
    if known is not None and known.holder_id != holder.pk:
        raise errors.HeldByAnother(service=code, holder=known.holder_code)
    with transaction.atomic():
        service = known or Service(code=code)
        service.template = template
        service.own_fields = rules.own_fields(own)
        service.is_offered = is_offered
        service.not_offered_because = dict(not_offered_because or {})
        _write(service, holder, facts, by=by, now=now, since=None)
    return service


def publish(*, service: Service, by: Actor, now: datetime, why: str = "") -> Service:
    """Let people read the description. Raises NotYours, NotNow, NotReady with the sentence of the first gap."""
    rules.require_owner(by, _holder_id(service))
    rules.require_next(service.code, State(service.state), State.PUBLISHED)
    rules.require_whole(queries.gaps(service))
    with transaction.atomic():
        _change_state(service, State.PUBLISHED, by=by, now=now, why=why)
        _index([service], by=by, now=now)
    return service


def retire(*, service: Service, by: Actor, now: datetime, why: str) -> Service:
    """Stop giving a service. Its page and its figures stay; the notice "services.retired" tells who relied on it.

    Raises NotYours, NotNow, NoReason.
    """
    rules.require_owner(by, _holder_id(service))
    rules.require_next(service.code, State(service.state), State.RETIRED)
    if not why.strip():
        raise errors.NoReason
    with transaction.atomic():
        _change_state(service, State.RETIRED, by=by, now=now, why=why)
        words.forget(kind=KIND, key=service.code, by=by, now=now)
        notices.announce("services.retired", by=by, now=now, service=service)
    return service


def confirm(*, service: Service, on: date, by: Actor, now: datetime) -> Service:
    """Say that the description was read on a day and is right. Raises NotYours."""
    rules.require_owner(by, _holder_id(service))
    with transaction.atomic():
        before = service.reviewed_on
        service.reviewed_on = on
        if service.template_id:
            service.own_fields = sorted({*service.own_fields, "reviewed_on"})
        _save(service, now)
        audit.record(
            by=by,
            now=now,
            action="services.confirm",
            subject=(KIND, service.code),
            before={"reviewed_on": before.isoformat() if before else None},
            after={"reviewed_on": on.isoformat()},
        )
    return service


def hand_over(*, service: Service, to: Body, on: date, by: Actor, now: datetime, why: str = "") -> Service:
    """Let another body hold the service from a day on; the stages that the old holder gave, the new one gives.

    Raises NotYours unless the author owns services of the old holder.
    """
    rules.require_owner(by, _holder_id(service))
    with transaction.atomic():
        _move([service], [_holder_of(service)], to, on, by=by, now=now, why=why)
    return service


def take_over(*, predecessors: Sequence[Body], successor: Body, on: date, by: Actor, now: datetime) -> int:
    """Let `successor` hold from the day `on` what the predecessors held. Returns the number of services.

    Figures keep the holder of their day, since earlier tenures stay as rows.
    """
    with transaction.atomic():
        services = list(queries.of(body.pk for body in predecessors))
        _move(services, predecessors, successor, on, by=by, now=now, why="")
    return len(services)


def hear_merger(
    *, predecessors: Sequence[Body], successors: Sequence[Body], on: date, by: Actor, now: datetime
) -> None:
    """Listener of "bodies.merged" and "bodies.renamed": services of bodies that ended pass to the one that stays."""
    take_over(predecessors=predecessors, successor=successors[0], on=on, by=by, now=now)


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
        _index([*changed.values(), *made.values()], by=by, now=now)
        if made or changed or handed_over:
            audit.record(
                by=by,
                now=now,
                action="services.import",
                subject=("inventory", scheme),
                after={"new": len(made), "changed": len(changed), "handed_over": len(handed_over)},
            )
    return Import(ids=ids, new=tuple(made), changed=tuple(changed), handed_over=handed_over)


def _write(
    service: Service, holder: Body, facts: ServiceFacts, *, by: Actor, now: datetime, since: date | None
) -> None:
    """Write a description onto its rows, with one audit row of what changed."""
    rules.require_web_addresses(facts)
    values = rules.row_values(facts)
    is_new = service.pk is None
    before = {} if is_new else {name: rules.plain(getattr(service, name)) for name in values}
    for name, value in values.items():
        setattr(service, name, value)
    service.sort_key = terms.sort_key(terms.pick(service.title, "lv"))
    _save(service, now)
    if is_new:
        Tenure.objects.create(service=service, holder=holder, since=since)
        StateRow.objects.create(service=service, state=service.state, at=now, username=by.username)
    _write_parts(service, holder, facts)
    different = [name for name, value in values.items() if is_new or before[name] != value]
    audit.record(
        by=by,
        now=now,
        action="services.describe",
        subject=(KIND, service.code),
        before=None if is_new else {name: _json(before[name]) for name in different},
        after={"holder": holder.code} if is_new else {name: _json(values[name]) for name in different},
    )
    if service.state == State.PUBLISHED:
        _index([service], by=by, now=now)


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _write_parts(service: Service, holder: Body, facts: ServiceFacts) -> None:
    """Write stages, deliveries, fees and identifiers anew; rows that already say the same are not touched."""
    if service.stages.exists() and queries.facts(service).stages == _with_all_stages(facts, holder).stages:
        stages_differ = False
    else:
        stages_differ = True
        service.stages.all().delete()
    if stages_differ:
        _write_stages(service, _with_all_stages(facts, holder))
    service.fees.all().delete()
    Fee.objects.bulk_create(
        Fee(service=service, stage=fee.stage, amount=fee.amount, currency=fee.currency, text=dict(fee.text))
        for fee in facts.fees
    )
    if set(service.identifiers.values_list("scheme", "value")) != set(facts.identifiers):
        service.identifiers.all().delete()
        Identifier.objects.bulk_create(
            Identifier(service=service, scheme=scheme, value=value) for scheme, value in facts.identifiers
        )


def _with_all_stages(facts: ServiceFacts, holder: Body) -> ServiceFacts:
    """The description with all three stages of the law, each given by the holder unless another is named."""
    stages = {}
    for name in rules.STAGES:
        stage = facts.stages.get(name, rules.StageFacts())
        stages[name] = stage if stage.providers else replace(stage, providers=(holder.code,))
    return replace(facts, stages=stages)


def _write_stages(service: Service, facts: ServiceFacts) -> None:
    wanted = {code for stage in facts.stages.values() for code in stage.providers}
    providers = {body.code: body for body in bodies.all_bodies().filter(code__in=wanted)}
    for code in wanted - providers.keys():
        raise errors.UnknownProvider(provider=code)
    made = Stage.objects.bulk_create(
        Stage(service=service, name=name, text=dict(stage.text), url=stage.url) for name, stage in facts.stages.items()
    )
    Delivery.objects.bulk_create(
        Delivery(stage=row, channel=channel, provider=providers[provider])
        for row in made
        for channel in facts.stages[row.name].channels or ("",)
        for provider in facts.stages[row.name].providers
    )


def _inherit_anew(variant: Service, template: Service, facts: ServiceFacts, *, by: Actor, now: datetime) -> None:
    """Pass a change of the common description on to a local service, which keeps what it says itself."""
    holder = _holder_of(variant)
    inherited = rules.inherit(
        _with_all_stages(facts, _holder_of(template)),
        rules.own_values(queries.facts(variant), variant.own_fields),
        template_holder=_holder_of(template).code,
        holder=holder.code,
    )
    _write(variant, holder, inherited, by=by, now=now, since=None)


def _save(service: Service, now: datetime) -> None:
    service._history_date = now  # noqa: SLF001 - simple-history's own door
    service.save()


def _change_state(service: Service, state: State, *, by: Actor, now: datetime, why: str) -> None:
    before = service.state
    service.state = state.value
    _save(service, now)
    StateRow.objects.create(service=service, state=state.value, at=now, username=by.username, why=why)
    audit.record(
        by=by,
        now=now,
        action=f"services.{'publish' if state == State.PUBLISHED else 'retire'}",
        subject=(KIND, service.code),
        why=why,
        before={"state": before},
        after={"state": state.value},
    )


def _holder_of(service: Service) -> Body:
    return Tenure.objects.select_related("holder").get(service=service, until__isnull=True).holder


def _holder_id(service: Service) -> int | None:
    return Tenure.objects.filter(service=service, until__isnull=True).values_list("holder_id", flat=True).first()


def _move(
    services: Sequence[Service],
    old: Sequence[Body],
    new: Body,
    on: date,
    *,
    by: Actor,
    now: datetime,
    why: str,
) -> None:
    """End open tenures the day before, begin new ones, and let the new holder give what the old one gave."""
    rows = Tenure.objects.filter(service__in=services, holder__in=old, until__isnull=True)
    moved = dict(rows.values_list("service_id", "holder__code"))
    rows.update(until=on - timedelta(days=1))
    Tenure.objects.bulk_create(Tenure(service_id=pk, holder=new, since=on) for pk in moved)
    given = Delivery.objects.filter(stage__service__in=moved, provider__in=old)
    taken = set(Delivery.objects.filter(stage__service__in=moved, provider=new).values_list("stage_id", "channel"))
    for delivery in given.order_by("pk"):
        place = (delivery.stage_id, delivery.channel)
        if place in taken:
            delivery.delete()
        else:
            taken.add(place)
            delivery.provider = new
            delivery.save(update_fields=["provider"])
    for service in services:
        if service.pk in moved:
            audit.record(
                by=by,
                now=now,
                action="services.hand-over",
                subject=(KIND, service.code),
                why=why,
                before={"holder": moved[service.pk]},
                after={"holder": new.code, "since": on.isoformat()},
            )
    _index([service for service in services if service.state == State.PUBLISHED], by=by, now=now)


def _index(services: Sequence[Service], *, by: Actor, now: datetime) -> None:
    """Let the services be found; one that is not offered is found by its common description only."""
    for start in range(0, len(services), 400):
        part = [service.pk for service in services[start : start + 400]]
        found = queries.all_services().with_holder().select_related("template").filter(pk__in=part, is_offered=True)
        words.index(documents=[doc for row in found for doc in queries.documents(row)], by=by, now=now)
    for service in services:
        if not service.is_offered:
            words.forget(kind=KIND, key=service.code, by=by, now=now)


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
