"""Announce and listen. A notice is a name and facts; listeners run at once, in the same transaction."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ietvars.ground.audit.rules import Author

Listener = Callable[..., None]
_listeners: dict[str, list[Listener]] = defaultdict(list)


def listen(notice: str, listener: Listener) -> None:
    """Register `listener(by=, now=, **facts)` for `notice`; registering twice changes nothing."""
    if listener not in _listeners[notice]:
        _listeners[notice].append(listener)


def announce(notice: str, *, by: Author, now: datetime, **facts: Any) -> None:
    """Call every listener of `notice` in the order of registration."""
    for listener in tuple(_listeners[notice]):
        listener(by=by, now=now, **facts)


def listen_to_reorganisations(*rooms: Any) -> None:
    """Register modules with `name_things`, `move` and `take_back` for what ground.bodies.reorganising announces."""
    for room in rooms:
        listen("bodies.reorganisation-asked", room.name_things)
        listen("bodies.reorganised", room.move)
        listen("bodies.reorganisation-undone", room.take_back)
