"""The catalogue for programs: services, search, situations, bodies, code lists, lists, definitions. Open to all."""

from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from ninja import Router

from ietvars.collaboration.situations import queries as situations
from ietvars.collaboration.ties import queries as ties
from ietvars.doors.furniture import downloads
from ietvars.doors.furniture.access import access_api, anyone
from ietvars.doors.machines import schemas
from ietvars.doors.machines.schemas import Code, Language, Limit, Offset, Question
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.terms import queries as terms
from ietvars.ground.words import queries as words
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.lists import queries as lists
from ietvars.institution.lists.rules import State as ListState
from ietvars.institution.measurements import queries as measurements
from ietvars.institution.services import queries as services

router = Router(tags=["catalogue"])

CSV = {"description": "A table with a head, UTF-8", "content": {"text/csv": {"schema": {"type": "string"}}}}


def _row(one: Any) -> dict[str, Any]:
    return {
        "code": one.code,
        "title": one.title,
        "summary": one.summary,
        "holder": one.holder_code,
        "kind": one.kind,
        "area": one.area,
        "audience": one.audience,
        "reviewed_on": one.reviewed_on,
        "illustrative": one.illustrative,
    }


@router.get("/services", response=schemas.Services, summary="Published services")
@access_api(anyone)
def service_list(
    request: HttpRequest, area: Code | None = None, holder: Code | None = None, limit: Limit = 100, offset: Offset = 0
) -> dict[str, Any]:
    """Published services in alphabet order, narrowed by area or holder."""
    chosen = services.published()
    if area is not None:
        chosen = chosen.filter(area=area)
    if holder is not None:
        body = bodies.by_code(holder)
        chosen = chosen.of([body.pk]) if body is not None else chosen.none()
    rows = services.with_holder(chosen)[offset : offset + limit]
    return {"total": chosen.count(), "limit": limit, "offset": offset, "services": [_row(one) for one in rows]}


@router.get("/services.csv", summary="Published services as a table", openapi_extra={"responses": {200: CSV}})
@access_api(anyone)
def service_table(request: HttpRequest) -> HttpResponseBase:
    """All published services as CSV."""
    rows = services.rows(services.published())
    return downloads.csv_of(services.COLUMNS, ([row[name] for name in services.COLUMNS] for row in rows), "services")


@router.get("/services/{code}", response=schemas.ServiceOut, summary="One service")
@access_api(anyone)
def service(request: HttpRequest, code: Code) -> dict[str, Any]:
    """One service that is or was published, with stages, channels, providers, fees and relations."""
    found = services.page(code)
    if found is None or found.state == "draft":
        raise Http404
    return _row(found) | {
        name: getattr(found, name)
        for name in (
            "state", "is_offered", "not_offered_because", "receives", "eligibility", "evidence", "outputs",
            "legal_acts", "is_immediate", "term_days", "apply_within", "appeal", "languages",
        )
    } | {
        "stages": [
            {
                "stage": stage.name,
                "text": stage.text,
                "url": stage.url,
                "channels": list(dict.fromkeys(row.channel for row in stage.deliveries.all() if row.channel)),
                "providers": list(dict.fromkeys(row.provider.code for row in stage.deliveries.all())),
            }
            for stage in found.stages.all()
        ],
        "fees": [
            {"stage": fee.stage, "amount": fee.amount, "currency": fee.currency, "text": fee.text}
            for fee in found.fees.all()
        ],
        "identifiers": [{"scheme": one.scheme, "value": one.value} for one in found.identifiers.all()],
        "template": found.template.code if found.template else None,
        "situations": [one.code for one in situations.of_service(found)],
        "ties": [
            {"kind": one.kind.value, "reading": one.reading, "service": one.service.code} for one in ties.of(found)
        ],
    }  # fmt: skip


@router.get("/search", response=schemas.Found, summary="Find services and life situations")
@access_api(anyone)
def search(
    request: HttpRequest,
    q: Question,
    language: Language = "lv",
    place: Code | None = None,
    limit: Limit = 25,
) -> dict[str, Any]:
    """What answers a question in everyday words; inflection, diacritics and small slips do not matter.

    Of the same service in many municipalities one hit is left, that of `place` before others; `copies` counts the rest.
    """
    found = words.look(q, language, place=place or "", limit=limit, fold=True)
    return {
        "hits": [
            {
                "kind": hit.kind,
                "code": hit.key,
                "title": hit.title,
                "is_partial": hit.is_partial,
                "copies": hit.copies,
            }
            for hit in found.hits
        ],
        "meant": found.meant,
    }


@router.get("/situations", response=list[schemas.SituationRow], summary="Life situations")
@access_api(anyone)
def situation_list(request: HttpRequest) -> list[Any]:
    """Published life situations in their order."""
    return list(situations.published())


