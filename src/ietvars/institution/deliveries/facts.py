"""The fact: one event of one case as it lies in the lake, column by column, and the codes in its columns.

The one place where the columns are named; compaction writes them, cases and flows read them. Times are whole
microseconds of UTC, so that every engine subtracts alike; `day` is the legal day where the state is, so that no engine
needs a time zone. It must not know how a file is written. Needs Ibis only when `table` is asked for.
"""

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

SCHEMA_VERSION = 1

EPOCH_DAY = 0
"""`day` 0 is 1970-01-01."""


class Type(IntEnum):
    """What happened."""

    OPENED = 1
    STEP = 2
    WAIT_STARTED = 3
    WAIT_ENDED = 4
    EVIDENCE_REQUESTED = 5
    CONTACT = 6
    DECIDED = 7
    DELIVERED = 8
    RATED = 9
    WITHDRAWN = 10
    EXPIRED = 11
    CONTESTED = 12
    OVERTURNED = 13
    ANNULLED = 14
    """Takes back the event that it corrects, and counts as nothing itself."""


class Stage(IntEnum):
    """The three stages of law, and none."""

    NONE = 0
    REQUEST = 1
    EXECUTION = 2
    RECEIPT = 3


class Origin(IntEnum):
    """Who began the case."""

    SELF = 1
    ASSISTED = 2
    PROACTIVE = 3


class Contact(IntEnum):
    """Why somebody asked while the case ran; the first three are failure demand."""

    NONE = 0
    STATUS = 1
    CORRECTION = 2
    REPEAT = 3
    OTHER = 4


CHANNELS = (
    "",
    "online",
    "e-address",
    "email",
    "phone",
    "video",
    "in-person",
    "one-stop-centre",
    "library",
    "post",
    "app",
    "sms",
)
"""Codes of the list `channels`; a channel's number is its place here. New ones are added at the end only."""

MARK = -1
"""Activity of a fact that is no event of anybody's work but a date that its case carries, e.g. the end that an imported
log states beside its events. It counts for the case (opened, delivered, withdrawn) and never stands in a flow, in a
variant or in a number of events."""

COLUMNS = {
    "event_id": "uuid",  # digest of (source, id): what makes an event the same
    "seq": "int64",  # order of arrival; breaks ties of time
    "case_id": "int64",  # 63 bits of a digest of (source, case)
    "caused_by_case_id": "int64",  # nullable
    "service_id": "int32",
    "service_version": "int16",  # number of the published version in force when the case opened; 0 unknown
    "holder_id": "int32",  # body that answers for the service that day
    "provider_id": "int32",  # body that did it; the holder where nothing else was said
    "channel": "int8",
    "origin": "int8",
    "person_key": "int64",  # nullable; keyed hash
    "key_version": "int16",  # which key made it; 0 none
    "type": "int8",
    "stage": "int8",
    "activity": "int32",  # number of the activity within the house; 0 where the type says it all; MARK: no event
    "contact": "int8",
    "occurred_us": "int64",
    "received_us": "int64",
    "day": "int32",  # legal day of occurred_us, days since 1970-01-01
    "due_us": "int64",  # nullable; by when the case was promised its result; of several the latest said counts
    "evidence": "int32",  # nullable; number of the evidence asked for
    "evidence_held_by": "int32",  # nullable; body whose register holds it already
    "cost_cents": "int32",  # nullable
    "rating": "int16",  # nullable; tenths of a point of 0-100
    "rating_method": "int8",  # number of the method; 0 none
    "corrects": "uuid",  # nullable; event that this one stands for
    "schema_version": "int8",
}
"""Column to type, in the order of the file. `cohort` (yyyymm of the case's first legal day) and `bucket` are in the
path."""

ORDER = ("service_id", "case_id", "occurred_us", "seq")
"""How rows are laid, so that a service, and a case in it, lies together."""


def table(name: str = "facts") -> "ir.Table":
    """The unbound table of facts for Ibis expressions, with its partition columns."""
    import ibis

    return ibis.table({**COLUMNS, "cohort": "int32", "bucket": "int32"}, name=name)
