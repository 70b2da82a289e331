"""Finds what leads nowhere in a folder: unknown codes, and codes that stand twice. It must not read files."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from ietvars.doors.machines.feeds.state.entries import DraftEntry, Fault, Folder, Place
from ietvars.ground.people.rules import Role
from ietvars.institution.services.rules import ServiceFacts

Terms = Mapping[str, Collection[str]]
"""Code of a code list to the codes of its terms."""

Canvases = Mapping[str, Collection[int]]
"""Code of a canvas to the numbers of its published versions."""

LISTS = ("channels", "service-kinds", "areas", "target-groups", "life-events", "business-events", "body-kinds")
"""The code lists that a folder speaks in."""


def check(folder: Folder, terms: Terms, canvases: Canvases) -> list[Fault]:
    """Every name in the folder that leads nowhere."""
    return [Fault(place, what) for place, what in _faults(folder, terms, canvases)]


def _faults(folder: Folder, terms: Terms, canvases: Canvases) -> Iterator[tuple[Place, str]]:
    bodies = {entry.code for entry in folder.bodies}
    services = {entry.code for entry in folder.services} | {entry.code for entry in folder.variants}
    yield from _twice([(entry.place, entry.code) for entry in folder.bodies])
    own = [(entry.place, entry.code) for entry in folder.services]
    yield from _twice(own + [(entry.place, entry.code) for entry in folder.variants])
    yield from _twice([(entry.place, entry.code) for entry in folder.situations])
    yield from _twice([(entry.place, entry.username) for entry in folder.people])
    yield from _faults_of_bodies(folder, bodies, terms)
    for entry in folder.services:
        yield from _unknown(entry.place, "the body", [entry.holder, entry.former_holder], bodies)
        yield from _faults_of_facts(entry.place, entry.facts, bodies, terms)
        yield from _faults_of_canvas(entry.place, entry.canvas, entry.canvas_number, canvases)
    for variant in folder.variants:
        yield from _unknown(variant.place, "the body", [variant.body], bodies)
    for situation in folder.situations:
        for number, step in enumerate(situation.facts.steps, start=1):
            yield from _unknown(situation.place, f"in step {number} the service", [step.service], services)
            yield from _unknown(situation.place, f"in step {number} the body", [step.turn_to], bodies)
    for tie in folder.ties:
        yield from _unknown(tie.place, "the service", [tie.source, tie.target], services)
    for person in folder.people:
        for role, body in person.capacities:
            yield from _unknown(person.place, "the role", [role], tuple(Role))
            yield from _unknown(person.place, "the body", [body], bodies)
    people = {person.username for person in folder.people}
    for answer in folder.answers:
        yield from _unknown(answer.place, "the service", [answer.service], services)
        yield from _unknown(answer.place, "the person", [answer.by], people)
    for initiative in folder.initiatives:
        decided_by = initiative.decision.by if initiative.decision else ""
        persons = [initiative.owner, initiative.proposed_by, decided_by]
        yield from _unknown(initiative.place, "the service", initiative.services, services)
        yield from _unknown(initiative.place, "the body", [initiative.body], bodies)
        yield from _unknown(initiative.place, "the person", persons, people)
    for draft in folder.drafts:
        yield from _faults_of_draft(draft, bodies, services, people)
        yield from _faults_of_canvas(draft.place, draft.canvas, draft.canvas_number, canvases)
    for entry_list in folder.lists:
        yield from _unknown(entry_list.place, "the body", [entry_list.body], bodies)
        yield from _unknown(entry_list.place, "the person", [entry_list.author, entry_list.approver], people)
        yield from _unknown(entry_list.place, "the service", [line.service for line in entry_list.lines], services)


def _faults_of_bodies(folder: Folder, bodies: set[str], terms: Terms) -> Iterator[tuple[Place, str]]:
    parents = {entry.code: entry.parent for entry in folder.bodies}
    for entry in folder.bodies:
        yield from _unknown(entry.place, "the body", [entry.parent], bodies)
        yield from _unknown(entry.place, "the kind", [entry.kind], terms["body-kinds"])
        seen, above = {entry.code}, entry.parent
        while above and above in parents and above not in seen:
            seen.add(above)
            above = parents[above]
        if above == entry.code:
            yield entry.place, "the body stands above itself; correct “parent”."
    for change in folder.changes:
        yield from _unknown(change.place, "the body", [*change.old, *change.new], bodies)


def _faults_of_facts(place: Place, facts: ServiceFacts, bodies: set[str], terms: Terms) -> Iterator[tuple[Place, str]]:
    yield from _unknown(place, "the kind", [facts.kind], terms["service-kinds"])
    yield from _unknown(place, "the area", [facts.area], terms["areas"])
    yield from _unknown(place, "the audience", facts.audience, terms["target-groups"])
    events = [*terms["life-events"], *terms["business-events"]]
    yield from _unknown(place, "the life event", facts.life_events, events)
    yield from _unknown(place, "the body", [thing.get("held_by", "") for thing in facts.evidence], bodies)
    for stage in facts.stages.values():
        yield from _unknown(place, "the channel", stage.channels, terms["channels"])
        yield from _unknown(place, "the body", stage.providers, bodies)


def _faults_of_draft(
    draft: DraftEntry, bodies: set[str], services: set[str], people: set[str]
) -> Iterator[tuple[Place, str]]:
    yield from _unknown(draft.place, "the service", [draft.service], services)
    yield from _unknown(draft.place, "the body", [draft.holder], bodies)
    yield from _unknown(draft.place, "the person", [draft.author, *(said.author for said in draft.comments)], people)
    if draft.code in services:
        yield draft.place, f"the service “{draft.code}” stands already; name it under “service” instead."


def _faults_of_canvas(place: Place, code: str, number: int | None, canvases: Canvases) -> Iterator[tuple[Place, str]]:
    yield from _unknown(place, "the canvas", [code], canvases)
    if number is not None and number not in canvases.get(code, ()):
        yield place, f"the canvas “{code}” has no version {number}; correct the number."


def _unknown(place: Place, what: str, used: Iterable[str], known: Collection[str]) -> Iterator[tuple[Place, str]]:
    for code in used:
        if code and code not in known:
            yield place, f"{what} “{code}” is not known; add it or correct the name."


def _twice(codes: list[tuple[Place, str]]) -> Iterator[tuple[Place, str]]:
    seen: dict[str, Place] = {}
    for place, code in codes:
        if code in seen:
            yield place, f"“{code}” stands already in {seen[code]}; give one of them another code."
        seen.setdefault(code, place)
