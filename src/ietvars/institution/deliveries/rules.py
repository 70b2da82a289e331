"""What may come in and what it is called: types, codes, scales, days and limits as pure values.

It must not read a document (that is `events`) nor know a table. Never imports Django.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ietvars.ground.errors import sentence
from ietvars.ground.people.rules import Actor, Role
from ietvars.institution.deliveries import errors
from ietvars.institution.deliveries.facts import CHANNELS, Contact, Origin, Stage, Type

PREFIX = "lv.ietvars.delivery."
"""How the type of an event begins here. Any other beginning will do, e.g. a sender's own; the last word counts."""

TYPES: Mapping[str, Type] = {one.name.lower().replace("_", "-"): one for one in Type}
STAGES: Mapping[str, Stage] = {one.name.lower(): one for one in Stage if one is not Stage.NONE}
ORIGINS: Mapping[str, Origin] = {one.name.lower(): one for one in Origin}
CONTACTS: Mapping[str, Contact] = {one.name.lower(): one for one in Contact if one is not Contact.NONE}
CHANNEL_NUMBERS: Mapping[str, int] = {code: number for number, code in enumerate(CHANNELS) if code}

STAGE_OF: Mapping[Type, Stage] = {
    Type.OPENED: Stage.REQUEST,
    Type.DECIDED: Stage.EXECUTION,
    Type.DELIVERED: Stage.RECEIPT,
}
"""Which stage is meant where an event names none."""

METHODS = ("", "after-delivery", "survey", "interview", "telephone", "terminal", "website", "other")
"""How a rating was asked for; a method's number is its place here. New ones are added at the end only."""

METHOD_NUMBERS: Mapping[str, int] = {code: number for number, code in enumerate(METHODS) if code}

LONGEST_ID = 200
LONGEST_STEP = 120
LONGEST_PERSON = 200
MOST_EVENTS = 10_000
"""Events in one call."""

EARLIEST = date(1990, 1, 1)
FARTHEST = date(2200, 1, 1)
AHEAD = timedelta(hours=1)
"""How far the clock of a sender may be ahead of ours."""

MOST_CENTS = 2_000_000_000

MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONE = "Europe/Riga"
_HOUR = 3_600_000_000
_DAY = 24 * _HOUR


@dataclass(frozen=True)
class Fault:
    """Why an event is refused: a stable code, and a sentence (an English message id) with its facts."""

    code: str
    sentence: str
    facts: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.sentence % self.facts if self.facts else self.sentence


class Status(StrEnum):
    """What became of an event."""

    ACCEPTED = "accepted"
    KNOWN = "known"
    REFUSED = "refused"


class Answer(NamedTuple):
    """The answer to one event, in the order in which they came. `id` is the sender's own."""

    status: Status
    id: str
    fault: Fault | None = None

    @property
    def code(self) -> str:
        """Stable code of the reason; empty unless refused."""
        return self.fault.code if self.fault else ""

    @property
    def sentence(self) -> str:
        """The reason in English; empty unless refused."""
        return str(self.fault) if self.fault else ""


@dataclass
class Counts:
    """What became of many events."""

    accepted: int = 0
    known: int = 0
    refused: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.accepted + other.accepted, self.known + other.known, self.refused + other.refused)


@dataclass(frozen=True)
class SenderFacts:
    """Who sends: what his body reaches, what it provides for others, and what he is narrowed to (None: to nothing).

    `before` are bodies that ended and went over into those of the reach: what was theirs on an earlier day is theirs.
    """

    id: int
    code: str
    body_id: int
    reach: frozenset[int] = field(repr=False)
    provided: frozenset[int] = field(default=frozenset(), repr=False)
    listed: frozenset[int] | None = field(default=None, repr=False)
    above: frozenset[int] = field(default=frozenset(), repr=False)
    before: frozenset[int] = field(default=frozenset(), repr=False)


KEEPERS = (Role.SERVICE_OWNER, Role.ADMINISTRATOR, Role.SYSTEM)
"""Capacities that look after the senders and the quarantine of the bodies within their reach."""

