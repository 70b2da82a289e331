"""Reads OCEL 2.0 as JSON, entry by entry, so that the file need not fit into memory. Knows only the form."""

import codecs
import json
from collections.abc import Iterator
from typing import Any

from ietvars.doors.machines.feeds.eventlogs import errors
from ietvars.doors.machines.feeds.eventlogs.ocel_parts import MOST_OTHERS, Part, text
from ietvars.doors.machines.feeds.eventlogs.sources import Source

MOST_ENTRY = 2**23
"""Letters of one event or object."""
_BLANK = " \t\r\n"
_LISTS = ("events", "objects")


class _Letters:
    """The text of a source with a place to read at."""

    def __init__(self, source: Source) -> None:
        self.name, self.line = source.name, 1
        self._source = source
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._json = json.JSONDecoder()
        self._text, self._at, self._ended = "", 0, False

    def broken(self, why: str) -> errors.Broken:
        """The refusal for what does not go on as JSON."""
        return errors.Broken(file=self.name, line=self.line, why=why)

    def _more(self) -> bool:
        if self._ended:
            return False
        piece = self._source.piece(max(2**16, len(self._text) - self._at))
        self._ended = not piece
        try:
            told = self._decoder.decode(piece, self._ended)
        except UnicodeDecodeError as fault:
            raise errors.WrongLetters(file=self.name, encoding="UTF-8", line=self.line) from fault
        self._text, self._at = self._text[self._at :] + told, 0
        if len(self._text) > 2 * MOST_ENTRY:
            raise errors.TooMuch(file=self.name, what="an entry of many megabytes", most=f"{MOST_ENTRY >> 20} MB")
        return True

    def _step(self, to: int) -> None:
        self.line += self._text.count("\n", self._at, to)
        self._at = to

    def peek(self) -> str:
        """The next letter that is no blank; nothing at the end."""
        while True:
            at = self._at
            while at < len(self._text) and self._text[at] in _BLANK:
                at += 1
            self._step(at)
            if at < len(self._text):
                return self._text[at]
            if not self._more():
                return ""

    def take(self, wanted: str) -> None:
        """Go over one letter. Raises Broken where another stands."""
        if self.peek() != wanted:
            raise self.broken(f"“{wanted}” is missing")
        self._step(self._at + 1)

    def value(self) -> Any:
        """The next value, whole."""
        self.peek()
        while True:
            try:
                found, end = self._json.raw_decode(self._text, self._at)
            except RecursionError as fault:
                raise self.broken("it is nested too deep") from fault
            except ValueError as fault:
                if not self._more():
                    raise self.broken("it is no JSON there, or it ends in the middle") from fault
                continue
            if end == len(self._text) and self._more():
                continue  # a number may go on in the next piece
            self._step(end)
            return found


def parts(source: Source) -> Iterator[Part]:
    """Events and objects in the order of the file. Raises Broken, TooMuch, WrongLetters, NotALog."""
    letters = _Letters(source)
    seen: set[str] = set()
    letters.take("{")
    is_first = True
    while letters.peek() != "}":
        if not is_first:
            letters.take(",")
        is_first = False
        key = letters.value()
        letters.take(":")
        if key in _LISTS and letters.peek() == "[":
            seen.add(key)
            yield from _entries(letters, is_event=key == "events")
        else:
            letters.value()
    if "events" not in seen:
        raise errors.NotALog(file=source.name, what="JSON without a list “events”")


def _entries(letters: _Letters, *, is_event: bool) -> Iterator[Part]:
    letters.take("[")
    while letters.peek() != "]":
        line = letters.line
        entry = letters.value()
        yield _part(entry if isinstance(entry, dict) else {}, line, is_event=is_event)
        if letters.peek() != "]":
            letters.take(",")
    letters.take("]")


def _part(entry: dict[str, Any], line: int, *, is_event: bool) -> Part:
    values = [
        (text(one.get("name")), text(one.get("value")), text(one.get("time")))
        for one in _list(entry.get("attributes"))
        if isinstance(one, dict)
    ]
    others = [text(one.get("objectId")) for one in _list(entry.get("relationships")) if isinstance(one, dict)]
    return Part(
        is_event=is_event,
        id=text(entry.get("id")),
        type=text(entry.get("type")),
        time=text(entry.get("time")),
        line=line,
        values=values,
        others=[other for other in others if other][:MOST_OTHERS],
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
