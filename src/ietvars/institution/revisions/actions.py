"""Writes drafts and takes them through their way: submitted, sent back, approved, scheduled, published, abandoned.

Publishing hands the description to the room of services; nothing else changes what people read.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify

from ietvars.ground.audit import actions as audit
from ietvars.ground.bodies.models import Body
from ietvars.ground.notices import actions as notices
from ietvars.ground.people.rules import Actor, Role
from ietvars.ground.terms import rules as terms
from ietvars.institution.canvases import description as descriptions
from ietvars.institution.canvases import merging
from ietvars.institution.canvases import queries as canvases
from ietvars.institution.canvases.description import Description
from ietvars.institution.canvases.models import CanvasVersion
from ietvars.institution.revisions import errors, queries, rules
from ietvars.institution.revisions.models import (
    ReviewReminder,
    Revision,
    RevisionComment,
    RevisionEdit,
    RevisionStateRow,
)
from ietvars.institution.revisions.rules import State
from ietvars.institution.services import actions as services
from ietvars.institution.services import errors as service_errors
from ietvars.institution.services import queries as known_services
from ietvars.institution.services import rules as service_rules
from ietvars.institution.services.models import Service

_BEING_WRITTEN = "Offered again; the description is being written."

KIND = "revision"
"""Under this kind drafts stand in the audit trail; the key is the service's code."""


def create(
    *,
    canvas: CanvasVersion | None,
    holder: Body,
    title: Mapping[str, str],
    by: Actor,
    now: datetime,
    code: str = "",
) -> Revision:
    """Begin a new service from a version of a canvas: a draft that holds the canvas's common content and the title.

    The code is made from the title when none is given. Raises NotYours, NoTitle.
    """
    rules.require_writer(by, holder.pk)
    if not title.get("lv", "").strip():
        raise errors.NoTitle
    with transaction.atomic():
        service = services.describe(
            code=_free_code(code or title["lv"]),
            holder=holder,
            facts=descriptions.facts({"title": dict(title)}),
            by=by,
            now=now,
            canvas_version=canvas,
        )
        description = merging.laid_into(canvases.parts(canvas), {"title": dict(title)})
        return _begin(service, description, canvas, by=by, now=now)


def offer(*, template: Service, holder: Body, by: Actor, now: datetime) -> Revision:
    """Begin a body's own draft of a common service: it holds the common text. One declined before is offered again.

    Raises NotYours, NotATemplate.
    """
    rules.require_writer(by, holder.pk)
    code = rules.variant_code(template.code, holder.code)
    with transaction.atomic():
        known = known_services.by_code(code)
        if known is not None and known.state == service_rules.State.PUBLISHED and not known.is_offered:
            # Nobody has approved the text yet, so it must not be read as offered in the meantime.
            services.withdraw(service=known, by=_allowed(by), now=now, why=_BEING_WRITTEN)
        service = services.vary(template=template, holder=holder, code=code, own={}, by=by, now=now)
        return start(service=service, by=by, now=now)


def decline(*, template: Service, holder: Body, why: Mapping[str, str], by: Actor, now: datetime) -> Service:
    """Say that a body does not give a common service, and why. It needs no approval: nothing is promised.

    An open draft of it is given up. Raises NotYours, NotATemplate, NoReason.
    """
    rules.require_writer(by, holder.pk)
    with transaction.atomic():
        service = services.vary(
            template=template,
            holder=holder,
            code=rules.variant_code(template.code, holder.code),
            own={},
            by=by,
            now=now,
            is_offered=False,
            not_offered_because=why,
        )
        known = queries.open_of(service)
        if known is not None:
            abandon(revision=known, by=by, now=now, why=why.get("lv", ""))
        if service.state != service_rules.State.PUBLISHED:
            services.publish(service=service, by=_allowed(by), now=now)
    return service


def start(*, service: Service, by: Actor, now: datetime) -> Revision:
    """The open draft of a service, or a new one that begins with what people read. Raises NotYours."""
    rules.require_writer(by, known_services.holder_id(service))
    known = queries.open_of(service)
    if known is not None:
        return known
    with transaction.atomic():
        return _begin(service, known_services.description(service), known_services.version_of(service), by=by, now=now)


