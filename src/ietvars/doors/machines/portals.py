"""What portals and directories of services read: the feed of changes, and the catalogue after HSDS. Open to all.

A portal keeps the number up to which it has read and asks for what came after; it never needs to read everything again.
"""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema

from ietvars.doors.furniture.access import access_api, anyone
from ietvars.doors.machines.feeds.cpsv_ap import exporting as linked
from ietvars.doors.machines.feeds.hsds import exporting as hsds
from ietvars.doors.machines.schemas import Language, Limit
from ietvars.institution.services import queries as services
from ietvars.institution.services.rules import State

router = Router(tags=["portals"])

Sequence = Annotated[int, Field(ge=0, le=2**62, description="the `next` of the last answer; 0 from the beginning")]
PageNumber = Annotated[int, Field(ge=1, le=1_000_000)]
PageSize = Annotated[int, Field(ge=1, le=500)]


class Change(Schema):
    """One published version, or the end of one."""

    sequence: Annotated[int, Field(description="grows with every change of the whole catalogue")]
    service: str
    iri: Annotated[str, Field(description="stable; answers with linked data as the service stands now")]
    what: Annotated[str, Field(description="published, withdrawn or retired")]
    number: Annotated[int, Field(description="1 for the first thing that was ever published of the service")]
    at: datetime
    valid_from: date | None
    holder: str
    description: Annotated[
        dict[str, Any] | None,
        Field(description="path of each part to its value; none where nothing can be read any more"),
    ]
    illustrative: Annotated[list[str], Field(description="parts whose values are invented to show how the tool works")]


class Changes(Schema):
    """One page of the feed of changes."""

    changes: list[Change]
    next: Annotated[int, Field(description="give it as `after` to go on; the same as asked when nothing came")]
    more: Annotated[bool, Field(description="whether the next page holds something already")]


@router.get("/changes", response=Changes, summary="What was published, withdrawn or retired since")
@access_api(anyone)
def changes(request: HttpRequest, after: Sequence = 0, limit: Limit = 100) -> dict[str, Any]:
    """Versions in the order in which they became readable, oldest first, from the one after `after`.

    Numbers only grow and no version is ever put between two that were given out, so whoever goes on from `next` misses
    nothing and reads nothing twice. A version that says the same as the one before is not there. Numbers have gaps.
    """
    rows = services.changes_since(after, limit + 1)
    page = rows[:limit]
    where = linked.addresses()
    return {
        "changes": [
            {
                "sequence": row.pk,
                "service": row.service.code,
                "iri": where.service(row.service.code),
                "what": row.what,
                "number": row.number,
                "at": row.at,
                "valid_from": row.valid_from,
                "holder": row.holder.code,
                # What was taken out of view is not to be read here either.
                "description": row.description if row.service.state != State.WITHDRAWN else None,
                "illustrative": row.service.illustrative,
            }
            for row in page
        ],
        "next": page[-1].pk if page else after,
        "more": len(rows) > limit,
    }


@router.get("/hsds/services", response=dict[str, Any], summary="Services after HSDS 3.0")
@access_api(anyone)
def hsds_services(
    request: HttpRequest, page: PageNumber = 1, per_page: PageSize = 50, language: Language = "lv"
) -> dict[str, Any]:
    """One page of services in the envelope of the HSDS interface, in one language."""
    return hsds.page(page, per_page, language)


@router.get("/hsds/services/{identity}", response=dict[str, Any], summary="One service after HSDS 3.0")
@access_api(anyone)
def hsds_service(request: HttpRequest, identity: UUID, language: Language = "lv") -> dict[str, Any]:
    """One service by its HSDS id, which is made from its IRI."""
    found = hsds.by_id(identity, language)
    if found is None:
        raise Http404
    return found
