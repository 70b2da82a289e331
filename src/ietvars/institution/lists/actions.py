"""Writes service lists: drafting, submitting, approving by another person, sending back, publishing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from ietvars.ground.audit import actions as audit
from ietvars.ground.bodies.models import Body
from ietvars.ground.people.rules import Actor
from ietvars.ground.terms.rules import pick
from ietvars.institution.lists import documents, errors, rules
from ietvars.institution.lists.models import ListDocument, ListEntry, ListStateRow, ServiceList
from ietvars.institution.services.models import Service


@dataclass(frozen=True)
class Entry:
    """One line to be written: a described service, or a title alone."""

    service: Service | None = None
    title: dict[str, str] = field(default_factory=dict)


def draft(
    *,
    body: Body,
    year: int,
    title: dict[str, str],
    entries: Sequence[Entry],
    by: Actor,
    now: datetime,
    author: str = "",
) -> ServiceList:
    """Begin the list of an institution and year. `author` other than the actor is for the system alone."""
    rules.require_author(by, body.pk)
    if ServiceList.objects.filter(body=body, year=year).exists():
        raise errors.ListExists(year=year)
    with transaction.atomic():
        made = ServiceList(
            body=body, year=year, title=title, author=author if author and by.username == "system" else by.username
        )
        made.save()
        _write(made, entries)
        _note(made, by=by, now=now, action="lists.draft")
    return made


def rewrite(
    *, service_list: ServiceList, title: dict[str, str], entries: Sequence[Entry], by: Actor, now: datetime
) -> ServiceList:
    """Replace title and lines of a draft. The actor becomes its author, so he cannot approve it later."""
    rules.require_author(by, service_list.body_id)
    if service_list.state != rules.State.DRAFT:
        raise errors.WrongState(state=service_list.state, wanted=rules.State.DRAFT.value)
    with transaction.atomic():
        service_list.title = title
        service_list.author = by.username
        service_list.approver = ""
        service_list.save()
        service_list.entries.all().delete()
        _write(service_list, entries)
        _note(service_list, by=by, now=now, action="lists.rewrite")
    return service_list


def submit(*, service_list: ServiceList, by: Actor, now: datetime) -> ServiceList:
    """Hand a draft to the approver. An empty list is refused."""
    rules.require_author(by, service_list.body_id)
    rules.require_step(service_list.state, rules.State.SUBMITTED)
    if not service_list.entries.exists():
        raise errors.EmptyList
    return _become(service_list, rules.State.SUBMITTED, by=by, now=now)


def approve(
    *,
    service_list: ServiceList,
    document_number: str,
    document_date: date | None,
    document: documents.Document | None = None,
    by: Actor,
    now: datetime,
) -> ServiceList:
    """Approve a submitted list by document, which may be attached. The author is refused, whatever his capacity."""
    rules.require_approver(by, service_list.body_id, service_list.author, pick(service_list.title, "lv"))
    rules.require_step(service_list.state, rules.State.APPROVED)
    rules.require_document(document_number, document_date)
    service_list.approver = by.username
    service_list.document_number = document_number.strip()
    service_list.document_date = document_date
    with transaction.atomic():
        _become(service_list, rules.State.APPROVED, by=by, now=now)
        if document is not None:
            _attach(service_list, document, by=by, now=now)
    return service_list


def attach(*, service_list: ServiceList, document: documents.Document, by: Actor, now: datetime) -> ListDocument:
    """Attach the document of an approval later, or another file in its place; the earlier one stays on record."""
    rules.require_attachable(by, service_list.body_id, service_list.state)
    with transaction.atomic():
        return _attach(service_list, document, by=by, now=now)


def _attach(service_list: ServiceList, document: documents.Document, *, by: Actor, now: datetime) -> ListDocument:
    service_list.documents.filter(is_current=True).update(is_current=False)
    made = ListDocument.objects.create(
        service_list=service_list,
        name=document.name,
        kind=document.kind,
        size=len(document.content),
        sha256=document.sha256,
        content=document.content,
        document_number=service_list.document_number,
        at=now,
        username=by.username,
    )
    audit.record(
        by=by,
        now=now,
        action="lists.attach",
        subject=("list", f"{service_list.body.code}/{service_list.year}"),
        after={"name": document.name, "kind": document.kind, "sha256": document.sha256},
    )
    return made


def send_back(*, service_list: ServiceList, why: str, by: Actor, now: datetime) -> ServiceList:
    """Return a submitted list to its author with the reason."""
    rules.require_approver(by, service_list.body_id, service_list.author, pick(service_list.title, "lv"))
    rules.require_step(service_list.state, rules.State.DRAFT)
    return _become(service_list, rules.State.DRAFT, by=by, now=now, why=why)


def publish(*, service_list: ServiceList, by: Actor, now: datetime) -> ServiceList:
    """Publish an approved list."""
    rules.require_author(by, service_list.body_id)
    rules.require_step(service_list.state, rules.State.PUBLISHED)
    return _become(service_list, rules.State.PUBLISHED, by=by, now=now)


def reopen(*, service_list: ServiceList, why: str, by: Actor, now: datetime) -> ServiceList:
    """Make an approved or published list a draft again, to change it; its approval is gone and stays on record."""
    rules.require_author(by, service_list.body_id)
    rules.require_step(service_list.state, rules.State.DRAFT)
    service_list.approver = ""
    service_list.document_number = ""
    service_list.document_date = None
    with transaction.atomic():
        service_list.documents.filter(is_current=True).update(is_current=False)
        return _become(service_list, rules.State.DRAFT, by=by, now=now, why=why)


def _write(service_list: ServiceList, entries: Sequence[Entry]) -> None:
    ListEntry.objects.bulk_create(
        ListEntry(service_list=service_list, position=position, service=entry.service, title=entry.title)
        for position, entry in enumerate(entries, 1)
    )


def _become(service_list: ServiceList, state: rules.State, *, by: Actor, now: datetime, why: str = "") -> ServiceList:
    with transaction.atomic():
        before = service_list.state
        service_list.state = state.value
        service_list.save()
        _note(service_list, by=by, now=now, action=f"lists.{state.value}", before=before, why=why)
    return service_list


def _note(
    service_list: ServiceList, *, by: Actor, now: datetime, action: str, before: str | None = None, why: str = ""
) -> None:
    ListStateRow.objects.create(
        service_list=service_list, state=service_list.state, at=now, username=by.username, why=why
    )
    audit.record(
        by=by,
        now=now,
        action=action,
        subject=("list", f"{service_list.body.code}/{service_list.year}"),
        why=why,
        before={"state": before},
        after={
            "state": service_list.state,
            "document": service_list.document_number,
            "entries": service_list.entries.count(),
        },
    )
