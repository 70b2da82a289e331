"""Writes canvases: the shipped ones at set-up, and the versions that the centre publishes."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from ietvars.ground.audit import actions as audit
from ietvars.ground.notices import actions as notices
from ietvars.ground.people.rules import Actor
from ietvars.institution.canvases import errors, queries, requirements, rules
from ietvars.institution.canvases.models import Canvas, CanvasVersion

KIND = "canvas"
"""Under this kind canvases stand in the audit trail."""


def load_shipped(*, by: Actor, now: datetime) -> int:
    """Publish the shipped versions that are not there yet; what is there stays. Returns how many were new."""
    new = 0
    with transaction.atomic():
        for one in queries.shipped():
            if queries.version(one.code, one.number) is None:
                canvas = _canvas(one.code, kind=one.kind, title=one.title, about=one.about)
                canvas.for_services = dict(one.for_services)
                canvas.is_shipped = True
                canvas.save()
                row = _write(canvas, one.parts, number=one.number, note=one.note, by=by)
                row.valid_from = one.valid_from
                _publish(row, by=by, now=now)
                new += 1
    return new


def draft(
    *, canvas: Canvas, parts: Iterable[rules.Part], note: Mapping[str, str], by: Actor, now: datetime
) -> CanvasVersion:
    """Write the next version of a canvas, or write the one that is being written anew. Nobody sees it yet.

    Raises NotTheCentre, UnknownRequirement.
    """
    rules.require_centre(by)
    with transaction.atomic():
        row = queries.draft_of(canvas)
        number = row.number if row else _next_number(canvas)
        return _write(canvas, tuple(parts), number=number, note=note, by=by, row=row)


def create(
    *, code: str, kind: str, title: Mapping[str, str], about: Mapping[str, str], by: Actor, now: datetime
) -> Canvas:
    """Begin a canvas, or name a known one anew. Raises NotTheCentre."""
    rules.require_centre(by)
    with transaction.atomic():
        canvas = _canvas(code, kind=kind, title=title, about=about)
        audit.record(by=by, now=now, action="canvases.create", subject=(KIND, code), after={"title": dict(title)})
    return canvas


def publish(*, version: CanvasVersion, by: Actor, now: datetime, valid_from: date | None = None) -> CanvasVersion:
    """Let services be made from a version. Raises NotTheCentre, VersionIsPublished, NothingNew."""
    rules.require_centre(by)
    if version.state == rules.State.PUBLISHED:
        raise errors.VersionIsPublished(number=version.number, canvas=version.canvas.code)
    before = queries.current(version.canvas.code)
    if before is not None and before.parts == version.parts:
        raise errors.NothingNew(canvas=version.canvas.code, number=before.number)
    with transaction.atomic():
        version.valid_from = valid_from
        _publish(version, by=by, now=now)
    return version


def publish_common(
    *, code: str, title: Mapping[str, str], parts: Iterable[rules.Part], by: Actor, now: datetime
) -> CanvasVersion:
    """Keep the canvas of a common description: a new version when it says something new, else the one there is.

    Whoever may write the common description may do this; the room that calls has asked.
    """
    entries = [rules.entry_of(part) for part in parts]
    with transaction.atomic():
        known = queries.current(code)
        if known is not None and known.parts == entries:
            return known
        canvas = _canvas(code, kind="common", title=title, about={})
        row = _write(canvas, tuple(parts), number=_next_number(canvas), note={}, by=by)
        return _publish(row, by=by, now=now)


def _canvas(code: str, *, kind: str, title: Mapping[str, str], about: Mapping[str, str]) -> Canvas:
    values = {"kind": kind, "title": dict(title), "about": dict(about)}
    return Canvas.objects.update_or_create(code=code, defaults=values)[0]


def _next_number(canvas: Canvas) -> int:
    highest: int | None = CanvasVersion.objects.filter(canvas=canvas).aggregate(number=Max("number"))["number"]
    return (highest or 0) + 1


def _write(
    canvas: Canvas,
    parts: tuple[rules.Part, ...],
    *,
    number: int,
    note: Mapping[str, str],
    by: Actor,
    row: CanvasVersion | None = None,
) -> CanvasVersion:
    for part in parts:
        for code in requirements.unknown(part.also):
            raise errors.UnknownRequirement(canvas=canvas.code, requirement=code, known=", ".join(requirements.FURTHER))
    row = row or CanvasVersion(canvas=canvas, number=number)
    row.parts = [rules.entry_of(part) for part in parts]
    row.note = dict(note)
    row.edited_by = by.username
    row.save()
    return row


def _publish(row: CanvasVersion, *, by: Actor, now: datetime) -> CanvasVersion:
    values: dict[str, Any] = {"state": rules.State.PUBLISHED.value, "published_at": now, "published_by": by.username}
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    audit.record(
        by=by, now=now, action="canvases.publish", subject=(KIND, row.canvas.code), after={"number": row.number}
    )
    notices.announce("canvases.published", by=by, now=now, version=row)
    return row
