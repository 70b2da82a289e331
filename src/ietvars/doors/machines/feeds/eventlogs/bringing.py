"""Brings a log in: reads it to its end, makes what it needs (service, activities), and hands its events to the intake.

Nothing is written before the whole file could be read. Events go in by batches of whole cases, each batch durable
before the next; an event is known again by the log's name, its case, activity and moment, so a second run, or a log
that has grown or comes in parts, adds only what is new. It must not know a format beyond choosing its reader.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from time import perf_counter

from ietvars.doors.machines.feeds.eventlogs import ocel, places, sources, spool, tables, turning, xes
from ietvars.doors.machines.feeds.eventlogs.mapping import LogMapping
from ietvars.doors.machines.feeds.eventlogs.raws import Notes, Raw
from ietvars.doors.machines.feeds.eventlogs.sources import Form
from ietvars.doors.machines.feeds.eventlogs.times import Clock
from ietvars.ground.people.rules import Actor
from ietvars.institution.deliveries import actions as deliveries
from ietvars.institution.deliveries import logs, rules
from ietvars.institution.deliveries import queries as delivered
from ietvars.institution.deliveries.events import Event
from ietvars.institution.deliveries.facts import MARK

CASES = 2_000
"""So many cases are taken in at once."""

ASK_AFTER = 200_000
"""After so many events the worker is asked to lay them into the lake while the rest still comes in."""

Step = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass
class Run:
    """What became of one log."""

    notes: Notes
    form: Form
    name: str = ""
    service: str = ""
    made_service: bool = False
    services: list[str] = field(default_factory=list)
    resumed_after: int = 0
    cases: int = 0
    rows: int = 0
    activities: set[str] = field(default_factory=set)
    new_activities: list[str] = field(default_factory=list)
    unknown: dict[str, Counter[str]] = field(default_factory=dict)
    counts: rules.Counts = field(default_factory=rules.Counts)
    dates: rules.Counts = field(default_factory=rules.Counts)
    """Openings and ends that cases state beside their events; they are taken in as such and are no events."""
    without_offset: int = 0
    seconds: float = 0.0
    refused_while_reading: int = 0

    @property
    def refused(self) -> int:
        """Events of the file that could not be taken."""
        return self.notes.refused.total()

    def document(self) -> dict[str, object]:
        """The report as JSON."""
        counts = self.notes.counts
        return {
            "file": self.notes.file,
            "form": self.form.value,
            "log": self.name,
            "service": self.service,
            "service_made": self.made_service,
            "services": self.services,
            "resumed_after_cases": self.resumed_after,
            "cases": {
                "read": self.cases,
                "ended": counts["cases_ended"],
                "open": counts["cases_open"],
                "without_name": counts["cases_without_name"],
                "without_events": counts["cases_without_events"],
            },
            "events": {
                "read": self.rows + self.refused_while_reading,
                "taken": self.counts.accepted,
                "known": self.counts.known,
                "refused": self.refused,
            },
            "dates_of_cases": {"taken": self.dates.accepted, "known": self.dates.known},
            "refused": dict(sorted(self.notes.refused.items())),
            "faults": [fault.document() for fault in self.notes.faults],
            "activities": {"used": len(self.activities), "new": sorted(self.new_activities)},
            "lifecycle": {
                "missing_read_as_complete": counts["events_without_lifecycle"],
                "states_joined_into_one_activity": counts["states_joined"],
                "activities_never_over": counts["activities_never_over"],
            },
            "times_without_offset": self.without_offset,
            "objects": {
                "case_type": self.notes.told.get("case_type", ""),
                "events_of_several_cases": counts["events_of_several_cases"],
                "events_made_of_them": counts["events_made_of_them"],
                "relations_to_nothing": counts["relations_to_objects_that_are_not_there"],
            },
            "unknown": {what: dict(sorted(found.items())) for what, found in sorted(self.unknown.items())},
            "unreadable_dates": {
                role: counts[f"unreadable_{role}"] for role in ("begun", "ended", "due") if counts[f"unreadable_{role}"]
            },
            "seconds": round(self.seconds, 3),
        }


def bring(
    path: Path,
    *,
    mapping: LogMapping,
    by: Actor,
    now: datetime,
    service: str = "",
    body: str = "",
    resume: bool = False,
    progress: Step | None = None,
) -> Run:
    """Bring in one log. `service` and `body` are codes that win over the mapping's.

    With `resume` a log of the same content that was cut off before goes on where it stood. Raises CannotBring.
    """
    begun, step = perf_counter(), progress or _silent
    place = places.Place(service or mapping.service, body or mapping.body, by, now)
    with spool.Spool() as kept:
        run = read(path, mapping, kept, step)
        place.settle(run.name, kept.services)
        run.service, run.made_service = place.service, place.is_new
        log = logs.begin(
            name=run.name, digest=_digest(path, mapping, place.service), service_id=place.service_id, by=by, now=now
        )
        run.resumed_after = log.cases_done if resume else 0
        taking = _Taking(run, mapping, place, now)
        cases = kept.by_case(run.resumed_after)
        done, asked = run.resumed_after, 0
        while batch := list(islice(cases, CASES)):
            events = list(taking.events(batch))
            dates = [one for one in events if one.activity == MARK]
            run.counts += deliveries.take_in(events=[one for one in events if one.activity != MARK], by=by, now=now)
            run.dates += deliveries.take_in(events=dates, by=by, now=now)
            done = batch[-1].number
            logs.note(log=log, cases_done=done, by=by, now=now)
            step("cases taken in", done, kept.cases)
            if run.counts.accepted - asked >= ASK_AFTER:
                asked = run.counts.accepted
                deliveries.ask_to_compact(by=by, now=now)
    run.services = sorted(place.codes.values())
    run.without_offset = taking.clock.without_offset
    run.seconds = perf_counter() - begun
    logs.finish(log=log, report={**run.document(), "faults": []}, by=by, now=now)
    if run.counts.accepted or run.dates.accepted:
        deliveries.ask_to_compact(by=by, now=now)
    return run


def _silent(what: str, done: int, of: int) -> None:
    """Tells nobody."""


def read(path: Path, mapping: LogMapping, kept: spool.Spool, step: Step) -> Run:
    """Read the whole file onto a spool, without writing anything. Raises CannotBring."""
    told = 0

    def tell(count: int) -> None:
        nonlocal told
        told += count
        if source is not None and told < source.size:
            step("bytes read", told, source.size)

    source: sources.Source | None = None
    source = sources.Source(path, tell)
    with source:
        form = sources.form(source)
        notes = Notes(file=source.name)
        kept.fill(_events(source, form, kept, mapping, notes))
        step("bytes read", source.size, source.size)
    run = Run(notes, form, cases=kept.cases, rows=kept.rows, refused_while_reading=notes.refused.total())
    run.name = " ".join((mapping.name or notes.log or sources.log_name(path)).split())[:120] or "log"
    return run


def _events(source: sources.Source, form: Form, kept: spool.Spool, mapping: LogMapping, notes: Notes) -> Iterator[Raw]:
    if form is Form.XES:
        return xes.read(source, mapping, notes)
    if form in (Form.CSV, Form.PARQUET):
        return tables.read(source, form, mapping, notes)
    return ocel.read(source, form, kept.aside(), mapping, notes)


def _digest(path: Path, mapping: LogMapping, service: str) -> str:
    """What makes a run the same: content, mapping and service."""
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    return hashlib.sha256(f"{content}\n{mapping}\n{service}".encode("utf-8", "replace")).hexdigest()


class _Taking:
    """Makes events of the intake out of cases, with all codes resolved."""

    def __init__(self, run: Run, mapping: LogMapping, place: places.Place, now: datetime) -> None:
        self._run, self._mapping, self._place = run, mapping, place
        self.clock = Clock(mapping.zone, mapping.time_form)
        self._turning = turning.Turning(mapping, self.clock, run.notes, rules.microseconds(now + rules.AHEAD))
        self._prefix = rules.prefix(f"log:{run.name}")
        self._received = rules.microseconds(now)
        self._hash = delivered.hasher(now)
        self._numbers: dict[tuple[int, str], int] = {}

    def events(self, cases: list[spool.Case]) -> Iterator[Event]:
        """The events of some cases. Activities never met before get their number first."""
        turned = [self._turning.case(case) for case in cases]
        pairs = [(self._place.of(one.service), one) for one in turned]
        self._name({(service.id, each.activity) for service, one in pairs for each in one.happened if each.activity})
        for service, one in pairs:
            yield from self._case(service, one)

    def _name(self, steps: set[tuple[int, str]]) -> None:
        missing = steps - self._numbers.keys()
        if missing:
            before = {
                (service, code)
                for service in {service for service, _ in missing}
                for code in delivered.activities(service).values()
            }
            self._numbers |= deliveries.name_steps(steps=missing, by=self._place.by, now=self._place.now)
            self._run.new_activities += [code for service, code in missing - before if (service, code) in self._numbers]

    def _case(self, service: places.Known, one: turning.Turned) -> Iterator[Event]:
        case = rules.number(self._prefix, one.name)
        person, key = self._hash(one.person) if one.person else (None, 0)
        for each in one.happened:
            activity = self._numbers.get((service.id, each.activity)) if each.activity else MARK
            if activity is None:
                self._run.notes.refuse(each.line, "too-many-activities", each.activity)
                continue
            if each.activity:
                self._run.activities.add(each.activity)
            day = rules.legal_day(each.at)
            holder = service.holder(day)
            yield Event(
                event_id=self._id(one.name, each.key),
                case_id=case,
                service_id=service.id,
                holder_id=holder,
                provider_id=self._provider(each.provider) or holder,
                type=each.type.value,
                occurred_us=each.at,
                day=day,
                service_version=service.version(each.at),
                channel=self._channel(each.channel),
                person_key=person,
                key_version=key,
                stage=each.stage.value,
                activity=activity,
                corrects=self._id(one.name, each.takes_back) if each.takes_back else None,
                received_us=self._received,
                due_us=each.due,
            )

    def _id(self, case: str, key: str) -> bytes:
        return rules.digest(self._prefix, f"{len(case)}:{case}/{key}", 16)

    def _channel(self, told: str) -> int:
        if not told:
            return 0
        found = self._mapping.channel(told)
        if not found:
            self._note("channels", told)
        return found

    def _provider(self, told: str) -> int:
        found = self._place.body_id(told) if told else 0
        if told and not found:
            self._note("providers", told)
        return found

    def _note(self, what: str, told: str) -> None:
        found = self._run.unknown.setdefault(what, Counter())
        shown = "…" if rules.PERSONAL.search(told) else told[:60]
        if shown in found or len(found) < 100:
            found[shown] += 1
