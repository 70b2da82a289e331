"""Events of deliveries at the holder's workplace: who may send them, how, and what was refused and why.

A secret is shown once, in the answer to the form that asked for it, and in no address. Views translate; the room
decides.
"""

import json
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ietvars.doors.furniture import days, refusals
from ietvars.doors.furniture.access import access, over_body, role
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import Link
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.doors.owners import forms
from ietvars.doors.owners.common import actor, own_frame
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import Role
from ietvars.ground.terms.rules import pick
from ietvars.institution.deliveries import errors, mending, queries, senders
from ietvars.institution.deliveries.rules import PREFIX
from ietvars.institution.services import queries as services

KEEPERS = (Role.SERVICE_OWNER, Role.ADMINISTRATOR)
MOST_EVENTS = 50
"""Refused events of one reason that a page lists."""


MOST_COUNTED = 10_000
"""A page counts no further how many events wait."""


def _body_of(number: int) -> int | None:
    """Id of the body whose sender sent a refused event, for the access declaration."""
    found = queries.refused_one(number)
    return found.body_id if found is not None else None


def _at(moment: Any) -> str:
    return days.moment_in_table(timezone.localtime(moment), language()) if moment else "–"


def says(row: Any) -> str:
    """Why an event was refused, in the language of the page."""
    text = _(row.sentence)
    return text % row.facts if row.facts else text


# ---- the page ---------------------------------------------------------------------------------------------------


@access(role(*KEEPERS))
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Who may send events for the bodies within reach, and for what reasons events were refused."""
    return _page(request)


def _page(
    request: HttpRequest, *, secret: str = "", of: str = "", form: forms.SenderForm | None = None
) -> HttpResponse:
    who = actor(request)
    reasons = queries.reasons(who.reach)
    waiting = queries.waiting_count(MOST_COUNTED)
    context = {
        "frame": own_frame(request, "deliveries"),
        "crumbs": crumbs((_("To do"), reverse("owners:desk")), _("Events")),
        "senders": _senders(queries.senders(who.reach)),
        "open_senders": [one for one in queries.senders(who.reach) if one.revoked_at is None],
        "reasons": _reasons(who.reach, reasons),
        "refused": sum(one.events for one in reasons),
        "waiting": waiting,
        "is_many": waiting > MOST_COUNTED,
        "form": form or forms.SenderForm(bodies=_bodies(who.reach)),
        "secret": secret,
        "secret_of": of,
        "how": reverse("owners:deliveries-how"),
    }
    answer = render(request, "owners/deliveries.html", context, status=400 if form is not None else 200)
    if secret:
        answer["Cache-Control"] = "no-store"
    return answer


def _bodies(reach: Iterable[int]) -> list[tuple[str, str]]:
    found = bodies.all_bodies().filter(pk__in=list(reach), until__isnull=True)
    return [(one.code, pick(one.name, language())) for one in found]


def _senders(found: Iterable[Any]) -> Table:
    rows = []
    for one in found:
        listed = ", ".join(pick(service.title, language()) for service in one.services.all())
        rows.append(
            Row(
                (
                    Cell(one.title, under=one.code),
                    pick(one.body.name, language()),
                    listed or pgettext("what a sender may send for", "all services"),
                    _at(one.last_used_at),
                    _("revoked") if one.revoked_at else _("may send"),
                )
            )
        )
    columns = (_("Sender"), _("Institution"), _("Services"), _("Last sent"), _("State"))
    return Table("senders", _("Programs that may send events"), tuple(Column(one) for one in columns), tuple(rows))


def _reasons(reach: frozenset[int], found: Iterable[queries.Reason]) -> Table:
    rows = []
    for one in found:
        example = queries.quarantine(reach=reach, code=one.code).first()
        if example is None:
            continue
        href = reverse("owners:deliveries-refused") + f"?iemesls={one.code}"
        rows.append(Row((Cell(says(example), href=href, wide=True), one.events, one.times, _at(one.last))))
    columns = (
        Column(_("Reason")),
        Column(_("Events"), n=True),
        Column(_("Times sent"), n=True),
        Column(_("Last sent")),
    )
    return Table("reasons", _("Refused events by reason"), columns, tuple(rows))


@access(role(*KEEPERS))
@require_POST
def sender(request: HttpRequest) -> HttpResponse:
    """Make a sender or renew its secret, which is shown this once; or revoke it."""
    who, now = actor(request), timezone.now()
    step = request.POST.get("ko", "")
    try:
        if step == "make":
            form = forms.SenderForm(request.POST, bodies=_bodies(who.reach))
            if not form.is_valid():
                return _page(request, form=form)
            body = bodies.by_code(form.cleaned_data["body"])
            assert body is not None
            listed = list(services.all_services().filter(code__in=form.codes))
            if missing := sorted(set(form.codes) - {one.code for one in listed}):
                form.add_error("services", _("There is no service “%(code)s”.") % {"code": missing[0][:60]})
                return _page(request, form=form)
            made, secret = senders.make(
                code=form.cleaned_data["code"],
                title=form.cleaned_data["title"],
                body=body,
                services=listed,
                by=who,
                now=now,
            )
            return _page(request, secret=secret, of=made.code)
        found = queries.sender(request.POST.get("sutitajs", ""))
        if found is None:
            raise errors.NoSuchSender(code="")
        if step == "renew":
            return _page(request, secret=senders.renew(sender=found, by=who, now=now), of=found.code)
        senders.revoke(sender=found, by=who, now=now)
    except Refusal as refusal:
        return refusals.page(request, refusals.box(refusal))
    messages.success(request, _("The sender sends nothing more."))
    return HttpResponseRedirect(reverse("owners:deliveries"))


# ---- refused events ---------------------------------------------------------------------------------------------


@access(role(*KEEPERS))
@require_http_methods(["GET", "POST"])
def refused(request: HttpRequest) -> HttpResponse:
    """Refused events of one reason (GET); all of them replayed or dropped (POST)."""
    who = actor(request)
    code = request.GET.get("iemesls", "")[:60]
    rows = queries.quarantine(reach=who.reach, code=code)
    if request.method == "POST":
        return _with_many(request, list(rows.values_list("pk", flat=True)))
    shown = list(rows[:MOST_EVENTS])
    table = Table(
        "refused",
        _("Refused events"),
        (Column(_("Event")), Column(_("Reason")), Column(_("Sender")), Column(_("Last sent"))),
        tuple(
            Row(
                (
                    Cell(_name(one), href=reverse("owners:deliveries-one", args=[one.pk])),
                    says(one),
                    one.sender.code if one.sender else "",
                    _at(one.received_at),
                )
            )
            for one in shown
        ),
    )
    return render(
        request,
        "owners/deliveries_refused.html",
        {
            "frame": own_frame(request, "deliveries"),
            "crumbs": crumbs((_("Events"), reverse("owners:deliveries")), _("Refused events")),
            "table": table,
            "count": rows.count(),
            "shown": len(shown),
            "form": forms.DropForm(),
            "back": reverse("owners:deliveries"),
        },
    )


def _name(one: Any) -> str:
    """What tells a refused event from others: its own id, where it has one."""
    found = one.document.get("id") if isinstance(one.document, dict) else None
    return str(found)[:60] if isinstance(found, str) and found else str(one.pk)


def _with_many(request: HttpRequest, pks: list[int]) -> HttpResponse:
    who, now = actor(request), timezone.now()
    try:
        if request.POST.get("ko") == "drop":
            count = mending.drop(pks=pks, why=request.POST.get("why", ""), by=who, now=now)
            says_ = ngettext("%(n)s event was dropped.", "%(n)s events were dropped.", count) % {"n": count}
        else:
            done = mending.replay(pks=pks, by=who, now=now)
            came = done.accepted + done.known
            says_ = _("Came in: %(came)s. Refused again: %(refused)s.") % {"came": came, "refused": done.refused}
    except Refusal as refusal:
        return refusals.page(request, refusals.box(refusal))
    messages.success(request, says_)
    return HttpResponseRedirect(reverse("owners:deliveries"))


@access(over_body(*KEEPERS, body_from="number", body_of=_body_of))
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One refused event: its document, to be mended and sent in again, or dropped."""
    found = queries.refused_one(number)
    if found is None:
        raise Http404
    form = forms.MendForm(initial={"document": found.document})
    if request.method == "POST":
        if request.POST.get("ko") == "drop":
            return _with_many(request, [found.pk])
        form = forms.MendForm(request.POST)
        if form.is_valid():
            return _mended(request, found, form.cleaned_data["document"])
    return render(
        request,
        "owners/deliveries_one.html",
        {
            "frame": own_frame(request, "deliveries"),
            "crumbs": crumbs(
                (_("Events"), reverse("owners:deliveries")),
                (_("Refused events"), reverse("owners:deliveries-refused")),
                _name(found),
            ),
            "name": _name(found),
            "says": says(found),
            "is_open": found.state == "open",
            "state": {"replayed": _("It came in."), "dropped": _("It was dropped.")}.get(found.state, ""),
            "sender": found.sender,
            "at": _at(found.received_at),
            "times": found.times,
            "form": form,
            "drop": forms.DropForm(),
        },
        status=400 if form.errors else 200,
    )


