"""Reads one CloudEvent 1.0 about a delivery into what a fact needs, or says why it cannot. Pure.

Codes are resolved against a `rules.Known` that comes in, and persons by a function that comes in, so nothing here
knows a table or a key. It is on the way of every event, ten thousand a call: no classes per field, no schema
validators. It must not write, and no fault may repeat what could name a person.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import unquote

from ietvars.institution.deliveries import rules
from ietvars.institution.deliveries.facts import Contact, Origin, Stage, Type
from ietvars.institution.deliveries.rules import Fault, Known, KnownService, SenderFacts

KeyOf = Callable[[str], tuple[int | None, int]]
"""Raw identifier of a person to (key, number of the key that made it); (None, 0) for one who has been erased."""


class Event(NamedTuple):
    """One event with all codes resolved; the columns of a fact but for `seq`. See `facts.COLUMNS`.

    A tuple, since a frozen dataclass of that many fields costs as much to make as all the rest of the reading.
    """

    event_id: bytes
    case_id: int
    service_id: int
    holder_id: int
    provider_id: int
    type: int
    occurred_us: int
    day: int
    caused_by_case_id: int | None = None
    service_version: int = 0
    channel: int = 0
    origin: int = Origin.SELF.value
    person_key: int | None = None
    key_version: int = 0
    stage: int = 0
    activity: int = 0
    contact: int = 0
    evidence: int | None = None
    evidence_held_by: int | None = None
    cost_cents: int | None = None
    rating: int | None = None
    rating_method: int = 0
    corrects: bytes | None = None
    due_us: int | None = None
    received_us: int = 0


class Read(NamedTuple):
    """An event, and the names in it that have no number yet: whoever writes it gives them one."""

    event: Event
    new_step: str = ""
    new_evidence: str = ""
    new_source: str = ""


_new: Callable[..., Any] = tuple.__new__
"""Makes a named tuple of its parts in order, at a third of the cost of asking its class."""


class Unreadable(Exception):
    """Carries a fault out of the reading."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.code)


FIELDS = frozenset(
    {
        "service", "service_version", "stage", "channel", "origin", "provider", "person", "step", "evidence",
        "held_by", "cost_eur", "rating", "scale", "method", "caused_by", "corrects", "kind", "due",
    }
)  # fmt: skip
"""What the data of an event may hold."""

_STAGE_OF = {one.value: rules.STAGE_OF.get(one, Stage.NONE).value for one in Type}
_EARLIEST = rules.day_number(rules.EARLIEST) * 86_400_000_000
_AHEAD = rules.AHEAD // rules.MICROSECOND
_STEP, _ANNULLED, _RATED = Type.STEP.value, Type.ANNULLED.value, Type.RATED.value
_EMPTY = (None, "")
_SELF = Origin.SELF.value
_CONTACT_OF = {Type.CONTACT.value: Contact.OTHER.value}
_ACCOUNT = frozenset({"LV", "lv", "Lv", "lV"})
_MOST_REMEMBERED = 1_000
_LAST = 1_000_000
_FAR = rules.day_number(rules.FARTHEST) * 86_400_000_000
_TYPES = {name: one.value for name, one in rules.TYPES.items()}
_STAGES = {name: one.value for name, one in rules.STAGES.items()}
_ORIGINS = {name: one.value for name, one in rules.ORIGINS.items()}
_CONTACTS = {name: one.value for name, one in rules.CONTACTS.items()}


def _no(code: str, text: str, **facts: Any) -> Unreadable:
    return Unreadable(Fault(code, text, {name: str(value) for name, value in facts.items()}))


def shown(value: Any) -> str:
    """What a sender wrote, as a fault may repeat it: cut, and nothing at all where it could name a person."""
    text = rules.CONTROL.sub(" ", str(value))[:60] if isinstance(value, str | int | float) else ""
    return "…" if rules.PERSONAL.search(text) or rules.NAME.fullmatch(text.strip()) else text


def _text(holder: Mapping[str, Any], name: str, limit: int = rules.LONGEST_ID) -> str:
    """A text that must be there. Raises Unreadable."""
    value = holder.get(name)
    if value is None:
        raise _no("missing", rules.MISSING, name=name)
    if not isinstance(value, str) or not 0 < len(value) <= limit or rules.CONTROL.search(value):
        raise _no("not-a-text", rules.NOT_TEXT, name=name, limit=limit)
    return value


