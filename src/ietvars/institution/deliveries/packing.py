"""How an event lies in the inbox: fixed bytes in one order, so that it is written fast and read back by columns.

Nothing in it can name a person: all is numbers and digests. It must not know a table. Pure.
"""

import struct
from collections.abc import Iterable, Sequence
from typing import Any

from ietvars.institution.deliveries.events import Event

LAYOUT = (
    ("schema_version", "b"),
    ("case_id", "q"),
    ("service_id", "i"),
    ("holder_id", "i"),
    ("provider_id", "i"),
    ("type", "b"),
    ("occurred_us", "q"),
    ("day", "i"),
    ("caused_by_case_id", "q"),
    ("service_version", "h"),
    ("channel", "b"),
    ("origin", "b"),
    ("person_key", "q"),
    ("key_version", "h"),
    ("stage", "b"),
    ("activity", "i"),
    ("contact", "b"),
    ("evidence", "i"),
    ("evidence_held_by", "i"),
    ("cost_cents", "i"),
    ("rating", "h"),
    ("rating_method", "b"),
    ("due_us", "q"),
    ("corrects", "16s"),
)
"""Name and kind of each part, without gaps, little end first. What is not there is -1, or 16 bytes of nothing."""

VERSION = 1
NOTHING = bytes(16)
NULLABLE = frozenset(
    {"caused_by_case_id", "person_key", "evidence", "evidence_held_by", "cost_cents", "rating", "due_us"}
)
"""Where -1 stands for nothing; `corrects` has its 16 bytes for it."""

_RECORD = struct.Struct("<" + "".join(kind for _name, kind in LAYOUT))
SIZE = _RECORD.size


def pack(event: Event) -> bytes:
    """The bytes of an event, without its id and the moment it was received: those have columns of their own."""
    (
        _, case, service, holder, provider, kind, occurred, day, caused, version, channel, origin, person, key, stage,
        activity, contact, evidence, held_by, cents, rating, method, corrects, due, _,
    ) = event  # fmt: skip
    return _RECORD.pack(
        VERSION, case, service, holder, provider, kind, occurred, day,
        -1 if caused is None else caused, version, channel, origin,
        -1 if person is None else person, key, stage, activity, contact,
        -1 if evidence is None else evidence,
        -1 if held_by is None else held_by,
        -1 if cents is None else cents,
        -1 if rating is None else rating,
        method,
        -1 if due is None else due,
        corrects or NOTHING,
    )  # fmt: skip


def unpack(event_id: bytes, received_us: int, payload: bytes) -> Event:
    """The event of its row in the inbox."""
    (
        _, case, service, holder, provider, kind, occurred, day, caused, version, channel, origin, person, key, stage,
        activity, contact, evidence, held_by, cents, rating, method, due, corrects,
    ) = _RECORD.unpack(payload)  # fmt: skip
    return Event(
        bytes(event_id), case, service, holder, provider, kind, occurred, day,
        None if caused < 0 else caused, version, channel, origin,
        None if person < 0 else person, key, stage, activity, contact,
        None if evidence < 0 else evidence,
        None if held_by < 0 else held_by,
        None if cents < 0 else cents,
        None if rating < 0 else rating,
        method,
        None if corrects == NOTHING else corrects,
        None if due < 0 else due,
        received_us,
    )  # fmt: skip


_PERSON = struct.Struct("<qh")
_PERSON_AT = struct.calcsize(
    "<" + "".join(kind for _name, kind in LAYOUT[: [n for n, _ in LAYOUT].index("person_key")])
)


def person(key: int, version: int) -> tuple[int, bytes, bytes]:
    """Where a person stands in a payload, the bytes he has there, and the bytes of nobody."""
    return _PERSON_AT, _PERSON.pack(key, version), _PERSON.pack(-1, 0)


def replaced(payload: bytes, start: int, instead: bytes) -> bytes:
    """A payload with other bytes in one place."""
    return payload[:start] + instead + payload[start + len(instead) :]


def columns(payloads: Iterable[bytes]) -> Any:
    """Many payloads as one NumPy array of records, a field a column (the raw values: -1 is nothing)."""
    import numpy as np

    kinds = {"b": "<i1", "h": "<i2", "i": "<i4", "q": "<i8", "16s": "V16"}
    return np.frombuffer(b"".join(payloads), dtype=[(name, kinds[kind]) for name, kind in LAYOUT])


def is_whole(payloads: Sequence[bytes]) -> bool:
    """Whether all payloads are of this version and length, as `columns` needs them."""
    return all(len(one) == SIZE and one[0] == VERSION for one in payloads)
