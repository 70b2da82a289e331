"""Addresses for the tests of access and of the API: one route of each kind, and one that forgot to say."""

from typing import Any

from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from ninja import NinjaAPI

from ietvars.doors.furniture.access import Refused, SignInNeeded, access, access_api, anyone, over_body, role, signed_in
from ietvars.ground.errors import Refusal, sentence
from ietvars.ground.people.rules import Role


class NotOnSunday(Refusal):
    """A refusal of a room that a view lets through."""

    code = "not-on-sunday"
    message = sentence("Not on %(day)s.")


@access(anyone)
def open_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


@access(anyone)
def entrance(request: HttpRequest) -> HttpResponse:
    return HttpResponse("sign in here")


@access(signed_in)
def own_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("own")


@access(role(Role.OVERSEER, Role.ADMINISTRATOR))
def overseers_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("overseers")


@access(over_body(Role.SERVICE_OWNER, body_from="code"))
def body_page(request: HttpRequest, code: str) -> HttpResponse:
    return HttpResponse(f"body {code}")


def holder_of(service: str) -> int | None:
    return {"nobody": None}.get(service, int(service) if service.isdigit() else None)


@access(over_body(Role.SERVICE_OWNER, body_from="service", body_of=holder_of))
def service_page(request: HttpRequest, service: str) -> HttpResponse:
    return HttpResponse(f"service {service}")


@access(anyone)
def sunday(request: HttpRequest) -> HttpResponse:
    raise NotOnSunday(day="Sunday")


@access(anyone)
def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("inside")


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse("oops")


api = NinjaAPI(urls_namespace="example", docs_url=None)


@api.exception_handler(SignInNeeded)
def _unknown(request: HttpRequest, refused: Exception) -> HttpResponse:
    return JsonResponse({"status": 401}, status=401)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, refused: Exception) -> HttpResponse:
    return JsonResponse({"detail": str(refused)}, status=403)


@api.get("/open/{number}")
@access_api(anyone)
def open_operation(request: HttpRequest, number: int, word: "str" = "none") -> dict[str, Any]:
    return {"number": number, "word": word}


@api.get("/closed")
@access_api(role(Role.OVERSEER))
def closed_operation(request: HttpRequest) -> dict[str, Any]:
    return {"ok": True}


@api.post("/closed")
def forgotten_operation(request: HttpRequest) -> dict[str, Any]:
    return {}


urlpatterns = [
    path("api/", api.urls),
    *i18n_patterns(
        path("open", open_page, name="open"),
        path("ieiet", entrance, name="staff"),
        path("own", own_page),
        path("overseers", overseers_page),
        path("bodies/<slug:code>", body_page),
        path("services/<str:service>", service_page),
        path("sunday", sunday),
        path("breaks", breaks),
        path("forgotten", login_not_required(forgotten)),
        prefix_default_language=False,
    ),
]
handler400 = "ietvars.doors.furniture.pages.not_understood"
handler403 = "ietvars.doors.furniture.pages.forbidden"
handler404 = "ietvars.doors.furniture.pages.not_found"
handler500 = "ietvars.doors.furniture.pages.broken"
