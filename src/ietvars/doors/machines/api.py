"""The HTTP API of this house: read access to the catalogue for anybody, to figures for those whose desk shows them.

One router a family of things. Refusals are problem+json (RFC 9457). Documents of figures are those of the console.
"""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import ValidationError

from ietvars.doors.furniture import refusals
from ietvars.doors.furniture.access import CapacityNeeded, Kind, SignInNeeded, declared
from ietvars.doors.machines import catalogue, deliveries, descriptions, feedback, figures, portals, problems
from ietvars.doors.machines.problems import problem
from ietvars.ground.errors import Refusal
from ietvars.institution.deliveries.errors import UnknownSender


class Api(NinjaAPI):
    """The API, whose description says of each operation what it answers when it cannot."""

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        """The problem in the language that is asked for; addresses of the API name none."""
        with translation.override(translation.get_language_from_request(request)):
            return super().on_exception(request, exc)

    def get_openapi_schema(self, **given: Any) -> Any:
        """The OpenAPI document."""
        described = super().get_openapi_schema(**given)
        closed = {
            self.get_openapi_operation_id(operation)
            for _, router in self._routers
            for path in router.path_operations.values()
            for operation in path.operations
            if getattr(declared(operation.view_func), "kind", None) not in (Kind.ANYONE, Kind.PROGRAM)
        }
        problems.describe(described, frozenset(closed))
        return described


api = Api(
    title="Ietvars",
    version="1",
    description="Services of a state: described, measured, compared. Lists are paged by `limit` and `offset`.",
    docs_url=None,
    urls_namespace="api",
)
api.add_router("", catalogue.router)
api.add_router("", descriptions.router)
api.add_router("", figures.router)
api.add_router("", portals.router)
api.add_router("", feedback.router)
api.add_router("", deliveries.router)

UNKNOWN = ("unknown-", "no-such-", "not-defined")
"""Beginnings of the codes of refusals that mean: there is no such thing."""


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A room's refusal: its own sentence. What does not exist is 404, what cannot be asked like this is 400."""
    status = HTTPStatus.NOT_FOUND if refusal.code.startswith(UNKNOWN) else HTTPStatus.BAD_REQUEST
    said = refusals.problem(refusal, status)
    return problem(said["title"], said["detail"], status, said["type"])


@api.exception_handler(SignInNeeded)
def sign_in(request: HttpRequest, fault: SignInNeeded) -> HttpResponse:
    """A visitor asked for what only people who have signed in may see, or a program sends what is no credentials."""
    if request.path.startswith("/api/v1/deliveries/"):
        answer = problem("Unauthorized", refusals.sentence(UnknownSender()), HTTPStatus.UNAUTHORIZED)
        answer["WWW-Authenticate"] = 'Basic realm="Ietvars", Bearer realm="Ietvars"'
        return answer
    return problem("Unauthorized", _("Sign in to read this."), HTTPStatus.UNAUTHORIZED)


@api.exception_handler(CapacityNeeded)
def capacity(request: HttpRequest, fault: CapacityNeeded) -> HttpResponse:
    """Somebody has signed in without choosing in which capacity to act."""
    return problem("Forbidden", _("Choose in which capacity you act, then ask again."), HTTPStatus.FORBIDDEN)


@api.exception_handler(PermissionDenied)
def denied(request: HttpRequest, fault: PermissionDenied) -> HttpResponse:
    """The wrong capacity, or a body that it does not reach."""
    return problem("Forbidden", str(fault), HTTPStatus.FORBIDDEN)


@api.exception_handler(Http404)
def absent(request: HttpRequest, fault: Http404) -> HttpResponse:
    """There is no such thing."""
    return problem("Not Found", _("There is no such thing here. Check the code."), HTTPStatus.NOT_FOUND)


@api.exception_handler(ValidationError)
def misread(request: HttpRequest, fault: ValidationError) -> HttpResponse:
    """A parameter that cannot be read: which one, and why."""
    told = "; ".join(f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in fault.errors)
    return problem("Unprocessable Content", told, HTTPStatus.UNPROCESSABLE_ENTITY)
