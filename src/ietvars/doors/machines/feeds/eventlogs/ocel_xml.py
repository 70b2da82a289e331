"""Reads OCEL 2.0 as XML, as a stream. Knows only the form.

Relations stand as `relationship` in most files and as `object` or `relobj` in others: whatever has an `object-id` is
one.
"""

from collections.abc import Iterator
from typing import Any

from ietvars.doors.machines.feeds.eventlogs import errors, markup
from ietvars.doors.machines.feeds.eventlogs.ocel_parts import MOST_OTHERS, Part, text
from ietvars.doors.machines.feeds.eventlogs.sources import Source


class _Entries:
    """Hears the tags and gathers one event or object."""

    wants_text = True
    with_line = frozenset({"event", "object"})

    def __init__(self, source: Source) -> None:
        self.ready: list[Any] = []
        self.has_events = False
        self._file = source.name
        self._path: list[str] = []
        self._part: Part | None = None
        self._attribute: tuple[str, str] = ("", "")

    def start(self, tag: str, attributes: dict[str, str], line: int) -> None:
        """A tag begins; the first of a document must be `log`."""
        path = self._path
        if not path and tag != "log":
            raise errors.NotALog(file=self._file, what=f"XML of “{tag[:40]}” and no log")
        if path == ["log"] and tag == "events":
            self.has_events = True
        if len(path) == 2 and (path[1], tag) in (("events", "event"), ("objects", "object")):
            self._part = Part(
                is_event=tag == "event",
                id=text(attributes.get("id", "")),
                type=text(attributes.get("type", "")),
                time=text(attributes.get("time", "")),
                line=line,
                values=[],
                others=[],
            )
        elif self._part is not None and tag == "attribute":
            self._attribute = (text(attributes.get("name", "")), text(attributes.get("time", "")))
        elif self._part is not None and "object-id" in attributes and len(self._part.others) < MOST_OTHERS:
            self._part.others.append(text(attributes["object-id"]))
        path.append(tag)

    def end(self, tag: str, told: str) -> None:
        """A tag ends."""
        self._path.pop()
        if self._part is None:
            return
        if tag == "attribute":
            name, at = self._attribute
            self._part.values.append((name, text(told.strip()), at))
        elif len(self._path) == 2:
            self.ready.append(self._part)
            self._part = None


def parts(source: Source) -> Iterator[Part]:
    """Events and objects in the order of the file. Raises Broken, Hostile, TooMuch, NotALog."""
    heard = _Entries(source)
    yield from markup.read(source, heard)
    if not heard.has_events:
        raise errors.NotALog(file=source.name, what="XML without “events”")
