"""Reads what came in. Compaction asks `waiting`; the door asks what an event may name, and who sends."""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max, Min, QuerySet, Sum

from ietvars.ground.bodies import queries as bodies
from ietvars.ground.lake import queries as lake
from ietvars.institution.deliveries import errors, packing, persons, rules
from ietvars.institution.deliveries.events import Event
from ietvars.institution.deliveries.models import (
    Activity,
    ErasedPerson,
    EvidenceKind,
    InboxEvent,
    Refused,
    Sender,
    Source,
)
from ietvars.institution.deliveries.rules import Held, Known, KnownService, SenderFacts
from ietvars.institution.services import queries as services

DATASET = "facts"

KEPT_FOR = timedelta(seconds=5)
"""For how long a process trusts the codes that it has read; an unknown one makes it read again at once."""

Packed = tuple[int, bytes, int, bytes]
"""seq, digest, moment of arrival in microseconds, payload (see `packing`)."""


def packed(after: int, limit: int) -> list[Packed]:
    """Rows of the inbox behind a number, in order, as they lie there; `packing.columns` turns payloads into columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, digest, received_us, payload FROM institution_inboxevent WHERE seq > %s ORDER BY seq LIMIT %s",
            [after, limit],
        )
        found: list[Packed] = cursor.fetchall()
    if connection.vendor == "postgresql":
        return [(seq, bytes(digest), at, bytes(payload)) for seq, digest, at, payload in found]
    return found


def waiting(after: int, limit: int) -> list[tuple[int, Event]]:
    """Events behind a number with their own numbers, in order of arrival. Rows become visible in that order."""
    return [(seq, packing.unpack(digest, at, payload)) for seq, digest, at, payload in packed(after, limit)]


def newest() -> int:
    """Number of the newest event that was taken in; 0 before the first."""
    return InboxEvent.objects.aggregate(newest=Max("seq"))["newest"] or 0


def oldest() -> int:
    """Number of the oldest event that the inbox still remembers; one beyond the newest ever laid when it is empty."""
    found = InboxEvent.objects.aggregate(oldest=Min("seq"))["oldest"]
    return found or lake.watermark(DATASET) + 1


def forgotten_to() -> int:
    """Highest number of an event that the inbox has forgotten; 0 when it remembers all."""
    noted = lake.state(DATASET).facts.get("inbox_forgotten_to", 0)
    return max(int(str(noted)), oldest() - 1)


def waiting_count(most: int | None = None) -> int:
    """How many events are not in the lake yet; with `most`, counted no further than one beyond it."""
    laid = lake.watermark(DATASET)
    if newest() <= laid:
        return 0
    if most is None:
        return InboxEvent.objects.filter(seq__gt=laid).count()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT 1 FROM institution_inboxevent WHERE seq > %s LIMIT %s) AS counted",
            [laid, most + 1],
        )
        return int(cursor.fetchone()[0])


def has_room(most: int) -> bool:
    """Whether no more than so many events wait. Numbers tell it at once, unless they have gaps; then it is counted."""
    return newest() - lake.watermark(DATASET) <= most or waiting_count(most) <= most


def is_time_to_lay(now: datetime) -> bool:
    """Whether events wait, and the last time that some were laid away is long enough ago, or enough of them wait."""
    state = lake.state(DATASET)
    waiting = newest() - state.watermark
    if waiting <= 0:
        return False
    last = datetime.fromisoformat(state.made_at) if state.made_at else None
    # A clock that was set back must not make everybody wait for it to come round again.
    is_long_ago = last is None or abs(now - last) >= timedelta(seconds=settings.LAKE_EVERY)
    return is_long_ago or waiting >= settings.LAKE_ENOUGH


def activities(service_id: int) -> dict[int, str]:
    """Number of each step of a service to the name that events give it."""
    return dict(Activity.objects.filter(service=service_id).values_list("pk", "code"))


def steps(service_ids: Iterable[int]) -> QuerySet[Activity]:
    """Steps of services, with their titles."""
    return Activity.objects.filter(service__in=list(service_ids))


def evidence() -> dict[int, str]:
    """Number of each kind of evidence to the name that events give it."""
    return dict(EvidenceKind.objects.values_list("pk", "code"))


@dataclass
class _Read:
    """What this process last read, and when."""

    at: datetime
    known: Known
    erased: frozenset[tuple[int, int]]
    senders: dict[int, SenderFacts] = field(default_factory=dict)
    done: dict[Any, datetime] = field(default_factory=dict)


_read: list[_Read] = []


def forget_known() -> None:
    """Read the codes anew at the next call."""
    _read.clear()


def known(now: datetime) -> Known:
    """All codes that an event may name, as this process read them at most some seconds ago."""
    return _fresh(now).known


def _fresh(now: datetime) -> _Read:
    if not _read or abs(now - _read[0].at) > KEPT_FOR:
        _read[:] = [_Read(now, read_known(), erased())]
    return _read[0]


def read_known() -> Known:
    """All codes that an event may name, read now."""
    found = services.all_services().filter(is_template=False).order_by()
    holders: dict[int, list[Held]] = defaultdict(list)
    for pk, since, until, holder in found.values_list(
        "pk", "tenures__since", "tenures__until", "tenures__holder"
    ):  # fmt: skip
        if holder is not None:
            first = rules.day_number(since) if since else -1_000_000
            holders[pk].append(Held(first, rules.day_number(until) if until else 1_000_000, holder))
    versions: dict[int, list[tuple[int, int]]] = defaultdict(list)
    rows = found.filter(published_versions__what="published")
    for pk, at, number in rows.values_list("pk", "published_versions__at", "published_versions__number"):
        versions[pk].append((rules.microseconds(at), number))
    return Known(
        services={
            code: KnownService(pk, tuple(sorted(holders[pk], key=lambda one: one.since)), tuple(sorted(versions[pk])))
            for pk, code in found.values_list("pk", "code")
        },
        bodies=dict(bodies.all_bodies().values_list("code", "pk")),
        activities={(service, code): pk for pk, service, code in Activity.objects.values_list("pk", "service", "code")},
        evidence={code: pk for pk, code in EvidenceKind.objects.values_list("pk", "code")},
        sources=dict(Source.objects.values_list("uri", "body_id")),
    )


def sender_facts(sender: Sender, now: datetime) -> SenderFacts:
    """What a sender may send of, as this process read it at most some seconds ago."""
    fresh = _fresh(now)
    found = fresh.senders.get(sender.pk)
    if found is None:
        reach = bodies.reach(sender.body_id)
        provided = services.all_services().filter(stages__deliveries__provider__in=reach).order_by()
        listed = frozenset(sender.services.values_list("pk", flat=True)) if sender.is_narrowed else None
        found = SenderFacts(
            id=sender.pk,
            code=sender.code,
            body_id=sender.body_id,
            reach=reach,
            provided=frozenset(provided.values_list("pk", flat=True).distinct()),
            listed=listed,
            above=frozenset(body.pk for body in bodies.path(sender.body)),
            before=bodies.forerunners(reach),
        )
        fresh.senders[sender.pk] = found
    return found


def _senders() -> QuerySet[Sender]:
    """Those that may send."""
    return Sender.objects.select_related("body").filter(revoked_at__isnull=True)


def secret_digest(secret: str) -> str:
    """What is kept of a secret. It has 256 random bits, so no slow digest is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def sender_by_secret(code: str, secret: str) -> Sender:
    """The sender of a code and secret. Raises UnknownSender."""
    found = _senders().filter(code=code).first() if "\0" not in code else None
    wanted = found.secret_digest if found is not None else ""
    if not hmac.compare_digest(secret_digest(secret), wanted) or found is None:
        raise errors.UnknownSender
    return found


