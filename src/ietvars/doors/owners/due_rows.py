"""Rows of the desk that come from drafts, canvases, feedback and links: what, why with its figure, one button.

A kind with many of the same becomes one row that leads to them all. Decides nothing: open, late and broken are the
rooms' words.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from ietvars.doors.furniture import part_names, words
from ietvars.doors.furniture.marks import Button
from ietvars.doors.furniture.parts import Due
from ietvars.ground.people.rules import Actor, Role, may
from ietvars.ground.terms.rules import pick
from ietvars.institution.canvases import requirements
from ietvars.institution.feedback import queries as feedback
from ietvars.institution.quality import queries as quality
from ietvars.institution.revisions import queries as revisions
from ietvars.institution.revisions import rules as revision_rules
from ietvars.institution.services import queries as services

FEW = 3
"""Rows of one kind that stand by themselves; more of them become one row."""


def _row(kind: str, what: str, why: str, button: str, href: str, day: date | None = None, when: str = "") -> Due:
    return Due(kind=kind, what=what, why=why, button=Button(button, href, size="sm"), day=day, when=when)


def drafts(actor: Actor, own: Sequence[Any], on: date, said: str) -> list[Due]:
    """Drafts that wait for this actor: to be approved, to be mended, to be published."""
    waiting = revisions.waiting(actor.reach)
    if actor.role is Role.LIST_APPROVER:
        return _to_approve(actor, [one for one in waiting if one.state == "submitted"], own, said)
    if actor.role is not Role.SERVICE_OWNER:
        return []
    comments = revisions.open_comments(waiting)
    asked = revisions.asked_of(waiting, on)
    rows: list[Due] = []
    for one in waiting:
        if one.state == "approved":
            rows.append(
                _row(
                    _("Draft"),
                    _("Publish %(title)s") % {"title": _title(one, said)},
                    _("The draft is approved and not yet published."),
                    pgettext("go to", "Open"),
                    reverse("owners:approval", args=[one.service.code]),
                )
            )
        elif one.state == "scheduled" and one.valid_from is not None and one.valid_from < on:
            rows.append(
                _row(
                    _("Draft"),
                    _("Publish %(title)s") % {"title": _title(one, said)},
                    _("It was not published on its day, since something is missing."),
                    _("See what is missing"),
                    reverse("owners:approval", args=[one.service.code]),
                    one.valid_from,
                )
            )
        elif one.state == "draft":
            missing = sum(1 for gap in requirements.gaps(one.description, asked[one.pk]) if gap.blocks)
            rows += _open_draft(one, comments[one.pk], missing, said)
    return rows


def _title(one: Any, said: str) -> str:
    return words.quoted(pick(one.description.get("title") or one.service.title, said), said)


def _to_approve(actor: Actor, waiting: Sequence[Any], own: Sequence[Any], said: str) -> list[Due]:
    holders = {service.pk: service.holder_id for service in own}
    writers = revisions.writers_of(waiting)
    return [
        _row(
            _("Draft"),
            _("Approve the draft %(title)s") % {"title": _title(one, said)},
            _("A colleague has submitted it."),
            _("Look through"),
            reverse("owners:approval", args=[one.service.code]),
        )
        for one in waiting
        if may(revision_rules.require_approver, actor, holders.get(one.service_id), writers[one.pk])
    ]


def _open_draft(one: Any, comments: int, missing: int, said: str) -> list[Due]:
    """The row of a draft being written. One that only began, and to which nothing is missing, is no work yet."""
    if comments:
        count = words.number(comments, said)
        why = ngettext("%(count)s comment waits.", "%(count)s comments wait.", comments) % {"count": count}
    elif missing:
        count = words.number(missing, said)
        text = ngettext("%(count)s requirement is open.", "%(count)s requirements are open.", missing)
        why = text % {"count": count}
    elif one.edition > 1:
        why = _("Nothing is missing, and it is not submitted yet.")
    else:
        return []
    href = reverse("owners:draft", args=[one.service.code])
    what = _("Finish the draft %(title)s") % {"title": _title(one, said)}
    return [_row(_("Draft"), what, why, _("Write on"), href)]


def gaps(own: Any, on: date, said: str) -> list[Due]:
    """Published services that no longer fulfil what their canvas asks."""
    found = revisions.blocking(own.published(), on)
    if len(found) > FEW:
        return [_many(_("Description"), "trukst", len(found), _("Their descriptions miss what the canvas requires."))]
    return [
        _row(
            _("Description"),
            _("Complete %(title)s") % {"title": words.quoted(pick(one.service.title, said), said)},
            _("Missing: %(parts)s.")
            % {
                "parts": words.listed(
                    list(dict.fromkeys(part_names.name(gap.part).lower() for gap in one.gaps if gap.blocks)), said
                )
            },
            _("Write"),
            reverse("owners:service", args=[one.service.code]),
        )
        for one in found
    ]


def drift(own: Any, said: str) -> list[Due]:
    """Services that a newer canvas opens again; a mere wording opens none."""
    late = [(service, version) for service, version, reopens in revisions.drifting(own) if reopens]
    if len(late) > FEW:
        return [_many(_("Canvas"), "sagatave", len(late), _("A requirement or the law behind their canvas changed."))]
    return [
        _row(
            _("Canvas"),
            _("See what changed for %(title)s") % {"title": words.quoted(pick(service.title, said), said)},
            _("A requirement or the law changed in version %(number)s of the canvas %(canvas)s.")
            % {"number": version.number, "canvas": words.quoted(pick(version.canvas.title, said), said)},
            _("Compare"),
            reverse("owners:draft-canvas", args=[service.code]),
        )
        for service, version in late
    ]


def _many(kind: str, work: str, size: int, why: str) -> Due:
    what = ngettext("%(count)s service waits for you", "%(count)s services wait for you", size) % {"count": size}
    return _row(kind, what, why, _("See them"), f"{reverse('owners:bulk')}?darbs={work}")


def said_by_people(actor: Actor, said: str) -> list[Due]:
    """Feedback that waits for an answer."""
    waiting = feedback.waiting(actor.reach)
    awaited = [one for one in waiting if one.awaited]
    rows = [
        _row(
            _("Feedback"),
            _("Answer about %(title)s") % {"title": words.quoted(pick(one.title, said), said)},
            ngettext("%(count)s person waits for an answer.", "%(count)s people wait for an answer.", one.awaited)
            % {"count": words.number(one.awaited, said)},
            pgettext("a button", "Answer"),
            reverse("owners:feedback"),
        )
        for one in awaited[:FEW]
    ]
    rest = sum(one.n for one in waiting) - sum(one.awaited for one in awaited[:FEW])
    if rest > 0:
        what = ngettext("Read %(count)s piece of feedback", "Read %(count)s pieces of feedback", rest)
        count = words.number(rest, said)
        why = _("Nobody has looked at it yet.")
        rows.append(_row(_("Feedback"), what % {"count": count}, why, _("Read"), reverse("owners:feedback")))
    return rows


def links(actor: Actor, said: str) -> list[Due]:
    """Links that have led nowhere for days."""
    broken: dict[str, list[Any]] = {}
    for one in quality.broken(actor.reach):
        broken.setdefault(one.use.service.code, []).append(one)
    found = list(broken.items())
    return [
        _row(
            _("Links"),
            _("Mend a link of %(title)s") % {"title": words.quoted(pick(each[0].use.service.title, said), said)},
            ngettext("%(count)s link leads nowhere.", "%(count)s links lead nowhere.", len(each))
            % {"count": words.number(len(each), said)},
            _("See which"),
            reverse("owners:service-quality", args=[code]),
        )
        for code, each in found[:FEW]
    ]


def all_rows(actor: Actor, own: Sequence[Any], on: date, said: str) -> list[Due]:
    """Everything of these kinds for this actor."""
    chosen = services.all_services().filter(pk__in=[one.pk for one in own])
    rows = drafts(actor, own, on, said)
    if actor.role is Role.SERVICE_OWNER:
        rows += gaps(chosen, on, said) + drift(chosen, said) + said_by_people(actor, said) + links(actor, said)
    return rows