def save(*, revision: Revision, changes: Description, edition: int, by: Actor, now: datetime) -> Revision:
    """Write some parts of a draft, however incomplete. `edition` is the one the writer had before him.

    What others saved since in other parts stays. Raises NotYours, NotNow, UnknownPart, NotAPart, and EditedMeanwhile
    where the same part was changed to something else: then nothing is written.
    """
    rules.require_writer(by, known_services.holder_id(revision.service))
    with transaction.atomic():
        row = _locked(revision)
        rules.require_open(row.service.code, State(row.state))
        if edition != row.edition:
            found = rules.conflicts(queries.at_edition(row, edition), row.description, changes)
            rules.require_unconflicted(found, queries.last_editor(row))
        _write(row, descriptions.with_changes(row.description, changes), by=by, now=now)
    return row


def lay_into(*, revision: Revision, version: CanvasVersion, by: Actor, now: datetime) -> Revision:
    """Lay a draft into a canvas: what it says stays, common content fills what says nothing.

    Raises NotYours, NotNow.
    """
    rules.require_writer(by, known_services.holder_id(revision.service))
    with transaction.atomic():
        row = _locked(revision)
        rules.require_open(row.service.code, State(row.state))
        row.canvas_version = version
        _write(row, merging.laid_into(canvases.parts(version), row.description), by=by, now=now)
        _record(row, "lay-into", by=by, now=now, after={"canvas": version.canvas.code, "number": version.number})
    return row


def take(*, revision: Revision, by: Actor, now: datetime, paths: Collection[str] | None = None) -> Revision:
    """Move a draft to the newest version of its canvas, with the new content of the named parts, or of all in which
    the owner wrote nothing himself. What he wrote before stays in the saves.

    Raises NotYours, NotNow, NothingNewer.
    """
    rules.require_writer(by, known_services.holder_id(revision.service))
    with transaction.atomic():
        row = _locked(revision)
        rules.require_open(row.service.code, State(row.state))
        stands_on = row.canvas_version
        newest = canvases.current(stands_on.canvas.code) if stands_on else None
        if stands_on is None or newest is None or newest.number <= stands_on.number:
            raise errors.NothingNewer(service=row.service.code)
        changes = merging.compare(canvases.parts(stands_on), canvases.parts(newest), row.description)
        row.canvas_version = newest
        _write(row, merging.take(row.description, changes, paths), by=by, now=now)
        _record(
            row,
            "take",
            by=by,
            now=now,
            before={"number": stands_on.number},
            after={"number": newest.number, "parts": sorted(paths) if paths is not None else "all"},
        )
    return row


def comment(*, revision: Revision, part: str, text: str, by: Actor, now: datetime) -> RevisionComment:
    """Say something of a part of a draft, or of the whole. Raises NotYours, UnknownPart, NoText."""
    rules.require_reader(by, known_services.holder_id(revision.service))
    if part:
        descriptions.require_form(part, None)
    if not text.strip():
        raise errors.NoText
    with transaction.atomic():
        row = RevisionComment.objects.create(
            revision=revision, part=part, text=text.strip(), username=by.username, at=now
        )
        _record(revision, "comment", by=by, now=now, after={"part": part})
    return row


def settle(*, comment_id: int, revision: Revision, by: Actor, now: datetime) -> None:
    """Say that a comment is dealt with. Raises NotYours."""
    rules.require_reader(by, known_services.holder_id(revision.service))
    with transaction.atomic():
        rows = RevisionComment.objects.filter(pk=comment_id, revision=revision, settled_at__isnull=True)
        if rows.update(settled_at=now, settled_by=by.username):
            _record(revision, "settle", by=by, now=now, after={"comment": comment_id})


def submit(
    *, revision: Revision, by: Actor, now: datetime, waived: Mapping[str, str] | None = None, why: str = ""
) -> Revision:
    """Ask another person to approve. `waived` maps codes of mandatory requirements to why they cannot be met.

    Raises NotYours, NotNow, NotSubmitted with the gaps.
    """
    rules.require_writer(by, known_services.holder_id(revision.service))
    asks = {code: reason.strip() for code, reason in (waived or {}).items() if reason.strip()}
    with transaction.atomic():
        row = _locked(revision)
        rules.require_next(row.service.code, State(row.state), State.SUBMITTED)
        gaps = queries.gaps(row, timezone.localdate(now))
        rules.require_whole(row.service.code, gaps, asks)
        row.waived = {gap.code: asks[gap.code] for gap in gaps if gap.code in asks}
        row.author = by.username
        _step(row, State.SUBMITTED, by=by, now=now, why=why)
    return row


