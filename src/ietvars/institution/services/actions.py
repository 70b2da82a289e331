"""Changes the catalogue: describes, publishes and retires services, varies a common one, hands services over.

What follows elsewhere is not done here: the notice "services.retired" tells it upward.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from ietvars.ground.audit import actions as audit
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.bodies.models import Body
from ietvars.ground.notices import actions as notices
from ietvars.ground.people.rules import Actor
from ietvars.ground.terms import rules as terms
from ietvars.ground.words import actions as words
from ietvars.institution.canvases import actions as canvas_actions
from ietvars.institution.canvases import description as descriptions
from ietvars.institution.canvases import queries as canvases
from ietvars.institution.canvases.models import CanvasVersion
from ietvars.institution.canvases.rules import Level, Part
from ietvars.institution.services import errors, queries, rules, versions
from ietvars.institution.services.models import (
    Delivery,
    Fee,
    Identifier,
    PublishedVersion,
    Service,
    Stage,
    StateRow,
    Tenure,
)
from ietvars.institution.services.rules import ServiceFacts, State

What = PublishedVersion.What

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
    canvas_version: CanvasVersion | None = None,
) -> Service:
    """Describe a new service as a draft, or describe a known one anew. `since` is the holder's first day, if known.

    `canvas_version` is what the description was made from; left out, it stays. A common description becomes the canvas
    of the local services that vary it; they stay as they are until their owners take what is new.
    Raises NotYours, HeldByAnother, UnknownProvider, NoWebAddress.
    """
    rules.require_owner(by, holder.pk)
    known = queries.by_code(code)
    if known is not None and known.holder_id != holder.pk:
        raise errors.HeldByAnother(service=code, holder=known.holder_code)
    with transaction.atomic():
        service = known or Service(code=code, is_template=is_template)
        if canvas_version is not None:
            service.canvas_version = canvas_version
        _write(service, holder, facts, by=by, now=now, since=since)
        if service.is_template:
            publish_canvas(template=service, by=by, now=now)
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
    facts = rules.inherit(
        queries.facts(template), own, template_holder=queries.holder_of(template).code, holder=holder.code
    )
    known = queries.by_code(code)
    if known is not None and known.holder_id != holder.pk:
        raise errors.HeldByAnother(service=code, holder=known.holder_code)
    with transaction.atomic():
        service = known or Service(code=code)
        service.template = template
        service.canvas_version = canvases.current(template.code)
        service.own_fields = rules.own_fields(own)
        service.is_offered = is_offered
        service.not_offered_because = dict(not_offered_because or {})
        _write(service, holder, facts, by=by, now=now, since=None)
    return service


def publish(
    *,
    service: Service,
    by: Actor,
    now: datetime,
    why: str = "",
    waived: Collection[str] = (),
    valid_from: date | None = None,
) -> Service:
    """Let people read the description. `waived` holds codes of mandatory requirements that an approver set aside.

    Raises NotYours, NotNow, NoHolder, NotReady with the gaps.
    """
    rules.require_owner(by, queries.holder_id(service))
    rules.require_next(service.code, State(service.state), State.PUBLISHED)
    if queries.holder_id(service) is None:
        raise errors.NoHolder
    rules.require_whole(service.code, queries.gaps(service, timezone.localdate(now)), waived)
    with transaction.atomic():
        _change_state(service, State.PUBLISHED, by=by, now=now, why=why)
        versions.record([service.pk], What.PUBLISHED, now=now, valid_from=valid_from)
        index(services=[service], by=by, now=now)
    return service


def publish_all(*, services: Sequence[Service], by: Actor, now: datetime) -> int:
    """Let people read many descriptions at once, all or none; the same checks as for one. Returns how many.

    Raises NotYours, NotNow, NoHolder, NotReady with the gaps of the first that has any.
    """
    ids = [service.pk for service in services]
    holders = dict(Tenure.objects.filter(service__in=ids, until__isnull=True).values_list("service_id", "holder_id"))
    for service in services:
        rules.require_owner(by, holders.get(service.pk))
        rules.require_next(service.code, State(service.state), State.PUBLISHED)
        if service.pk not in holders:
            raise errors.NoHolder
    for service, found in queries.gaps_of(queries.all_services().filter(pk__in=ids), timezone.localdate(now)):
        rules.require_whole(service.code, found)
    with transaction.atomic():
        for service in services:
            _change_state(service, State.PUBLISHED, by=by, now=now, why="")
        versions.record(ids, What.PUBLISHED, now=now)
        index(services=services, by=by, now=now)
    return len(ids)


def withdraw(*, service: Service, by: Actor, now: datetime, why: str) -> Service:
    """Take a description out of view for a while, e.g. because it misleads. Its page says so and why.

    Raises NotYours, NotNow, NoReason.
    """
    return _end(service, State.WITHDRAWN, by=by, now=now, why=why)


def retire(*, service: Service, by: Actor, now: datetime, why: str) -> Service:
    """Stop giving a service. Its page and its figures stay; the notice "services.retired" tells who relied on it.

    Raises NotYours, NotNow, NoReason.
    """
    return _end(service, State.RETIRED, by=by, now=now, why=why)


def _end(service: Service, state: State, *, by: Actor, now: datetime, why: str) -> Service:
    rules.require_owner(by, queries.holder_id(service))
    rules.require_next(service.code, State(service.state), state)
    if not why.strip():
        raise errors.NoReason
    with transaction.atomic():
        _change_state(service, state, by=by, now=now, why=why)
        versions.record([service.pk], What(state.value), now=now)
        words.forget(kind=KIND, key=service.code, by=by, now=now)
        notices.announce(f"services.{state.value}", by=by, now=now, service=service)
    return service


def look_after(
    *, service: Service, by: Actor, now: datetime, responsible: str | None = None, review_months: int | None = None
) -> Service:
    """Say who looks after a description, and every how many months it is to be read again. None leaves it as it is.

    Raises NotYours, NoRhythm.
    """
    rules.require_owner(by, queries.holder_id(service))
    who = service.responsible if responsible is None else responsible
    months = service.review_months if review_months is None else review_months
    rules.require_rhythm(months)
    before: dict[str, object] = {"responsible": service.responsible, "review_months": service.review_months}
    after: dict[str, object] = {"responsible": who, "review_months": months}
    if after == before:
        return service
    with transaction.atomic():
        service.responsible, service.review_months = who, months
        _save(service, now)
        audit.record(
            by=by, now=now, action="services.look-after", subject=(KIND, service.code), before=before, after=after
        )
    return service


def lay_into(*, service: Service, version: CanvasVersion | None, by: Actor, now: datetime) -> Service:
    """Say from which version of a canvas a description is made, leaving its texts as they are. Raises NotYours."""
    rules.require_owner(by, queries.holder_id(service))
    with transaction.atomic():
        before = service.canvas_version_id
        service.canvas_version = version
        _save(service, now)
        audit.record(
            by=by,
            now=now,
            action="services.lay-into",
            subject=(KIND, service.code),
            before={"canvas_version": before},
            after={"canvas": version.canvas.code if version else "", "number": version.number if version else 0},
        )
    return service


def confirm(*, service: Service, on: date, by: Actor, now: datetime) -> Service:
    """Say that the description was read on a day and is right. Raises NotYours."""
    rules.require_owner(by, queries.holder_id(service))
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
    rules.require_owner(by, queries.holder_id(service))
    with transaction.atomic():
        _move([service], [queries.holder_of(service)], to, on, by=by, now=now, why=why)
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
        versions.record([service.pk], What.PUBLISHED, now=now)
        index(services=[service], by=by, now=now)


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


def publish_canvas(*, template: Service, by: Actor, now: datetime) -> None:
    """Let a common description be the canvas of its local services: its texts are common content.

    What is asked of each part, and the help to write it, come from the canvas the common description was made from.
    """
    asked = {part.path: part for part in canvases.parts(template.canvas_version)}
    common = queries.description(template)
    parts = [
        replace(asked.get(path) or Part(path=path, level=Level.DESIRABLE), text=common.get(path))
        for path in descriptions.PARTS
        if path in asked or path in common
    ]
    canvas_actions.publish_common(code=template.code, title=template.title, parts=parts, by=by, now=now)


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
        action=f"services.{_STEPS[state]}",
        subject=(KIND, service.code),
        why=why,
        before={"state": before},
        after={"state": state.value},
    )


_STEPS = {State.PUBLISHED: "publish", State.WITHDRAWN: "withdraw", State.RETIRED: "retire"}


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
    index(services=[service for service in services if service.state == State.PUBLISHED], by=by, now=now)


def index(*, services: Sequence[Service], by: Actor, now: datetime) -> None:
    """Let the services be found; one that is not offered is found by its common description only."""
    for start in range(0, len(services), 400):
        part = [service.pk for service in services[start : start + 400]]
        found = queries.all_services().with_holder().select_related("template").filter(pk__in=part, is_offered=True)
        words.index(documents=[doc for row in found for doc in queries.documents(row)], by=by, now=now)
    for service in services:
        if not service.is_offered:
            words.forget(kind=KIND, key=service.code, by=by, now=now)
