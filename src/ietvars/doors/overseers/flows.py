"""The flow of any service for whoever reads the state: the map and two flows side by side, never a single case."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ietvars.doors.furniture import downloads, flow_beside, flow_pages, flow_tables
from ietvars.doors.furniture.frame import Crumb, crumbs
from ietvars.doors.furniture.shown import language
from ietvars.doors.overseers.common import address, own_frame, readers
from ietvars.ground.terms.rules import pick
from ietvars.institution.services import queries as services


def places(code: str) -> flow_tables.Places:
    """Addresses of a service's flow at this door."""
    return flow_tables.Places(
        flow=address("flow", code),
        csv=address("flow-csv", code),
        json=address("flow-json", code),
        variants_csv=address("flow-ways-csv", code),
        compare=address("flow-beside", code),
    )


def _service_or_404(code: str) -> Any:
    found = services.by_code(code)
    if found is None:
        raise Http404
    return found


def _crumbs(one: Any, *rest: tuple[str, str] | str) -> tuple[Crumb, ...]:
    said = language()
    steps: list[tuple[str, str]] = [(_("The state"), address("state"))]
    if one.holder_code:
        steps.append((pick(one.holder_name, said), address("body", one.holder_code)))
    return crumbs(*steps, (pick(one.title, said), address("service", one.code)), *rest)


@readers
@require_GET
def page(request: HttpRequest, code: str) -> HttpResponse:
    """The map of the flow, and the tables that say the same."""
    one = _service_or_404(code)
    context = flow_pages.page(request, one, places(code))
    context |= {"frame": own_frame(request, "services"), "title": pick(one.title, language())}
    return render(request, "ietvars/flow.html", context | {"crumbs": _crumbs(one, _("Flow"))})


@readers
@require_GET
def page_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """All passages as a file."""
    return downloads.csv(flow_pages.table(request, _service_or_404(code), places(code)), f"{code}-plusma")


@readers
@require_GET
def page_json(request: HttpRequest, code: str) -> HttpResponse:
    """All passages as a document."""
    return downloads.json(flow_pages.table(request, _service_or_404(code), places(code)))


@readers
@require_GET
def ways_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """The commonest ways as a file."""
    return downloads.csv(flow_pages.variants_table(request, _service_or_404(code), places(code)), f"{code}-celi")


@readers
@require_GET
def beside(request: HttpRequest, code: str) -> HttpResponse:
    """Two periods or two providers side by side."""
    one = _service_or_404(code)
    flow = (_("Flow"), address("flow", code))
    return render(
        request,
        "ietvars/flow_beside.html",
        flow_beside.page(request, one)
        | {
            "frame": own_frame(request, "services"),
            "title": pick(one.title, language()),
            "action": request.path,
            "flow_href": flow[1],
            "crumbs": _crumbs(one, flow, _("Side by side")),
        },
    )
