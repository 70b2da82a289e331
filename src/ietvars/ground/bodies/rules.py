"""Pure decisions about the hierarchy and the history of bodies. Never imports Django."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol, runtime_checkable

from ietvars.ground.audit.rules import Author
from ietvars.ground.bodies import errors

KEEPERS = ("administrator", "system")
"""Roles that may change the register of bodies."""


def require_keeper(author: Author) -> None:
    """Refuse everybody but administrators and the system."""
    if author.role not in KEEPERS:
        raise errors.NotForYou


REORGANISERS = ("overseer", "administrator", "system")
"""Roles that may merge, split and rename bodies; administrators those within their reach only."""


@runtime_checkable
class Reaching(Protocol):
    """An author whose capacity covers some bodies."""

    def reaches(self, body_id: int | None) -> bool:
        """Whether the capacity covers the body."""


def require_reorganiser(author: Author, body_ids: Iterable[int] = ()) -> None:
    """Refuse everybody who may not reorganise these bodies. Raises NotYourReorganisation."""
    is_far = author.role == "administrator" and not (
        isinstance(author, Reaching) and all(author.reaches(body_id) for body_id in body_ids)
    )
    if author.role not in REORGANISERS or is_far:
        raise errors.NotYourReorganisation


def below(children: Mapping[int, Iterable[int]], start: int) -> frozenset[int]:
    """Ids of `start` and of all below it; safe against circles."""
    found: set[int] = set()
    waiting = [start]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting.extend(children.get(current, ()))
    return frozenset(found)


def covers(since: date | None, until: date | None, day: date) -> bool:
    """Whether a dated row stands on `day`; an open end stands for ever."""
    return (since is None or since <= day) and (until is None or day <= until)
