"""Whole descriptions by the thousand, out of the room and into it, for exchange with other catalogues.

A file of its own, since it reads and writes in bulk what the room's other shelves handle one by one. What another
catalogue published counts as published here too: no gaps are asked, its reviewers have asked. It knows no format.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, Prefetch
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from ietvars.ground.audit import actions as audit
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.people.rules import Actor
from ietvars.ground.terms import rules as terms
from ietvars.ground.words import actions as words
from ietvars.institution.canvases import queries as canvases
from ietvars.institution.canvases.models import CanvasVersion
from ietvars.institution.services import actions, errors, queries, rules, versions
from ietvars.institution.services.models import (
    Delivery,
    Fee,
    Identifier,
    PublishedVersion,
    Service,
    ServiceSet,
    Stage,
    StateRow,
    Tenure,
)
from ietvars.institution.services.rules import ServiceFacts, State, Texts

PIECE = 400
"""So many services are read or written at once."""


@dataclass(frozen=True)
class Whole:
    """All that is said of a service and about its description. Other services and bodies stand by their codes."""

    code: str
    facts: ServiceFacts
    holder: str = ""
    since: date | None = None
    state: str = State.PUBLISHED.value
    is_template: bool = False
    template: str = ""
    own_fields: tuple[str, ...] = ()
    is_offered: bool = True
    not_offered_because: Texts = field(default_factory=dict)
    canvas: tuple[str, int] | None = None
    review_months: int = 12
    source: str = ""
    pk: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Brought:
    """What a run did, by codes of services."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]


def readable() -> ServiceSet:
    """What anybody may take with him: what is published, common descriptions and what is not offered included, and
    what was retired, so that whoever follows learns of it."""
    return queries.all_services().filter(state__in=[State.PUBLISHED.value, State.RETIRED.value])


def wholes(services: ServiceSet) -> Iterator[Whole]:
    """Each service whole, in the order of codes, in a fixed number of queries for every PIECE of them."""
    found = (
        services.with_holder()
        .select_related("template", "canvas_version__canvas")
        .prefetch_related(
            Prefetch("stages", Stage.objects.order_by("pk")),
            Prefetch("stages__deliveries", Delivery.objects.select_related("provider").order_by("pk")),
            Prefetch("fees", Fee.objects.order_by("pk")),
            Prefetch("identifiers", Identifier.objects.order_by("pk")),
            Prefetch("tenures", Tenure.objects.filter(until__isnull=True)),
        )
        .order_by("code")
    )
    for service in found.iterator(chunk_size=PIECE):
        version = service.canvas_version
        yield Whole(
            pk=service.pk,
            code=service.code,
            facts=queries.facts_of(service),
            holder=service.holder_code or "",
            since=next((row.since for row in service.tenures.all()), None),
            state=service.state,
            is_template=service.is_template,
            template=service.template.code if service.template else "",
            own_fields=tuple(service.own_fields),
            is_offered=service.is_offered,
            not_offered_because=service.not_offered_because,
            canvas=(version.canvas.code, version.number) if version else None,
            review_months=service.review_months,
            source=service.source,
        )


def bring_in(*, told: Sequence[Whole], why: str, by: Actor, now: datetime) -> Brought:
    """Bring descriptions in as they stand elsewhere; what is here already is described anew, or left as it is.

    `why` names where they come from. Bodies and common descriptions that they name must be here or among them.
    Raises NotYours, HeldByAnother, UnknownProvider, NotATemplate, NoWebAddress.
    """
    codes = _body_ids(told)
    for one in told:
        rules.require_owner(by, codes.get(one.holder))
        rules.require_web_addresses(one.facts)
    wanted = {one.code: _settled(one) for one in told}
    kept = {one.code: one for one in wholes(queries.all_services().filter(code__in=list(wanted)))}
    for code, known in kept.items():
        if wanted[code].template and wanted[code].canvas is None:
            # Which version of the common description it stands on is no part of what is exchanged.
            wanted[code] = replace(wanted[code], canvas=known.canvas)
        if known.holder and wanted[code].holder != known.holder:
            raise errors.HeldByAnother(service=code, holder=known.holder)
    new = [one for code, one in wanted.items() if code not in kept]
    changed = [replace(one, pk=kept[code].pk) for code, one in wanted.items() if code in kept and one != kept[code]]
    with transaction.atomic():
        for is_local in (False, True):
            part = [one for one in (*new, *changed) if bool(one.template) is is_local]
            for start in range(0, len(part), PIECE):
                _write(part[start : start + PIECE], codes, why=why, by=by, now=now)
        if new or changed:
            audit.record(
                by=by,
                now=now,
                action="services.exchange",
                subject=("exchange", why[:80]),
                why=why,
                after={"new": len(new), "changed": len(changed)},
            )
    written = {one.code for one in (*new, *changed)}
    return Brought(
        new=tuple(one.code for one in new),
        changed=tuple(one.code for one in changed),
        same=tuple(code for code in wanted if code not in written),
    )


def _body_ids(told: Sequence[Whole]) -> dict[str, int]:
    wanted = {one.holder for one in told if one.holder}
    wanted |= {code for one in told for stage in one.facts.stages.values() for code in stage.providers}
    found = {body.code: body.pk for body in bodies.all_bodies() if body.code in wanted}
    for code in wanted - found.keys():
        raise errors.UnknownProvider(provider=code)
    return found


