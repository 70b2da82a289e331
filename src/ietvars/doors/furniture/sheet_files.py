"""A list as a spreadsheet that can come back: the download that every door of staff offers.

Making one is remembered, so it is asked for by POST. What the file holds is the room's; here it only gets its name.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy

from ietvars.doors.furniture import refusals, today
from ietvars.doors.furniture.marks import Words
from ietvars.doors.furniture.shown import language
from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import Actor
from ietvars.institution.sheets import actions, queries
from ietvars.institution.sheets.layouts import KINDS, MEASUREMENTS, ROUNDS, SERVICES

FORMS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}

KIND_WORDS: dict[str, Words] = {
    SERVICES: gettext_lazy("Services"),
    MEASUREMENTS: gettext_lazy("Measurements"),
    ROUNDS: gettext_lazy("Collection round"),
}

_FILE_NAMES = {SERVICES: "pakalpojumi", MEASUREMENTS: "merijumi", ROUNDS: "karta"}


def answer(request: HttpRequest, by: Actor) -> HttpResponse:
    """The file that was asked for: `veids` services, measurements or rounds, `forma` xlsx or csv, `periods` of figures,
    `karta` and `iestade` of a round's report."""
    kind, form = request.POST.get("veids", SERVICES), request.POST.get("forma", "xlsx")
    if kind not in KINDS or form not in FORMS:
        return HttpResponseRedirect(request.path)
    try:
        made = actions.download(
            kind=kind,
            language=language(),
            report=(request.POST.get("karta", ""), request.POST.get("iestade", "")),
            periods_wanted=[code for code in request.POST.getlist("periods") if code],
            by=by,
            now=today.now(),
        )
    except Refusal as refusal:
        return refusals.page(request, refusals.box(refusal))
    found = HttpResponse(queries.file_of(made, form), content_type=FORMS[form])
    day = today.today().isoformat()
    found["Content-Disposition"] = f'attachment; filename="{_FILE_NAMES[kind]}-{day}-{made.code}.{form}"'
    return found
