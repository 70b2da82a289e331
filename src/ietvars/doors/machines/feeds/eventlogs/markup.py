"""Reads XML as a stream of starts, ends and texts, in constant memory, and refuses what XML can do harm with.

A document type, entities, nesting without end and tags of many megabytes are refused by a sentence. The parser is
expat, as in defusedxml, told to take nothing from outside. Nothing here knows what a tag means.
"""

from collections.abc import Iterator
from typing import Any, Protocol
from xml.parsers import expat

from ietvars.doors.machines.feeds.eventlogs import errors
from ietvars.doors.machines.feeds.eventlogs.sources import Source

MOST_DEPTH = 64
MOST_SILENCE = 2**22
"""Bytes in which no tag begins or ends. A value of 4 MB is none of an event; its end is looked for piece by piece."""


class Listener(Protocol):
    """What hears the tags of a document; what it has gathered is taken from `ready` after each piece."""

    ready: list[Any]
    wants_text: bool
    with_line: frozenset[str]
    """Tags whose line is asked for; of others it is 0, since counting lines takes its time."""

    def start(self, tag: str, attributes: dict[str, str], line: int) -> None:
        """A tag begins, told by its local name."""

    def end(self, tag: str, text: str) -> None:
        """A tag ends; `text` is what stood right in it, where texts are wanted."""


class _Stream:
    def __init__(self, source: Source, listener: Listener) -> None:
        self._source, self._listener = source, listener
        self._depth, self.heard = 0, True
        self._text: list[str] = []
        self._is_texted, self._with_line = listener.wants_text, listener.with_line
        self._begun, self._ended = listener.start, listener.end
        parser: Any = expat.ParserCreate()
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        if listener.wants_text:
            parser.buffer_text = True
            parser.CharacterDataHandler = self._text.append
        parser.StartDoctypeDeclHandler = lambda *_: self._refuse("a document type")
        parser.EntityDeclHandler = lambda *_: self._refuse("an entity")
        parser.UnparsedEntityDeclHandler = lambda *_: self._refuse("an entity")
        parser.ExternalEntityRefHandler = lambda *_: self._refuse("a reference to another file")
        self.parser = parser

    def _refuse(self, what: str) -> None:
        raise errors.Hostile(file=self._source.name, what=what, line=self.parser.CurrentLineNumber)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.heard = True
        self._depth += 1
        if self._depth > MOST_DEPTH:
            self._refuse(f"tags nested more than {MOST_DEPTH} deep")
        if self._is_texted:
            self._text.clear()
        if ":" in name:
            name = name.rpartition(":")[2]
        self._begun(name, attributes, self.parser.CurrentLineNumber if name in self._with_line else 0)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if ":" in name:
            name = name.rpartition(":")[2]
        if self._is_texted:
            self._ended(name, "".join(self._text))
            self._text.clear()
        else:
            self._ended(name, "")


def read(source: Source, listener: Listener) -> Iterator[Any]:
    """What the listener makes of a document. Raises Broken, Hostile, TooMuch."""
    stream = _Stream(source, listener)
    silent = 0
    while True:
        piece = source.piece()
        stream.heard = False
        try:
            stream.parser.Parse(piece, not piece)
        except expat.ExpatError as fault:
            raise errors.Broken(
                file=source.name, line=fault.lineno, why=expat.ErrorString(fault.code) or "not well-formed"
            ) from fault
        except (LookupError, ValueError) as fault:  # an encoding that Python does not know or that is not a text one
            raise errors.Broken(file=source.name, line=1, why="its encoding is not known") from fault
        silent = 0 if stream.heard else silent + len(piece)
        if silent > MOST_SILENCE:
            raise errors.TooMuch(file=source.name, what="a value of many megabytes", most=f"{MOST_SILENCE >> 20} MB")
        yield from listener.ready
        listener.ready.clear()
        if not piece:
            return
