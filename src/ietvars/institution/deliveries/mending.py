"""What becomes of refused events: mended, replayed or dropped, by those who look after the sender's institution.

Actions, in a module of their own, since `actions` is the way of the events.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from ietvars.ground.audit import actions as audit
from ietvars.ground.lake import files
from ietvars.ground.people.rules import Actor
from ietvars.institution.deliveries import actions, errors, quarantine, queries, rules
from ietvars.institution.deliveries.models import Refused
from ietvars.institution.deliveries.rules import Counts, Fault

SLICE = 1_000
"""Refused events that are replayed in one transaction."""


def mend(*, refused: Refused, document: Any, by: Actor, now: datetime) -> Refused:
    """Put another document in the place of a refused one, and replay it. What is wrong with it still stands in the row.

    The document is masked before it is kept; a raw identifier in its `person` is hashed. Raises NotYourSender, NotOpen.
    """
    rules.require_keeper(by, refused.body_id)
    kept = quarantine.masked(document, quarantine.unhashed(queries.hasher(now)))
    with transaction.atomic():
        found = _open(refused)
        mark = quarantine.fingerprint(found.sender_id or 0, kept)
        if queries.lies_open(mark, besides=found.pk):
            raise errors.LiesOpenAlready
        found.document, found.fingerprint = kept, mark
        found.save(update_fields=["document", "fingerprint"])
        audit.record(by=by, now=now, action="deliveries.mend", subject=("refused", str(found.pk)))
    replay(pks=[found.pk], by=by, now=now)
    found.refresh_from_db()
    return found


def replay(*, pks: Iterable[int], by: Actor, now: datetime) -> Counts:
    """Let refused events come in once more, as if their senders had sent them again. Those still refused stay.

    Raises NotYourSender when any of them is not one's own; then nothing is done.
    """
    wanted = sorted(set(pks))
    for body_id in queries.bodies_of_refused(wanted):
        rules.require_keeper(by, body_id)
    counts = Counts()
    for start in range(0, len(wanted), SLICE):
        counts = counts + _replay(wanted[start : start + SLICE], by, now)
    if counts.accepted + counts.known + counts.refused:
        audit.record(
            by=by, now=now, action="deliveries.replay", subject=("refused", str(wanted[0]) if len(wanted) == 1 else ""),
            after={"accepted": counts.accepted, "known": counts.known, "refused": counts.refused},
        )  # fmt: skip
    if counts.accepted:
        actions.ask_to_compact(by=by, now=now)
    return counts


def _replay(pks: list[int], by: Actor, now: datetime) -> Counts:
    counts = Counts()
    rows = queries.refused(pks)
    for sender_id in sorted({row.sender_id for row in rows if row.sender_id is not None}):
        mine = [row for row in rows if row.sender_id == sender_id]
        sender = queries.sender_facts(mine[0].sender, now)  # type: ignore[arg-type]
        with files.durably():
            documents = [row.document for row in mine]
            answers = actions.read_again(documents=documents, sender=sender, by=by, now=now)
            for row, answer in zip(mine, answers, strict=True):
                _note(row, answer, by, now)
        counts = counts + Counts(
            accepted=sum(answer is True for answer in answers),
            known=sum(answer is False for answer in answers),
            refused=sum(isinstance(answer, Fault) for answer in answers),
        )
    return counts


def _note(
    row: Refused,
    answer: bool | Fault,  # noqa: FBT001 - one of the two answers there are
    by: Actor,
    now: datetime,
) -> None:
    if isinstance(answer, Fault):
        row.code, row.sentence, row.facts = answer.code, answer.sentence, dict(answer.facts)
        row.save(update_fields=["code", "sentence", "facts"])
        return
    row.state, row.ended_at, row.ended_by = Refused.State.REPLAYED, now, by.username
    row.save(update_fields=["state", "ended_at", "ended_by"])


def drop(*, pks: Iterable[int], why: str, by: Actor, now: datetime) -> int:
    """Give refused events up, with a word why. Returns how many. Raises NotYourSender, NoReason."""
    wanted = sorted(set(pks))
    for body_id in queries.bodies_of_refused(wanted):
        rules.require_keeper(by, body_id)
    if not why.strip():
        raise errors.NoReason
    count = 0
    with transaction.atomic():
        for start in range(0, len(wanted), SLICE):
            some = Refused.objects.filter(pk__in=wanted[start : start + SLICE], state=Refused.State.OPEN)
            count += some.update(state=Refused.State.DROPPED, ended_at=now, ended_by=by.username)
        if count:
            key = str(wanted[0]) if len(wanted) == 1 else ""
            audit.record(
                by=by, now=now, action="deliveries.drop", subject=("refused", key),
                why=quarantine.words(why)[:500], after={"events": count},
            )  # fmt: skip
    return count


def _open(refused: Refused) -> Refused:
    """The row, for this transaction alone. Raises NotOpen when it was replayed or dropped meanwhile."""
    found = Refused.objects.select_for_update().get(pk=refused.pk)
    if found.state != Refused.State.OPEN:
        raise errors.NotOpen
    return found