def _clean(holder: Mapping[str, Any], name: str, limit: int = rules.LONGEST_ID) -> str:
    """A text that must hold nothing personal; of words that describe, a name cannot be told from other words."""
    value = _text(holder, name, limit).strip()
    if not value:
        raise _no("not-a-text", rules.NOT_TEXT, name=name, limit=limit)
    if rules.PERSONAL.search(value) or (name not in rules.DESCRIBING and rules.NAME.fullmatch(value)):
        raise _no("personal-data", rules.PERSONAL_DATA, name=name)
    return value


def _code(data: Mapping[str, Any], name: str, known: Mapping[str, int]) -> int:
    value = data[name]
    found = known.get(value) if isinstance(value, str) else None
    if found is None:
        raise _no(f"unknown-{name}", rules.UNKNOWN_CODE, name=name, known=", ".join(known))
    return found


_ELEVEN = re.compile(rf"[0-9]{{6}}{rules.DASH}?[0-9]{{5}}")


def may_be_personal(text: str) -> bool:
    """Whether a text is worth the whole look of `rules.PERSONAL`, which takes ten times as long as this."""
    return (
        "@" in text
        or "+" in text
        or "[" in text
        or not text.isascii()
        or " " in text
        or text[:2] in _ACCOUNT
        or _ELEVEN.search(text) is not None
    )