def send_back(*, revision: Revision, by: Actor, now: datetime, why: str) -> Revision:
    """Give a draft back to be written on: an approver with a reason, or a writer who takes it back himself.

    Raises NotYours, NotNow, NoReason.
    """
    rules.require_reader(by, known_services.holder_id(revision.service))
    if by.role in rules.APPROVERS and not why.strip():
        raise errors.NoReason
    with transaction.atomic():
        row = _locked(revision)
        rules.require_next(row.service.code, State(row.state), State.DRAFT)
        row.approver, row.valid_from = "", None
        _step(row, State.DRAFT, by=by, now=now, why=why)
    return row


def approve(*, revision: Revision, by: Actor, now: datetime, why: str = "") -> Revision:
    """Say that a draft may be published. Raises NotYours, NotTheApprover, OwnWork, NotNow."""
    rules.require_approver(by, known_services.holder_id(revision.service), queries.writers(revision))
    with transaction.atomic():
        row = _locked(revision)
        rules.require_next(row.service.code, State(row.state), State.APPROVED)
        row.approver = by.username
        _step(row, State.APPROVED, by=by, now=now, why=why)
    return row


def schedule(*, revision: Revision, valid_from: date, by: Actor, now: datetime) -> Revision:
    """Let an approved draft be published on a day. Raises NotYours, NotNow, DayIsPast."""
    rules.require_reader(by, known_services.holder_id(revision.service))
    rules.require_day(valid_from, timezone.localdate(now))
    with transaction.atomic():
        row = _locked(revision)
        rules.require_next(row.service.code, State(row.state), State.SCHEDULED)
        row.valid_from = valid_from
        _step(row, State.SCHEDULED, by=by, now=now, why=valid_from.isoformat())
    return row


def publish(*, revision: Revision, by: Actor, now: datetime) -> Revision:
    """Let people read an approved draft. The gate asks once more, since requirements come into force by days.

    Raises NotYours, NotNow, NotReady with the gaps.
    """
    rules.require_reader(by, known_services.holder_id(revision.service))
    with transaction.atomic():
        row = _locked(revision)
        rules.require_next(row.service.code, State(row.state), State.PUBLISHED)
        service = row.service
        service_rules.require_whole(service.code, queries.gaps(row, timezone.localdate(now)), tuple(row.waived))
        _hand_over(row, by=by, now=now)
        row.published_at = now
        _step(row, State.PUBLISHED, by=by, now=now)
        notices.announce("revisions.published", by=by, now=now, revision=row)
    return row


def publish_due(*, by: Actor, now: datetime) -> tuple[list[str], list[tuple[str, str]]]:
    """Publish scheduled drafts whose day has come. Returns codes published, and (code, sentence) of those refused.

    One that is refused stays scheduled and waits for its owner.
    """
    done: list[str] = []
    refused: list[tuple[str, str]] = []
    for row in queries.due_on(timezone.localdate(now)):
        try:
            publish(revision=row, by=by, now=now)
        except service_errors.NotReady as fault:
            refused.append((row.service.code, str(fault)))
        else:
            done.append(row.service.code)
    return done, refused


def remind(*, on: date, send: Callable[[Service, date], int], by: Actor, now: datetime) -> list[tuple[str, date, int]]:
    """Remind of reviews that are due, each once. `send` tells how many people it reached.

    One whose sending fails is not kept as sent; the next call tries it again. Returns code, due day and people.
    """
    done: list[tuple[str, date, int]] = []
    sent = set(ReviewReminder.objects.values_list("service", "due"))
    for service in known_services.with_holder(known_services.published()):
        due = service_rules.review_due(service.reviewed_on, service.review_months)
        if due is None or (service.pk, due) in sent or not rules.is_to_remind(due, on):
            continue
        with transaction.atomic():
            row = ReviewReminder.objects.create(service=service, due=due, at=now)
            row.people = send(service, due)
            row.save(update_fields=["people"])
        done.append((service.code, due, row.people))
    return done


def abandon(*, revision: Revision, by: Actor, now: datetime, why: str = "") -> Revision:
    """Give a draft up. It stays readable; the next one begins with what people read. Raises NotYours, NotNow."""
    rules.require_writer(by, known_services.holder_id(revision.service))
    with transaction.atomic():
        row = _locked(revision)
        rules.require_next(row.service.code, State(row.state), State.ABANDONED)
        _step(row, State.ABANDONED, by=by, now=now, why=why)
    return row


