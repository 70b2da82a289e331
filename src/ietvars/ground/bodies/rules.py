"""Pure decisions about the hierarchy and the history of bodies. Never imports Django."""

from collections.abc import Iterable, Mapping
from datetime import date

from ietvars.ground.audit.rules import Author
from ietvars.ground.bodies import errors

KEEPERS = ("administrator", "system")
"""Roles that may change the register of bodies."""


def require_keeper(author: Author) -> None:
    """Refuse everybody but administrators and the system."""
    if author.role not in KEEPERS:
        raise errors.NotForYou


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
