"""Pure decisions about ties: how each kind reads from both ends, and when a tie may be made. Never imports Django."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ietvars.collaboration.ties import errors
from ietvars.ground.errors import sentence
from ietvars.ground.people.rules import Actor, Role

TIERS = (Role.COORDINATOR, Role.ADMINISTRATOR, Role.SYSTEM)
"""Roles that may tie any two services; an owner needs to own one of the two."""


class Kind(StrEnum):
    """`source` KIND `target`."""

    ARISES_FROM = "arises-from"
    REQUIRES = "requires"
    EVIDENCE_FOR = "evidence-for"
    FOLLOWS = "follows"
    ALTERNATIVE_TO = "alternative-to"


@dataclass(frozen=True)
class Reading:
    """How a tie reads from its source and from its target; message ids, each the heading of a list of services."""

    forward: str
    backward: str
    puts_in_order: bool
    """Whether one of the two comes before the other, so that a circle would be nonsense."""

    @property
    def is_symmetric(self) -> bool:
        """Whether both ends read the same."""
        return self.forward == self.backward


READINGS: Mapping[Kind, Reading] = {
    Kind.ARISES_FROM: Reading(sentence("Arises from"), sentence("Gives rise to"), puts_in_order=True),
    Kind.REQUIRES: Reading(sentence("Requires first"), sentence("Is required for"), puts_in_order=True),
    Kind.EVIDENCE_FOR: Reading(sentence("Gives evidence for"), sentence("Takes evidence from"), puts_in_order=False),
    Kind.FOLLOWS: Reading(sentence("Follows after"), sentence("Is followed by"), puts_in_order=True),
    Kind.ALTERNATIVE_TO: Reading(
        sentence("Can be taken instead"), sentence("Can be taken instead"), puts_in_order=False
    ),
}
"""Every kind; the table is complete, which a test checks."""


def reading(kind: Kind, *, from_source: bool) -> str:
    """How the tie reads for the service at one of its ends."""
    both = READINGS[kind]
    return both.forward if from_source else both.backward


def read_kind(text: str) -> Kind:
    """The kind of a word. Raises UnknownKind."""
    try:
        return Kind(text)
    except ValueError as fault:
        raise errors.UnknownKind(kind=text, known=", ".join(Kind)) from fault


def require_tier(actor: Actor, *holder_ids: int | None) -> None:
    """Refuse everybody but coordinators and owners of one of the two services. Raises NotYours."""
    if actor.role in TIERS:
        return
    if actor.role == Role.SERVICE_OWNER and any(actor.reaches(holder) for holder in holder_ids):
        return
    raise errors.NotYours


def would_circle(pairs: Iterable[tuple[int, int]], source: int, target: int) -> bool:
    """Whether `target` already depends on `source` over ties that put in order (source depends on target)."""
    needs: dict[int, set[int]] = {}
    for one, other in pairs:
        needs.setdefault(one, set()).add(other)
    waiting, seen = [target], set[int]()
    while waiting:
        current = waiting.pop()
        if current == source:
            return True
        if current not in seen:
            seen.add(current)
            waiting.extend(needs.get(current, ()))
    return False
