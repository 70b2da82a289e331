"""What people searched in vain where one's own service came nearest. Views translate; the words room counts."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ietvars.doors.furniture import downloads, missed, today
from ietvars.doors.furniture.access import access, role
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Table
from ietvars.doors.owners.common import STAFF, actor, own_frame
from ietvars.ground.terms.rules import pick
from ietvars.ground.words import queries as words
from ietvars.institution.services import queries as services

SERVICE = "service"


def _listed(request: HttpRequest) -> tuple[list[Any], Table]:
    own = {row.code: pick(row.title, language()) for row in services.of(actor(request).reach)}
    rows = words.missed_questions(since=missed.since(request, today.today()), nearest=(SERVICE, list(own)))
    titles = {(SERVICE, code): title for code, title in own.items()}
    return rows, missed.table(rows, titles, lambda key: reverse("owners:service", args=[key[1]]))


@access(role(*STAFF))
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Questions that nothing answered well, nearest to a service within reach."""
    rows, table = _listed(request)
    return render(
        request,
        "owners/searches.html",
        {
            "frame": own_frame(request, "searches"),
            "crumbs": crumbs((_("To do"), reverse("owners:desk")), _("Searches")),
            "table": table,
            "times": missed.total(rows),
            "switch": missed.switch(request),
            "csv": f"{reverse('owners:searches-csv')}?{request.GET.urlencode()}",
        },
    )


@access(role(*STAFF))
@require_GET
def page_csv(request: HttpRequest) -> HttpResponseBase:
    """The same as a file."""
    return downloads.csv(_listed(request)[1])
