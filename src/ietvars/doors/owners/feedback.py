"""Feedback on the services within reach: the list, its files, one piece with its answer."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from ietvars.doors.furniture import feedback_pages as pages
from ietvars.doors.furniture.access import access, over_body, role
from ietvars.doors.owners.common import STAFF, actor, own_frame
from ietvars.institution.feedback import queries

over_own = access(over_body(*STAFF, body_from="number", body_of=queries.holder_of))


def _own(request: HttpRequest) -> Any:
    return queries.of(actor(request).reach)


@access(role(*STAFF))
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """What people said of the services within reach, with counts and filters."""
    context = pages.listing(request, _own(request), one="owners:feedback-one", action=reverse("owners:feedback"))
    context |= {"frame": own_frame(request, "feedback"), "csv": reverse("owners:feedback-csv")}
    return render(request, "ietvars/feedback_list.html", context | {"json": reverse("owners:feedback-json")})


@access(role(*STAFF))
@require_GET
def listing_csv(request: HttpRequest) -> HttpResponseBase:
    """The same as a file."""
    return pages.csv(pages.asked(request).of(_own(request)))


@access(role(*STAFF))
@require_GET
def listing_json(request: HttpRequest) -> HttpResponse:
    """The same as a document."""
    return pages.json(pages.asked(request).of(_own(request)))


@over_own
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One piece of feedback (GET), and the step taken with it (POST)."""
    return pages.respond(request, number, actor(request), own_frame(request, "feedback"), "owners")
