"""Gives the catalogue as linked data: one thing with what it names, or everything, as nodes that the writers stream.

It reads the rooms and hands plain values on; what the values mean in RDF is said by its neighbours. Drafts, withdrawn
descriptions and people never leave the house by this door.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from django.conf import settings

from ietvars.collaboration.situations import queries as situations
from ietvars.collaboration.ties import queries as ties
from ietvars.doors.machines.feeds.cpsv_ap import exporting_leftovers, exporting_others, exporting_services
from ietvars.doors.machines.feeds.cpsv_ap.exporting_addresses import Addresses, Lists, Named, Term, term_node
from ietvars.doors.machines.feeds.cpsv_ap.exporting_others import BodyTold, CanvasTold, SituationTold, StepTold
from ietvars.doors.machines.feeds.cpsv_ap.exporting_services import Around, Tied
from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import Node
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.deployment import queries as deployment
from ietvars.ground.terms import queries as terms
from ietvars.institution.canvases import queries as canvases
from ietvars.institution.linked import queries as linked
from ietvars.institution.services import exchange
from ietvars.institution.services import queries as services

Progress = Callable[[str, int, int], None]


def addresses() -> Addresses:
    """Where the IRIs of this installation begin."""
    return Addresses(settings.BASE_IRI)


def term_lists() -> Lists:
    """All code lists with their terms."""
    return {
        one.code: {
            term.code: Term(term.label, term.same_as, term.notation, term.facts) for term in one.terms.all()
        }
        for one in terms.lists()
    }  # fmt: skip


def size() -> int:
    """How many services the whole catalogue has."""
    return exchange.readable().count()


def everything(progress: Progress | None = None) -> Iterator[Node]:
    """The whole catalogue: itself, services, bodies, situations, and all that they name."""
    named = Named(addresses(), term_lists())
    around = _around()
    left = linked.triples()
    chosen = exchange.readable()
    of = chosen.count()
    yield from exporting_others.catalogue(deployment.name(), named, _page("pakalpojumi/"))
    done = 0
    for done, one in enumerate(exchange.wholes(chosen), start=1):
        yield from exporting_services.service(one, named, around.get(one.pk, exporting_services.NOTHING))
        if one.pk in left:
            yield from exporting_leftovers.nodes(left[one.pk])
        if progress and done % exchange.PIECE == 0:
            progress("services", done, of)
    if progress:
        progress("services", done, done)
    for told in all_situations():
        yield from exporting_others.situation(told, named)
    for body in all_bodies().values():
        yield exporting_others.body(body, named, settings.AREA_IRI)
    yield from named.nodes()


def some(codes: Collection[str], *, also: str = "", in_any_state: bool = False) -> Iterator[Node]:
    """Some services with what they name, without what was not understood of them. `also` is text that may name bodies.

    Only an import, which looks at its own work again, asks for drafts too.
    """
    chosen = services.all_services() if in_any_state else exchange.readable()
    wanted = list(chosen.filter(code__in=list(codes)).values_list("pk", flat=True))
    named = Named(addresses(), term_lists())
    around = _around(wanted)
    named.bodies.update(re.findall(rf"<{re.escape(named.addresses.body(''))}([\w-]+)>", also))
    others: set[str] = set()
    events: set[str] = set()
    for one in exchange.wholes(chosen.filter(pk__in=wanted)):
        about = around.get(one.pk, exporting_services.NOTHING)
        others.update(tie.target for tie in about.ties)
        others.update({one.template} - {""})
        events.update(about.situations)
        yield from exporting_services.service(one, named, about)
    for other in exchange.wholes(chosen.filter(code__in=others - set(codes))):
        yield exporting_services.mention(other, named)
    for told in all_situations():
        if told.code in events:
            yield exporting_others.event_mention(told, named)
    yield from _rest(named)


def service(code: str) -> Iterator[Node] | None:
    """One service with its bodies, situations and whatever it names; None when nobody may read it."""
    pk = exchange.readable().filter(code=code).values_list("pk", flat=True).first()
    if pk is None:
        return None
    left = linked.triples([pk]).get(pk, "")
    return chain(some([code], also=left), exporting_leftovers.nodes(left))


def body(code: str) -> Iterator[Node] | None:
    """One body with those above it."""
    known = all_bodies()
    if code not in known:
        return None
    named = Named(addresses(), term_lists())
    while code and code not in named.bodies:
        named.body(code)
        code = known[code].above
    return _rest(named, known)


def situation(code: str) -> Iterator[Node] | None:
    """One life situation with its steps; its services are only named."""
    told = next((one for one in all_situations() if one.code == code), None)
    if told is None:
        return None
    return _situation(told)


def _situation(told: SituationTold) -> Iterator[Node]:
    named = Named(addresses(), term_lists())
    yield from exporting_others.situation(told, named)
    codes = [step.service for step in told.steps if step.service]
    for one in exchange.wholes(exchange.readable().filter(code__in=codes)):
        yield exporting_services.mention(one, named)
    yield from _rest(named)


def term(list_code: str, code: str) -> Iterator[Node] | None:
    """One term of a code list."""
    lists = term_lists()
    found = lists.get(list_code, {}).get(code)
    return None if found is None else iter([term_node(addresses(), list_code, code, found)])


def canvas(code: str, number: int) -> Iterator[Node] | None:
    """One published version of a canvas."""
    found = canvases.version(code, number)
    if found is None or found.state != "published":
        return None
    told = CanvasTold(
        code=code,
        number=number,
        title=found.canvas.title,
        about=found.canvas.about,
        valid_from=found.valid_from,
        parts=[(part.path, str(part.level.value)) for part in canvases.parts(found)],
    )
    return iter([exporting_others.canvas(told, Named(addresses(), {}))])


def _rest(named: Named, known: Mapping[str, BodyTold] | None = None) -> Iterator[Node]:
    """The bodies, the catalogue and the concepts that a document has named."""
    known = all_bodies() if known is None else known
    for code in sorted(named.bodies):
        if code in known:
            yield exporting_others.body(known[code], named, settings.AREA_IRI)
    yield from exporting_others.catalogue(deployment.name(), named, _page("pakalpojumi/"))
    yield from named.nodes()


def _page(path: str) -> str:
    return f"{settings.BASE_IRI}{path}"


def _around(of: Collection[int] | None = None) -> dict[int, Around]:
    """Service id to what is said of it elsewhere; of all services, or of some."""
    steps: dict[int, list[str]] = {}
    for code, members in situations.members().items():
        for pk in members if of is None else members.intersection(of):
            steps.setdefault(pk, []).append(code)
    rows = ties.all_ties() if of is None else ties.all_ties().filter(source__in=list(of))
    told = list(rows)
    targets = _readable(row.target_id for row in told)
    tied: dict[int, list[Tied]] = {}
    for row in told:
        if row.target_id in targets:
            tied.setdefault(row.source_id, []).append(Tied(row.kind, row.target.code, row.note))
    return {pk: Around(tuple(steps.get(pk, ())), tuple(tied.get(pk, ()))) for pk in {*steps, *tied}}


def _readable(ids: Iterable[int]) -> set[int]:
    """Those of the services that anybody may read."""
    return set(exchange.readable().filter(pk__in=set(ids)).values_list("pk", flat=True))


def all_bodies() -> dict[str, BodyTold]:
    """Every body by its code."""
    rows = list(bodies.all_bodies())
    codes = {row.pk: row.code for row in rows}
    above = bodies.parents_map()
    return {
        row.code: BodyTold(
            code=row.code,
            kind=row.kind,
            name=row.name,
            short=row.short,
            above=codes.get(above.get(row.pk, 0), ""),
            registration_code=row.registration_code,
            territory_code=row.territory_code,
            since=row.since,
            until=row.until,
            is_invented=row.is_invented,
            source=row.source,
        )
        for row in rows
    }


def all_situations() -> list[SituationTold]:
    """Every published life situation with its steps; a step to a service that nobody may read names none."""
    rows: list[Any] = [situations.by_code(code) for code in situations.published().values_list("code", flat=True)]
    readable = _readable(step.service_id for row in rows for step in row.steps.all() if step.service_id)
    return [
        SituationTold(
            code=row.code,
            title=row.title,
            summary=row.summary,
            keywords=row.keywords,
            position=row.position,
            steps=tuple(_step(step, readable) for step in row.steps.all()),
        )
        for row in rows
    ]


def _step(step: Any, readable: set[int]) -> StepTold:
    return StepTold(
        position=step.position,
        service=step.service.code if step.service_id in readable else "",
        is_beside_previous=step.is_beside_previous,
        is_optional=step.is_optional,
        title=step.title or (step.service.title if step.service_id and step.service_id not in readable else {}),
        text=step.text,
        deadline=step.deadline,
        turn_to=step.turn_to.code if step.turn_to else "",
        illustrative=tuple(step.illustrative),
    )
