"""Flattens OCEL 2.0: of its events, which relate to several objects, makes events of cases of one type of object.

The three forms (JSON, XML, SQLite) are read by the files beside this one into the tables below; which type the case is,
the mapping says, or else the type that the most events relate to. An event of several such objects stands in each of
their cases, and the report says how often that was.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from ietvars.doors.machines.feeds.eventlogs import errors, ocel_json, ocel_sqlite, ocel_xml
from ietvars.doors.machines.feeds.eventlogs.mapping import LogMapping, plain
from ietvars.doors.machines.feeds.eventlogs.ocel_parts import Part
from ietvars.doors.machines.feeds.eventlogs.raws import Notes, Raw
from ietvars.doors.machines.feeds.eventlogs.sources import Form, Source

_SCHEMA = """
CREATE TABLE o (id TEXT PRIMARY KEY, type TEXT) WITHOUT ROWID;
CREATE TABLE oa (id TEXT, name TEXT, at TEXT, value TEXT);
CREATE TABLE oo (id TEXT, other TEXT, PRIMARY KEY (id, other)) WITHOUT ROWID;
CREATE TABLE e (number INTEGER PRIMARY KEY, id TEXT UNIQUE, type TEXT, time TEXT);
CREATE TABLE ea (event INTEGER, name TEXT, value TEXT);
CREATE TABLE eo (event INTEGER, object TEXT, PRIMARY KEY (event, object)) WITHOUT ROWID;
"""
_INDEXES = "CREATE INDEX oa_id ON oa (id); CREATE INDEX ea_event ON ea (event); CREATE INDEX eo_object ON eo (object);"
_READERS = {Form.OCEL_JSON: ocel_json.parts, Form.OCEL_XML: ocel_xml.parts, Form.OCEL_SQLITE: ocel_sqlite.parts}


def read(source: Source, form: Form, link: sqlite3.Connection, mapping: LogMapping, notes: Notes) -> Iterator[Raw]:
    """The events of a log, case by case; `link` is a database for what must be held meanwhile.

    Raises Broken, Hostile, TooMuch, NotALog, NoCaseType.
    """
    link.executescript(_SCHEMA)
    _keep(_READERS[form](source), link, notes)
    link.executescript(_INDEXES)
    case_type = _case_type(link, mapping, source.name)
    notes.told["case_type"] = case_type
    _count(link, case_type, notes)
    yield from _flat(link, case_type, mapping)


def _keep(parts: Iterable[Part], link: sqlite3.Connection, notes: Notes) -> None:
    link.execute("BEGIN")
    events = 0
    for part in parts:
        if part.is_event and part.is_more:
            link.execute("INSERT OR IGNORE INTO eo SELECT number, ? FROM e WHERE id = ?", [part.others[0], part.id])
        elif part.is_event:
            events += 1
            _keep_event(part, events, link, notes)
        elif part.id:
            if part.type and not part.is_more:
                link.execute("INSERT OR IGNORE INTO o VALUES (?, ?)", [part.id, part.type])
            link.executemany(
                "INSERT INTO oa VALUES (?, ?, ?, ?)", [(part.id, name, at, value) for name, value, at in part.values]
            )
            link.executemany("INSERT OR IGNORE INTO oo VALUES (?, ?)", [(part.id, other) for other in part.others])
    link.execute("COMMIT")


def _keep_event(part: Part, number: int, link: sqlite3.Connection, notes: Notes) -> None:
    known = link.execute("SELECT 1 FROM e WHERE id = ?", [part.id]).fetchone()
    if known or not part.id or not part.type:
        notes.refuse(part.line, "event-twice" if known else "no-id-or-type", part.id)
        return
    link.execute("INSERT INTO e VALUES (?, ?, ?, ?)", [number, part.id, part.type, part.time])
    link.executemany("INSERT INTO ea VALUES (?, ?, ?)", [(number, name, value) for name, value, _ in part.values])
    link.executemany("INSERT OR IGNORE INTO eo VALUES (?, ?)", [(number, other) for other in part.others])


def _case_type(link: sqlite3.Connection, mapping: LogMapping, name: str) -> str:
    """The type of the mapping, or the one that the most events relate to. Raises NoCaseType."""
    types = [str(row[0]) for row in link.execute("SELECT DISTINCT type FROM o ORDER BY type")]
    if mapping.case_type:
        if mapping.case_type not in types:
            raise errors.NoCaseType(file=name, type=mapping.case_type, types=", ".join(types[:30]) or "none")
        return mapping.case_type
    row = link.execute(
        "SELECT o.type, count(DISTINCT eo.event) AS events, count(DISTINCT o.id) AS objects FROM eo "
        "JOIN o ON o.id = eo.object GROUP BY o.type ORDER BY events DESC, objects DESC, o.type LIMIT 1"
    ).fetchone()
    return str(row[0]) if row else ""


def _count(link: sqlite3.Connection, case_type: str, notes: Notes) -> None:
    """Note what flattening does: events without such an object, with several, and with objects that do not exist."""
    of_type = "SELECT eo.event, count(*) AS n FROM eo JOIN o ON o.id = eo.object WHERE o.type = ? GROUP BY eo.event"
    asked = f"SELECT count(*), coalesce(sum(n), 0) FROM ({of_type}) WHERE n > 1"  # noqa: S608 - a constant
    several, copies = link.execute(asked, [case_type]).fetchone()
    if several:
        notes.counts["events_of_several_cases"] = several
        notes.counts["events_made_of_them"] = copies
    lone = link.execute(f"SELECT e.id FROM e WHERE number NOT IN (SELECT event FROM ({of_type}))", [case_type])  # noqa: S608
    for (identifier,) in lone:
        notes.refuse(0, "no-case", str(identifier))
    dangling = link.execute("SELECT count(*) FROM eo WHERE object NOT IN (SELECT id FROM o)").fetchone()[0]
    if dangling:
        notes.counts["relations_to_objects_that_are_not_there"] = dangling


def _flat(link: sqlite3.Connection, case_type: str, mapping: LogMapping) -> Iterator[Raw]:
    found = link.execute(
        "SELECT o.id, e.number, e.type, e.time, ea.name, ea.value, e.id FROM o JOIN eo ON eo.object = o.id "
        "JOIN e ON e.number = eo.event LEFT JOIN ea ON ea.event = e.number WHERE o.type = ? ORDER BY o.id, e.number",
        [case_type],
    )
    for case, rows in groupby(found, key=lambda row: row[0]):
        of_case = _of_case(link, case, mapping)
        for number, same in groupby(rows, key=lambda row: row[1]):
            values = list(same)
            own = mapping.pick([*_related(link, number), *((row[4], row[5]) for row in values if row[4])])
            own["activity"], own["time"], own["key"] = values[0][2], values[0][3], values[0][6]
            own.pop("case", None)
            yield Raw(case, number, own, of_case)


def _of_case(link: sqlite3.Connection, case: str, mapping: LogMapping) -> dict[str, str]:
    """What the object of a case says: the last value of each attribute, and the objects it relates to."""
    rows = link.execute("SELECT name, value FROM oa WHERE id = ? ORDER BY at", [case])
    said = mapping.pick(list(dict(rows).items()), of_case=True)
    related = link.execute("SELECT o.type, o.id FROM oo JOIN o ON o.id = oo.other WHERE oo.id = ?", [case])
    return {**mapping.pick((f"object:{plain(type_)}", other) for type_, other in related), **said}


def _related(link: sqlite3.Connection, event: int) -> list[tuple[str, Any]]:
    rows = link.execute("SELECT o.type, o.id FROM eo JOIN o ON o.id = eo.object WHERE eo.event = ?", [event])
    return [(f"object:{type_}", other) for type_, other in rows]
