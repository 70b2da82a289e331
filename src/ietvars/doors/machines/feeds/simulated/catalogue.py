"""The nation of a simulation as the tables describe it: published services, their holders, terms, channels, evidence.

How often a service is asked for follows what was counted in the newest year, by its square root, so that rare services
show something too; what nobody counted is taken for the middle. Steps and kinds of evidence get their numbers here, by
the action that names them. It must not decide how a service behaves: see `habits`.
"""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from ietvars.collaboration.situations import queries as situations
from ietvars.doors.machines.feeds.simulated.nation import STEPS, TITLES, Evidence, Nation, Offering
from ietvars.ground.audit.rules import Author
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.periods import rules as periods
from ietvars.institution.deliveries import actions as deliveries
from ietvars.institution.deliveries import queries as known_deliveries
from ietvars.institution.deliveries.rules import KnownService
from ietvars.institution.measurements import queries as measurements
from ietvars.institution.services import queries as services

ALWAYS = -(10**6)


def nation(*, codes: Iterable[str] | None, by: Author, now: datetime) -> Nation:
    """Every published service with its numbers, or those of `codes`; numbered steps and evidence are made where new."""
    found = services.published() if codes is None else services.published().filter(code__in=list(codes))
    rows = list(found.prefetch_related("stages__deliveries", "fees").order_by("pk"))
    known = known_deliveries.read_known()
    counted = _counted([row.pk for row in rows])
    middle = statistics.median(counted.values()) if counted else 1.0
    steps = {row.code: _steps(row, place) for place, row in enumerate(rows)}
    wanted = {(row.pk, code) for row in rows for code in steps[row.code]}
    numbers = deliveries.name_steps(steps=wanted, titles=TITLES, by=by, now=now)
    asked = {str(each["code"]) for row in rows for each in row.evidence if each.get("code")}
    kinds = deliveries.name_evidence(codes=asked, by=by, now=now)
    offerings = tuple(
        _offering(
            row,
            known=known.services[row.code],
            weight=counted.get(row.pk, middle) ** 0.5,
            steps=tuple((numbers[row.pk, code], code) for code in steps[row.code] if (row.pk, code) in numbers),
            kinds=kinds,
            body_ids=known.bodies,
        )
        for row in rows
        if known.services[row.code].holders
    )
    return Nation(offerings, _situations({each.number: place for place, each in enumerate(offerings)}))


def of_invented(found: Nation) -> frozenset[int]:
    """Numbers of the services whose holder of today exists only in the sample state."""
    made_up = set(bodies.all_bodies().filter(is_invented=True).values_list("pk", flat=True))
    return frozenset(each.number for each in found.offerings if each.holders[-1][1] in made_up)


def _steps(row: Any, place: int) -> tuple[str, ...]:
    """One to four steps, fewer where the result comes at once."""
    return STEPS[:1] if row.is_immediate else STEPS[: 2 + place % 3]


def _offering(
    row: Any,
    *,
    known: KnownService,
    weight: float,
    steps: tuple[tuple[int, str], ...],
    kinds: Mapping[str, int],
    body_ids: Mapping[str, int],
) -> Offering:
    channels: dict[str, list[str]] = defaultdict(list)
    providers: list[int] = []
    holders = tuple((ALWAYS if number == 0 else held.since, held.body_id) for number, held in enumerate(known.holders))
    for stage in row.stages.all():
        for delivery in stage.deliveries.all():
            if delivery.channel:
                channels[stage.name].append(delivery.channel)
            if delivery.provider_id != holders[-1][1] and delivery.provider_id not in providers:
                providers.append(delivery.provider_id)
    amounts = [fee.amount for fee in row.fees.all() if fee.amount is not None]
    return Offering(
        number=row.pk,
        code=row.code,
        weight=weight,
        holders=holders,
        providers=tuple(providers),
        request_channels=tuple(dict.fromkeys(channels["request"])) or ("in-person",),
        receipt_channels=tuple(dict.fromkeys(channels["receipt"])) or ("post",),
        term_days=row.term_days,
        is_immediate=row.is_immediate,
        price_cents=int(100 * max(amounts, default=0)),
        steps=steps,
        evidence=tuple(
            Evidence(kinds[code], code, body_ids.get(str(each.get("held_by") or ""), 0))
            for each in row.evidence
            if (code := str(each.get("code") or "")) in kinds
        ),
        versions=((ALWAYS, 0), *((moment // 86_400_000_000, number) for moment, number in known.versions)),
    )


def _counted(service_ids: list[int]) -> dict[int, float]:
    """Requests of the newest year of which anything is known, by service."""
    years = [code for code, _ in measurements.periods() if periods.parse(code).kind is periods.Kind.YEAR]
    found: dict[int, float] = defaultdict(float)
    if years:
        for cell in measurements.current(years[-1], service_ids=service_ids, quantities=("requests",)):
            if cell.state == "measured" and cell.value is not None and not cell.channel:
                found[cell.service_id] += float(cell.value)
    return {service: count for service, count in found.items() if count > 0}


def _situations(places: Mapping[int, int]) -> tuple[tuple[int, ...], ...]:
    """Places of the services that a life situation names, in its order; two at least."""
    found = []
    for situation in situations.published().prefetch_related("steps"):
        named = (step.service_id for step in situation.steps.all())
        told = dict.fromkeys(places[one] for one in named if one is not None and one in places)
        if len(told) > 1:
            found.append(tuple(told))
    return tuple(found)


def today(as_of: date | None, now: datetime) -> date:
    """The day up to which a state is simulated: its own, or the clock's."""
    return as_of or timezone.localdate(now)
