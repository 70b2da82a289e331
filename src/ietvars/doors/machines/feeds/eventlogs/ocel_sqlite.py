"""Reads OCEL 2.0 as a database of SQLite. Knows only the form.

The file is opened read-only and may bring nothing but tables: views and triggers of a stranger are not run, and the
schema's own functions are not trusted.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from ietvars.doors.machines.feeds import scratch
from ietvars.doors.machines.feeds.eventlogs import errors
from ietvars.doors.machines.feeds.eventlogs.ocel_parts import Part, text
from ietvars.doors.machines.feeds.eventlogs.sources import Source

_OWN = ("ocel_id", "ocel_time", "ocel_changed_field")
_NEEDED = ("event", "object", "event_object", "event_map_type", "object_map_type")
MOST_TABLES = 5_000


def parts(source: Source) -> Iterator[Part]:
    """Events and objects. Raises Broken, NotALog."""
    with scratch.folder() as folder:
        path = source.under_a_name(folder)
        try:
            with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as link:
                for told in ("trusted_schema=OFF", "query_only=ON", "cell_size_check=ON", "mmap_size=0"):
                    link.execute(f"PRAGMA {told}")
                link.text_factory = lambda found: found.decode("utf-8", "replace")
                yield from _Reading(link, source.name).all()
        except UnicodeError as fault:  # names of columns are decoded by the driver
            raise errors.Broken(file=source.name, line=1, why="its names are not UTF-8") from fault
        except (sqlite3.Error, OverflowError) as fault:
            raise errors.Broken(file=source.name, line=1, why=str(fault)[:200]) from fault


class _Reading:
    def __init__(self, link: sqlite3.Connection, name: str) -> None:
        self._link, self._name = link, name
        rows = link.execute("SELECT name FROM sqlite_master WHERE type = 'table' LIMIT ?", [MOST_TABLES]).fetchall()
        # A virtual table is a table by name and runs code of a module.
        virtual = link.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'create virtual%'").fetchall()
        self._tables = {text(row[0]) for row in rows} - {text(row[0]) for row in virtual}
        if missing := [table for table in _NEEDED if table not in self._tables]:
            raise errors.NotALog(file=name, what=f"a database without the table “{missing[0]}”")

    def all(self) -> Iterator[Part]:
        yield from self._of("object")
        yield from self._of("event")
        yield from self._relations("object", "object_object", "ocel_source_id", "ocel_target_id")
        yield from self._relations("event", "event_object", "ocel_event_id", "ocel_object_id")

    def _of(self, what: str) -> Iterator[Part]:
        """Events or objects, type by type, each with the attributes of its type's table."""
        link = self._link
        types = link.execute(f"SELECT ocel_type, ocel_type_map FROM {what}_map_type LIMIT ?", [MOST_TABLES]).fetchall()  # noqa: S608
        if what == "object":
            for identifier, type_ in link.execute("SELECT ocel_id, ocel_type FROM object"):
                yield Part(False, text(identifier), text(type_), "", 0, [], [])  # noqa: FBT003
        for type_, suffix in types:
            table = f"{what}_{text(suffix)}"
            if table in self._tables:
                yield from self._rows(what, table, text(type_))

    def _rows(self, what: str, table: str, type_: str) -> Iterator[Part]:
        quoted = '"' + table.replace('"', '""') + '"'
        found = self._link.execute(f"SELECT * FROM {quoted}")  # noqa: S608 - quoted, and one of its own tables
        names = [str(column[0]) for column in found.description]
        for row in found:
            cells = {name: text(cell) for name, cell in zip(names, row, strict=True)}
            at = cells.get("ocel_time", "")
            values = [(name, cell, at) for name, cell in cells.items() if name not in _OWN and cell]
            is_event = what == "event"
            yield Part(is_event, cells.get("ocel_id", ""), type_, at, 0, values, [], is_more=not is_event)

    def _relations(self, what: str, table: str, one: str, other: str) -> Iterator[Part]:
        if table in self._tables:
            for identifier, related in self._link.execute(f"SELECT {one}, {other} FROM {table}"):  # noqa: S608
                yield Part(what == "event", text(identifier), "", "", 0, [], [text(related)], is_more=True)