def mark(sender: Sender) -> str:
    """What a token says of the secret it was given for, so that a new secret ends it."""
    return sender.secret_digest[:16]


def sender_by_mark(pk: int, said: str) -> Sender:
    """The sender of a token. Raises UnknownSender."""
    found = _senders().filter(pk=pk).first()
    if found is None or mark(found) != said:
        raise errors.UnknownSender
    return found


def sender(code: str) -> Sender | None:
    """The sender of a code, revoked or not."""
    return Sender.objects.select_related("body").filter(code=code).first()


def refused(pks: Iterable[int]) -> list[Refused]:
    """Refused events that lie open, by their numbers, with their senders."""
    rows = Refused.objects.filter(pk__in=list(pks), state=Refused.State.OPEN)
    return list(rows.select_related("sender__body").order_by("pk"))


def bodies_of_refused(pks: Iterable[int]) -> set[int | None]:
    """Bodies to whose senders refused events belong."""
    wanted = list(pks)
    found: set[int | None] = set()
    for start in range(0, len(wanted), 10_000):
        rows = Refused.objects.filter(pk__in=wanted[start : start + 10_000])
        found |= set(rows.order_by().values_list("body", flat=True).distinct())
    return found


def lies_open(fingerprint: str, *, besides: int) -> bool:
    """Whether another refused event with this fingerprint lies open."""
    return Refused.objects.filter(fingerprint=fingerprint, state=Refused.State.OPEN).exclude(pk=besides).exists()


