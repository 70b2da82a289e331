"""Takes events in: durable before anybody is told so, each at most once, the refused ones kept for mending.

Of the intake no audit row is written: the inbox is the record, a hundred million rows a year.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, F, When

from ietvars.ground.audit.rules import Author
from ietvars.ground.jobs import actions as jobs
from ietvars.ground.lake import files
from ietvars.institution.deliveries import errors, packing, quarantine, queries, rules
from ietvars.institution.deliveries import events as reading
from ietvars.institution.deliveries.events import Event, Read
from ietvars.institution.deliveries.models import Activity, EvidenceKind, Refused, Sender, Source
from ietvars.institution.deliveries.rules import Answer, Counts, Fault, SenderFacts, Status

JOB = "compact"
"""The kind of the work that lays events into the lake; see `compacting`."""

BATCH = 5_000
"""Events that `take_in` makes durable at once."""

_RETRY_SECONDS = 5
_NOT_OFTENER = timedelta(seconds=1)


def receive(*, documents: Sequence[Any], sender: SenderFacts, by: Author, now: datetime) -> list[Answer]:
    """Take in the events of one call: the answer to each, in order. What is accepted is durable when this returns.

    Raises NoEvents, TooManyEvents, TooFast, InboxFull; then nothing was taken.
    """
    if not documents:
        raise errors.NoEvents
    if len(documents) > rules.MOST_EVENTS:
        raise errors.TooManyEvents(limit=rules.MOST_EVENTS, count=len(documents))
    _require_room(now)
    found = _read(documents, sender, by, now)
    with files.durably():
        _count(sender, len(documents), now)
        good = [one for one in found if isinstance(one, Event)]
        is_new = iter(_insert(good))
        answers = [
            Answer(Status.ACCEPTED if next(is_new) else Status.KNOWN, document["id"])
            if isinstance(one, Event)
            else Answer(Status.REFUSED, _id(document), one)
            for document, one in zip(documents, found, strict=True)
        ]
        if len(good) < len(found):
            _keep_refused(
                [(document, one) for document, one in zip(documents, found, strict=True) if isinstance(one, Fault)],
                sender,
                now,
            )
    has_new = any(answer.status is Status.ACCEPTED for answer in answers)
    if has_new and queries.is_due(JOB, _NOT_OFTENER, now):
        ask_to_compact(by=by, now=now)
    return answers


def read_again(*, documents: Sequence[Any], sender: SenderFacts, by: Author, now: datetime) -> list[bool | Fault]:
    """Take documents of the quarantine in, inside a transaction of the caller: of each whether it is new, or its fault.

    In them a person may be hashed already.
    """
    found = _read(documents, sender, by, now, again=True)
    is_new = iter(_insert([one for one in found if isinstance(one, Event)]))
    return [next(is_new) if isinstance(one, Event) else one for one in found]


def take_in(*, events: Iterable[Event], by: Author, now: datetime) -> Counts:
    """Take in events that are read already, as importers and the simulator make them. The same again is known.

    Durable batch by batch: what was counted stays, whatever happens later. Nothing is said to the compaction: see
    `ask_to_compact`.
    """
    counts = Counts()
    received = rules.microseconds(now)
    source = iter(events)
    while batch := list(islice(source, BATCH)):
        ready = [one if one.received_us else one._replace(received_us=received) for one in batch]
        with files.durably():
            new = sum(_insert(ready))
        counts = counts + Counts(accepted=new, known=len(ready) - new)
    return counts


def ask_to_compact(*, by: Author, now: datetime) -> None:
    """See to it that a worker lays what waits into the lake, if it is time to; `ietvars worker` asks again later.

    One that waits for a worker already will do.
    """
    if not queries.is_time_to_lay(now):
        return
    jobs.enqueue(kind=JOB, arguments={}, by=by, now=now)


def name_steps(
    *,
    steps: Iterable[tuple[int, str]],
    by: Author,
    now: datetime,
    titles: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[tuple[int, str], int]:
    """Numbers of steps by (service id, name as events give it); those never met before get one.

    `titles` are what people call steps of these names; new ones get them. A service with `IETVARS_STEPS_MOST` steps
    gets no more: such a step is left out of the answer.
    """
    wanted = set(steps)
    found = _numbers(wanted)
    missing = sorted(wanted - set(found))
    if missing:
        with transaction.atomic():
            counts = {
                service: Activity.objects.filter(service=service).count() for service in {one for one, _ in missing}
            }
            made = []
            for service, code in missing:
                if counts[service] < settings.STEPS_MOST:
                    counts[service] += 1
                    title = dict((titles or {}).get(code, {}))
                    made.append(Activity(service_id=service, code=code, title=title, since=now))
            Activity.objects.bulk_create(made, ignore_conflicts=True, batch_size=500)
        found = _numbers(wanted)
    return found


def name_evidence(*, codes: Iterable[str], by: Author, now: datetime) -> dict[str, int]:
    """Numbers of kinds of evidence by the names that events give them; those never met before get one."""
    wanted = set(codes)
    known = {code: pk for pk, code in queries.evidence().items()}
    room = max(0, settings.EVIDENCE_MOST - len(known))
    missing = sorted(wanted - set(known))[:room]
    if missing:
        made = [EvidenceKind(code=code, since=now) for code in missing]
        EvidenceKind.objects.bulk_create(made, ignore_conflicts=True, batch_size=500)
        known = {code: pk for pk, code in queries.evidence().items()}
    return {code: known[code] for code in wanted if code in known}


def _numbers(wanted: set[tuple[int, str]]) -> dict[tuple[int, str], int]:
    rows = queries.steps({service for service, _ in wanted}).values_list("service", "code", "pk")
    return {(service, code): pk for service, code, pk in rows if (service, code) in wanted}


def _require_room(now: datetime) -> None:
    """Refuse while more waits for the lake than IETVARS_INBOX_MOST. Raises InboxFull."""
    most = settings.INBOX_MOST
    if most and queries.is_due(("room", most), _NOT_OFTENER, now) and not queries.has_room(most):
        queries.not_done(("room", most), now)
        raise errors.InboxFull(seconds=_RETRY_SECONDS)


def _read(
    documents: Sequence[Any], sender: SenderFacts, by: Author, now: datetime, *, again: bool = False
) -> list[Event | Fault]:
    """The events of documents, with numbers for all that they name; or why one cannot be taken."""
    hasher = queries.hasher(now)
    key_of = quarantine.unhashed(hasher) if again else hasher

    def read() -> list[Read | Fault]:
        reader = reading.Reader(known=queries.known(now), key_of=key_of, now=now, sender=sender)
        return reading.read_all(reader, documents)

    found = read()
    if any(isinstance(one, Fault) and one.code in _MAY_BE_NEW for one in found):
        # Somebody may have published the service a moment ago.
        queries.forget_known()
        found = read()
    return _named(found, sender, by, now)


_MAY_BE_NEW = frozenset({"unknown-service", "unknown-provider", "unknown-held_by", "foreign-service", "no-holder"})


@dataclass(frozen=True)
class _Names:
    """Numbers of what was met for the first time in this call."""

    steps: Mapping[tuple[int, str], int]
    kinds: Mapping[str, int]
    sources: frozenset[str]


def _named(found: list[Read | Fault], sender: SenderFacts, by: Author, now: datetime) -> list[Event | Fault]:
    new = [one for one in found if isinstance(one, Read) and (one.new_step or one.new_evidence or one.new_source)]
    if not new:
        return [one.event if isinstance(one, Read) else one for one in found]
    names = _Names(
        steps=name_steps(steps={(one.event.service_id, one.new_step) for one in new if one.new_step}, by=by, now=now),
        kinds=name_evidence(codes={one.new_evidence for one in new if one.new_evidence}, by=by, now=now),
        sources=_claim({one.new_source for one in new if one.new_source}, sender, now),
    )
    queries.forget_known()
    return [_with_numbers(one, names) if isinstance(one, Read) else one for one in found]


def _with_numbers(one: Read, names: _Names) -> Event | Fault:
    event = one.event
    if one.new_source and one.new_source not in names.sources:
        return Fault("foreign-source", rules.FOREIGN_SOURCE)
    if one.new_step:
        number = names.steps.get((event.service_id, one.new_step))
        if number is None:
            return Fault("too-many-steps", rules.TOO_MANY_STEPS, {"limit": str(settings.STEPS_MOST)})
        event = event._replace(activity=number)
    if one.new_evidence:
        kind = names.kinds.get(one.new_evidence)
        if kind is None:
            return Fault("too-many-evidence", rules.TOO_MANY_EVIDENCE, {"limit": str(settings.EVIDENCE_MOST)})
        event = event._replace(evidence=kind)
    return event


def _claim(uris: set[str], sender: SenderFacts, now: datetime) -> frozenset[str]:
    """Make sources the sender's body's, where they are nobody's yet. Returns those that it may use."""
    room = settings.SOURCES_MOST - Source.objects.filter(body=sender.body_id).count()
    made = [Source(uri=uri, body_id=sender.body_id, since=now) for uri in sorted(uris)[: max(0, room)]]
    Source.objects.bulk_create(made, ignore_conflicts=True, batch_size=500)
    owners = Source.objects.filter(uri__in=uris).values_list("uri", "body_id")
    return frozenset(uri for uri, body in owners if body in sender.reach or body in sender.above)


