"""Takes feedback, answers it, closes it, brings it in from other tools, and forgets addresses in time."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from ietvars.ground.audit import actions as audit
from ietvars.ground.audit.rules import Author
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.people.rules import Actor
from ietvars.institution.feedback import errors, flood, letters, masking, queries, rules, sealing
from ietvars.institution.feedback.models import Answer, Feedback, FeedbackStateRow
from ietvars.institution.services import queries as services

logger = logging.getLogger(__name__)


def leave(*, said: rules.Said, sender: str, by: Author, now: datetime, is_illustrative: bool = False) -> Feedback:
    """Take what a visitor says of a page. `sender` is his IP address: counted under a changing key, kept nowhere.

    Raises the refusals of `rules.require_said`, and those of a flood.
    """
    rules.require_said(said)
    page = rules.path_of(said.page)
    if not page:
        raise errors.UnknownPage
    flood.require_calm(sender, now, rules.Limits(sender=settings.FEEDBACK_PER_SENDER, all=settings.FEEDBACK_IN_ALL))
    comment = masking.mask(rules.plain(said.comment), said.language)
    stage, part = rules.stage_and_part(said.part)
    service = services.by_code(said.service) if said.service else None
    body = bodies.by_code(said.body) if said.body and service is None else None
    with transaction.atomic():
        made = Feedback.objects.create(
            at=now,
            page=masking.mask(page, said.language).text[: rules.LONGEST_PAGE],
            language=said.language,
            service=service,
            body=body,
            stage=stage,
            part=part,
            category=rules.category(said.part).value,
            rating=said.rating or 0,
            found=said.found if said.found in set(rules.Found) else "",
            comment=comment.text,
            masked=comment.found,
            wants_answer=bool(said.address),
            address=sealing.seal(said.address),
            state=rules.begins_as(comment=comment.text, address=said.address).value,
            is_illustrative=is_illustrative,
        )
        _note(made, rules.State(made.state), by=by, now=now, action="feedback.leave")
    return made


def answer(*, feedback: Feedback, text: str, by: Actor, now: datetime) -> Answer:
    """Answer feedback that came with an address. The letter goes out by `send_answers`, which may be called at once."""
    rules.require_holder(by, queries.holder_id(feedback))
    rules.require_step(feedback.state, rules.State.ANSWERED)
    clean = rules.require_words(text)
    if not sealing.unseal(feedback.address):
        raise errors.NoAddress
    with transaction.atomic():
        made = Answer.objects.create(feedback=feedback, text=clean, at=now, username=by.username)
        _step(feedback, rules.State.ANSWERED, by=by, now=now, action="feedback.answer")
    return made


def close(*, feedback: Feedback, why: str, by: Actor, now: datetime) -> Feedback:
    """Close feedback without a letter, with a note of what was done. An address that was left is forgotten."""
    rules.require_holder(by, queries.holder_id(feedback))
    rules.require_step(feedback.state, rules.State.CLOSED)
    note = masking.mask(rules.require_words(why), feedback.language).text
    with transaction.atomic():
        feedback.address = ""
        _step(feedback, rules.State.CLOSED, by=by, now=now, action="feedback.close", why=note)
    return feedback


def reopen(*, feedback: Feedback, by: Actor, now: datetime) -> Feedback:
    """Take closed feedback up again. Its address is gone."""
    rules.require_holder(by, queries.holder_id(feedback))
    rules.require_step(feedback.state, rules.State.NEW)
    with transaction.atomic():
        _step(feedback, rules.State.NEW, by=by, now=now, action="feedback.reopen")
    return feedback


@dataclass(frozen=True)
class Sent:
    """How many letters went out, and how many still wait."""

    sent: int = 0
    waiting: int = 0


def send_answers(*, by: Author, now: datetime) -> Sent:
    """Send the letters that wait; each address is forgotten once its letter has gone. What fails waits.

    Without a mail server nothing is sent, and everything waits.
    """
    due = queries.unsent()
    if not settings.MAIL_GOES_OUT:
        return Sent(waiting=len(due))
    sent = 0
    for one in due:
        address = sealing.unseal(one.feedback.address)
        if address and not _send(one, address):
            continue
        with transaction.atomic():
            one.sent_at = now if address else None
            one.save(update_fields=["sent_at"])
            one.feedback.address = ""
            one.feedback.save(update_fields=["address"])
            audit.record(by=by, now=now, action="feedback.send", subject=("feedback", str(one.feedback_id)))
        sent += bool(address)
    return Sent(sent=sent, waiting=len(due) - sent)


def _send(one: Answer, address: str) -> bool:
    holder = queries.holder_id(one.feedback)
    found = bodies.all_bodies().filter(pk=holder).first() if holder is not None else None
    made = letters.letter(one, dict(found.name) if found is not None else {})
    try:
        EmailMessage(made.subject, made.text, to=[address], headers={"Auto-Submitted": "auto-replied"}).send()
    except OSError as fault:
        # The kind of the fault only: its text may hold the address.
        logger.warning("The letter of answer %s could not be sent: %s", one.pk, type(fault).__name__)
        return False
    return True


def forget_addresses(*, by: Author, now: datetime) -> int:
    """Forget addresses that were left too long ago, whatever became of the feedback. Returns how many."""
    limit = now - timedelta(days=settings.FEEDBACK_ADDRESS_DAYS)
    with transaction.atomic():
        count = Feedback.objects.filter(at__lt=limit).exclude(address="").update(address="")
        if count:
            audit.record(by=by, now=now, action="feedback.forget", subject=("feedback", ""), after={"addresses": count})
    return count


def bring(
    *, entries: Iterable[rules.Brought], at: datetime, source: str, batch: str, by: Author, now: datetime
) -> tuple[int, dict[str, int]]:
    """Bring in feedback of an institution's own tool, masked at entry. `at` is the moment it is dated by: a file says
    only its period. Returns how many entries, and how much was taken out of their comments.

    Raises AlreadyBrought for the same file a second time.
    """
    if queries.is_brought(batch):
        raise errors.AlreadyBrought
    known = services.by_codes({one.service for one in entries if one.service})
    made = []
    for one in entries:
        comment = masking.mask(rules.plain(one.comment)[: rules.LONGEST_COMMENT])
        made.append(
            Feedback(
                at=at,
                page=masking.mask(one.source).text[: rules.LONGEST_PAGE],
                service=known.get(one.service),
                category=one.category.value,
                rating=one.rating,
                found=one.found,
                comment=comment.text,
                masked=comment.found,
                state=rules.begins_as(comment=comment.text, address="").value,
                source=source,
                batch=batch,
            )
        )
    with transaction.atomic():
        Feedback.objects.bulk_create(made, batch_size=500)
        FeedbackStateRow.objects.bulk_create(
            [FeedbackStateRow(feedback=row, state=row.state, at=now, username=by.username) for row in made],
            batch_size=500,
        )
        after = {"entries": len(made), "source": source}
        audit.record(by=by, now=now, action="feedback.bring", subject=("feedback", batch[:16]), after=after)
    return len(made), masking.total(row.masked for row in made)


def _step(feedback: Feedback, state: rules.State, *, by: Author, now: datetime, action: str, why: str = "") -> None:
    before = feedback.state
    feedback.state = state.value
    feedback.save(update_fields=["state", "address"])
    _note(feedback, state, by=by, now=now, action=action, why=why, before=before)


def _note(
    feedback: Feedback, state: rules.State, *, by: Author, now: datetime, action: str, why: str = "", before: str = ""
) -> None:
    FeedbackStateRow.objects.create(feedback=feedback, state=state.value, at=now, username=by.username, why=why)
    audit.record(
        by=by,
        now=now,
        action=action,
        subject=("feedback", str(feedback.pk)),
        before={"state": before} if before else None,
        after={"state": state.value},
    )
