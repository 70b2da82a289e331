"""Figures for programs: the documents of the console, for those whose desk shows them.

An owner or approver reads the series of services that his capacity reaches; an overseer or coordinator the state's.
"""

from typing import Annotated, Any

from django.http import Http404, HttpRequest, StreamingHttpResponse
from ninja import Field, Router

from ietvars.doors.furniture import today
from ietvars.doors.furniture.access import access_api, actor_of, over_body, role
from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import BY_SUFFIX, WAYS, write
from ietvars.doors.machines.feeds.dqv import exporting as dqv
from ietvars.doors.machines.feeds.eventlogs import writing
from ietvars.doors.machines.schemas import Code, PeriodCode
from ietvars.ground.people.rules import Role
from ietvars.ground.periods.rules import parse
from ietvars.institution.cases.schema import Basis
from ietvars.institution.deliveries.facts import CHANNELS
from ietvars.institution.flows import documents as flows
from ietvars.institution.flows import queries as flow_queries
from ietvars.institution.indicators import documents
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.services import queries as services
from ietvars.institution.tallies import documents as series
from ietvars.oversight.aggregates import queries as aggregates
from ietvars.oversight.finders import queries as finders
from ietvars.oversight.initiatives import queries as initiatives

Opened = Annotated[str, Field(max_length=4000)]
Channel = Annotated[str, Field(pattern=f"^({'|'.join(CHANNELS)})$", description="Only cases requested through this")]
Suffix = Annotated[str, Field(pattern=r"^(ttl|jsonld|rdf|nt)$", description="Turtle, JSON-LD, RDF/XML or N-Triples")]

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
    "/services/{code}/flow",
    response=dict[str, Any],
    openapi_extra=document("ietvars/flow"),
    summary="Flow of one service",
)
@over_own
def service_flow(
    request: HttpRequest, code: Code, period: PeriodCode = "", channel: Code = "", provider: Code = ""
) -> dict[str, Any]:
    """The way that cases really take: activities, passages with counts and times, variants, loops, hand-overs.

    The document of `ietvars flow --json`, for cases opened in a period, by a channel, at a provider.
    """
    _there_is(code)
    return flows.flows([code], flow_queries.Filter(period, channel, provider), on=today.today())


LOG_FORMS = {"xes": "application/xml", "ocel-xml": "application/xml", "ocel-json": "application/json"}
LogForm = Annotated[str, Field(pattern=f"^({'|'.join(LOG_FORMS)})$", description="XES, or OCEL 2.0 as XML or JSON")]
LOG = {"description": "The log", "content": {kind: {"schema": {"type": "string"}} for kind in LOG_FORMS.values()}}


@router.get(
    "/services/{code}/log/{form}", openapi_extra={"responses": {200: LOG}}, summary="Cases of one service as a log"
)
@access_api(over_body(Role.SERVICE_OWNER, body_from="code", body_of=_holder_of))
def service_log(request: HttpRequest, code: Code, form: LogForm) -> StreamingHttpResponse:
    """What happened case by case, for process mining: cases under pseudonyms, without persons. For the owner."""
    found, actor = services.by_code(code), actor_of(request)
    if found is None or actor is None:
        raise Http404
    pieces = writing.write(services=[found], form=form, name=f"{code} {today.today()}", by=actor)
    answer = StreamingHttpResponse(pieces, content_type=f"{LOG_FORMS[form]}; charset=utf-8")
    suffix = {"xes": "xes", "ocel-xml": "xml", "ocel-json": "json"}[form]
    answer["Content-Disposition"] = f'attachment; filename="{code}.{suffix}"'
    return answer


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
    "/services/{code}/series",
    response=dict[str, Any],
    openapi_extra=document("ietvars/series"),
    summary="One service month by month, from its events",
)
@over_own
def service_series(
    request: HttpRequest, code: Code, basis: Basis = Basis.DELIVERED, channel: Channel = ""
) -> dict[str, Any]:
    """Each figure month by month with since when it is another; the wait of cases that are still open; its place among
    services of like kind. `basis`: the month in which a case was opened, or in which it ended."""
    found = services.by_code(code)
    if found is None:
        raise Http404
    return series.series(found.pk, code, today=today.today(), basis=basis, channel=channel)


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


DQV = {
    "description": "Quality measurements of DQV",
    "content": {way.media_type: {"schema": {"type": "string"}} for way in WAYS.values()},
}


@router.get(
    "/indicators/{period}/dqv.{suffix}",
    openapi_extra={"responses": {200: DQV}},
    summary="Indicators of a period as linked data",
)
@access_api(role(*OVERSIGHT))
def indicator_graph(request: HttpRequest, period: PeriodCode, suffix: Suffix) -> StreamingHttpResponse:
    """Every figure of a period as a dqv:QualityMeasurement; a figure that is missing has a state and no value."""
    form = BY_SUFFIX[suffix]
    nodes = dqv.nodes([parse(period).code])
    answer = StreamingHttpResponse(write(nodes, form), content_type=f"{WAYS[form].media_type}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="indicators-{parse(period).code}.{suffix}"'
    return answer


def _with(period: str, with_period: str) -> str:
    chosen = with_period or indicators.compared_with(period)
    if not chosen:
        raise Http404
    return chosen
