"""The owners' desk, their services, the yearly comparison and the review. Views translate; rooms decide."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ietvars.collaboration.situations import queries as situations
from ietvars.doors.furniture import downloads, indicator_pages, refusals, series_pages, today, words
from ietvars.doors.furniture.access import access, over_body, role
from ietvars.doors.furniture.figures import Figure
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import Link, Muted, Outcome, Tag, VerdictCounts
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.doors.owners import desk as desks
from ietvars.doors.owners import forms
from ietvars.doors.owners.approvals import state_tag
from ietvars.doors.owners.common import (
    STAFF,
    actor,
    chosen_period,
    holder_of,
    own_frame,
    period_switch,
    service_or_404,
)
from ietvars.ground.errors import Refusal
from ietvars.ground.people import queries as people
from ietvars.ground.people.rules import Role, may
from ietvars.ground.terms import queries as terms
from ietvars.ground.terms.rules import pick
from ietvars.institution.indicators import actions as indicator_actions
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.indicators import rules as indicator_rules
from ietvars.institution.revisions import queries as revisions
from ietvars.institution.services import actions as service_actions
from ietvars.institution.services import queries as services
from ietvars.institution.services import rules as service_rules

over_own = access(over_body(*STAFF, body_from="code", body_of=holder_of))
over_own_as_owner = access(over_body(Role.SERVICE_OWNER, body_from="code", body_of=holder_of))


@access(role(*STAFF))
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """What is due: one sentence and one button a row."""
    period, before, _years = chosen_period(request)
    found = desks.due(actor(request), period=period, before=before, on=today.today())
    return render(
        request,
        "owners/desk.html",
        {"frame": own_frame(request, "desk"), "desk": found, "today": today.today()},
    )


@access(role(*STAFF))
@require_GET
def services_page(request: HttpRequest) -> HttpResponse:
    """All services of the actor's body and of those below it."""
    period, before, years = chosen_period(request)
    table = _services_table(request, period, before)
    return render(
        request,
        "owners/services.html",
        {
            "frame": own_frame(request, "services"),
            "table": table,
            "period": period,
            "switch": period_switch(request, period, years) if years else None,
            "csv": f"{reverse('owners:services-csv')}?periods={period}",
            "json": f"{reverse('owners:services-json')}?periods={period}",
        },
    )


@access(role(*STAFF))
@require_GET
def services_csv(request: HttpRequest) -> HttpResponseBase:
    """The same table as a file."""
    period, before, _years = chosen_period(request)
    return downloads.csv(_services_table(request, period, before))


@access(role(*STAFF))
@require_GET
def services_json(request: HttpRequest) -> HttpResponse:
    """The same table as a document."""
    period, before, _years = chosen_period(request)
    return downloads.json(_services_table(request, period, before))


def _services_table(request: HttpRequest, period: str, before: str) -> Table:
    said = language()
    rows = list(services.with_holder(services.of(actor(request).reach)).exclude(state="retired").distinct())
    ids = [row.pk for row in rows]
    verdicts: dict[int, Counter[str]] = {}
    for row in indicators.comparisons(period, before, service_ids=ids).filter(channel="") if before else ():
        verdicts.setdefault(row.service_id, Counter())[row.verdict] += 1
    coverage = desks.coverage(period, ids)
    states = {
        "draft": Tag(_("Draft")),
        "published": Tag(_("Published"), tone="blue"),
        "withdrawn": Tag(_("Withdrawn"), tone="due"),
        "retired": Tag(_("Ended")),
    }
    return Table(
        code="mani-pakalpojumi",
        caption=_("My services"),
        columns=(
            Column(_("Service"), "service"),
            Column(_("State"), "state"),
            Column(_("Reviewed"), "reviewed_on"),
            Column(_("Measured"), "measured", n=True),
            Column(_("Verdicts"), "verdicts"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(
                        pick(row.title, said),
                        href=f"{reverse('owners:service', args=[row.code])}?periods={period}",
                        under=pick(row.holder_name, said),
                    ),
                    states[row.state],
                    row.reviewed_on or Muted(_("never")),
                    words.of(*coverage[row.pk], said) if coverage.get(row.pk, (0, 0))[1] else Muted("–"),
                    VerdictCounts({one: verdicts.get(row.pk, Counter())[one.value] for one in Outcome}),
                )
            )
            for row in rows
        ),
        scroll=_("My services"),
    )


