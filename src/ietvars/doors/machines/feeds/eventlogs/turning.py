"""Makes of the rows of one case what happened in its delivery: each activity once, and what opens and ends the case.

Pure. It must not know a table, a file or a number of the house; codes are resolved by `bringing`.

- An activity of several lifecycle states (schedule, start, complete ...) happened once: when it was complete. A start
  before it tells when the case began, if it is the first. One that never came to an end counts once, when it began.
- A case opens when it says so itself (`begun`), else with its first activity. It ends when it says so (`ended`), or
  with activities that the mapping names; with neither it stays open, unless the mapping says that the last event ends
  it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ietvars.doors.machines.feeds.eventlogs.mapping import OF_CASE, LogMapping, Meaning, plain
from ietvars.doors.machines.feeds.eventlogs.raws import Notes
from ietvars.doors.machines.feeds.eventlogs.spool import Case
from ietvars.doors.machines.feeds.eventlogs.times import Clock
from ietvars.institution.deliveries import rules
from ietvars.institution.deliveries.facts import Stage, Type

EARLIEST = rules.day_number(rules.EARLIEST) * 86_400_000_000

LONGEST = 120
"""Letters of the name of an activity."""


@dataclass(frozen=True)
class Happened:
    """One occurrence of an activity; `activity` is empty for a date that the case states beside its events."""

    key: str
    """What makes it the same in every edition of the log: its moment, activity and instance, or its own id."""
    at: int
    line: int
    activity: str = ""
    type: Type = Type.STEP
    stage: Stage = Stage.NONE
    channel: str = ""
    provider: str = ""
    due: int | None = None
    takes_back: str = ""
    """Key under which the same occurrence was taken while it was still going on."""


@dataclass
class Turned:
    """A case ready to be taken in, in the order of time."""

    name: str
    happened: list[Happened] = field(default_factory=list)
    service: str = ""
    person: str = ""


@dataclass
class _Open:
    """An activity that has begun and is not over."""

    key: str
    at: int
    line: int
    activity: str
    own: dict[str, str]
    states: Counter[str] = field(default_factory=Counter)


@dataclass
class Turning:
    """Turns the cases of one log and notes what it did."""

    mapping: LogMapping
    clock: Clock
    notes: Notes
    latest: int
    """An event after this moment, in microseconds, is in the future."""

    def case(self, case: Case) -> Turned:
        """What happened in a case."""
        said = dict(case.said)
        for _line, own in case.rows:
            for role in OF_CASE & own.keys():
                said.setdefault(role, own[role])
        found, begins = self._occurrences(case)
        made = Turned(case.name, service=said.get("service", ""), person=said.get("person", ""))
        if found:
            self._open_and_end(made, found, begins, said)
        return made

    # ---- activities ----------------------------------------------------------------------------------------------

    def _occurrences(self, case: Case) -> tuple[list[Happened], int]:
        """Each activity once, by time; and the moment at which the first of them began."""
        over, counts = self.mapping.over, self.notes.counts
        going: dict[tuple[str, str], list[_Open]] = {}
        found: list[Happened] = []
        begins: list[int] = []
        met: Counter[str] = Counter()
        for line, own, at in self._readable(case):
            activity = own["activity"].strip()[:LONGEST]
            state = own.get("lifecycle", "").strip().casefold()
            if not state:
                counts["events_without_lifecycle"] += 1
            track = (activity, own.get("instance", ""))
            key = own.get("key") or f"{at}/{state or 'complete'}/{activity}/{track[1]}"
            met[key] += 1
            if met[key] > 1:
                key = f"{key}/{met[key]}"
            if state and state not in over:
                _begin(going.setdefault(track, []), _Open(key, at, line, activity, own), state)
                begins.append(at)
                continue
            begins.append(at)
            waiting = going.get(track)
            if not waiting:
                found.append(self._happened(key, at, line, activity, own))
            else:
                begun = waiting.pop(0)
                counts["states_joined"] += begun.states.total()
                once = self._happened(f"{begun.key}+", at, line, activity, {**begun.own, **own})
                found.append(replace(once, takes_back=begun.key))
        for begun in (one for waiting in going.values() for one in waiting):
            counts["states_joined"] += begun.states.total() - 1
            counts["activities_never_over"] += 1
            found.append(self._happened(begun.key, begun.at, begun.line, begun.activity, begun.own))
        found.sort(key=lambda one: one.at)
        return found, min(begins, default=0)

    def _readable(self, case: Case) -> list[tuple[int, dict[str, str], int]]:
        """The rows that name an activity and a time, by time; those of one moment in the order of the file."""
        found = []
        for line, own in case.rows:
            activity, told = own.get("activity", "").strip(), own.get("time", "")
            at = self.clock.read(told) if told else None
            if not activity:
                self.notes.refuse(line, "no-activity")
            elif rules.PERSONAL.search(activity) or rules.CONTROL.search(activity):
                self.notes.refuse(line, "personal-data" if rules.PERSONAL.search(activity) else "no-activity")
            elif at is None:
                self.notes.refuse(line, "no-time" if not told else "wrong-time", told)
            elif not EARLIEST <= at <= self.latest:
                self.notes.refuse(line, "in-the-future" if at > self.latest else "too-early", told)
            else:
                found.append((line, own, at))
        found.sort(key=lambda row: row[2])
        return found

    def _happened(self, key: str, at: int, line: int, activity: str, own: dict[str, str]) -> Happened:
        meaning = self.mapping.activities.get(activity, Meaning())
        said = rules.TYPES.get(own.get("type", ""), Type.ANNULLED)
        if said is not Type.ANNULLED:
            meaning = Meaning(said, meaning.stage)
        stage = rules.STAGES.get(plain(own.get("stage", "")), meaning.stage)
        channel = own.get("channel", "")
        return Happened(key, at, line, activity, meaning.type, stage, channel, own.get("provider", ""))

    # ---- the case ------------------------------------------------------------------------------------------------

    def _open_and_end(self, made: Turned, found: list[Happened], begins: int, said: dict[str, str]) -> None:
        due = self._date(said, "due", is_end=True)
        begun = self._date(said, "begun")
        if not any(one.type is Type.OPENED for one in found):
            first = found[0]
            if begun is None and begins < first.at:
                begun = begins
            if begun is None:
                found[0] = replace(first, type=Type.OPENED, stage=first.stage or Stage.REQUEST)
            else:
                found.insert(0, Happened("opened", begun, first.line, type=Type.OPENED, stage=Stage.REQUEST))
        opening = next(number for number, one in enumerate(found) if one.type is Type.OPENED)
        channel = said.get("channel", "") or found[opening].channel
        found[opening] = replace(found[opening], due=due, channel=channel)
        made.happened = [*found, *self._end(found, said)]

    def _end(self, found: Sequence[Happened], said: dict[str, str]) -> list[Happened]:
        over = (Type.DELIVERED, Type.WITHDRAWN, Type.EXPIRED)
        if any(one.type in over for one in found):
            return []
        ended = self._date(said, "ended")
        if ended is None and self.mapping.ends == "last-event":
            ended = found[-1].at
        if ended is None:
            self.notes.counts["cases_open"] += 1
            return []
        self.notes.counts["cases_ended"] += 1
        return [Happened("ended", ended, found[-1].line, type=Type.DELIVERED, stage=Stage.RECEIPT)]

    def _date(self, said: dict[str, str], role: str, *, is_end: bool = False) -> int | None:
        told = said.get(role, "")
        if not told:
            return None
        read = self.clock.read_end(told) if is_end else self.clock.read(told)
        if read is not None and not is_end and not EARLIEST <= read <= self.latest:
            read = None
        if read is None:
            self.notes.counts[f"unreadable_{role}"] += 1
        return read


def _begin(waiting: list[_Open], begun: _Open, state: str) -> None:
    """A state before the end. A second start while one is going on is a second occurrence; the first to begin ends
    first."""
    if not waiting or (state == "start" and waiting[-1].states[state]):
        waiting.append(begun)
    waiting[-1].states[state] += 1


def texts(events: Sequence[Happened]) -> list[str]:
    """The names of activities in order: the variant of a case."""
    return [one.activity for one in events if one.activity]
