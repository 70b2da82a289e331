"""Keeps the events of a log on disk until they stand together by case, in the order in which they stood in the file.

A table may mix its cases, a case may stand twice in a log, and a log may be larger than the memory. The spool is a
nameless database in the folder for temporary files; whatever ends the process ends it too. It must not know what a
value means.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from ietvars.doors.machines.feeds.eventlogs.raws import Raw

_BATCH = 5_000
_SCHEMA = """
CREATE TABLE cases (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, said TEXT NOT NULL);
CREATE TABLE rows (case_number INTEGER, number INTEGER, line INTEGER, own TEXT, PRIMARY KEY (case_number, number))
  WITHOUT ROWID;
"""


@dataclass
class Case:
    """One case of a log: what it says itself, and its rows (line, values by role) in the order of the file."""

    number: int
    name: str
    said: dict[str, str]
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)


class Spool:
    """Events on disk. Used as a context; afterwards nothing of it is left."""

    def __init__(self) -> None:
        self._aside: sqlite3.Connection | None = None
        self._link = _nameless()
        self._link.executescript(_SCHEMA)
        self.cases = self.rows = 0
        self.services: set[str] = set()

    def aside(self) -> sqlite3.Connection:
        """A second database, empty, for a reader that must hold something before it can give events."""
        self._aside = self._aside or _nameless()
        return self._aside

    def fill(self, events: Iterable[Raw]) -> None:
        """Write events down. What a case says is the first that any of its rows said."""
        waiting: list[tuple[int, int, int, str]] = []
        known: dict[str, tuple[int, dict[str, str]]] = {}
        changed: set[str] = set()
        self._link.execute("BEGIN")
        for raw in events:
            if raw.case not in known:
                if len(known) > 100_000:
                    self._keep(known, changed)
                known[raw.case] = self._case(raw.case)
            number, said = known[raw.case]
            if service := raw.own.get("service") or raw.of_case.get("service"):
                self.services.add(service)
            for role, value in raw.of_case.items():
                if role not in said:
                    said[role] = value
                    changed.add(raw.case)
            self.rows += 1
            waiting.append((number, self.rows, raw.line, json.dumps(dict(raw.own), ensure_ascii=False)))
            if len(waiting) >= _BATCH:
                self._write(waiting)
        self._write(waiting)
        self._keep(known, changed)
        self._link.execute("COMMIT")

    def _case(self, name: str) -> tuple[int, dict[str, str]]:
        found = self._link.execute("SELECT number, said FROM cases WHERE name = ?", [_text(name)]).fetchone()
        if found is not None:
            return int(found[0]), json.loads(found[1])
        self.cases += 1
        self._link.execute("INSERT INTO cases VALUES (?, ?, '{}')", [self.cases, _text(name)])
        return self.cases, {}

    def _write(self, waiting: list[tuple[int, int, int, str]]) -> None:
        self._link.executemany(
            "INSERT INTO rows VALUES (?, ?, ?, ?)", [(a, b, c, _text(own)) for a, b, c, own in waiting]
        )
        waiting.clear()

    def _keep(self, known: dict[str, tuple[int, dict[str, str]]], changed: set[str]) -> None:
        self._link.executemany(
            "UPDATE cases SET said = ? WHERE number = ?",
            [(_text(json.dumps(known[name][1], ensure_ascii=False)), known[name][0]) for name in changed],
        )
        known.clear()
        changed.clear()

    def by_case(self, after: int = 0) -> Iterator[Case]:
        """The cases in the order in which they first stood in the file, from one after a number on."""
        found = self._link.execute(
            "SELECT c.number, c.name, c.said, r.line, r.own FROM cases c JOIN rows r ON r.case_number = c.number "
            "WHERE c.number > ? ORDER BY c.number, r.number",
            [after],
        )
        case: Case | None = None
        for number, name, said, line, own in found:
            if case is None or case.number != number:
                if case is not None:
                    yield case
                case = Case(number, name, json.loads(said))
            case.rows.append((line, json.loads(own)))
        if case is not None:
            yield case

    def close(self) -> None:
        """Throw it away."""
        if self._aside is not None:
            self._aside.close()
        self._link.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _nameless() -> sqlite3.Connection:
    """A database on disk that has no name, so that nothing of it is left when the process ends."""
    link = sqlite3.connect("", isolation_level=None)
    for told in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-65536"):
        link.execute(f"PRAGMA {told}")
    return link


def _text(value: str) -> str:
    """The text without halves of letters, which no database takes."""
    return value.encode("utf-8", "replace").decode("utf-8") if not value.isascii() else value