def _hand_over(row: Revision, *, by: Actor, now: datetime) -> None:
    """Write the draft onto the service and publish it. The approver has allowed it, whoever presses the button."""
    allowed = Actor(username=by.username, role=Role.SYSTEM, body_id=by.body_id, body_code=by.body_code, name=by.name)
    service = known_services.by_code(row.service.code)
    assert service is not None
    holder = known_services.holder_of(service)
    told = replace(
        descriptions.facts(row.description, known_services.facts(service)),
        reviewed_on=row.valid_from or timezone.localdate(now),
    )
    if service.template_id is not None:
        service.own_fields = [*merging.overrides(canvases.parts(row.canvas_version), row.description)]
        service.save(update_fields=["own_fields"])
    service = services.describe(
        code=service.code, holder=holder, facts=told, by=allowed, now=now, canvas_version=row.canvas_version
    )
    if service.state != service_rules.State.PUBLISHED:
        services.publish(service=service, by=allowed, now=now, waived=tuple(row.waived), valid_from=row.valid_from)


def _allowed(by: Actor) -> Actor:
    """The same person, with the room of services asking no more: this room has asked."""
    return Actor(username=by.username, role=Role.SYSTEM, body_id=by.body_id, body_code=by.body_code, name=by.name)


def _begin(
    service: Service, description: Description, version: CanvasVersion | None, *, by: Actor, now: datetime
) -> Revision:
    highest: int | None = Revision.objects.filter(service=service).aggregate(number=Max("number"))["number"]
    row = Revision.objects.create(
        service=service,
        number=(highest or 0) + 1,
        description=descriptions.with_changes(description, {}),
        canvas_version=version,
        author=by.username,
        started_at=now,
        edited_at=now,
    )
    RevisionEdit.objects.create(revision=row, edition=1, username=by.username, at=now, description=row.description)
    RevisionStateRow.objects.create(revision=row, state=row.state, at=now, username=by.username)
    _record(row, "start", by=by, now=now, after={"number": row.number})
    return row


def _write(row: Revision, description: Description, *, by: Actor, now: datetime) -> None:
    """Keep one more edition; saving what stands already makes none."""
    different = descriptions.changed(row.description, description)
    if different:
        row.description = dict(description)
        row.edition += 1
        RevisionEdit.objects.create(
            revision=row, edition=row.edition, username=by.username, at=now, description=row.description
        )
        _record(row, "save", by=by, now=now, after={"edition": row.edition, "parts": list(different)})
        if row.service.state == service_rules.State.DRAFT and "title" in different and row.description.get("title"):
            _name(row.service, row.description["title"])
    row.edited_at = now
    row.save()


def _name(service: Service, title: Mapping[str, str]) -> None:
    """A service that nobody has read yet is called in lists as its draft calls it."""
    service.title = dict(title)
    service.sort_key = terms.sort_key(terms.pick(service.title, "lv"))
    service.save(update_fields=["title", "sort_key"])


def _step(row: Revision, state: State, *, by: Actor, now: datetime, why: str = "") -> None:
    before = row.state
    row.state = state.value
    row.save()
    RevisionStateRow.objects.create(revision=row, state=state.value, at=now, username=by.username, why=why)
    _record(row, _STEPS[state], by=by, now=now, why=why, before={"state": before}, after={"state": state.value})


_STEPS = {
    State.DRAFT: "send-back",
    State.SUBMITTED: "submit",
    State.APPROVED: "approve",
    State.SCHEDULED: "schedule",
    State.PUBLISHED: "publish",
    State.ABANDONED: "abandon",
}


def _record(
    row: Revision,
    step: str,
    *,
    by: Actor,
    now: datetime,
    why: str = "",
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    subject = (KIND, row.service.code)
    audit.record(by=by, now=now, action=f"revisions.{step}", subject=subject, why=why, before=before, after=after)


def _locked(revision: Revision) -> Revision:
    """The row as it stands now, held until the end of the transaction; two savers come one after the other."""
    return Revision.objects.select_for_update(of=("self",)).select_related("service").get(pk=revision.pk)


def _free_code(wanted: str) -> str:
    """A code that no service has, made from a title."""
    base = slugify(wanted)[:110] or "pakalpojums"
    code, turn = base, 1
    while known_services.by_code(code) is not None:
        turn += 1
        code = f"{base}-{turn}"
    return code
