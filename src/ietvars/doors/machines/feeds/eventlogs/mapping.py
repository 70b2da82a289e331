"""What a mapping file may say of a log: which column is what, what its words mean, and where its events go.

A file is TOML; without one, the names that XES and common exports use are known. Pure but for reading the file. It must
not look at an event.
"""

import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from ietvars.doors.machines.feeds.eventlogs import errors, times
from ietvars.institution.deliveries import facts, rules

ROLES: Mapping[str, tuple[str, ...]] = {
    "case": ("case:concept:name", "case id", "caseid", "case", "trace", "lieta", "lietas numurs"),
    "activity": ("concept:name", "activity", "activity name", "task", "darbība", "solis"),
    "time": ("time:timestamp", "timestamp", "time", "complete timestamp", "laiks", "datums"),
    "lifecycle": ("lifecycle:transition", "lifecycle", "transition"),
    "instance": ("concept:instance",),
    "service": ("service", "case:service", "pakalpojums", "object:service"),
    "channel": ("channel", "case:channel", "kanāls"),
    "provider": ("provider", "case:provider", "sniedzējs", "object:provider"),
    "person": (),
    "begun": ("case:startdate", "case:start date", "case:begun"),
    "ended": ("case:enddate", "case:end date", "case:ended"),
    "due": ("case:enddate planned", "case:planned end", "case:due date", "case:due", "case:deadline"),
    "stage": ("stage", "posms"),
    "type": ("ietvars:type",),
}
"""What a column can be, with the names that are known without a mapping, the first that is there first. `case:` stands
before what belongs to a case and not to one of its events. A person is never guessed."""

OF_CASE = frozenset({"service", "person", "begun", "ended", "due"})
"""Roles that hold for a whole case even where an event says them."""

NEEDED = ("case", "activity", "time")

CHANNEL_WORDS: Mapping[str, str] = {
    "internet": "online", "web": "online", "website": "online", "portal": "online", "digital": "online",
    "e-service": "online", "internets": "online", "tiešsaiste": "online", "e-pakalpojums": "online",
    "portāls": "online", "desk": "in-person", "counter": "in-person", "in person": "in-person",
    "office": "in-person", "front desk": "in-person", "klātiene": "in-person", "klātienē": "in-person",
    "mail": "post", "letter": "post", "paper": "post", "pasts": "post", "pa pastu": "post", "e-mail": "email",
    "e-pasts": "email", "telephone": "phone", "call": "phone", "tālrunis": "phone", "mobile app": "app",
    "text message": "sms", "e-adrese": "e-address", "centrs": "one-stop-centre", "vpvkac": "one-stop-centre",
    "bibliotēka": "library",
}  # fmt: skip
"""What channels are called elsewhere; the codes of the list itself are known besides."""

LIFECYCLE = ("complete", "autoskip", "manualskip", "withdraw", "ate_abort", "pi_abort")
"""Transitions of the XES standard after which an activity is over. All others lead up to one of these."""


@dataclass(frozen=True)
class Meaning:
    """What an activity is in a delivery."""

    type: facts.Type = facts.Type.STEP
    stage: facts.Stage = facts.Stage.NONE


@dataclass(frozen=True)
class LogMapping:
    """A mapping file, or what holds without one."""

    name: str = ""
    service: str = ""
    body: str = ""
    encoding: str = "utf-8-sig"
    delimiter: str = ""
    quote: str = '"'
    zone: str = rules.ZONE
    time_form: str = ""
    case_type: str = ""
    ends: str = "date"
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict(ROLES))
    said: frozenset[str] = frozenset()
    channels: Mapping[str, str] = field(default_factory=dict)
    activities: Mapping[str, Meaning] = field(default_factory=dict)
    over: tuple[str, ...] = LIFECYCLE

    @cached_property
    def known(self) -> Mapping[str, tuple[tuple[str, int], ...]]:
        """Plain name of a column to the roles it can have, each with its rank among the names of that role."""
        found: dict[str, list[tuple[str, int]]] = {}
        for role, names in self.columns.items():
            for rank, name in enumerate(names):
                found.setdefault(plain(name), []).append((role, rank))
        return {name: tuple(roles) for name, roles in found.items()}

    def pick(self, values: Iterable[tuple[str, str]], of_case: bool = False) -> dict[str, str]:  # noqa: FBT001, FBT002
        """The values by role. Of several columns for a role the first in the list that says something counts."""
        known, prefix = self.known, "case:" if of_case else ""
        found: dict[str, str] = {}
        ranks: dict[str, int] = {}
        for name, value in values:
            if not value:
                continue
            for role, rank in known.get(plain(f"{prefix}{name}"), ()):
                if role not in ranks or rank < ranks[role]:
                    ranks[role] = rank
                    found[role] = value
        return found

    def channel(self, told: str) -> int:
        """The number of a channel by what it is called in the log; 0 for one that nobody knows."""
        return self._channels.get(plain(told), 0)

    @cached_property
    def _channels(self) -> Mapping[str, int]:
        words = {code: code for code in facts.CHANNELS} | dict(CHANNEL_WORDS) | dict(self.channels)
        return {plain(word): facts.CHANNELS.index(code) for word, code in words.items()}


_PLAIN: dict[str, str] = {}


def plain(name: str) -> str:
    """A name as it is compared: small letters, one blank for any blanks, lines and dashes."""
    found = _PLAIN.get(name)
    if found is None:
        found = " ".join(unicodedata.normalize("NFC", name).casefold().replace("_", " ").replace("-", " ").split())
        if len(_PLAIN) < 10_000:
            _PLAIN[name] = found
    return found


# ---- the file ----------------------------------------------------------------------------------------------------


