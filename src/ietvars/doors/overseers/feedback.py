"""Feedback as the state sees it: pages that no institution holds are answered here, all the rest can be read."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ietvars.doors.furniture import feedback_pages as pages
from ietvars.doors.furniture.parts import Option, Switch, with_query
from ietvars.doors.overseers.common import actor, own_frame, readers
from ietvars.institution.feedback import queries


def _chosen(request: HttpRequest) -> Any:
    return queries.all_feedback() if request.GET.get("kur") == "viss" else queries.of_nobody()


@readers
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """What people said of pages that no institution holds, or of all pages."""
    every = request.GET.get("kur") == "viss"
    action = reverse("overseers:feedback")
    context = pages.listing(request, _chosen(request), one="overseers:feedback-one", action=action)
    context["switch"] = Switch(
        _("Which pages"),
        (
            Option(_("Pages without a holder"), with_query(request, kur=None, lapa=None), current=not every),
            Option(_("All pages"), with_query(request, kur="viss", lapa=None), current=every),
        ),
    )
    context |= {"frame": own_frame(request, "feedback"), "csv": reverse("overseers:feedback-csv")}
    return render(request, "ietvars/feedback_list.html", context | {"json": reverse("overseers:feedback-json")})


@readers
@require_GET
def listing_csv(request: HttpRequest) -> HttpResponseBase:
    """The same as a file."""
    return pages.csv(pages.asked(request).of(_chosen(request)))


@readers
@require_GET
def listing_json(request: HttpRequest) -> HttpResponse:
    """The same as a document."""
    return pages.json(pages.asked(request).of(_chosen(request)))


@readers
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One piece of feedback (GET), and the step taken with it (POST); only what nobody holds is answered here."""
    return pages.respond(request, number, actor(request), own_frame(request, "feedback"), "overseers")
