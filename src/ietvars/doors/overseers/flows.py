"""The flow of any service for whoever reads the state: the map and two flows side by side, never a single case."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ietvars.doors.furniture import flow_answers, flow_tables
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


def _trail(one: Any) -> flow_answers.Trail:
    said = language()
    holder = ((pick(one.holder_name, said), address("body", one.holder_code)),) if one.holder_code else ()
    return ((_("The state"), address("state")), *holder, (pick(one.title, said), address("service", one.code)))


@readers
@require_GET
def page(request: HttpRequest, code: str) -> HttpResponse:
    """The map of the flow, and the tables that say the same."""
    one = _service_or_404(code)
    return flow_answers.page(request, one, places(code), frame=own_frame(request, "services"), trail=_trail(one))


@readers
@require_GET
def page_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """All passages as a file."""
    return flow_answers.page_csv(request, _service_or_404(code), places(code))


@readers
@require_GET
def page_json(request: HttpRequest, code: str) -> HttpResponse:
    """All passages as a document."""
    return flow_answers.page_json(request, _service_or_404(code), places(code))


@readers
@require_GET
def ways_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """The commonest ways as a file."""
    return flow_answers.ways_csv(request, _service_or_404(code), places(code))


@readers
@require_GET
def beside(request: HttpRequest, code: str) -> HttpResponse:
    """Two periods or two providers side by side."""
    one = _service_or_404(code)
    return flow_answers.beside(request, one, places(code), frame=own_frame(request, "services"), trail=_trail(one))
