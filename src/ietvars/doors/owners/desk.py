"""What is due on an owner's or approver's desk, gathered from the rooms. A module of its own: it composes floors.

Each due row says what, why in one sentence with its figure, by when, and has one button. It decides nothing: stale,
worse and disagreeing are the rooms' words.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ietvars.doors.furniture import words
from ietvars.doors.furniture.marks import Button
from ietvars.doors.furniture.parts import Due, DueList, Fact, Facts
from ietvars.doors.furniture.shown import language
from ietvars.doors.owners import due_rows, rounds
from ietvars.ground.people.rules import Actor, Role, may
from ietvars.ground.terms.rules import pick
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.lists import queries as lists
from ietvars.institution.lists import rules as list_rules
from ietvars.institution.services import queries as services
from ietvars.institution.services import rules as service_rules

MOST = 8
"""Rows of one kind that the desk shows; the rest are counted and stand in their list."""


@dataclass(frozen=True)
class Desk:
    """Rows by urgency, and counts of the services."""

    lead: str
    overdue: DueList | None
    later: DueList | None
    facts: Facts
    more: int = 0


def coverage(period: str, service_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Service id to critical indicators measured and expected in a period."""
    if not period:
        return {}
    return {pk: (row.measured, row.expected) for pk, row in indicators.coverage(period, service_ids).items()}


def due(actor: Actor, *, period: str, before: str, on: date) -> Desk:
    """All that waits for this actor."""
    said = language()
    own = list(services.in_brief(services.of(actor.reach)).exclude(state="retired").distinct())
    overdue: list[Due] = []
    later: list[Due] = []
    if actor.role is Role.SERVICE_OWNER:
        overdue += _stale(own, on, said)
        later += _worse(own, period, before, said)
        later += _unmeasured(own, period, said)
    for row in rounds.due_rows(actor, on):
        (overdue if row.day is not None and row.day < on else later).append(row)
    later += _lists(actor, on, said)
    for row in due_rows.all_rows(actor, own, on, said):
        (overdue if row.day and row.day < on else later).append(row)
    hidden = max(0, len(overdue) - MOST) + max(0, len(later) - 2 * MOST)
    overdue, later = overdue[:MOST], later[: 2 * MOST]
    count = len(overdue) + len(later) + hidden
    return Desk(
        lead=_lead(count, len(overdue), len(own), said),
        overdue=DueList(tuple(overdue), on) if overdue else None,
        later=DueList(tuple(later), on) if later else None,
        facts=_facts(own, period, said),
        more=hidden,
    )


def _lead(count: int, overdue: int, size: int, said: str) -> str:
    if not count:
        return _("Nothing waits for you.")
    works = words.counted(count, _WORKS[_known(said)], said)
    held = words.counted(size, _IN_SERVICES[_known(said)], said)
    text = _("%(works)s in your %(services)s.") % {"works": works, "services": held}
    if overdue:
        text += " " + _("Overdue: %(count)s.") % {"count": words.number(overdue, said)}
    return text


_WORKS = {"lv": ("darbs", "darbi", "darbu"), "en": ("thing to do", "things to do")}
_IN_SERVICES = {"lv": ("pakalpojumā", "pakalpojumos", "pakalpojumos"), "en": ("service", "services")}


def _known(said: str) -> str:
    return "lv" if said == words.LATVIAN else "en"


def _stale(own: Sequence[Any], on: date, said: str) -> list[Due]:
    rows = [one for one in own if one.state == "published" and one.is_offered and not one.is_template]
    dated = [(one, service_rules.review_due(one.reviewed_on, one.review_months)) for one in rows]
    late = sorted(((one, day) for one, day in dated if day and day < on), key=lambda pair: pair[1])
    return [
        Due(
            kind=_("Review"),
            what=_("Review the description %(title)s") % {"title": words.quoted(pick(one.title, said), said)},
            why=_("Nobody has confirmed it within the rhythm you picked. Visitors see a mark that it is old."),
            button=Button(_("Review"), reverse("owners:service", args=[one.code]), size="sm"),
            day=day,
        )
        for one, day in late
    ]