@router.get("/situations/{code}", response=schemas.SituationOut, summary="One life situation")
@access_api(anyone)
def situation(request: HttpRequest, code: Code) -> dict[str, Any]:
    """One life situation with its ordered steps; `is_beside_previous` marks steps at the same time."""
    found = situations.by_code(code)
    if found is None or not found.is_published:
        raise Http404
    return {
        "code": found.code,
        "title": found.title,
        "summary": found.summary,
        "steps": [
            {
                "position": step.position,
                "is_beside_previous": step.is_beside_previous,
                "is_optional": step.is_optional,
                "service": step.service.code if step.service else None,
                "title": step.title,
                "text": step.text,
                "deadline": step.deadline,
            }
            for step in found.steps.all()
        ],
    }


@router.get("/bodies", response=schemas.Bodies, summary="Institutions and partners")
@access_api(anyone)
def body_list(request: HttpRequest, kind: Code | None = None, limit: Limit = 100, offset: Offset = 0) -> dict[str, Any]:
    """Bodies in alphabet order, those that have ended included."""
    chosen = bodies.all_bodies()
    if kind is not None:
        chosen = chosen.filter(kind=kind)
    return {
        "total": chosen.count(),
        "limit": limit,
        "offset": offset,
        "bodies": list(chosen[offset : offset + limit]),
    }


@router.get("/bodies/{code}", response=schemas.BodyOut, summary="One body")
@access_api(anyone)
def body(request: HttpRequest, code: Code) -> dict[str, Any]:
    """One body with its place in the hierarchy, its former names, mergers and services. Old codes keep working."""
    found = bodies.by_code(code)
    if found is None:
        raise Http404
    return {
        name: getattr(found, name)
        for name in (
            "code", "kind", "name", "short", "since", "until", "is_invented", "registration_code", "territory_code",
        )
    } | {
        "above": [one.code for one in bodies.path(found)],
        "below": [one.code for one in bodies.below(found)],
        "former_names": [{"name": row.name, "until": row.until} for row in bodies.former_names(found)],
        "successions": [
            {"kind": row.kind, "on": row.on, "predecessor": row.predecessor.code, "successor": row.successor.code}
            for row in [*bodies.origins(found), *bodies.successions_from(found)]
        ],
        "services": list(services.published().of([found.pk]).values_list("code", flat=True)),
    }  # fmt: skip


@router.get("/terms", response=list[schemas.TermList], summary="Code lists")
@access_api(anyone)
def term_lists(request: HttpRequest) -> list[dict[str, Any]]:
    """All code lists with their terms."""
    return [
        {"code": one.code, "title": one.title, "source": one.source, "terms": list(one.terms.all())}
        for one in terms.lists()
    ]


@router.get("/lists", response=list[schemas.ListRow], summary="Published service lists")
@access_api(anyone)
def list_list(request: HttpRequest) -> list[dict[str, Any]]:
    """The newest published list of each institution."""
    return [_list_row(one) for one in lists.latest_published()]


@router.get("/lists/{body_code}/{year}", response=schemas.ListOut, summary="One published service list")
@access_api(anyone)
def one_list(request: HttpRequest, body_code: Code, year: int) -> dict[str, Any]:
    """One list with its lines; lists that are not published do not exist here."""
    found = lists.by_body_and_year(body_code, year) if 1990 <= year <= 2200 else None
    if found is None or found.state != ListState.PUBLISHED:
        raise Http404
    return _list_row(found) | {
        "entries": [
            {
                "position": entry.position,
                "service": entry.service.code if entry.service else None,
                "title": entry.service.title if entry.service else entry.title,
            }
            for entry in lists.entries(found)
        ]
    }


def _list_row(one: Any) -> dict[str, Any]:
    return {
        "body": one.body.code,
        "year": one.year,
        "title": one.title,
        "document_number": one.document_number,
        "document_date": one.document_date,
    }


@router.get("/indicators", response=list[schemas.DefinitionOut], summary="Definitions of indicators")
@access_api(anyone)
def definition_list(request: HttpRequest) -> list[Any]:
    """Every version of every definition: how each figure is computed."""
    return [_definition(row) for row in indicators.all_definitions()]


def _definition(row: Any) -> dict[str, Any]:
    names = schemas.DefinitionOut.model_fields
    return {name: getattr(row, name) for name in names if name != "of_register"} | {"of_register": row.register}


@router.get("/editions", response=list[schemas.EditionOut], summary="Editions of reported figures")
@access_api(anyone)
def edition_list(request: HttpRequest) -> list[Any]:
    """What was reported when, by its content's fingerprint."""
    return list(measurements.editions())


@router.get("/periods", response=list[str], summary="Periods of which something was reported")
@access_api(anyone)
def period_list(request: HttpRequest) -> list[str]:
    """Codes of the periods, oldest first."""
    return indicators.periods_with_figures()