def _mended(request: HttpRequest, found: Any, document: Any) -> HttpResponse:
    try:
        now_is = mending.mend(refused=found, document=document, by=actor(request), now=timezone.now())
    except Refusal as refusal:
        return refusals.page(request, refusals.box(refusal))
    if now_is.state == "open":
        messages.warning(request, _("It is still refused: %(why)s") % {"why": says(now_is)})
        return HttpResponseRedirect(reverse("owners:deliveries-one", args=[found.pk]))
    messages.success(request, _("The event came in."))
    return HttpResponseRedirect(reverse("owners:deliveries"))


# ---- how to send ------------------------------------------------------------------------------------------------


@access(role(*KEEPERS))
@require_GET
def how(request: HttpRequest) -> HttpResponse:
    """How a program sends events: ready to copy, with a service of one's own in it."""
    who = actor(request)
    mine = services.of(who.reach).published().first()
    service = mine.code if mine is not None else "service-code"
    server = request.build_absolute_uri("/").rstrip("/")
    event = {
        "specversion": "1.0",
        "id": "1",
        "source": f"urn:{who.body_code}:case-system",
        "type": f"{PREFIX}opened",
        "time": "2026-11-23T09:30:00+02:00",
        "subject": "2026-000123",
        "data": {"service": service, "channel": "online"},
    }
    context = {
        "frame": own_frame(request, "deliveries"),
        "crumbs": crumbs((_("Events"), reverse("owners:deliveries")), _("How to send")),
        "server": server,
        "service": service,
        "source": event["source"],
        "event": json.dumps([event], indent=2),
        "links": (
            Link(_("Description of every field (JSON Schema)"), "/api/v1/deliveries/schema"),
            Link(_("Counts by spreadsheet"), reverse("owners:rounds")),
        ),
    }
    return render(request, "owners/deliveries_how.html", context)
