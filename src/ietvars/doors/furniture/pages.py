"""Pages that belong to no door: what stands where an answer failed, and the page of all components.

`handler403`, `handler404`, `handler429`, `handler500`, `handler400` and CSRF_FAILURE_VIEW name the functions here. They
must help without knowing what went wrong inside, and the page after a fault must not lean on what may be broken.
"""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from ietvars.doors.furniture import frame, gallery, refusals
from ietvars.doors.furniture.access import Refused, access, anyone
from ietvars.doors.furniture.parts import RefusalBox

PROGRAMS = "/api/v1/"
"""Below this address programs ask, and are answered with problem+json instead of pages."""


def _problem(status: HTTPStatus, detail: str) -> HttpResponse:
    said = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail}
    return JsonResponse(
        said, status=status, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False}
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: there is no such page; search and the first page help."""
    if request.path.startswith(PROGRAMS):
        return _problem(
            HTTPStatus.NOT_FOUND, _("There is no such address. The description is at /api/v1/openapi.json.")
        )
    context = {"search": frame.place("public:search"), "situations": frame.place("public:situations")}
    return render(request, "ietvars/not_found.html", context, status=HTTPStatus.NOT_FOUND)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: a refusal says its own words; anything else says only that this is not open."""
    if isinstance(exception, Refused):
        return refusals.page(request, exception.box)
    box = RefusalBox(
        title=_("You cannot open this page"),
        says=_("It is open only to people who have the right to it, and you have not."),
        level=1,
    )
    return refusals.page(request, box)


def not_understood(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was sent could not be read."""
    if request.path.startswith(PROGRAMS):
        return _problem(HTTPStatus.BAD_REQUEST, _("The address cannot be read."))
    box = RefusalBox(
        title=_("We could not read what was sent"),
        says=_("Go back, check what you entered and send it again."),
        level=1,
    )
    return refusals.page(request, box, HTTPStatus.BAD_REQUEST)


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429: signing in was tried too often; said alike to whoever guesses and to whoever only mistyped."""
    box = RefusalBox(
        title=_("Too many attempts"),
        says=_("Signing in was tried too often. Wait a few minutes, then try again."),
        level=1,
    )
    return refusals.page(request, box, HTTPStatus.TOO_MANY_REQUESTS)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form carried no valid token: it was open too long, or came from elsewhere. Nothing was saved."""
    return render(request, "ietvars/form_expired.html", status=HTTPStatus.FORBIDDEN)


def broken(request: HttpRequest) -> HttpResponse:
    """500: the fault is ours. Drawn without database and session, since those may be what broke."""
    try:
        text: str = render_to_string("ietvars/broken.html", {"languages": frame.languages(request)})
    except Exception:  # noqa: BLE001 - whatever it was, the answer must still come
        text = _("Something broke on our side. Your work up to the last saving is kept. Try again in a few minutes.")
    return HttpResponse(text, status=HTTPStatus.INTERNAL_SERVER_ERROR)


@access(anyone)
def components(request: HttpRequest) -> HttpResponse:
    """All components with their states, living: mounted at /sastavdalas."""
    return render(request, "ietvars/components.html", gallery.context(request))
