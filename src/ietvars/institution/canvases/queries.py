"""Reads canvases and their versions."""

import tomllib
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.db.models import QuerySet

from ietvars.institution.canvases import requirements, rules
from ietvars.institution.canvases.models import Canvas, CanvasVersion

FOLDER = Path(__file__).parent / "shipped"
"""The canvases that come with the product, a file a version."""


def all_canvases() -> QuerySet[Canvas]:
    """Every canvas, with its versions newest first."""
    return Canvas.objects.prefetch_related("versions")


def by_code(code: str) -> Canvas | None:
    """The canvas of a code; None when there is none."""
    return Canvas.objects.filter(code=code).first()


def version(code: str, number: int) -> CanvasVersion | None:
    """One version of a canvas in any state; None when there is none."""
    return CanvasVersion.objects.select_related("canvas").filter(canvas__code=code, number=number).first()


def current(code: str) -> CanvasVersion | None:
    """The newest published version of a canvas."""
    return _published().filter(canvas__code=code).first()


def newest() -> dict[int, CanvasVersion]:
    """Canvas id to its newest published version."""
    found: dict[int, CanvasVersion] = {}
    for row in _published():
        found.setdefault(row.canvas_id, row)
    return found


def published() -> dict[str, dict[int, CanvasVersion]]:
    """Code of each canvas to its published versions by number."""
    found: dict[str, dict[int, CanvasVersion]] = {}
    for row in _published():
        found.setdefault(row.canvas.code, {})[row.number] = row
    return found


def draft_of(canvas: Canvas) -> CanvasVersion | None:
    """The version that is being written; None when there is none."""
    return CanvasVersion.objects.filter(canvas=canvas, state=CanvasVersion.State.DRAFT).first()


def _published() -> QuerySet[CanvasVersion]:
    return (
        CanvasVersion.objects.select_related("canvas")
        .filter(state=CanvasVersion.State.PUBLISHED)
        .order_by("canvas", "-number")
    )


def parts(version: CanvasVersion | None) -> tuple[rules.Part, ...]:
    """The parts of a version as values; none without a version."""
    if version is None:
        return ()
    return tuple(rules.part_of(version.canvas.code, entry) for entry in version.parts)


def asked(version: CanvasVersion | None, on: date, *, is_offered: bool = True) -> tuple[requirements.Asked, ...]:
    """What a service made from the version must fulfil on a day; without a version what every service must."""
    return requirements.asked(parts(version), on, is_offered=is_offered)


def shipped_files() -> tuple[Path, ...]:
    """The files of the canvases that come with the product."""
    return tuple(sorted(FOLDER.glob("*.toml")))


@lru_cache(maxsize=1)
def shipped() -> tuple[rules.Shipped, ...]:
    """The canvases that come with the product, by code and number. Raises FaultyCanvas, UnknownPart, NotAPart."""
    return tuple(
        sorted(
            (rules.shipped(path.stem, tomllib.loads(path.read_text(encoding="utf-8"))) for path in shipped_files()),
            key=lambda one: (one.code, one.number),
        )
    )


def versions(ids: Iterable[int]) -> dict[int, CanvasVersion]:
    """Versions by id."""
    return CanvasVersion.objects.select_related("canvas").in_bulk(list(ids))
