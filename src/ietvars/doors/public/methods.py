"""How the indicators of the state are computed: one public page, rendered from their definitions."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ietvars.doors.furniture import methods
from ietvars.doors.furniture.access import access, anyone
from ietvars.doors.furniture.frame import crumbs


@access(anyone)
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Every critical indicator: of what it is made, how that is counted, and what is left out."""
    return render(
        request,
        "public/methods.html",
        {
            "methods": methods.methods(),
            "crumbs": crumbs(
                (_("Home"), reverse("public:home")),
                (_("Open data"), reverse("public:data")),
                _("How indicators are computed"),
            ),
        },
    )
