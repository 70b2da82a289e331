"""Changes the register of bodies: new bodies, new names, new places, mergers and splits.

What follows from a merger elsewhere is not done here: the notices "bodies.merged" and "bodies.split" tell it upward.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from ietvars.ground.audit import actions as audit
from ietvars.ground.audit.rules import Author
from ietvars.ground.bodies import errors, queries, rules
from ietvars.ground.bodies.models import Body, FormerName, Placement, Succession
from ietvars.ground.notices import actions as notices
from ietvars.ground.terms import rules as terms

Names = Mapping[str, str]


def establish(
    *,
    code: str,
    kind: str,
    name: Names,
    by: Author,
    now: datetime,
    short: Names | None = None,
    parent: Body | None = None,
    since: date | None = None,
    registration_code: str = "",
    territory_code: str = "",
    is_invented: bool = False,
    source: str = "",
    until: date | None = None,
) -> Body:
    """Add a body and its place in the hierarchy; with `until` one that has ended already. Raises BodyExists."""
    rules.require_keeper(by)
    if queries.by_code(code) is not None:
        raise errors.BodyExists(body=code)
    with transaction.atomic():
        body = Body.objects.create(
            code=code,
            kind=kind,
            name=dict(name),
            short=dict(short or {}),
            sort_key=terms.sort_key(terms.pick(dict(name), "lv")),
            registration_code=registration_code,
            territory_code=territory_code,
            since=since,
            until=until,
            is_invented=is_invented,
            source=source,
        )
        if parent is not None:
            Placement.objects.create(body=body, parent=parent, since=since)
        audit.record(
            by=by,
            now=now,
            action="bodies.establish",
            subject=("body", code),
            after={"name": dict(name), "kind": kind, "parent": parent.code if parent else None},
        )
    return body


def place(*, body: Body, parent: Body, since: date, by: Author, now: datetime) -> Placement:
    """Put a body under another from a day on; its old place ends the day before. Raises WouldBeAboveItself."""
    rules.require_keeper(by)
    if parent.pk in queries.reach(body.pk):
        raise errors.WouldBeAboveItself(body=body.code, parent=parent.code)
    with transaction.atomic():
        before = Placement.objects.filter(body=body, until__isnull=True).select_related("parent").first()
        if before is not None:
            before.until = since - timedelta(days=1)
            before.save(update_fields=["until"])
        made = Placement.objects.create(body=body, parent=parent, since=since)
        audit.record(
            by=by,
            now=now,
            action="bodies.place",
            subject=("body", body.code),
            before={"parent": before.parent.code if before else None},
            after={"parent": parent.code, "since": since.isoformat()},
        )
    return made


def rename(
    *,
    body: Body,
    name: Names,
    on: date,
    by: Author,
    now: datetime,
    short: Names | None = None,
    document: Names | None = None,
) -> Body:
    """Give a body a new name from a day on; the old one is kept with its last day."""
    rules.require_keeper(by)
    with transaction.atomic():
        FormerName.objects.create(body=body, name=body.name, short=body.short, until=on - timedelta(days=1))
        before = {"name": body.name, "short": body.short}
        body.name = dict(name)
        body.short = dict(short or {})
        body.sort_key = terms.sort_key(terms.pick(body.name, "lv"))
        body.save()
        Succession.objects.create(
            kind=Succession.Kind.RENAMED, on=on, predecessor=body, successor=body, document=dict(document or {})
        )
        audit.record(
            by=by,
            now=now,
            action="bodies.rename",
            subject=("body", body.code),
            before=before,
            after={"name": body.name, "short": body.short, "on": on.isoformat()},
        )
    return body


def renew(
    *, predecessor: Body, successor: Body, on: date, by: Author, now: datetime, document: Names | None = None
) -> Body:
    """Let a body carry on under a new name and a new code from a day on; the notice moves what it held."""
    _succeed(kind=Succession.Kind.RENAMED, pairs=[(predecessor, successor)], on=on, document=document, by=by, now=now)
    return successor


def merge(
    *, predecessors: Sequence[Body], successor: Body, on: date, by: Author, now: datetime, document: Names | None = None
) -> Body:
    """Let bodies go over into one. They end the day before; the notice moves what they held.

    Figures keep their holder of that day, since nothing that was reported is touched.
    """
    _succeed(
        kind=Succession.Kind.MERGED,
        pairs=[(body, successor) for body in predecessors],
        on=on,
        document=document,
        by=by,
        now=now,
    )
    return successor


def split(
    *, predecessor: Body, successors: Sequence[Body], on: date, by: Author, now: datetime, document: Names | None = None
) -> None:
    """Let a body go over into several. Which service goes where is decided service by service, not here."""
    _succeed(
        kind=Succession.Kind.SPLIT,
        pairs=[(predecessor, body) for body in successors],
        on=on,
        document=document,
        by=by,
        now=now,
    )


def _succeed(
    *,
    kind: Succession.Kind,
    pairs: Sequence[tuple[Body, Body]],
    on: date,
    document: Names | None,
    by: Author,
    now: datetime,
) -> None:
    rules.require_keeper(by)
    ending = {old.pk: old for old, new in pairs if old.pk != new.pk}
    if not ending:
        raise errors.NothingToMerge
    for body in ending.values():
        if body.until is not None:
            raise errors.BodyHasEnded(body=body.code, until=body.until.isoformat())
    last_day = on - timedelta(days=1)
    with transaction.atomic():
        for old, new in pairs:
            Succession.objects.create(kind=kind, on=on, predecessor=old, successor=new, document=dict(document or {}))
        for body in ending.values():
            body.until = last_day
            body.save(update_fields=["until"])
            Placement.objects.filter(body=body, until__isnull=True).update(until=last_day)
            audit.record(
                by=by,
                now=now,
                action=f"bodies.{kind.value}",
                subject=("body", body.code),
                before={"until": None},
                after={"until": last_day.isoformat(), "into": [new.code for old, new in pairs if old.pk == body.pk]},
            )
        notices.announce(
            f"bodies.{kind.value}",
            by=by,
            now=now,
            predecessors=tuple(ending.values()),
            successors=tuple({new.pk: new for _, new in pairs}.values()),
            on=on,
        )