def moment(value: Any, latest_us: int, name: str = "time") -> int:
    """A time with its zone as microseconds of UTC. Raises Unreadable."""
    try:
        read = datetime.fromisoformat(value) if len(value) >= 16 and value[10] in "Tt " else None
        passed = read - rules.EPOCH if read is not None else None
    except (TypeError, ValueError, OverflowError, KeyError):
        passed = None
    if passed is None:
        raise _no("not-a-time", rules.NOT_TIME, name=name)
    found = (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds
    if found < _EARLIEST:
        raise _no("too-early", rules.TOO_EARLY, name=name)
    if found > latest_us:
        raise _no("in-the-future", rules.TOO_LATE, name=name)
    return found


class _Service(NamedTuple):
    """A service as a call needs it: looked up once. `holder` is filled where there was only ever one."""

    known: KnownService
    holder: int | None
    version: int | None


class _Source(NamedTuple):
    """A source as a call needs it: looked at once."""

    prefix: bytes
    is_new: bool


class Reader:
    """Reads the events of one call. Not for threads to share.

    What is usual is looked at where it stands, without a call: at ten thousand events a call, calls are what costs. The
    helpers below are asked when something is not usual, and say what.
    """

    def __init__(self, *, known: Known, key_of: KeyOf, now: datetime, sender: SenderFacts | None = None) -> None:
        self._known = known
        self._key_of = key_of
        self._now = rules.microseconds(now)
        self._latest = self._now + _AHEAD
        self._sender = sender
        self._types: dict[Any, int] = {}
        self._sources: dict[str, _Source] = {}
        self._services: dict[str, _Service] = {}

    def read(self, document: Any) -> Read:
        """The event of a document. Raises Unreadable."""
        if not isinstance(document, dict):
            raise _no("not-an-object", rules.NOT_AN_OBJECT)
        get = document.get
        if get("specversion") != "1.0":
            raise _no("not-cloudevents-1.0", rules.NOT_SPEC)
        key, case, uri, data = get("id"), get("subject"), get("source"), get("data")
        if not (isinstance(key, str) and 0 < len(key) <= rules.LONGEST_ID and key.isprintable()):
            key = _text(document, "id")
        if not (isinstance(case, str) and 0 < len(case) <= rules.LONGEST_ID and case.isprintable()):
            case = _text(document, "subject")
        if may_be_personal(key):
            _clean(document, "id")
        if may_be_personal(case):
            _clean(document, "subject")
        source = self._sources.get(uri) if isinstance(uri, str) else None
        if source is None:
            source = self._source(document)
        kind = self._types.get(get("type")) if isinstance(get("type"), str) else None
        if kind is None:
            kind = self._type(get("type"))
        occurred = moment(get("time"), self._latest)
        if not isinstance(data, dict):
            raise _no("missing", rules.MISSING, name="data")
        if not data.keys() <= FIELDS:
            name = next(shown(name) for name in data if name not in FIELDS)
            raise _no("unknown-field", rules.UNKNOWN_FIELD, given=name)
        event, step, evidence = self._filled(kind, occurred, source.prefix, key, case, data)
        found: Read = _new(Read, (event, step, evidence, uri if source.is_new else ""))
        return found

    def _source(self, document: Mapping[str, Any]) -> _Source:
        """A source that is the sender's own, or nobody's yet. One that is a foreign body's is refused."""
        uri = _clean(document, "source")
        sender, owner = self._sender, self._known.sources.get(document["source"])
        if sender is not None and owner is not None and owner not in sender.reach and owner not in sender.above:
            raise _no("foreign-source", rules.FOREIGN_SOURCE)
        if uri != document["source"] or not uri.isascii() or " " in uri:
            raise _no("not-an-address", rules.NOT_URI)
        found = _Source(rules.prefix(uri), sender is not None and owner is None)
        if len(self._sources) < _MOST_REMEMBERED:
            self._sources[uri] = found
        return found

    def _type(self, value: Any) -> int:
        if value is None:
            raise _no("missing", rules.MISSING, name="type")
        found = _TYPES.get(value.rpartition(".")[2]) if isinstance(value, str) and len(value) <= 200 else None
        if found is None:
            raise _no("unknown-type", rules.UNKNOWN_TYPE, known=", ".join(_TYPES))
        if len(self._types) < _MOST_REMEMBERED:
            self._types[value] = found
        return found

    def _service(self, data: Mapping[str, Any]) -> _Service:
        code = _text(data, "service")
        known = self._known.services.get(code)
        if known is None:
            raise _no("unknown-service", rules.UNKNOWN_SERVICE, given=shown(code))
        sender = self._sender
        if sender is not None and sender.listed is not None and known.id not in sender.listed:
            raise _no("foreign-service", rules.FOREIGN_SERVICE, given=shown(code))
        # One holder since ever and one version since ever is what nearly all services have.
        holder = known.holder(0) if len(known.holders) == 1 and known.holder(_LAST) == known.holder(0) else None
        if holder is not None and not self._may(known, holder):
            raise _no("foreign-service", rules.FOREIGN_SERVICE, given=shown(code))
        found = _Service(known, holder, 0 if not known.versions else None)
        self._services[code] = found
        return found

    def _may(self, known: KnownService, holder: int) -> bool:
        """Whether the sender may tell of a service on a day when this body held it."""
        sender = self._sender
        if sender is None or holder in sender.reach or known.id in sender.provided:
            return True
        # What happened before a reorganisation is told late by whoever holds the service now.
        return holder in sender.before and known.holder(_LAST) in sender.reach

    def _holder(self, known: KnownService, day: int, code: Any) -> int:
        found = known.holder(day)
        if found is None:
            raise _no("no-holder", rules.NO_HOLDER, given=shown(code))
        if not self._may(known, found):
            raise _no("foreign-service", rules.FOREIGN_SERVICE, given=shown(code))
        return found

    def _filled(
        self, kind: int, occurred: int, prefix: bytes, key: str, case: str, data: Mapping[str, Any]
    ) -> tuple[Event, str, str]:
        get = data.get
        named = get("service")
        service = self._services.get(named) if isinstance(named, str) else None
        if service is None:
            service = self._service(data)
        day = rules.legal_day(occurred)
        known = service.known
        holder = service.holder
        if holder is None:
            holder = self._holder(known, day, named)
        event_id, case_id = rules.digest(prefix, key, 16), rules.number(prefix, case)
        person, made_by = get("person"), 0
        if person is not None:
            person, made_by = self._key_of(_text(data, "person", rules.LONGEST_PERSON))
        activity, step = 0, ""
        if get("step") is not None or kind == _STEP:
            activity, step = self._step(known.id, data)
        evidence, new_evidence = self._evidence(data) if get("evidence") is not None else (None, "")
        corrects = self._corrects(prefix, data, event_id) if get("corrects") is not None else None
        if kind == _ANNULLED and corrects is None:
            raise _no("nothing-taken-back", rules.NO_CORRECTS)
        provider = get("provider")
        version = _version(data) if get("service_version") is not None else service.version
        event: Event = _new(
            Event,
            (
                event_id,
                case_id,
                known.id,
                holder,
                holder if provider is None else self._body(data, "provider"),
                kind,
                occurred,
                day,
                self._cause(prefix, data, case_id) if get("caused_by") is not None else None,
                known.version(occurred) if version is None else version,
                _code(data, "channel", rules.CHANNEL_NUMBERS) if get("channel") not in _EMPTY else 0,
                _code(data, "origin", _ORIGINS) if get("origin") not in _EMPTY else _SELF,
                person,
                made_by,
                _code(data, "stage", _STAGES) if get("stage") not in _EMPTY else _STAGE_OF[kind],
                activity,
                _code(data, "kind", _CONTACTS) if get("kind") not in _EMPTY else _CONTACT_OF.get(kind, 0),
                evidence,
                self._body(data, "held_by") if get("held_by") is not None else None,
                _cents(get("cost_eur")) if get("cost_eur") is not None else None,
                _tenths(data) if get("rating") is not None or kind == _RATED else None,
                _code(data, "method", rules.METHOD_NUMBERS) if get("method") not in _EMPTY else 0,
                corrects,
                moment(get("due"), _FAR, "due") if get("due") is not None else None,
                self._now,
            ),
        )
        return event, step, new_evidence

    def _body(self, data: Mapping[str, Any], name: str) -> int:
        found = self._known.bodies.get(_text(data, name))
        if found is None:
            raise _no(f"unknown-{name}", rules.UNKNOWN_BODY, name=name)
        return found

    def _cause(self, prefix: bytes, data: Mapping[str, Any], case_id: int) -> int:
        found = rules.number(prefix, _clean(data, "caused_by"))
        if found == case_id:
            raise _no("caused-by-itself", rules.SELF, name="caused_by")
        return found

    def _corrects(self, prefix: bytes, data: Mapping[str, Any], event_id: bytes) -> bytes:
        found = rules.digest(prefix, _clean(data, "corrects"), 16)
        if found == event_id:
            raise _no("corrects-itself", rules.SELF, name="corrects")
        return found

    def _step(self, service_id: int, data: Mapping[str, Any]) -> tuple[int, str]:
        value = data.get("step")
        if value is None:
            raise _no("no-step", rules.NO_STEP)
        found = self._known.activities.get((service_id, value)) if isinstance(value, str) else None
        return (found, "") if found is not None else (0, _clean(data, "step", rules.LONGEST_STEP))

    def _evidence(self, data: Mapping[str, Any]) -> tuple[int | None, str]:
        value = data.get("evidence")
        found = self._known.evidence.get(value) if isinstance(value, str) else None
        return (found, "") if found is not None else (None, _clean(data, "evidence", rules.LONGEST_STEP))


def _version(data: Mapping[str, Any]) -> int:
    value = data.get("service_version")
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 32_767:
        raise _no("not-a-version", rules.NOT_VERSION)
    return value


def _cents(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value * 100 <= rules.MOST_CENTS:
        raise _no("not-a-cost", rules.NOT_COST)
    return round(value * 100)


def _tenths(data: Mapping[str, Any]) -> int:
    """A mark on its scale as tenths of a point of 0 to 100."""
    value = data.get("rating")
    if value is None:
        raise _no("missing", rules.MISSING, name="rating")
    scale = data.get("scale", "0-100")
    low, _, high = scale.partition("-") if isinstance(scale, str) and len(scale) <= 9 else ("", "", "")
    if not (low.isascii() and low.isdigit() and high.isascii() and high.isdigit() and int(low) < int(high)):
        raise _no("not-a-scale", rules.NOT_SCALE)
    first, last = int(low), int(high)
    if isinstance(value, bool) or not isinstance(value, int | float) or not first <= value <= last:
        raise _no("not-a-rating", rules.NOT_RATING, scale=scale)
    return round((value - first) * 1000 / (last - first))


def of_headers(headers: Iterable[tuple[str, str]], data: Any) -> dict[str, Any]:
    """The document of an event whose attributes came as headers of the call (CloudEvents 1.0, HTTP, binary mode)."""
    found: dict[str, Any] = {
        name[3:].lower(): unquote(value) for name, value in headers if name[:3].lower() == "ce-"
    }  # fmt: skip
    return {**found, "data": data}


def read_all(reader: Reader, documents: Sequence[Any]) -> list[Read | Fault]:
    """Each document's event or fault, in order."""
    found: list[Read | Fault] = []
    for document in documents:
        try:
            found.append(reader.read(document))
        except Unreadable as no:
            found.append(no.fault)
    return found
