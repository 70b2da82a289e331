"""Canvases and requirements for programs: of what a service is made, and what a description would still miss.

Open to all, since nothing here is anybody's own; writing a draft is done by people at their desk, or by a spreadsheet.
"""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from ietvars.doors.furniture import today
from ietvars.doors.furniture.access import access_api, anyone
from ietvars.doors.machines.schemas import Code
from ietvars.institution.canvases import description as descriptions
from ietvars.institution.canvases import queries as canvases
from ietvars.institution.canvases import requirements
from ietvars.institution.services import queries as services

router = Router(tags=["canvases"])


class CanvasRow(Schema):
    """A canvas with its newest published version."""

    code: str
    kind: str
    title: dict[str, str]
    about: dict[str, str]
    version: int


class CanvasDocument(CanvasRow):
    """The newest version whole: parts in the form of the guide to canvases."""

    note: dict[str, str]
    parts: list[dict[str, Any]]


class Open(Schema):
    """A requirement that is not met."""

    requirement: str
    part: str
    level: str
    says: str
    source: dict[str, str]


class Answer(Schema):
    """What a description would still miss, and whether it could be published."""

    can_be_published: bool
    gaps: list[Open]


class Asked(Schema):
    """A description: path of each part to its value."""

    description: dict[str, Any]


@router.get("/canvases", response=list[CanvasRow], summary="Canvases")
@access_api(anyone)
def canvas_list(request: HttpRequest) -> list[dict[str, Any]]:
    """All canvases with their newest versions."""
    found = sorted(canvases.newest().values(), key=lambda version: version.canvas.code)
    return [_row(version) for version in found]


@router.get("/canvases/{code}", response=CanvasDocument, summary="A canvas")
@access_api(anyone)
def canvas(request: HttpRequest, code: Code) -> dict[str, Any]:
    """The newest version of a canvas with its parts."""
    version = _version_or_404(code)
    return {**_row(version), "note": version.note, "parts": version.parts}


@router.post("/canvases/{code}/check", response=Answer, summary="Check a description against a canvas")
@access_api(anyone)
def check(request: HttpRequest, code: Code, asked: Asked) -> dict[str, Any]:
    """What a description would still miss in a canvas: the same rules as the form and the gate. Nothing is written."""
    version = _version_or_404(code)
    description = descriptions.with_changes({}, asked.description)
    return _answer(requirements.gaps(description, canvases.asked(version, today.today())))


@router.get("/services/{code}/gaps", response=Answer, summary="What a service does not say")
@access_api(anyone)
def gaps(request: HttpRequest, code: Code) -> dict[str, Any]:
    """What a published service does not say of what its canvas requires or advises."""
    found = services.by_code(code)
    if found is None or found.state != "published":
        raise Http404
    return _answer(services.gaps(found, today.today()))


def _version_or_404(code: str) -> Any:
    found = canvases.current(code)
    if found is None:
        raise Http404
    return found


def _row(version: Any) -> dict[str, Any]:
    one = version.canvas
    return {"code": one.code, "kind": one.kind, "title": one.title, "about": one.about, "version": version.number}


def _answer(found: tuple[requirements.Gap, ...]) -> dict[str, Any]:
    return {
        "can_be_published": not any(gap.blocks for gap in found),
        "gaps": [
            {
                "requirement": gap.code,
                "part": gap.part,
                "level": gap.level.value,
                "says": _(gap.sentence),
                "source": dict(gap.source),
            }
            for gap in found
        ],
    }