def quarantine(
    *, reach: Iterable[int] | None = None, state: str = Refused.State.OPEN, code: str = ""
) -> QuerySet[Refused]:
    """Refused events, newest first: of senders of some bodies or of all, in one state, for one reason or for any."""
    rows = Refused.objects.filter(state=state).select_related("sender", "body")
    rows = rows if reach is None else rows.filter(body__in=list(reach))
    return rows.filter(code=code) if code else rows


def refused_one(pk: int) -> Refused | None:
    """One refused event in any state."""
    return Refused.objects.select_related("sender", "body").filter(pk=pk).first()


@dataclass(frozen=True)
class Reason:
    """Why events lie open: how many, how often they came, since when and until when."""

    code: str
    events: int
    times: int
    first: datetime
    last: datetime


def reasons(reach: Iterable[int] | None = None) -> list[Reason]:
    """The reasons for which events lie open, the commonest first."""
    rows = quarantine(reach=reach).order_by().values_list("code")
    found = rows.annotate(
        events=Count("pk"), times_=Sum("times"), first=Min("received_at"), last=Max("received_at")
    )  # fmt: skip
    return sorted((Reason(*row) for row in found), key=lambda one: (-one.events, one.code))


def senders(reach: Iterable[int] | None = None) -> QuerySet[Sender]:
    """Senders of some bodies or of all, those that were revoked too."""
    rows = Sender.objects.select_related("body").prefetch_related("services")
    return rows if reach is None else rows.filter(body__in=list(reach))


def is_due(what: Any, every: timedelta, now: datetime) -> bool:
    """Whether something that this process need not do with every call was not done for so long; it is noted as done."""
    done = _fresh(now).done
    if what in done and abs(now - done[what]) < every:
        return False
    done[what] = now
    return True


def not_done(what: Any, now: datetime) -> None:
    """Take the note back: it is due again at once."""
    _fresh(now).done.pop(what, None)


def erased() -> frozenset[tuple[int, int]]:
    """Keyed hashes that are never joined again, each with the number of its key."""
    return frozenset(ErasedPerson.objects.values_list("person_key", "key_version"))


def hasher(now: datetime) -> persons.Hasher:
    """What turns a raw identifier into (hash, number of the key). Raises NoKeys.

    Whoever was erased some seconds ago in another process is taken out when his events are laid into the lake.
    """
    return persons.ring(settings.PERSON_KEYS, now).hasher(_fresh(now).erased)
