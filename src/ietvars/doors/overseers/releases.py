"""Releases at the overseers' desk: make one, see what it shows and hides, publish what another has made, or drop it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from ietvars.doors.furniture import days, refusals, release_tables, today, words
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import Tag
from ietvars.doors.furniture.release_words import STATES
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.doors.overseers.common import actor, address, overseers, own_frame
from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import may
from ietvars.institution.releases import actions, errors, queries, rules

PERIOD_SHAPE = r"\d{4}(-Q[1-4]|-\d{2})?"


class New(forms.Form):
    """What a new release is made of."""

    period = forms.RegexField(
        PERIOD_SHAPE,
        label=gettext_lazy("Period"),
        help_text=gettext_lazy("One that is over: 2026-Q3, 2026-09 or 2025."),
        error_messages={"invalid": gettext_lazy("Write the period as 2026-Q3, 2026-09 or 2025.")},
    )


@overseers
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """All releases, and the form for a new one."""
    form = New(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make(period=form.cleaned_data["period"], by=actor(request), now=today.now())
        except Refusal as fault:
            refusal = refusals.box(fault, level=2)
        else:
            return HttpResponseRedirect(reverse("overseers:release", args=[made.code]))
    return render(
        request,
        "overseers/releases.html",
        {
            "frame": own_frame(request, "deliveries"),
            "crumbs": crumbs((_("Deliveries"), address("deliveries")), _("Releases")),
            "table": _table(list(queries.every())),
            "form": form,
            "refusal": refusal,
        },
        status=400 if refusal or form.errors else 200,
    )


def _table(found: list[Any]) -> Table:
    said = language()
    return Table(
        code="izlaides",
        caption=_("Releases"),
        columns=(Column(_("Period"), "period"), Column(_("State"), "state"), Column(_("Made"), "made")),
        rows=tuple(
            Row(
                (
                    Cell(days.period(one.period, said), href=address("release", one.code), under=one.code),
                    Tag(STATES[rules.State(one.state)]()),
                    days.moment_in_table(one.made_at, said),
                )
            )
            for one in found
        ),
    )


def _release(code: str) -> Any:
    try:
        return queries.by_code(code)
    except errors.NoSuchRelease as fault:
        raise Http404 from fault


@overseers
@require_http_methods(["GET"])
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One release: what it shows and hides, and the next step."""
    return _shown(request, _release(code))


def _shown(request: HttpRequest, found: Any, fault: Refusal | None = None) -> HttpResponse:
    said = language()
    return render(
        request,
        "overseers/release.html",
        {
            "frame": own_frame(request, "deliveries"),
            "crumbs": crumbs(
                (_("Deliveries"), address("deliveries")), (_("Releases"), address("releases")), found.code
            ),
            "release": found,
            "title": words.capital(days.period(found.period, said)),
            "state": STATES[rules.State(found.state)](),
            "sums": release_tables.sums(found, dense=True),
            "k": found.manifest["parameters"]["k"],
            "steps": [(STATES[rules.State(step.state)](), step) for step in found.steps.all()],
            "is_draft": found.state == rules.State.DRAFT,
            "may_approve": may(rules.require_approver, actor(request), maker=found.maker, code=found.code),
            "is_public": found.state in (rules.State.PUBLISHED, rules.State.SUPERSEDED),
            "refusal": refusals.box(fault, level=2) if fault else None,
        },
        status=400 if fault else 200,
    )


@overseers
@require_POST
def step(request: HttpRequest, code: str) -> HttpResponse:
    """Publish a draft that another made, or drop it with a reason."""
    found = _release(code)
    try:
        if request.POST.get("solis") == "publicet":
            actions.approve(release=found, by=actor(request), now=today.now())
            messages.success(request, _("Published. Anybody can take it now."))
        else:
            actions.drop(release=found, why=request.POST.get("pamatojums", ""), by=actor(request), now=today.now())
            messages.success(request, _("Dropped. The public never saw it."))
    except Refusal as fault:
        return _shown(request, queries.by_code(code), fault)
    return HttpResponseRedirect(reverse("overseers:release", args=[code]))
