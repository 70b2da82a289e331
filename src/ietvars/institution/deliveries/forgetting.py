"""Deletes what is kept no longer, and persons who ask for it: from the inbox, the quarantine, the lake and the keys.

Deleted rows are overwritten where the database can be told to. Actions, in a module of their own, since `actions` is
the way of the events.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from ietvars.ground.audit import actions as audit
from ietvars.ground.audit.rules import Author
from ietvars.ground.lake import actions as lake_actions
from ietvars.ground.lake import queries as lake
from ietvars.institution.deliveries import packing, persons, quarantine, queries, rewriting, rules
from ietvars.institution.deliveries.models import ErasedPerson, InboxEvent, Refused

SLICE = 10_000


@dataclass(frozen=True)
class Forgotten:
    """What went: rows of the inbox and of the quarantine, facts that lost their person, facts, versions of keys."""

    inbox: int = 0
    quarantine: int = 0
    persons: int = 0
    facts: int = 0
    keys: tuple[int, ...] = ()


def forget_old(*, by: Author, now: datetime) -> Forgotten:
    """Delete whatever the settings say is kept no longer; the inbox only as far as the lake has it."""
    with _overwriting():
        inbox = _old_inbox(by, now)
        with transaction.atomic():
            refused, _ = Refused.objects.filter(
                received_at__lt=now - timedelta(days=settings.QUARANTINE_DAYS)
            ).delete()  # fmt: skip
    before = _month(now, settings.PERSON_DAYS)
    nobody = rewriting.forget_persons(before=before, by=by, now=now).rows if before else 0
    gone = _old_keys(before, now) if before else []
    oldest = _month(now, settings.FACTS_DAYS)
    facts = rewriting.forget_cohorts(before=oldest, by=by, now=now).rows if oldest else 0
    made = Forgotten(inbox, refused, nobody, facts, tuple(gone))
    if made != Forgotten():
        after = {"inbox": inbox, "quarantine": refused, "persons": nobody, "facts": facts, "keys": gone}
        audit.record(by=by, now=now, action="deliveries.forget-old", subject=("deliveries", ""), after=after)
    return made


def _month(now: datetime, days: int) -> int:
    """The month (yyyymm) so many days ago; 0 where nothing is ever forgotten."""
    if not days:
        return 0
    day = now - timedelta(days=days)
    return day.year * 100 + day.month


def _old_inbox(by: Author, now: datetime) -> int:
    limit = rules.microseconds(now - timedelta(days=settings.INBOX_DAYS))
    laid, count = lake.watermark(queries.DATASET), 0
    while True:
        rows = InboxEvent.objects.filter(seq__lte=laid, received_us__lt=limit).order_by("seq")
        seqs = list(rows.values_list("seq", flat=True)[:SLICE])
        if not seqs:
            return count
        with transaction.atomic():
            # From now on only the lake can tell that an event of these came before.
            forgotten = max(seqs[-1], queries.forgotten_to())
            lake_actions.note(dataset=queries.DATASET, facts={"inbox_forgotten_to": forgotten}, by=by, now=now)
            count += InboxEvent.objects.filter(
                seq__gte=seqs[0], seq__lte=seqs[-1], received_us__lt=limit
            ).delete()[0]  # fmt: skip


def _old_keys(before: int, now: datetime) -> list[int]:
    """Forget the keys whose last fact lost its person: those that another key followed before the month."""
    keys = persons.ring(settings.PERSON_KEYS, now).keys
    old = []
    for key, following in pairwise(keys):
        ended = datetime.fromisoformat(following.made_at)
        if ended.year * 100 + ended.month < before:
            old.append(key.version)
    gone = persons.forget(settings.PERSON_KEYS, old, now) if old else []
    ErasedPerson.objects.filter(key_version__in=gone).delete()
    return gone


def rotate_key(*, by: Author, now: datetime) -> int:
    """Begin a new key for persons, and say its version. Who came before is not joined with who comes after."""
    made = persons.rotate(settings.PERSON_KEYS, now)
    version = made.keys[-1].version
    audit.record(by=by, now=now, action="deliveries.rotate-key", subject=("person-key", str(version)))
    return version


@dataclass(frozen=True)
class Erased:
    """Where a person was found."""

    inbox: int
    quarantine: int
    facts: int


def erase_person(*, raw: str, by: Author, now: datetime) -> Erased:
    """Take a person out of everything that is kept, and never join him again. The audit does not say whom."""
    found = persons.ring(settings.PERSON_KEYS, now).hashes(raw)
    with _overwriting(), transaction.atomic():
        ErasedPerson.objects.bulk_create(
            [ErasedPerson(person_key=key, key_version=version, at=now) for key, version in found], ignore_conflicts=True
        )
        inbox = sum(_out_of_inbox(key, version) for key, version in found)
        lying = sum(_out_of_quarantine(key, version) for key, version in found)
    queries.forget_known()
    facts = rewriting.erase_persons(persons=found, by=by, now=now).rows
    made = Erased(inbox, lying, facts)
    after = {"inbox": inbox, "quarantine": lying, "facts": facts}
    audit.record(by=by, now=now, action="deliveries.erase-person", subject=("person", ""), after=after)
    return made


def _out_of_inbox(key: int, version: int) -> int:
    start, wanted, instead = packing.person(key, version)
    name = "substring(payload from %s for %s)" if connection.vendor == "postgresql" else "substr(payload, %s, %s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT seq, payload FROM institution_inboxevent WHERE {name} = %s",  # noqa: S608 - one of the two above
            [start + 1, len(wanted), wanted],
        )
        rows = [(packing.replaced(bytes(payload), start, instead), seq) for seq, payload in cursor.fetchall()]
        cursor.executemany("UPDATE institution_inboxevent SET payload = %s WHERE seq = %s", rows) if rows else None
    return len(rows)


def _out_of_quarantine(key: int, version: int) -> int:
    word = quarantine.hashed(key, version)
    rows: list[Any] = list(Refused.objects.filter(document__icontains=word))
    for row in rows:
        row.document = quarantine.without(row.document, word)
        row.save(update_fields=["document"])
    return len(rows)


@contextmanager
def _overwriting() -> Iterator[None]:
    """SQLite leaves what was deleted in its pages unless it is told to overwrite it; PostgreSQL's vacuum does it."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete")
        usual = cursor.fetchone()[0]
        cursor.execute("PRAGMA secure_delete=ON")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA secure_delete={usual}")
