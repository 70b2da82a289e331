"""What a door answers where the flow of a service is asked for: the map, the same as files, two flows side by side.

The door says which service it is, where its flow stands, and in what frame and below which steps the pages stand; who
may see it is settled before. It must not compute: `flow_pages` and `flow_beside` make what is shown.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from ietvars.doors.furniture import downloads, flow_beside, flow_pages
from ietvars.doors.furniture.flow_tables import Places
from ietvars.doors.furniture.frame import Frame, crumbs
from ietvars.doors.furniture.shown import language
from ietvars.ground.terms.rules import pick

Trail = tuple[tuple[str, str], ...]
"""The steps above a page, each with its name and address."""


def page(request: HttpRequest, service: Any, places: Places, *, frame: Frame, trail: Trail) -> HttpResponse:
    """The map of the flow, and the tables that say the same."""
    return render(
        request,
        "ietvars/flow.html",
        flow_pages.page(request, service, places)
        | {"frame": frame, "title": pick(service.title, language()), "crumbs": crumbs(*trail, _("Flow"))},
    )


def page_csv(request: HttpRequest, service: Any, places: Places) -> HttpResponseBase:
    """All passages as a file."""
    return downloads.csv(flow_pages.table(request, service, places), f"{service.code}-plusma")


def page_json(request: HttpRequest, service: Any, places: Places) -> HttpResponse:
    """All passages as a document."""
    return downloads.json(flow_pages.table(request, service, places))


def ways_csv(request: HttpRequest, service: Any, places: Places) -> HttpResponseBase:
    """The commonest ways as a file."""
    return downloads.csv(flow_pages.variants_table(request, service, places), f"{service.code}-celi")


def beside(request: HttpRequest, service: Any, places: Places, *, frame: Frame, trail: Trail) -> HttpResponse:
    """Two periods or two providers side by side."""
    return render(
        request,
        "ietvars/flow_beside.html",
        flow_beside.page(request, service)
        | {
            "frame": frame,
            "title": pick(service.title, language()),
            "action": request.path,
            "flow_href": places.flow,
            "crumbs": crumbs(*trail, (_("Flow"), places.flow), _("Side by side")),
        },
    )
