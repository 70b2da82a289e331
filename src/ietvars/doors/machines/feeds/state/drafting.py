"""Repeats what people are writing: drafts of new services, new texts of published ones, and what was said of them.

Each is written by the person whom the folder names, on the day it names. It must not publish anything.
"""

from ietvars.doors.machines.feeds.state import acting, entries
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.people.rules import Actor, Role
from ietvars.institution.canvases import queries as canvases
from ietvars.institution.revisions import actions as revisions
from ietvars.institution.services import queries as services

WRITERS = (Role.SERVICE_OWNER,)
READERS = (Role.LIST_APPROVER, Role.SERVICE_OWNER)


def draft(entry: entries.DraftEntry, *, by: Actor) -> None:
    """Write one draft as far as the folder tells. `by` acts where a person has no capacity for it.

    Raises what the actions refuse.
    """
    author, now = acting.actor(entry.author, WRITERS, by), acting.noon(entry.begun_on)
    if entry.service:
        service = services.by_code(entry.service)
        assert service is not None
        made = revisions.start(service=service, by=author, now=now)
    else:
        holder = bodies.by_code(entry.holder)
        assert holder is not None
        number = entry.canvas_number
        version = canvases.current(entry.canvas) if number is None else canvases.version(entry.canvas, number)
        made = revisions.create(canvas=version, holder=holder, title=entry.title, code=entry.code, by=author, now=now)
    made = revisions.save(revision=made, changes=entry.parts, edition=made.edition, by=author, now=now)
    for said in entry.comments:
        reader = acting.actor(said.author, READERS, by)
        revisions.comment(revision=made, part=said.part, text=said.text, by=reader, now=acting.noon(said.on))
    if entry.is_submitted:
        revisions.submit(revision=made, by=author, now=now)