def places(code: str) -> indicator_pages.Places:
    """Addresses of a service's series at this door."""

    def series_of(indicator: str, stage: str, channel: str) -> str:
        query = "&".join(f"{name}={value}" for name, value in (("posms", stage), ("kanals", channel)) if value)
        return reverse("owners:series", args=[code, indicator]) + (f"?{query}" if query else "")

    return indicator_pages.Places(series=series_of)


@over_own
@require_GET
def service(request: HttpRequest, code: str) -> HttpResponse:
    """A service's indicators beside those of the period before, and the yearly review."""
    found = service_or_404(code)
    period, before, years = chosen_period(request)
    said = language()
    reviews = [
        (row, people.names([row.username]).get(row.username, {}), _decision(row.decision))
        for row in indicators.reviews(found.pk)
    ]
    shown = indicator_pages.service_figures(found, period, before, places(code)) if period else None
    draft, version = revisions.open_of(found), services.version_of(found)
    return render(
        request,
        "owners/service.html",
        {
            "frame": own_frame(request, "services"),
            "service": found,
            "title": pick(found.title, said),
            "holder": pick(found.holder_name, said),
            "shown": shown,
            "promises": indicator_pages.promises(found, period),
            "period": period,
            "before": before,
            "switch": period_switch(request, period, years) if years else None,
            "reviews": [(row, pick(name, said) or row.username, decision) for row, name, decision in reviews],
            "is_reviewed": any(row.period == period for row, _name, _said in reviews),
            "may_review": may(indicator_rules.require_reviewer, actor(request), found.holder_id),
            "draft": draft,
            "draft_state": state_tag(draft.state) if draft else None,
            "canvas": pick(version.canvas.title, said) if version else "",
            "may_own": may(service_rules.require_owner, actor(request), found.holder_id),
            "breaks": [pick(one.title, said) for one in situations.broken_by(found)],
            "crumbs": crumbs((_("Services"), reverse("owners:services")), pick(found.title, said)),
        },
    )


def _decision(code: str) -> str:
    return pick(terms.labels("review-decisions")["review-decisions"].get(code, {}), language()) or code


@over_own
@require_GET
def service_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """All indicators of the service as a file."""
    return downloads.csv(_service_table(request, code), code)


@over_own
@require_GET
def service_json(request: HttpRequest, code: str) -> HttpResponse:
    """All indicators of the service as a document."""
    return downloads.json(_service_table(request, code))


def _service_table(request: HttpRequest, code: str) -> Table:
    period, before, _years = chosen_period(request)
    if not period:
        raise Http404
    return indicator_pages.service_figures(service_or_404(code), period, before, places(code)).table


def _series_or_404(request: HttpRequest, code: str, indicator: str) -> tuple[Any, series_pages.SeriesPage]:
    found = service_or_404(code)
    period, _before, _years = chosen_period(request)
    page = (
        series_pages.series_page(found, indicator, request.GET.get("posms", ""), request.GET.get("kanals", ""), period)
        if period
        else None
    )
    if page is None:
        raise Http404
    return found, page


@over_own
@require_GET
def series(request: HttpRequest, code: str, indicator: str) -> HttpResponse:
    """One series over time with everything that was ever reported for it."""
    found, page = _series_or_404(request, code, indicator)
    said = language()
    query = request.GET.urlencode()
    files = {
        name: reverse(f"owners:series-{name}", args=[code, indicator]) + (f"?{query}" if query else "")
        for name in ("csv", "json")
    }
    return render(
        request,
        "owners/series.html",
        {
            "frame": own_frame(request, "services"),
            "page": page,
            "figure": Figure(
                title=page.title, about=page.about, chart=page.chart, csv=files["csv"], json=files["json"], how=page.how
            )
            if page.chart
            else None,
            "csv": files["csv"],
            "json": files["json"],
            "service_title": pick(found.title, said),
            "crumbs": crumbs(
                (_("Services"), reverse("owners:services")),
                (pick(found.title, said), reverse("owners:service", args=[code])),
                page.title,
            ),
        },
    )