def _insert(rows: Sequence[Event]) -> list[bool]:
    """Write events into the inbox, in a transaction of the caller. Of each whether it is new, in order."""
    if not rows:
        return []
    ready = [(one.event_id, one.received_us, packing.pack(one)) for one in rows]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Numbers must become visible in their order, or compaction would step over a writer that is late.
            cursor.execute("LOCK TABLE institution_inboxevent IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute("SELECT coalesce(max(seq), 0) FROM institution_inboxevent")
            before = cursor.fetchone()[0]
            cursor.execute(
                "INSERT INTO institution_inboxevent (digest, received_us, payload) "
                "SELECT * FROM unnest(%s::bytea[], %s::bigint[], %s::bytea[]) ON CONFLICT DO NOTHING",
                [list(column) for column in zip(*ready, strict=True)],
            )
        else:
            cursor.execute("SELECT coalesce(max(seq), 0) FROM institution_inboxevent")
            before = cursor.fetchone()[0]
            cursor.executemany(
                "INSERT OR IGNORE INTO institution_inboxevent (digest, received_us, payload) VALUES (%s, %s, %s)",
                ready,
            )
        if cursor.rowcount == len(ready):
            return [True] * len(ready)
        cursor.execute("SELECT digest FROM institution_inboxevent WHERE seq > %s", [before])
        made = {bytes(digest) for (digest,) in cursor}
    is_new = []
    for digest, _at, _payload in ready:
        is_new.append(digest in made)
        made.discard(digest)  # the same twice in one call counts once
    return is_new


def _count(sender: SenderFacts, events: int, now: datetime) -> None:
    """Note that a sender sent, and refuse more than his share of a minute. Raises TooFast."""
    minute = rules.microseconds(now) // 60_000_000
    row = Sender.objects.filter(pk=sender.id)
    row.update(
        minute=minute,
        minute_events=Case(When(minute=minute, then=F("minute_events") + events), default=events),
        last_used_at=now,
    )
    limit = settings.SENDER_RATE
    if limit and limit < row.values_list("minute_events", flat=True).get() > events:
        raise errors.TooFast(limit=limit, seconds=60 - now.second)


def _id(document: Any) -> str:
    """The sender's own id of an event that was refused; nothing where there is none."""
    found = document.get("id") if isinstance(document, dict) else None
    return found[: rules.LONGEST_ID] if isinstance(found, str) else ""


def _keep_refused(refused: Sequence[tuple[Any, Fault]], sender: SenderFacts, now: datetime) -> None:
    """Lay refused events aside, masked; the same again is counted. Beyond a sender's share nothing more is kept."""
    key_of = queries.hasher(now)
    found: dict[str, Refused] = {}
    for document, fault in refused:
        kept = quarantine.masked(document, key_of)
        mark = quarantine.fingerprint(sender.id, kept)
        if mark in found:
            found[mark].times += 1
        else:
            found[mark] = Refused(
                sender_id=sender.id,
                body_id=sender.body_id,
                fingerprint=mark,
                document=kept,
                code=fault.code,
                sentence=fault.sentence,
                facts=dict(fault.facts),
                received_at=now,
            )
    lying = dict(
        Refused.objects.filter(state=Refused.State.OPEN, fingerprint__in=list(found)).values_list("fingerprint", "pk")
    )
    for mark, pk in lying.items():
        Refused.objects.filter(pk=pk).update(times=F("times") + found.pop(mark).times, received_at=now)
    room = settings.QUARANTINE_MOST - Refused.objects.filter(sender=sender.id, state=Refused.State.OPEN).count()
    Refused.objects.bulk_create(list(found.values())[: max(0, room)], batch_size=500)