def read(path: Path | None) -> LogMapping:
    """The mapping of a file; without one, what is known anyway. Raises NoMapping, WrongMapping."""
    if path is None:
        return LogMapping()
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise errors.NoMapping(file=str(path), why=fault.strerror or str(fault)) from fault
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise errors.NoMapping(file=path.name, why=str(fault)) from fault
    return parse(told)


_PLACES = {
    "": ("name", "service", "body", "ends"),
    "format": ("encoding", "delimiter", "quote"),
    "times": ("zone", "form"),
    "ocel": ("case",),
    "lifecycle": ("over",),
}


def parse(told: Mapping[str, Any]) -> LogMapping:
    """The mapping that a document of TOML says. Raises WrongMapping."""
    tables = {*_PLACES, "columns", "channels", "activities"} - {""}
    top = {key: value for key, value in told.items() if key not in tables}
    if wrong := [name for name in tables & told.keys() if not isinstance(told[name], dict)]:
        raise _wrong(f"“{wrong[0]}” as a single value", f"It is a table: [{wrong[0]}].")
    parts: dict[str, Mapping[str, Any]] = {"": top, **{name: told.get(name, {}) for name in tables}}
    for place, names in _PLACES.items():
        for key, value in parts[place].items():
            if key not in names:
                raise _wrong(f"“{key}”{f' in [{place}]' if place else ''}", f"Known there: {', '.join(names)}.")
            if key != "over" and not isinstance(value, str):
                raise _wrong(f"something else than a text for “{key}”", "Put it in quotation marks.")
    form, clock = parts["format"], parts["times"]
    made = LogMapping(
        **{key: value.strip() for key, value in top.items()},
        encoding=_encoding(form.get("encoding", "utf-8-sig")),
        delimiter=_letter(form.get("delimiter", ""), "delimiter"),
        quote=_letter(form.get("quote", '"'), "quote"),
        zone=clock.get("zone", rules.ZONE),
        time_form=_time_form(clock.get("form", "")),
        case_type=parts["ocel"].get("case", ""),
        columns={**ROLES, **{role: _names(role, said) for role, said in parts["columns"].items()}},
        said=frozenset(parts["columns"]),
        channels={str(word): _channel(code) for word, code in parts["channels"].items()},
        activities={name: _meaning(name, said) for name, said in parts["activities"].items()},
        over=_over(parts["lifecycle"].get("over", list(LIFECYCLE))),
    )
    if not times.is_zone(made.zone):
        raise _wrong(f"the time zone “{made.zone}”", "Use a name such as Europe/Riga.")
    if made.ends not in ("date", "last-event"):
        raise _wrong(f"ends = “{made.ends}”", "It is “date” (a case ends where a column says so) or “last-event”.")
    return made


def _wrong(what: str, advice: str) -> errors.WrongMapping:
    return errors.WrongMapping(what=what, advice=advice)


def _encoding(name: str) -> str:
    try:
        if isinstance("".encode(name), bytes):
            return "utf-8-sig" if name.casefold().replace("_", "-") in ("utf-8", "utf8") else name
    except (LookupError, UnicodeError, TypeError, ValueError):
        pass
    raise _wrong(f"the encoding “{name}”", "Use a name such as utf-8 or cp1257.")


def _letter(text: str, name: str) -> str:
    if len(text) > 1 or text in ("\n", "\r", "\x00"):
        raise _wrong(f"“{text}” as {name}", "It is a single character.")
    return text


def _time_form(form: str) -> str:
    if not form or form in ("epoch-s", "epoch-ms", "epoch-us"):
        return form
    try:
        written = datetime(2026, 1, 31, 13, 5, 7).strftime(form)  # noqa: DTZ001 - only tries the form
        datetime.strptime(written, form)  # noqa: DTZ007
    except (ValueError, UnicodeError) as fault:
        raise _wrong(f"the form of times “{form}”", "Use the letters of strptime, or epoch-s, epoch-ms.") from fault
    return form


def _names(role: str, said: Any) -> tuple[str, ...]:
    if role not in ROLES:
        raise _wrong(f"“{role}” in [columns]", f"Known there: {', '.join(ROLES)}.")
    names = (said,) if isinstance(said, str) else tuple(said) if isinstance(said, list) else ()
    if not names or not all(isinstance(name, str) and name for name in names):
        raise _wrong(f"no column for “{role}”", "It is the name of a column, or a list of names.")
    return names


def _channel(code: Any) -> str:
    if code not in facts.CHANNELS:
        raise _wrong(f"the channel “{code}”", f"Known are: {', '.join(facts.CHANNELS[1:])}.")
    return str(code)


def _meaning(name: str, said: Any) -> Meaning:
    told = {"type": said} if isinstance(said, str) else said
    if not isinstance(told, dict) or told.keys() - {"type", "stage"}:
        raise _wrong(f"of “{name}” what nobody knows", 'Write "name" = { type = "decided", stage = "execution" }.')
    kind, stage = told.get("type", "step"), told.get("stage", "")
    if kind not in rules.TYPES or kind == "annulled":
        raise _wrong(f"that “{name}” is “{kind}”", f"It can be: {', '.join(rules.TYPES)}.")
    if stage and stage not in rules.STAGES:
        raise _wrong(f"that “{name}” is of the stage “{stage}”", f"It can be: {', '.join(rules.STAGES)}.")
    type_ = rules.TYPES[kind]
    return Meaning(type_, rules.STAGES[stage] if stage else rules.STAGE_OF.get(type_, facts.Stage.NONE))


def _over(said: Any) -> tuple[str, ...]:
    if not isinstance(said, list) or not said or not all(isinstance(one, str) for one in said):
        raise _wrong("no transition after which an activity is over", 'Write over = ["complete"].')
    return tuple(one.casefold() for one in said)
