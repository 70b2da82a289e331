"""Reads XES (IEEE 1849) as a stream: traces with their attributes, events with theirs, as raw events.

Globals, classifiers and nested attributes are passed over: a global default says what a value would be, not what it is.
It must not hold more than one trace.
"""

from collections.abc import Iterator

from ietvars.doors.machines.feeds.eventlogs import errors, markup
from ietvars.doors.machines.feeds.eventlogs.mapping import LogMapping
from ietvars.doors.machines.feeds.eventlogs.raws import MOST_TEXT, Notes, Raw
from ietvars.doors.machines.feeds.eventlogs.sources import Source

MOST_EVENTS = 200_000
"""Of one trace; it is held until its own attributes are known."""

_VALUES = frozenset({"string", "date", "int", "float", "boolean", "id"})


class _Traces:
    """Hears the tags of a log and gathers the events of one trace."""

    wants_text = False
    with_line = frozenset({"event"})

    def __init__(self, source: Source, mapping: LogMapping, notes: Notes) -> None:
        self.ready: list[Raw] = []
        self._file, self._mapping, self._notes = source.name, mapping, notes
        self._path: list[str] = []
        self._trace: list[tuple[str, str]] = []
        self._event: list[tuple[str, str]] = []
        self._events: list[tuple[int, dict[str, str]]] = []
        self._line = self._number = 0

    def start(self, tag: str, attributes: dict[str, str], line: int) -> None:
        """A tag begins; the first of a document must be `log`."""
        path = self._path
        if tag in _VALUES and path:
            self._value(path[-1], attributes)
        elif not path:
            if tag != "log":
                raise errors.NotALog(file=self._file, what=f"XML of “{tag[:40]}” and no log")
        elif tag == "event" and path[-1] in ("trace", "log"):
            self._event, self._line = [], line
        elif tag == "trace" and path[-1] == "log":
            self._trace, self._events = [], []
            self._number += 1
        path.append(tag)

    def _value(self, place: str, attributes: dict[str, str]) -> None:
        key, value = attributes.get("key", ""), attributes.get("value", "")[:MOST_TEXT]
        if place == "event" and self._path[-2] in ("trace", "log"):
            self._event.append((key, value))
        elif place == "trace":
            self._trace.append((key, value))
        elif place == "log" and key == "concept:name":
            self._notes.log = self._notes.log or value

    def end(self, tag: str, text: str) -> None:
        """A tag ends."""
        path = self._path
        path.pop()
        if tag in _VALUES:
            return
        if tag == "event" and path and path[-1] == "trace":
            self._events.append((self._line, self._mapping.pick(self._event)))
            if len(self._events) > MOST_EVENTS:
                raise errors.TooMuch(file=self._file, what="a case of too many events", most=f"{MOST_EVENTS}")
        elif tag == "event" and path and path[-1] == "log":
            own = self._mapping.pick(self._event)
            if case := own.get("case"):
                self.ready.append(Raw(case, self._line, own))
            else:
                self._notes.refuse(self._line, "no-case")
        elif tag == "trace" and path and path[-1] == "log":
            self._give()

    def _give(self) -> None:
        of_case = self._mapping.pick(self._trace, of_case=True)
        case = of_case.pop("case", "")
        if not case:
            case = f"trace-{self._number}"
            self._notes.counts["cases_without_name"] += 1
        if not self._events:
            self._notes.counts["cases_without_events"] += 1
        self.ready += [Raw(case, line, own, of_case) for line, own in self._events]
        self._events = []


def read(source: Source, mapping: LogMapping, notes: Notes) -> Iterator[Raw]:
    """The events of a log in XES, trace by trace. Raises Broken, Hostile, TooMuch, NotALog."""
    yield from markup.read(source, _Traces(source, mapping, notes))
