"""Keeps what a reorganisation did to rows, so that it can be taken back whole.

Each room writes its own rows through a journal and takes its own rows back; this module knows rows, no rooms. A row
that is not as the reorganisation left it is never written over: it is named instead.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Field, Model, QuerySet

from ietvars.ground.bodies import errors

Row = dict[str, Any]
BATCH = 400
"""Rows that are written at once."""
NAMED = 5
"""So many things that were changed since are named in the sentence."""


class Journal:
    """Writes rows and remembers how they were. `rows` is JSON: table, key, what was done, before and after.

    `called` is what people call the thing that a row belongs to, for the day when it cannot be taken back.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now
        self.rows: list[Row] = []

    def change(self, row: Model, called: str, **values: Any) -> None:
        """Set some fields of a row; foreign keys by their `_id`."""
        self.change_all([(row, called)], **values)

    def change_all(self, rows: Iterable[tuple[Model, str]], **values: Any) -> None:
        """Set some fields of many rows of one table to the same values; a row comes with what it is called."""
        chosen = list(rows)
        for row, called in chosen:
            before = _told(row, values)
            for name, value in values.items():
                setattr(row, name, value)
            self._note("change", row, called, before, _told(row, values))
        _update([row for row, _called in chosen], list(values), self._now)

    def add(self, row: Model, called: str) -> None:
        """Add a row."""
        self.add_all([(row, called)])

    def add_all(self, rows: Iterable[tuple[Model, str]]) -> None:
        """Add many rows of one table; a row comes with what it is called."""
        chosen = list(rows)
        _create([row for row, _called in chosen], self._now)
        for row, called in chosen:
            self._note("add", row, called, None, _told(row, _fields(type(row))))

    def remove(self, row: Model, called: str) -> None:
        """Remove a row."""
        before = _told(row, _fields(type(row)))
        self._note("remove", row, called, before, None)
        row.delete()

    def _note(self, did: str, row: Model, called: str, before: Any, after: Any) -> None:
        note = {"table": _label(type(row)), "key": row.pk, "did": did, "called": called}
        self.rows.append({**note, "before": before, "after": after})


def take_back(rows: Iterable[Mapping[str, Any]], tables: Collection[type[Model]], *, now: datetime) -> None:
    """Take back, newest first, what was done to rows of these tables; call it inside a transaction.

    Raises ChangedSince with the names of up to five things that are not as the reorganisation left them.
    """
    by_label = {_label(table): table for table in tables}
    notes = [note for note in reversed(list(rows)) if note["table"] in by_label]
    _require_as_left(notes, by_label)
    # What was done in one go is taken back in one go; the order between such goes is kept, since rows lean on another.
    for (label, did, fields), of_one_kind in groupby(notes, key=_kind):
        table, told = by_label[label], list(of_one_kind)
        if did == "add":
            for keys in _batched([note["key"] for note in told]):
                _rows(table).filter(pk__in=keys).delete()
        elif did == "remove":
            _create([table(**_read(table, note["before"])) for note in told], now)
        else:
            _change_back(table, told, fields, now)


def _kind(note: Mapping[str, Any]) -> tuple[str, str, tuple[str, ...]]:
    return note["table"], note["did"], tuple(note["before"] or ()) if note["did"] == "change" else ()


def _change_back(table: type[Model], notes: Sequence[Mapping[str, Any]], fields: Sequence[str], now: datetime) -> None:
    """Restore rows; of one that was changed twice the earliest values win, since the notes go backwards."""
    found = _by_key(table, (note["key"] for note in notes))
    for note in notes:
        for name, value in _read(table, note["before"]).items():
            setattr(found[note["key"]], name, value)
    _update(list(found.values()), fields, now)


def _require_as_left(notes: Sequence[Mapping[str, Any]], by_label: Mapping[str, type[Model]]) -> None:
    """Walk back in thought first: a row may have been written twice, and a half-written way back would hit others."""
    seen: dict[tuple[str, Any], Row | None] = {(note["table"], note["key"]): None for note in notes}
    for label, table in by_label.items():
        for key, row in _by_key(table, [pk for at, pk in seen if at == label]).items():
            seen[label, key] = _told(row, _fields(table))
    changed: dict[str, None] = {}
    for note in notes:
        at = note["table"], note["key"]
        current = seen[at]
        if not _is_as_left(current, note):
            changed[note["called"]] = None
        elif note["did"] == "change" and current is not None:
            seen[at] = {**current, **note["before"]}
        else:
            seen[at] = note["before"]
    if changed:
        names = list(changed)
        more = f" (+{len(names) - NAMED})" if len(names) > NAMED else ""
        raise errors.ChangedSince(things=", ".join(names[:NAMED]) + more)


def _is_as_left(current: Row | None, note: Mapping[str, Any]) -> bool:
    if note["after"] is None or current is None:
        return note["after"] is None and current is None
    return all(current[name] == value for name, value in note["after"].items())


def _label(table: type[Model]) -> str:
    return table._meta.label_lower  # noqa: SLF001 - the door that Django documents


def _fields(table: type[Model]) -> dict[str, Field[Any, Any]]:
    return {field.attname: field for field in table._meta.concrete_fields}  # noqa: SLF001 - as above


def _rows(table: type[Model]) -> QuerySet[Any]:
    return table._base_manager.all()  # noqa: SLF001 - as above


def _told(row: Model, names: Iterable[str]) -> Row:
    """Fields of a row as JSON says them."""
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _read(table: type[Model], told: Mapping[str, Any]) -> Row:
    fields = _fields(table)
    return {name: fields[name].to_python(value) for name, value in told.items()}


def _by_key(table: type[Model], keys: Iterable[Any]) -> dict[Any, Model]:
    found: dict[Any, Model] = {}
    for some in _batched(list(keys)):
        found |= {row.pk: row for row in _rows(table).filter(pk__in=some)}
    return found


def _batched(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Keys in pieces that fit into one question to the database."""
    return (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))


def _update(rows: Sequence[Any], fields: Sequence[str], now: datetime) -> None:
    if not rows:
        return
    if not hasattr(rows[0], "history"):
        names = [_fields(type(rows[0]))[name].name for name in fields]
        type(rows[0]).objects.bulk_update(rows, names, batch_size=BATCH)
        return
    for row in rows:
        # Where a table keeps its history, simple-history would ask the clock unless it is told the time.
        row._history_date = now  # noqa: SLF001 - simple-history's own door
        row.save(update_fields=fields)


def _create(rows: Sequence[Any], now: datetime) -> None:
    if not rows:
        return
    if not hasattr(rows[0], "history"):
        type(rows[0]).objects.bulk_create(rows, batch_size=BATCH)
        return
    for row in rows:
        row._history_date = now  # noqa: SLF001 - as above
        row.save(force_insert=True)
