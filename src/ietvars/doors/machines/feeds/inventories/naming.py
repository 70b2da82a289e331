"""Finds or makes the bodies and services that a run names, and says for each service who held it when.

Orders go to the rooms' actions; here is only decided what to order.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from ietvars.doors.machines.feeds.inventories import mapping
from ietvars.doors.machines.feeds.inventories.gathering import Gathered, Mention
from ietvars.doors.machines.feeds.inventories.rows import BodyName, Place, short_code
from ietvars.ground.bodies import actions as bodies
from ietvars.ground.bodies import queries as bodies_known
from ietvars.ground.people.rules import Actor
from ietvars.institution.measurements import queries as measurements
from ietvars.institution.services import inventories as services
from ietvars.institution.services import queries as services_known
from ietvars.institution.services.rules import Inventoried

LONGEST_SERVICE_CODE = 120


@dataclass
class Named:
    """Ids of services by number and of bodies by code, what was made, and which numbers could not be placed."""

    services: dict[str, int] = field(default_factory=dict)
    bodies: dict[str, int] = field(default_factory=dict)
    new_services: list[str] = field(default_factory=list)
    changed_services: list[str] = field(default_factory=list)
    handed_over: list[str] = field(default_factory=list)
    new_bodies: list[str] = field(default_factory=list)
    nameless: dict[str, tuple[str, Place]] = field(default_factory=dict)


def name(inventory: mapping.Inventory, found: Gathered, *, by: Actor, now: datetime) -> Named:
    """Find or make all bodies and services of a run."""
    named = Named()
    _establish(inventory, found, named, by=by, now=now)
    known = numbered(inventory)
    numbers = _numbers(found)
    named.services = {identity: pk for identity, pk in known.items() if identity in numbers}
    wanted = [_Service(identity, mentions, known.get(identity)) for identity, mentions in found.mentions.items()]
    for each in wanted:
        if each.known is None and inventory.is_catalogue:
            named.nameless[each.identity] = ("unknown-service", each.mentions[0].place)
        elif each.known is None and (gap := each.gap()):
            named.nameless[each.identity] = (gap, each.mentions[0].place)
    placed = [each for each in wanted if each.identity not in named.nameless and each.held()]
    if inventory.is_catalogue:
        # The catalogue is told by its owners. A table of figures changes neither its words nor its holders.
        placed = []
    before = _holders(named.services.values())
    _import(inventory, found, placed, named, by=by, now=now)
    after = _holders(before)
    named.handed_over = sorted(identity for identity, pk in known.items() if before.get(pk) != after.get(pk))
    return named


def numbered(inventory: mapping.Inventory) -> dict[str, int]:
    """Number in the inventory to service id; where the inventory is this catalogue, the numbers are its codes."""
    if inventory.is_catalogue:
        return dict(services_known.all_services().values_list("code", "pk"))
    return services_known.by_identifier(inventory.scheme)


def _holders(ids: Iterable[int]) -> dict[int, list[int]]:
    """Service id to the bodies that held it one after the other, whatever the days."""
    return {
        pk: [row.holder_id for at, row in enumerate(rows) if not at or rows[at - 1].holder_id != row.holder_id]
        for pk, rows in services_known.tenures(ids).items()
    }


def _numbers(found: Gathered) -> set[str]:
    return (
        set(found.mentions)
        | {identity for identity, _ in found.lines}
        | {key[0] for key in found.cells}
        | {told.identity for told in found.standards}
    )


# ---- bodies ------------------------------------------------------------------------------------------------------


def _establish(inventory: mapping.Inventory, found: Gathered, named: Named, *, by: Actor, now: datetime) -> None:
    """Make the bodies that are not there yet, those above first."""
    spec = inventory.bodies
    wanted: dict[str, BodyName] = {}
    for mentions in found.mentions.values():
        for mention in mentions:
            body = mention.body
            while body and body.code not in wanted:
                wanted[body.code] = body
                body = body.above
    known = {body.code: body for body in bodies_known.all_bodies()}
    if wanted and spec.root_code and spec.root_code not in known:
        root = BodyName(spec.root_code, spec.root_name, spec.root_kind)
        wanted = {spec.root_code: root, **wanted}

    def make(body: BodyName) -> None:
        if body.code in known:
            return
        if body.above:
            make(body.above)
        above = body.above.code if body.above else spec.root_code
        parent = known.get(above) if above and above != body.code else None
        known[body.code] = bodies.establish(
            code=body.code,
            kind=body.kind,
            name=body.name,
            parent=parent,
            source=inventory.source,
            by=by,
            now=now,
        )
        named.new_bodies.append(body.code)

    for body in wanted.values():
        make(body)
    named.bodies = {code: known[code].pk for code in wanted}


# ---- services ----------------------------------------------------------------------------------------------------


class _Service:
    """A service with all its mentions in the run, the newest last; a register stands before every period."""

    def __init__(self, identity: str, mentions: list[Mention], known: int | None) -> None:
        self.identity = identity
        self.known = known
        self.mentions = sorted(mentions, key=lambda each: each.period.start if each.period else date.min)

    @property
    def body(self) -> BodyName | None:
        """The body of the newest mention that names one."""
        return next((each.body for each in reversed(self.mentions) if each.body), None)

    def newest(self, what: str, *, dated: bool = False) -> Mapping[str, str]:
        """The newest title or summary there is; `dated` leaves the register out."""
        texts = (getattr(each, what) for each in reversed(self.mentions) if each.period or not dated)
        return next((text for text in texts if text), {})

    def gap(self) -> str:
        """Why a service that is not known cannot be made; empty where it can."""
        if self.body is None:
            return "no-body"
        return "" if self.newest("title") else "no-title"

    def held(self) -> list[tuple[BodyName, date | None, date | None]]:
        """Who held it, from and to which day, as the run tells it: neighbours of one body are one stretch.

        A register says nothing of time, so it speaks only for services that nobody knows yet.
        """
        stretches: list[tuple[BodyName, date | None, date | None]] = []
        for each in self.mentions:
            if each.body is None or (self.known and each.period is None):
                continue
            since, until = (each.period.start, each.period.end) if each.period else (None, None)
            if stretches and stretches[-1][0].code == each.body.code:
                body, first, last = stretches[-1]
                stretches[-1] = (body, first, max(filter(None, (last, until)), default=None))
            elif stretches and stretches[-1][1] is None and each.period:
                stretches[-1] = (each.body, since, until)
            else:
                stretches.append((each.body, since, until))
        return stretches


def _import(
    inventory: mapping.Inventory,
    found: Gathered,
    wanted: list[_Service],
    named: Named,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Order the services in as many rounds as one of them changed its body, oldest stretch first."""
    titles = _titles(each.known for each in wanted if each.known)
    newer = measurements.newest_periods(each.known for each in wanted if each.known)
    codes = _codes(inventory, [each.identity for each in wanted if each.known is None])
    first_days = _first_days(found)
    held = {each.identity: each.held() for each in wanted}
    for turn in range(max((len(stretches) for stretches in held.values()), default=0)):
        rows = []
        for each in wanted:
            stretches = held[each.identity]
            if turn >= len(stretches):
                continue
            body, since, until = stretches[turn]
            last_known = newer.get(each.known) if each.known else None
            is_old = until is not None and last_known is not None and last_known > until
            is_last = turn == len(stretches) - 1 and not is_old
            title, facts = _said(each, titles, is_old=is_old)
            rows.append(
                Inventoried(
                    value=each.identity,
                    holder_id=named.bodies[body.code],
                    since=since or first_days.get(each.identity) or timezone.localdate(now),
                    until=None if is_last else until,
                    title=title,
                    facts=facts,
                    code=codes.get(each.identity, ""),
                )
            )
        done = services.import_services(scheme=inventory.scheme, rows=rows, by=by, now=now)
        named.services.update(done.ids)
        named.new_services += done.new
        named.changed_services += [each for each in done.changed if each not in named.new_services]


