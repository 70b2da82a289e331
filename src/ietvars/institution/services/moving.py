"""What a reorganisation does to services: their holders, and who gives which stage. Common descriptions go along too.

A file of its own, since a move is one order from below over many services, with one audit row for all of it, and has to
be taken back row by row. Earlier tenures stay, so every figure keeps the holder of its day.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ietvars.ground.bodies import queries as bodies
from ietvars.ground.bodies.journal import take_back as take_rows_back
from ietvars.ground.bodies.models import Body
from ietvars.ground.bodies.plans import Gathering, Plan
from ietvars.ground.bodies.reorganising import Operation
from ietvars.ground.people.rules import Actor
from ietvars.institution.services import actions, queries, versions
from ietvars.institution.services.models import Delivery, PublishedVersion, Service, Tenure
from ietvars.institution.services.rules import State

ROOM = "services"
SERVICE = "service"
"""Kind of thing: a service that a body holds."""
PROVIDER = "provider"
"""Kind of thing: a service of another body in which this one gives stages."""


def name_things(*, gathering: Gathering, by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganisation-asked": services held, and services of others where a stage is given."""
    codes = gathering.plan.predecessors
    held = _held(codes)
    for service in held:
        gathering.add(SERVICE, service.code, service.title, service.holder_code)
    for service, provider in _given_elsewhere(codes, [service.pk for service in held]):
        gathering.add(PROVIDER, service.code, service.title, provider)


def move(*, operation: Operation, by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganised": holders and providers change from the day on."""
    if operation.plan.keeps_its_code:
        actions.index(services=_published(operation.plan.successors), by=by, now=now)
        return
    held = {service.code: service for service in _held(operation.plan.predecessors)}
    gone = [(held[item.key], operation.heir(item)) for item in operation.of(SERVICE)]
    _pass_on(gone, operation)
    found = queries.by_codes(item.key for item in operation.of(PROVIDER))
    elsewhere = [(found[item.key], item.old, operation.heir(item)) for item in operation.of(PROVIDER)]
    given = [(service, old, heir) for service, heir in gone for old in operation.plan.predecessors]
    _give_instead([*given, *elsewhere], operation)
    _tell([*(service for service, _heir in gone), *found.values()], by=by, now=now)


def take_back(*, plan: Plan, moved: Mapping[str, Any], by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganisation-undone": holders and providers are again as they were.

    The feed of versions learns it by a version more. Versions under a body that was only founded then go: that body
    never was, and whoever follows the feed is told of the holder by the newer one.
    """
    rows = moved.get(ROOM, ())
    take_rows_back(rows, (Tenure, Delivery), now=now)
    readable = _touched(rows)
    versions.record([service.pk for service in readable], PublishedVersion.What.PUBLISHED, now=now)
    founded = [new.code for new in plan.new]
    PublishedVersion.objects.filter(service__code__in=_named(rows), holder__code__in=founded).delete()


def tell_again(*, plan: Plan, moved: Mapping[str, Any], by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganisation-taken-back": the search learns again who holds what, and what he is called."""
    found = {service.pk: service for service in (*_published(plan.predecessors), *_touched(moved.get(ROOM, ())))}
    actions.index(services=list(found.values()), by=by, now=now)


def _held(codes: Iterable[str]) -> list[Service]:
    found = bodies.by_codes(codes)
    services = queries.of([body.pk for body in found.values()]).with_holder()
    return list(services.order_by("sort_key", "code").distinct())


def _given_elsewhere(codes: Iterable[str], held: list[int]) -> list[tuple[Service, str]]:
    rows = Delivery.objects.filter(provider__code__in=list(codes)).exclude(stage__service__state=State.RETIRED.value)
    pairs = dict.fromkeys(rows.values_list("stage__service", "provider__code").order_by("stage__service"))
    mine = set(held)
    named = [(pk, code) for pk, code in pairs if pk not in mine]
    services = queries.all_services().in_bulk([pk for pk, _code in named])
    return sorted(((services[pk], code) for pk, code in named), key=lambda pair: (pair[0].sort_key, pair[0].code))


def _pass_on(gone: Iterable[tuple[Service, Body]], operation: Operation) -> None:
    """End open tenures and begin others; one that began only later is the successor's from its beginning."""
    journal, on = operation.journal_of(ROOM), operation.plan.on
    heirs = {service.pk: (service, heir) for service, heir in gone}
    rows = [row for part in _parts(list(heirs)) for row in Tenure.objects.filter(service__in=part, until__isnull=True)]
    is_later = [row for row in rows if row.since is not None and row.since >= on]
    others = [row for row in rows if row.since is None or row.since < on]
    for row in is_later:
        service, heir = heirs[row.service_id]
        journal.change(row, service.code, holder_id=heir.pk)
    journal.change_all([(row, heirs[row.service_id][0].code) for row in others], until=operation.last_day)
    new = [(Tenure(service=heirs[pk][0], holder=heirs[pk][1], since=on), pk) for pk in (r.service_id for r in others)]
    journal.add_all([(row, heirs[pk][0].code) for row, pk in new])


def _give_instead(wanted: Iterable[tuple[Service, str, Body]], operation: Operation) -> None:
    """Let heirs give what the old ones gave; where one gives the same already, one row is enough."""
    journal = operation.journal_of(ROOM)
    heirs = {(service.pk, operation.bodies[old].pk): (service, heir) for service, old, heir in wanted}
    ids = list(dict.fromkeys(pk for pk, _old in heirs))
    every = Delivery.objects.select_related("stage").order_by("pk")
    rows = [row for part in _parts(ids) for row in every.filter(stage__service__in=part)]
    taken = {(row.stage_id, row.channel, row.provider_id) for row in rows}
    changed: dict[int, list[tuple[Delivery, str]]] = {}
    for row in rows:
        service, heir = heirs.get((row.stage.service_id, row.provider_id), (None, None))
        if service is None or heir is None or heir.pk == row.provider_id:
            continue
        place = (row.stage_id, row.channel, heir.pk)
        if place in taken:
            journal.remove(row, service.code)
        else:
            taken.add(place)
            changed.setdefault(heir.pk, []).append((row, service.code))
    for pk, some in changed.items():
        journal.change_all(some, provider_id=pk)


def _parts(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    return (keys[start : start + 400] for start in range(0, len(keys), 400))


def _published(codes: Iterable[str]) -> list[Service]:
    return [service for service in _held(codes) if service.state == State.PUBLISHED]


def _named(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Codes of the services that the rows of a journal speak of."""
    return {str(row["called"]) for row in rows}


def _touched(rows: Iterable[Mapping[str, Any]]) -> list[Service]:
    """The same services, as far as they are published."""
    return list(queries.all_services().filter(code__in=_named(rows), state=State.PUBLISHED.value))


def _tell(services: Iterable[Service], *, by: Actor, now: datetime) -> None:
    readable = [service for service in services if service.state == State.PUBLISHED]
    versions.record([service.pk for service in readable], PublishedVersion.What.PUBLISHED, now=now)
    actions.index(services=readable, by=by, now=now)
