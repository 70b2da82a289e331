"""Pure decisions about linked data: who may bring it in. Never imports Django."""

from dataclasses import dataclass

from ietvars.ground.people.rules import Actor, Role
from ietvars.institution.linked import errors

IMPORTERS = (Role.ADMINISTRATOR, Role.SYSTEM)


@dataclass(frozen=True)
class Found:
    """What came with a service: its IRI there, and N-Triples that nobody here understands: those that are given out
    again, and those held back, since with them the catalogue would break the profile."""

    origin: str = ""
    triples: str = ""
    held_back: str = ""


def require_importer(actor: Actor) -> None:
    """Refuse everybody but administrators and the system. Raises NotForYou."""
    if actor.role not in IMPORTERS:
        raise errors.NotForYou