_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def require_keeper(actor: Actor, body_id: int | None) -> None:
    """Senders and refused events are looked after by owners and administrators of their body. Raises NotYourSender."""
    if actor.role not in KEEPERS or not actor.reaches(body_id):
        raise errors.NotYourSender


def require_owner(actor: Actor, holder_id: int | None) -> None:
    """Steps of a service are called by who answers for it. Raises NotYourSteps."""
    if actor.role not in (Role.SERVICE_OWNER, Role.SYSTEM) or not actor.reaches(holder_id):
        raise errors.NotYourSteps


def require_code(code: str, title: str) -> None:
    """A sender has a code of small letters, digits and dashes, and a title. Raises BadCode."""
    if not _CODE.fullmatch(code) or len(code) > 80 or not title.strip() or len(title) > 200:
        raise errors.BadCode


@dataclass(frozen=True)
class Held:
    """Who held a service, by days since 1970; `until` is the last day."""

    since: int
    until: int
    body_id: int


@dataclass(frozen=True)
class KnownService:
    """A service as the door must know it: its number, its holders over time, its versions by (first moment, number)."""

    id: int
    holders: tuple[Held, ...]
    versions: tuple[tuple[int, int], ...] = ()

    def holder(self, day: int) -> int | None:
        """Who held it on a day; of a day before all that is known, the first holder. None where nobody is known."""
        for held in self.holders:
            if held.since <= day <= held.until:
                return held.body_id
        return self.holders[0].body_id if self.holders and day < self.holders[0].since else None

    def version(self, moment: int) -> int:
        """Number of the version in force at a moment; 0 before the first."""
        found = 0
        for since, number in self.versions:
            if since > moment:
                break
            found = number
        return found


@dataclass(frozen=True)
class Known:
    """All codes that an event may name. `activities` is (service id, step) to number, `sources` tells whose each is."""

    services: Mapping[str, KnownService]
    bodies: Mapping[str, int]
    activities: Mapping[tuple[int, str], int] = field(default_factory=dict)
    evidence: Mapping[str, int] = field(default_factory=dict)
    sources: Mapping[str, int] = field(default_factory=dict)


_offsets: dict[int, int] = {}


def legal_day(moment: int) -> int:
    """The day on the clocks of the state at a moment (microseconds of UTC), as days since 1970-01-01."""
    hour = moment // _HOUR
    offset = _offsets.get(hour)
    if offset is None:
        if len(_offsets) > 500_000:
            _offsets.clear()
        local = (EPOCH + timedelta(hours=hour)).astimezone(ZoneInfo(ZONE)).utcoffset() or timedelta()
        offset = _offsets[hour] = local // MICROSECOND
    return (moment + offset) // _DAY


def microseconds(moment: datetime) -> int:
    """A moment as whole microseconds since 1970, UTC."""
    return (moment - EPOCH) // MICROSECOND


def day_number(day: date) -> int:
    """A day as days since 1970-01-01."""
    return day.toordinal() - 719_163


def prefix(source: str) -> bytes:
    """What the digests of a source's events and cases begin with."""
    return f"{len(source)}:{source}\n".encode("utf-8", "surrogatepass")


def digest(begin: bytes, key: str, size: int) -> bytes:
    """So many bytes that stand for a key of a source; `begin` is the source's `prefix`."""
    return hashlib.blake2b(begin + key.encode("utf-8", "surrogatepass"), digest_size=size).digest()


def number(begin: bytes, key: str) -> int:
    """63 bits that stand for a key of a source."""
    return int.from_bytes(digest(begin, key, 8), "big") >> 1


def event_digest(source: str, key: str) -> bytes:
    """What makes an event the same: 16 bytes of its source and id."""
    return digest(prefix(source), key, 16)


def case_number(source: str, case: str) -> int:
    """63 bits of a digest of the source and the case's key there."""
    return number(prefix(source), case)


