"""Figures for programs: the documents of the console, for those whose desk shows them.

An owner or approver reads the series of services that his capacity reaches; an overseer or coordinator the state's.
"""

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Field, Router

from ietvars.doors.furniture.access import access_api, over_body, role
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
STAFF = (Role.SERVICE_OWNER, Role.LIST_APPROVER)


def document(name: str) -> dict[str, Any]:
    """What the description of the API says of an answer: the form that the console prints with --json."""
    schema = {
        "type": "object",
        "description": "Key by key in docs/howto/json-of-commands.md; new keys may come without a new version.",
        "required": ["document", "version"],
        "properties": {"document": {"type": "string", "const": name}, "version": {"type": "integer", "minimum": 1}},
    }
    return {"responses": {200: {"description": "OK", "content": {"application/json": {"schema": schema}}}}}


def _holder_of(code: str) -> int | None:
    """Id of the body that holds a service today; None when there is no such service."""
    found = services.by_code(code)
    return found.holder_id if found is not None else None


over_own = access_api(over_body(*STAFF, body_from="code", body_of=_holder_of, everywhere=OVERSIGHT))


def _there_is(code: str) -> None:
    """Refuse the code of no service: whoever reads everywhere was let in without asking for it."""
    if services.by_code(code) is None:
        raise Http404


@router.get(
    "/services/{code}/figures",
    response=dict[str, Any],
    openapi_extra=document("ietvars/indicators"),
    summary="Figures of one service",
)
@over_own
def service_figures(request: HttpRequest, code: Code, period: PeriodCode) -> dict[str, Any]:
    """The figures of one service in a period, each with numerator, denominator, exclusions, coverage and editions."""
    _there_is(code)
    return documents.indicators(period, service=code)


@router.get(
    "/services/{code}/comparison",
    response=dict[str, Any],
    openapi_extra=document("ietvars/comparison"),
    summary="Yearly comparison of one service",
)
@over_own
def service_comparison(
    request: HttpRequest, code: Code, period: PeriodCode, with_period: PeriodCode = ""
) -> dict[str, Any]:
    """One verdict a series, or the reason why there is none."""
    _there_is(code)
    return documents.comparison(period, _with(period, with_period), service=code)


@router.get(
    "/indicators/{period}",
    response=dict[str, Any],
    openapi_extra=document("ietvars/indicators"),
    summary="Indicators of a period over all services",
)
@access_api(role(*OVERSIGHT))
def indicator_document(request: HttpRequest, period: PeriodCode, of_register: Code | None = None) -> dict[str, Any]:
    """The document of `ietvars indicators --json`."""
    return documents.indicators(period, register=of_register)


@router.get(
    "/comparison/{period}",
    response=dict[str, Any],
    openapi_extra=document("ietvars/comparison"),
    summary="A period set beside another",
)
@access_api(role(*OVERSIGHT))
def comparison_document(request: HttpRequest, period: PeriodCode, with_period: PeriodCode = "") -> dict[str, Any]:
    """The document of `ietvars compare --json`."""
    return documents.comparison(period, _with(period, with_period))


@router.get(
    "/state/{period}", response=dict[str, Any], openapi_extra=document("ietvars/state"), summary="The state as one tree"
)
@access_api(role(*OVERSIGHT))
def state_document(request: HttpRequest, period: PeriodCode, opened: Opened = "") -> dict[str, Any]:
    """Sectors, institutions and services with counts, sums, coverage and verdicts; `opened` names what is unfolded,
    with commas between."""
    return aggregates.document(aggregates.picture(period), [code for code in opened.split(",") if code])


@router.get(
    "/findings/{period}",
    response=dict[str, Any],
    openapi_extra=document("ietvars/findings"),
    summary="What the finders saw",
)
@access_api(role(*OVERSIGHT))
def finding_document(request: HttpRequest, period: PeriodCode, finder: Code | None = None) -> dict[str, Any]:
    """The document of `ietvars findings --json`."""
    return finders.document(period, finder=finder or "")


@router.get(
    "/initiatives",
    response=dict[str, Any],
    openapi_extra=document("ietvars/initiatives"),
    summary="Initiatives with frozen evidence and checks",
)
@access_api(role(*OVERSIGHT))
def initiative_document(request: HttpRequest) -> dict[str, Any]:
    """The document of `ietvars initiatives --json`."""
    return initiatives.document()


def _with(period: str, with_period: str) -> str:
    chosen = with_period or indicators.compared_with(period)
    if not chosen:
        raise Http404
    return chosen
