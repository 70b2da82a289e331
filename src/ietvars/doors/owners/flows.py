"""The flow of a service at the owners' door: map, two flows side by side; for the owner alone, cases and step names."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from ietvars.doors.furniture import flow_answers, flow_cases, flow_tables, refusals, today
from ietvars.doors.furniture.access import access, over_body
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.shown import language
from ietvars.doors.owners.common import STAFF, actor, holder_of, own_frame, service_or_404
from ietvars.doors.owners.flow_forms import StepsForm
from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import Role
from ietvars.ground.terms.rules import pick
from ietvars.institution.deliveries import queries as deliveries
from ietvars.institution.deliveries import titling

LOGS = (("xes", "XES"), ("ocel-json", "OCEL 2.0 (JSON)"), ("ocel-xml", "OCEL 2.0 (XML)"))
"""Forms of the log that the API gives of a service, with their names."""

over_own = access(over_body(*STAFF, body_from="code", body_of=holder_of))
over_own_as_owner = access(over_body(Role.SERVICE_OWNER, body_from="code", body_of=holder_of))
"""Single cases are for who answers for the service; others see them added up."""


def places(request: HttpRequest, code: str) -> flow_tables.Places:
    """Addresses of a service's flow at this door."""
    at = {name: reverse(f"owners:flow{name}", args=[code]) for name in ("", "-csv", "-json", "-ways-csv", "-beside")}
    is_owner = actor(request).role is Role.SERVICE_OWNER
    return flow_tables.Places(
        flow=at[""],
        csv=at["-csv"],
        json=at["-json"],
        variants_csv=at["-ways-csv"],
        compare=at["-beside"],
        cases=reverse("owners:flow-cases", args=[code]) if is_owner else "",
        steps=reverse("owners:flow-steps", args=[code]) if is_owner else "",
    )


def _trail(one: Any) -> flow_answers.Trail:
    return (
        (_("Services"), reverse("owners:services")),
        (pick(one.title, language()), reverse("owners:service", args=[one.code])),
    )


@over_own
@require_GET
def page(request: HttpRequest, code: str) -> HttpResponse:
    """The map of the flow, and the tables that say the same."""
    one, frame = service_or_404(code), own_frame(request, "services")
    return flow_answers.page(request, one, places(request, code), frame=frame, trail=_trail(one))


@over_own
@require_GET
def page_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """All passages as a file."""
    return flow_answers.page_csv(request, service_or_404(code), places(request, code))


@over_own
@require_GET
def page_json(request: HttpRequest, code: str) -> HttpResponse:
    """All passages as a document."""
    return flow_answers.page_json(request, service_or_404(code), places(request, code))


@over_own
@require_GET
def ways_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """The commonest ways as a file."""
    return flow_answers.ways_csv(request, service_or_404(code), places(request, code))


@over_own
@require_GET
def beside(request: HttpRequest, code: str) -> HttpResponse:
    """Two periods or two providers side by side."""
    one, frame = service_or_404(code), own_frame(request, "services")
    return flow_answers.beside(request, one, places(request, code), frame=frame, trail=_trail(one))


@over_own_as_owner
@require_GET
def cases(request: HttpRequest, code: str) -> HttpResponse:
    """The cases behind a figure."""
    found = service_or_404(code)
    made = flow_cases.listing(request, found, lambda case: reverse("owners:flow-case", args=[code, case]))
    return render(
        request,
        "owners/flow_cases.html",
        made
        | {
            "frame": own_frame(request, "services"),
            "title": pick(found.title, language()),
            "crumbs": crumbs(*_trail(found), (_("Flow"), reverse("owners:flow", args=[code])), _("Cases")),
            "code": code,
            "logs": LOGS,
        },
    )


@over_own_as_owner
@require_GET
def case(request: HttpRequest, code: str, case: str) -> HttpResponse:
    """One case, event by event."""
    found = service_or_404(code)
    return render(
        request,
        "owners/flow_case.html",
        flow_cases.timeline(found, case)
        | {
            "frame": own_frame(request, "services"),
            "title": pick(found.title, language()),
            "crumbs": crumbs(
                *_trail(found),
                (_("Flow"), reverse("owners:flow", args=[code])),
                (_("Cases"), reverse("owners:flow-cases", args=[code])),
                case,
            ),
        },
    )


@over_own_as_owner
@require_http_methods(["GET", "POST"])
def steps(request: HttpRequest, code: str) -> HttpResponse:
    """What the steps of the service are called, since events name them for programs."""
    found = service_or_404(code)
    form = StepsForm(request.POST or None, steps=deliveries.steps([found.pk]))
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            n = titling.title_steps(service=found, titles=form.titles(), by=actor(request), now=today.now())
        except Refusal as fault:
            refusal = refusals.box(fault, level=2)
        else:
            messages.success(
                request, ngettext("%(n)s step has a new name.", "%(n)s steps have new names.", n) % {"n": n}
            )
            return HttpResponseRedirect(reverse("owners:flow", args=[code]))
    return render(
        request,
        "owners/flow_steps.html",
        {
            "frame": own_frame(request, "services"),
            "form": form,
            "refusal": refusal,
            "title": pick(found.title, language()),
            "back": reverse("owners:flow", args=[code]),
            "crumbs": crumbs(*_trail(found), (_("Flow"), reverse("owners:flow", args=[code])), _("Names of steps")),
        },
        status=400 if request.method == "POST" else 200,
    )