# A word of letters and digits of which these are a part is none of them: a UUID is no telephone number.
_BEFORE, _AFTER = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
DASH = "[-\u2010-\u2015\u2212\uff0d/ ]"
PERSONAL = re.compile(
    # An e-mail address; a personal code with its dash, or without one where the digits begin as one does;
    rf"[@\uff20]|{_BEFORE}\d{{6}}{DASH}\d{{5}}{_AFTER}"
    rf"|{_BEFORE}(?:32\d{{4}}|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d)[0-9]\d{{4}}{_AFTER}"
    # a number with its country, an account, a first name and a family name, and what stands for any of these once it
    # has been taken out.
    rf"|{_BEFORE}\+\d[\d ()-]{{6,}}|{_BEFORE}[Ll][Vv]\d\d ?[A-Za-z]{{4}}(?: ?\d){{13}}{_AFTER}"
    r"|\[(?:personas kods|tālrunis|e-pasts|konts|personal code|telephone|e-mail|account|…)\]"
)
"""What must not stand in an event anywhere but in `person`, where it is hashed."""

DESCRIBING = frozenset({"step", "evidence"})
"""Fields whose words describe: a name among them cannot be told from other words that begin with a capital."""

NAME = re.compile(r"[A-ZĀČĒĢĪĶĻŅŠŪŽ][a-zāčēģīķļņšūž]+(?:[ -][A-ZĀČĒĢĪĶĻŅŠŪŽ][a-zāčēģīķļņšūž]+)+")
"""A whole key that is a first name and a family name."""

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

# The sentences of faults. %(...)s are filled with what the sender wrote, cut, and with nothing personal in it.
NOT_AN_OBJECT = sentence("An event is a JSON object with attributes of CloudEvents 1.0.")
NOT_SPEC = sentence("“specversion” must be “1.0”.")
MISSING = sentence("“%(name)s” is missing.")
NOT_TEXT = sentence("“%(name)s” must be a text of 1 to %(limit)s characters without line breaks.")
NOT_URI = sentence("“source” must be an address without blanks or letters beyond ASCII, e.g. urn:agency:case-system.")
UNKNOWN_TYPE = sentence("The type must end in one of: %(known)s.")
NOT_TIME = sentence("“%(name)s” must be a day and a time with its zone, e.g. 2026-11-23T09:30:00+02:00.")
TOO_EARLY = sentence("“%(name)s” lies before 1990.")
TOO_LATE = sentence("“%(name)s” lies in the future. Check the clock of the computer that sends.")
PERSONAL_DATA = sentence(
    "“%(name)s” seems to hold a personal code, a name, a telephone number or an address. Send such things in “person” "
    "only, where they are hashed at once."
)
UNKNOWN_SERVICE = sentence("There is no service “%(given)s”. Use the code that stands in the address of its page.")
FOREIGN_SERVICE = sentence("The service “%(given)s” is none that you may send events of.")
NO_HOLDER = sentence("Nobody is known to have held the service “%(given)s” on that day.")
UNKNOWN_CODE = sentence("“%(name)s” must be one of: %(known)s.")
UNKNOWN_BODY = sentence("“%(name)s” names no institution. Use the code that stands in the address of its page.")
UNKNOWN_FIELD = sentence("There is no field “%(given)s” in the data of an event.")
NO_STEP = sentence("An event of type “step” must name its “step”.")
NO_CORRECTS = sentence("An event of type “annulled” must name the id of the event that it takes back, in “corrects”.")
SELF = sentence("“%(name)s” must not be the event itself, or its own case.")
NOT_VERSION = sentence("“service_version” must be a whole number from 1 to 32767.")
NOT_COST = sentence("“cost_eur” must be a number of euros from 0 to 20 000 000.")
NOT_SCALE = sentence("“scale” must name the lowest and the highest mark, e.g. 1-5.")
NOT_RATING = sentence("“rating” must be a number on the scale %(scale)s.")
TOO_MANY_STEPS = sentence("The service already has %(limit)s different steps. A step's name must not hold a number.")
TOO_MANY_EVIDENCE = sentence("%(limit)s kinds of evidence are known already. The name of one must not hold a number.")
FOREIGN_SOURCE = sentence(
    "“source” is in use by another institution, or you use too many. Begin it with the code of your institution."
)