def _worse(own: Sequence[Any], period: str, before: str, said: str) -> list[Due]:
    if not before:
        return []
    ids = {one.pk: one for one in own}
    names = {row.code: pick(row.name, said) for row in indicators.all_definitions()}
    worse: dict[int, list[str]] = {}
    for row in indicators.comparisons(period, before, service_ids=list(ids), verdict="worse").filter(channel=""):
        worse.setdefault(row.service_id, []).append(names.get(row.indicator, row.indicator))
    done = indicators.reviewed(period, list(ids))
    return [
        Due(
            kind=_("Indicators"),
            what=_("Explain what became worse: %(title)s") % {"title": pick(ids[pk].title, said)},
            why=_("Worse than a year before: %(names)s. The yearly review must say why.")
            % {"names": words.listed([name[:1].lower() + name[1:] for name in listed], said)},
            button=Button(
                _("Write the review"), f"{reverse('owners:review', args=[ids[pk].code])}?periods={period}", size="sm"
            ),
            when=_("yearly review"),
        )
        for pk, listed in worse.items()
        if pk not in done
    ]


def _unmeasured(own: Sequence[Any], period: str, said: str) -> list[Due]:
    if not period:
        return []
    found = coverage(period, [one.pk for one in own])
    return [
        Due(
            kind=_("Measurements"),
            what=_("Report figures: %(title)s") % {"title": pick(one.title, said)},
            why=_("None of %(count)s critical indicators is measured.")
            % {"count": words.number(found[one.pk][1], said)},
            button=Button(
                _("See what is missing"), f"{reverse('owners:service', args=[one.code])}?periods={period}", size="sm"
            ),
        )
        for one in own
        if one.pk in found and found[one.pk][1] and not found[one.pk][0]
    ]


def _lists(actor: Actor, on: date, said: str) -> list[Due]:
    rows: list[Due] = []
    known = list(lists.of(actor.reach))
    # Of each body only the newest list is set beside the catalogue of today; those before it are history.
    newest = {one.body_id: one for one in reversed(known) if one.state == list_rules.State.PUBLISHED}
    reports = lists.reports(newest.values(), on, said) if actor.role is Role.SERVICE_OWNER else {}
    for one in known:
        href = reverse("owners:list", args=[one.body.code, one.year])
        title = pick(one.title, said)
        if one.state == list_rules.State.SUBMITTED and may(list_rules.require_approver, actor, one.body_id, one.author):
            rows.append(
                _row(
                    _("Approve %(title)s") % {"title": words.quoted(title, said)},
                    _("A colleague has submitted the list."),
                    _("Look through"),
                    href,
                )
            )
        elif actor.role is Role.SERVICE_OWNER and one.state == list_rules.State.APPROVED:
            rows.append(
                _row(
                    _("Publish %(title)s") % {"title": words.quoted(title, said)},
                    _("The list is approved and not yet published."),
                    pgettext("go to", "Open"),
                    href,
                )
            )
        elif reports.get(one.pk):
            rows.append(
                _row(
                    _("Reconcile %(title)s") % {"title": words.quoted(title, said)},
                    _("List and catalogue disagree in %(count)s places.")
                    % {"count": words.number(len(reports[one.pk]), said)},
                    _("See where"),
                    href,
                )
            )
    return rows  # fmt: skip


def _row(what: str, why: str, button: str, href: str) -> Due:
    return Due(kind=_("List"), what=what, why=why, button=Button(button, href, size="sm"))


def _facts(own: Sequence[Any], period: str, said: str) -> Facts:
    states = Counter(one.state for one in own)
    found = coverage(period, [one.pk for one in own])
    whole = sum(1 for measured, expected in found.values() if expected and measured == expected)
    href = reverse("owners:services")
    return Facts(
        (
            Fact(pgettext("services", "Published"), words.number(states["published"], said), href=href),
            Fact(_("Drafts"), words.number(states["draft"], said), href=href),
            Fact(_("Measured completely"), words.of(whole, len(own), said), href=href),
        )
    )
