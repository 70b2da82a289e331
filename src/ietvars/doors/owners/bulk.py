"""One step for many services at once: publish approved drafts, withdraw, assign, pick a rhythm, take a newer canvas.

Each service is done or refused by itself, and the page says which and why; a step that fails for one is done for the
others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from ietvars.doors.furniture import downloads, part_names, refusals, today, words
from ietvars.doors.furniture.access import access, role
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import Words
from ietvars.doors.furniture.parts import Option, Switch
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.doors.owners.common import actor, own_frame
from ietvars.ground.errors import Refusal
from ietvars.ground.people import queries as people
from ietvars.ground.people.rules import Role
from ietvars.ground.terms.rules import pick
from ietvars.institution.revisions import actions as revision_actions
from ietvars.institution.revisions import errors
from ietvars.institution.revisions import queries as revisions
from ietvars.institution.services import actions as service_actions
from ietvars.institution.services import queries as services
from ietvars.institution.services import rules as service_rules

WORKS: dict[str, Words] = {
    "visi": pgettext_lazy("services", "All"),
    "trukst": gettext_lazy("Something is missing"),
    "sagatave": gettext_lazy("Newer canvas"),
    "parskatit": gettext_lazy("Review overdue"),
    "apstiprinati": gettext_lazy("Approved drafts"),
}
"""What a list can be narrowed to, as the address says it."""

as_owner = access(role(Role.SERVICE_OWNER))


@dataclass(frozen=True)
class Waiting:
    """A service with why it stands in the list."""

    code: str
    title: str
    holder: str
    why: str
    responsible: str
    href: str


def _waiting(request: HttpRequest, work: str) -> list[Waiting]:
    said, on = language(), today.today()
    own = services.of(actor(request).reach).exclude(state="retired")
    why: dict[int, str] = {}
    if work == "trukst":
        for row in revisions.report(own.published(), on):
            if row.blocks:
                names = dict.fromkeys(part_names.name(gap.part).lower() for gap in row.gaps if gap.blocks)
                why[row.service.pk] = words.capital(words.listed(list(names), said))
    elif work == "sagatave":
        for service, version, reopens in revisions.drifting(own):
            told = _("Requirement or law: version %(number)s") if reopens else _("Wording only: version %(number)s")
            why[service.pk] = told % {"number": version.number}
    elif work == "parskatit":
        for service in own.overdue(on):
            due = service_rules.review_due(service.reviewed_on, service.review_months)
            why[service.pk] = _("Since %(day)s") % {"day": due.isoformat()} if due else _("Never reviewed")
    elif work == "apstiprinati":
        for draft in revisions.waiting(actor(request).reach, "approved"):
            why[draft.service_id] = _("Approved, not published")
    else:
        why = {row.pk: "" for row in own}
    rows = list(services.with_holder(services.all_services().filter(pk__in=why)).distinct())
    called = people.names({row.responsible for row in rows if row.responsible})
    return [
        Waiting(
            code=row.code,
            title=pick(row.title, said) or row.code,
            holder=pick(row.holder_name, said),
            why=why[row.pk],
            responsible=pick(called.get(row.responsible, {}), said) or row.responsible,
            href=reverse("owners:service", args=[row.code]),
        )
        for row in rows
    ]


def _work(request: HttpRequest) -> str:
    wanted = request.GET.get("darbs", "visi")
    if wanted not in WORKS:
        raise Http404
    return wanted


@as_owner
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The list with its boxes, and what was done or refused after a step."""
    work = _work(request)
    done: list[str] = []
    refused: list[tuple[str, str]] = []
    said_of = ""
    if request.method == "POST":
        done, refused, said_of = _do(request)
    rows = _waiting(request, work)
    said = language()
    return render(
        request,
        "owners/bulk.html",
        {
            "frame": own_frame(request, "services"),
            "rows": rows,
            "work": work,
            "switch": Switch(
                _("Show"),
                tuple(Option(says, f"?darbs={code}", current=code == work) for code, says in WORKS.items()),
            ),
            "colleagues": [
                (one.username, pick(one.name, said) or one.username) for one in people.owners_for(actor(request).reach)
            ],
            "months": range(1, service_rules.LONGEST_RHYTHM + 1),
            "done": done,
            "refused": refused,
            "said_of": said_of,
            "crumbs": crumbs((_("Services"), reverse("owners:services")), _("Several at once")),
        },
        status=400 if refused and not done else 200,
    )


def _do(request: HttpRequest) -> tuple[list[str], list[tuple[str, str]], str]:
    """Do the step for every ticked service: titles done, titles with the sentence refused, and what the step was."""
    said = language()
    steps: dict[str, tuple[Callable[[Any], object], Any]] = {
        "publish": (lambda service: _publish(request, service), _("Published")),
        "withdraw": (lambda service: _withdraw(request, service), _("Withdrawn")),
        "assign": (lambda service: _look_after(request, service), _("Assigned")),
        "confirm": (lambda service: _confirm(request, service), _("Confirmed as right today")),
        "take": (lambda service: _take(request, service), _("Taken into drafts")),
    }
    step = steps.get(request.POST.get("step", ""))
    if step is None:
        raise Http404
    done: list[str] = []
    refused: list[tuple[str, str]] = []
    for service in _chosen(request):
        title = pick(service.title, said) or service.code
        try:
            step[0](service)
        except Refusal as fault:
            refused.append((title, str(refusals.box(fault).says)))
        else:
            done.append(title)
    return done, refused, step[1]


def _chosen(request: HttpRequest) -> list[Any]:
    codes = request.POST.getlist("service")
    return list(services.with_holder(services.all_services().filter(code__in=codes)).distinct())


def _publish(request: HttpRequest, service: Any) -> None:
    draft = revisions.open_of(service)
    if draft is None:
        raise errors.NothingApproved(service=service.code)
    revision_actions.publish(revision=draft, by=actor(request), now=today.now())


def _withdraw(request: HttpRequest, service: Any) -> None:
    why = request.POST.get("why", "")[:1000]
    service_actions.withdraw(service=service, why=why, by=actor(request), now=today.now())


def _look_after(request: HttpRequest, service: Any) -> None:
    months = request.POST.get("months", "")
    service_actions.look_after(
        service=service,
        responsible=request.POST.get("responsible") or None,
        review_months=int(months) if months.isdigit() else None,
        by=actor(request),
        now=today.now(),
    )


def _confirm(request: HttpRequest, service: Any) -> None:
    service_actions.confirm(service=service, on=today.today(), by=actor(request), now=today.now())


def _take(request: HttpRequest, service: Any) -> None:
    draft = revision_actions.start(service=service, by=actor(request), now=today.now())
    revision_actions.take(revision=draft, by=actor(request), now=today.now())


def _table(request: HttpRequest) -> Table:
    return Table(
        code="vairaki",
        caption=_("Several at once"),
        columns=(
            Column(_("Service"), "service"),
            Column(_("Holder"), "holder"),
            Column(_("Why"), "why"),
            Column(_("Looked after by"), "responsible"),
        ),
        rows=tuple(
            Row((Cell(row.title, href=row.href), row.holder, row.why, row.responsible))
            for row in _waiting(request, _work(request))
        ),
    )


@as_owner
@require_GET
def page_csv(request: HttpRequest) -> HttpResponseBase:
    """The list as a file."""
    return downloads.csv(_table(request))