def _said(
    each: _Service, titles: Mapping[int, Mapping[str, str]], *, is_old: bool
) -> tuple[Mapping[str, str], dict[str, Mapping[str, str]]]:
    """Title and summary: the newest words of the run, but those that are kept where the run is older than they are."""
    if each.known is None:
        title, summary = each.newest("title"), each.newest("summary")
    else:
        title = {} if is_old else each.newest("title", dated=True)
        summary = {} if is_old else each.newest("summary", dated=True)
    return title or titles.get(each.known or 0, {}), {"summary": summary} if summary else {}


def _titles(known: Iterable[int]) -> dict[int, Mapping[str, str]]:
    wanted = set(known)
    rows = services_known.all_services().values_list("pk", "title")
    return {pk: title for pk, title in rows if pk in wanted}


def _first_days(found: Gathered) -> dict[str, date]:
    """The first day of the first period in which the run lists a service, for services that a register holds."""
    days: dict[str, date] = {}
    for identity, code in found.lines:
        start = found.periods[code].start
        days[identity] = min(days.get(identity, start), start)
    return days


def _codes(inventory: mapping.Inventory, identities: list[str]) -> dict[str, str]:
    """A code for links for each new service, none of them taken."""
    made = {identity: short_code(inventory.prefix, identity, LONGEST_SERVICE_CODE) for identity in identities}
    taken = set(services_known.by_codes(set(made.values())))
    for identity, code in made.items():
        if code in taken:
            made[identity] = _free(code, taken)
        taken.add(made[identity])
    return made


def _free(code: str, taken: set[str]) -> str:
    number = 2
    while (tried := f"{code[: LONGEST_SERVICE_CODE - 5]}-{number}") in taken:
        number += 1
    return tried