@over_own
@require_GET
def series_csv(request: HttpRequest, code: str, indicator: str) -> HttpResponseBase:
    """All periods of the series as a file."""
    return downloads.csv(_series_or_404(request, code, indicator)[1].history, f"{code}-{indicator}")


@over_own
@require_GET
def series_json(request: HttpRequest, code: str, indicator: str) -> HttpResponse:
    """All periods of the series, and everything reported, as a document."""
    page = _series_or_404(request, code, indicator)[1]
    return downloads.json({"history": page.history.document(), "reported": page.reported.document()})


@over_own_as_owner
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, code: str) -> HttpResponse:
    """Write the yearly review: the reading and the decision, with the figures frozen as they are read."""
    found = service_or_404(code)
    period, before, _years = chosen_period(request)
    if not period or not before:
        raise Http404
    said = language()
    labels = terms.labels("review-decisions")["review-decisions"]
    form = forms.ReviewForm(
        request.POST or None,
        decisions=[(one, words.capital(pick(label, said))) for one, label in labels.items()],
    )
    back = f"{reverse('owners:service', args=[code])}?periods={period}"
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            indicator_actions.review(
                service=found,
                period=period,
                with_period=before,
                by=actor(request),
                now=today.now(),
                **form.cleaned_data,
            )
        except Refusal as fault:
            refusal = refusals.box(fault, level=2)
        else:
            messages.success(request, _("The review is saved. Its figures stay as you read them."))
            return HttpResponseRedirect(back)
    shown = indicator_pages.service_figures(found, period, before, places(code))
    return render(
        request,
        "owners/review.html",
        {
            "frame": own_frame(request, "services"),
            "form": form,
            "shown": shown,
            "title": pick(found.title, said),
            "period": period,
            "before": before,
            "refusal": refusal,
            "crumbs": crumbs(
                (_("Services"), reverse("owners:services")), (pick(found.title, said), back), _("Yearly review")
            ),
        },
        status=400 if refusal or (request.method == "POST") else 200,
    )


@over_own_as_owner
@require_POST
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Say that the description was read today and is right."""
    found = service_or_404(code)
    return _done(
        request,
        lambda: service_actions.confirm(service=found, on=today.today(), by=actor(request), now=today.now()),
        _("Thank you. Visitors see that the description was reviewed today."),
        reverse("owners:service", args=[code]),
    )


@over_own_as_owner
@require_http_methods(["GET", "POST"])
def retire(request: HttpRequest, code: str) -> HttpResponse:
    """Stop giving a service, after seeing which life situations break."""
    found = service_or_404(code)
    said = language()
    form = forms.RetireForm(request.POST or None)
    back = reverse("owners:service", args=[code])
    if request.method == "POST" and form.is_valid():
        return _done(
            request,
            lambda: service_actions.retire(
                service=found, why=form.cleaned_data["why"], by=actor(request), now=today.now()
            ),
            _("The service has ended. Its page and figures stay."),
            back,
        )
    return render(
        request,
        "owners/retire.html",
        {
            "frame": own_frame(request, "services"),
            "form": form,
            "title": pick(found.title, said),
            "back": back,
            "breaks": [
                Link(pick(one.title, said), reverse("public:situation", args=[one.code]))
                for one in situations.broken_by(found)
            ],
            "crumbs": crumbs(
                (_("Services"), reverse("owners:services")), (pick(found.title, said), back), _("End the service")
            ),
        },
        status=400 if request.method == "POST" else 200,
    )


def _done(request: HttpRequest, do: Callable[[], object], says: str, go_to: str) -> HttpResponse:
    """Do one thing; its refusal becomes a page of its own."""
    try:
        do()
    except Refusal as fault:
        return refusals.page(request, refusals.box(fault))
    messages.success(request, says)
    return HttpResponseRedirect(go_to)