def _settled(one: Whole) -> Whole:
    """The description in the form in which it is read back: each stage given by the holder unless told."""
    own = (one.holder,) if one.holder else ()
    stages = {}
    for name, stage in one.facts.stages.items():
        stages[name] = replace(stage, providers=stage.providers or own)
        if not stages[name].providers:
            # A channel is given by somebody; nobody is known.
            stages[name] = replace(stages[name], channels=())
    return replace(one, facts=replace(one.facts, stages=stages))


def _write(told: Sequence[Whole], codes: Mapping[str, int], *, why: str, by: Actor, now: datetime) -> None:
    templates = queries.by_codes(one.template for one in told if one.template)
    known = queries.all_services().in_bulk([one.pk for one in told if one.pk])
    made_in = {pair: canvases.version(*pair) for pair in {one.canvas for one in told if one.canvas}}
    fresh: list[Service] = []
    old: list[Service] = []
    states: dict[str, str] = {}
    for one in told:
        if one.template and one.template not in templates:
            raise errors.NotATemplate(service=one.template)
        row = known.get(one.pk) or Service(code=one.code)
        states[one.code] = row.state if row.pk else ""
        _fill(row, one, templates.get(one.template), made_in.get(one.canvas) if one.canvas else None)
        (old if row.pk else fresh).append(row)
    if fresh:
        bulk_create_with_history(fresh, Service, batch_size=200, default_date=now)
    if old:
        bulk_update_with_history(old, Service, _FIELDS, batch_size=200, default_date=now)
    rows = queries.by_codes(one.code for one in told)
    ids = [row.pk for row in rows.values()]
    for table in (Stage, Fee, Identifier):
        table.objects.filter(service__in=[row.pk for row in old]).delete()
    held = set(Tenure.objects.filter(service__in=ids, until__isnull=True).values_list("service_id", flat=True))
    Tenure.objects.bulk_create(
        Tenure(service=rows[one.code], holder_id=codes[one.holder], since=one.since)
        for one in told
        if one.holder and rows[one.code].pk not in held
    )
    StateRow.objects.bulk_create(
        StateRow(service=rows[one.code], state=one.state, at=now, username=by.username, why=why)
        for one in told
        if states[one.code] != one.state
    )
    _write_parts(told, rows, codes)
    _tell(told, rows, by=by, now=now)


_FIELDS = (
    *rules.ROW_FIELDS, "sort_key", "state", "template", "own_fields", "canvas_version", "review_months", "is_template",
    "is_offered", "not_offered_because", "source",
)  # fmt: skip


def _fill(row: Service, one: Whole, template: Service | None, version: CanvasVersion | None) -> None:
    for name, value in rules.row_values(one.facts).items():
        setattr(row, name, value)
    row.sort_key = terms.sort_key(terms.pick(row.title, "lv"))
    row.state, row.template, row.is_template = one.state, template, one.is_template
    row.own_fields, row.is_offered = list(one.own_fields), one.is_offered
    row.not_offered_because, row.source = dict(one.not_offered_because), one.source
    row.review_months = one.review_months
    if version is None and template is not None:
        version = canvases.current(template.code)
    row.canvas_version = version


def _write_parts(told: Sequence[Whole], rows: Mapping[str, Service], codes: Mapping[str, int]) -> None:
    stages = Stage.objects.bulk_create(
        [
            Stage(service=rows[one.code], name=name, text=dict(stage.text), url=stage.url)
            for one in told
            for name, stage in one.facts.stages.items()
        ],
        batch_size=PIECE,
    )
    facts = {rows[one.code].pk: one.facts for one in told}
    Delivery.objects.bulk_create(
        [
            Delivery(stage=row, channel=channel, provider_id=codes[provider])
            for row in stages
            for channel in facts[row.service_id].stages[row.name].channels or ("",)
            for provider in facts[row.service_id].stages[row.name].providers
        ],
        batch_size=PIECE,
    )
    Fee.objects.bulk_create(
        [
            Fee(service=rows[one.code], stage=fee.stage, amount=fee.amount, currency=fee.currency, text=dict(fee.text))
            for one in told
            for fee in one.facts.fees
        ],
        batch_size=PIECE,
    )
    Identifier.objects.bulk_create(
        [
            Identifier(service=rows[one.code], scheme=scheme, value=value)
            for one in told
            for scheme, value in one.facts.identifiers
        ],
        batch_size=PIECE,
    )


def _tell(told: Sequence[Whole], rows: Mapping[str, Service], *, by: Actor, now: datetime) -> None:
    """Let the change feed and the search know, and common descriptions become canvases."""
    for what in PublishedVersion.What:
        versions.record([rows[one.code].pk for one in told if one.state == what.value], what, now=now)
    actions.index(services=[rows[one.code] for one in told if one.state == State.PUBLISHED], by=by, now=now)
    for one in told:
        if one.state != State.PUBLISHED:
            words.forget(kind=actions.KIND, key=one.code, by=by, now=now)
        if one.is_template:
            actions.publish_canvas(template=rows[one.code], by=by, now=now)


def last_change() -> date | None:
    """The day on which anything that can be read last changed; None when nothing was ever published."""
    found: datetime | None = PublishedVersion.objects.aggregate(last=Max("at"))["last"]
    return found.date() if found else None
