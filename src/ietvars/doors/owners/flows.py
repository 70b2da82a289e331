"""The flow of a service for its owner: the map, two flows side by side, and, for the owner alone, single cases."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ietvars.doors.furniture import downloads, flow_beside, flow_cases, flow_pages, flow_tables
from ietvars.doors.furniture.access import access, over_body
from ietvars.doors.furniture.frame import Crumb, crumbs
from ietvars.doors.furniture.shown import language
from ietvars.doors.owners.common import STAFF, actor, holder_of, own_frame, service_or_404
from ietvars.ground.people.rules import Role
from ietvars.ground.terms.rules import pick

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
    )


def _crumbs(code: str, title: str, *rest: tuple[str, str] | str) -> tuple[Crumb, ...]:
    return crumbs((_("Services"), reverse("owners:services")), (title, reverse("owners:service", args=[code])), *rest)


@over_own
@require_GET
def page(request: HttpRequest, code: str) -> HttpResponse:
    """The map of the flow, and the tables that say the same."""
    found = service_or_404(code)
    title = pick(found.title, language())
    context = flow_pages.page(request, found, places(request, code))
    return render(
        request,
        "ietvars/flow.html",
        context | {"frame": own_frame(request, "services"), "title": title, "crumbs": _crumbs(code, title, _("Flow"))},
    )


@over_own
@require_GET
def page_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """All passages as a file."""
    return downloads.csv(flow_pages.table(request, service_or_404(code), places(request, code)), f"{code}-plusma")


@over_own
@require_GET
def page_json(request: HttpRequest, code: str) -> HttpResponse:
    """All passages as a document."""
    return downloads.json(flow_pages.table(request, service_or_404(code), places(request, code)))


@over_own
@require_GET
def ways_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """The commonest ways as a file."""
    made = flow_pages.variants_table(request, service_or_404(code), places(request, code))
    return downloads.csv(made, f"{code}-celi")


@over_own
@require_GET
def beside(request: HttpRequest, code: str) -> HttpResponse:
    """Two periods or two providers side by side."""
    found = service_or_404(code)
    title = pick(found.title, language())
    flow = (_("Flow"), reverse("owners:flow", args=[code]))
    return render(
        request,
        "ietvars/flow_beside.html",
        flow_beside.page(request, found)
        | {
            "frame": own_frame(request, "services"),
            "title": title,
            "action": request.path,
            "flow_href": flow[1],
            "crumbs": _crumbs(code, title, flow, _("Side by side")),
        },
    )


@over_own_as_owner
@require_GET
def cases(request: HttpRequest, code: str) -> HttpResponse:
    """The cases behind a figure."""
    found = service_or_404(code)
    title = pick(found.title, language())
    flow = (_("Flow"), reverse("owners:flow", args=[code]))
    made = flow_cases.listing(request, found, lambda case: reverse("owners:flow-case", args=[code, case]))
    return render(
        request,
        "owners/flow_cases.html",
        made
        | {
            "frame": own_frame(request, "services"),
            "title": title,
            "crumbs": _crumbs(code, title, flow, _("Cases")),
            "code": code,
            "logs": LOGS,
        },
    )


@over_own_as_owner
@require_GET
def case(request: HttpRequest, code: str, case: str) -> HttpResponse:
    """One case, event by event."""
    found = service_or_404(code)
    title = pick(found.title, language())
    return render(
        request,
        "owners/flow_case.html",
        flow_cases.timeline(found, case)
        | {
            "frame": own_frame(request, "services"),
            "title": title,
            "crumbs": _crumbs(
                code,
                title,
                (_("Flow"), reverse("owners:flow", args=[code])),
                (_("Cases"), reverse("owners:flow-cases", args=[code])),
                case,
            ),
        },
    )
