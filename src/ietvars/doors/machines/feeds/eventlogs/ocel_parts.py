"""What the readers of OCEL's three forms give: one event or object each. Knows no form."""

from typing import Any, NamedTuple

from ietvars.doors.machines.feeds.eventlogs.raws import MOST_TEXT

MOST_OTHERS = 10_000
"""Objects that one event or object may relate to."""


class Part(NamedTuple):
    """An event or an object: attributes as (name, value, time), and the ids of the objects it relates to."""

    is_event: bool
    id: str
    type: str
    time: str
    line: int
    values: list[tuple[str, str, str]]
    others: list[str]
    is_more: bool = False
    """Adds to an event or object that has come already."""


def text(value: Any) -> str:
    """A value as a text, cut; nothing for what is no single value. Halves of letters are taken out."""
    if value is None or isinstance(value, dict | list | bytes):
        return ""
    told = ("true" if value else "false") if isinstance(value, bool) else str(value)
    return told[:MOST_TEXT].encode("utf-8", "replace").decode("utf-8")
