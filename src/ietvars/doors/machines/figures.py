"""Figures for programs: the documents of the console, for those whose desk shows them.

An owner or approver reads the series of services that his capacity reaches; an overseer or coordinator the state's.
"""

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Field, Router

from ietvars.doors.furniture.access import Refused, access_api, actor_of, role
from ietvars.doors.furniture.parts import RefusalBox
from ietvars.doors.machines.schemas import Code, PeriodCode
from ietvars.ground.people.rules import Role
from ietvars.institution.indicators import documents
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.services import queries as services
from ietvars.oversight.aggregates import queries as aggregates
from ietvars.oversight.finders import queries as finders
from ietvars.oversight.initiatives import queries as initiatives

Opened = Annotated[str, Field(max_length=4000)]

router = Router(tags=["figures"])

OVERSIGHT = (Role.OVERSEER, Role.COORDINATOR)
STAFF = (Role.SERVICE_OWNER, Role.LIST_APPROVER, *OVERSIGHT)


def _own_service(request: HttpRequest, code: str) -> None:
    """Refuse a service that the actor does not reach; overseers and coordinators read all."""
    found = services.by_code(code)
    if found is None:
        raise Http404
    actor = actor_of(request)
    if actor is None or (actor.role not in OVERSIGHT and not actor.reaches(found.holder_id)):
        raise Refused(RefusalBox(title="Forbidden", says="The service belongs to another institution."))


@router.get("/services/{code}/figures", response=dict[str, Any], summary="Figures of one service")
@access_api(role(*STAFF))
def service_figures(request: HttpRequest, code: Code, period: PeriodCode) -> dict[str, Any]:
    """The figures of one service in a period, each with numerator, denominator, exclusions, coverage and editions."""
    _own_service(request, code)
    return documents.indicators(period, service=code)


@router.get("/services/{code}/comparison", response=dict[str, Any], summary="Yearly comparison of one service")
@access_api(role(*STAFF))
def service_comparison(
    request: HttpRequest, code: Code, period: PeriodCode, with_period: PeriodCode = ""
) -> dict[str, Any]:
    """One verdict a series, or the reason why there is none."""
    _own_service(request, code)
    return documents.comparison(period, _with(period, with_period), service=code)


@router.get("/indicators/{period}", response=dict[str, Any], summary="Indicators of a period over all services")
@access_api(role(*OVERSIGHT))
def indicator_document(request: HttpRequest, period: PeriodCode, of_register: Code | None = None) -> dict[str, Any]:
    """The document of `ietvars indicators --json`."""
    return documents.indicators(period, register=of_register)


@router.get("/comparison/{period}", response=dict[str, Any], summary="A period set beside another")
@access_api(role(*OVERSIGHT))
def comparison_document(request: HttpRequest, period: PeriodCode, with_period: PeriodCode = "") -> dict[str, Any]:
    """The document of `ietvars compare --json`."""
    return documents.comparison(period, _with(period, with_period))


@router.get("/state/{period}", response=dict[str, Any], summary="The state as one tree")
@access_api(role(*OVERSIGHT))
def state_document(request: HttpRequest, period: PeriodCode, opened: Opened = "") -> dict[str, Any]:
    """Sectors, institutions and services with counts, sums, coverage and verdicts; `opened` names what is unfolded,
    with commas between."""
    return aggregates.document(aggregates.picture(period), [code for code in opened.split(",") if code])


@router.get("/findings/{period}", response=dict[str, Any], summary="What the finders saw")
@access_api(role(*OVERSIGHT))
def finding_document(request: HttpRequest, period: PeriodCode, finder: Code | None = None) -> dict[str, Any]:
    """The document of `ietvars findings --json`."""
    return finders.document(period, finder=finder or "")


@router.get("/initiatives", response=dict[str, Any], summary="Initiatives with frozen evidence and checks")
@access_api(role(*OVERSIGHT))
def initiative_document(request: HttpRequest) -> dict[str, Any]:
    """The document of `ietvars initiatives --json`."""
    return initiatives.document()


def _with(period: str, with_period: str) -> str:
    chosen = with_period or indicators.compared_with(period)
    if not chosen:
        raise Http404
    return chosen
