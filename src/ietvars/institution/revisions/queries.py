"""Reads drafts, what waits in them, and what newer canvases mean for services."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from ietvars.ground.words import queries as words
from ietvars.institution.canvases import merging, requirements
from ietvars.institution.canvases import queries as canvases
from ietvars.institution.canvases.models import CanvasVersion
from ietvars.institution.revisions import rules
from ietvars.institution.revisions.models import Revision, RevisionComment, RevisionEdit, RevisionStateRow
from ietvars.institution.services import queries as services
from ietvars.institution.services import rules as service_rules
from ietvars.institution.services.models import Service, ServiceSet


def open_of(service: Service) -> Revision | None:
    """The draft of a service that is not done with; None when there is none."""
    return _all().filter(service=service, state__in=list(rules.OPEN)).first()


def by_number(service: Service, number: int) -> Revision | None:
    """A draft by its number; None when there is none."""
    return _all().filter(service=service, number=number).first()


def of(service: Service) -> list[Revision]:
    """All drafts of a service, newest first."""
    return list(_all().filter(service=service).order_by("-number"))


def waiting(body_ids: Iterable[int], *states: str) -> list[Revision]:
    """Open drafts of services held by any of the bodies, oldest save first; narrowed to `states`."""
    held = services.of(body_ids).values("pk")
    wanted = list(states) or [state.value for state in rules.OPEN]
    return list(_all().filter(service__in=held, state__in=wanted).order_by("edited_at"))


def due_on(day: date) -> list[Revision]:
    """Scheduled drafts whose day has come."""
    return list(_all().filter(state=Revision.State.SCHEDULED, valid_from__lte=day).order_by("valid_from", "pk"))


def _all() -> QuerySet[Revision]:
    return Revision.objects.select_related("service", "canvas_version__canvas")


def at_edition(revision: Revision, edition: int) -> dict[str, Any]:
    """The description as it was in an edition; as it is now where there is no such edition."""
    row = RevisionEdit.objects.filter(revision=revision, edition=edition).first()
    found: dict[str, Any] = row.description if row else revision.description
    return found


def last_editor(revision: Revision) -> str:
    """Username of whoever saved last."""
    row = RevisionEdit.objects.filter(revision=revision).order_by("-edition").first()
    return row.username if row else revision.author


def edits(revision: Revision) -> list[RevisionEdit]:
    """Every save, newest first."""
    return list(RevisionEdit.objects.filter(revision=revision).order_by("-edition"))


def writers(revision: Revision) -> set[str]:
    """Usernames of all who have written in the draft."""
    return {revision.author, *RevisionEdit.objects.filter(revision=revision).values_list("username", flat=True)}


def comments(revision: Revision, *, is_open: bool = False) -> list[RevisionComment]:
    """What colleagues say of it, oldest first."""
    rows = RevisionComment.objects.filter(revision=revision)
    return list(rows.filter(settled_at__isnull=True) if is_open else rows)


def writers_of(revisions: Iterable[Revision]) -> dict[int, set[str]]:
    """Id of each draft to the usernames of all who have written in it, in one query."""
    found = {row.pk: {row.author} for row in revisions}
    for pk, username in RevisionEdit.objects.filter(revision__in=found).values_list("revision_id", "username"):
        found[pk].add(username)
    return found


def open_comments(revisions: Iterable[Revision]) -> dict[int, int]:
    """Id of each draft to how many comments wait in it, in one query."""
    found = {row.pk: 0 for row in revisions}
    rows = RevisionComment.objects.filter(revision__in=found, settled_at__isnull=True)
    for pk in rows.values_list("revision_id", flat=True):
        found[pk] += 1
    return found


def asked_of(revisions: Iterable[Revision], on: date) -> dict[int, tuple[requirements.Asked, ...]]:
    """Id of each draft to what it must and should say on a day; each version of a canvas is read once."""
    known: dict[tuple[int | None, bool], tuple[requirements.Asked, ...]] = {}
    found = {}
    for row in revisions:
        key = (row.canvas_version_id, row.service.is_offered)
        if key not in known:
            known[key] = asked(row, on)
        found[row.pk] = known[key]
    return found


def steps(revision: Revision) -> list[RevisionStateRow]:
    """The way of the draft, oldest step first."""
    return list(RevisionStateRow.objects.filter(revision=revision))


def asked(revision: Revision, on: date) -> tuple[requirements.Asked, ...]:
    """What the draft must and should say on a day, by its canvas."""
    return canvases.asked(revision.canvas_version, on, is_offered=revision.service.is_offered)


def gaps(revision: Revision, on: date) -> tuple[requirements.Gap, ...]:
    """What the draft does not say yet and must or should."""
    return requirements.gaps(revision.description, asked(revision, on))


@dataclass(frozen=True)
class Drift:
    """A newer version of the canvas a service was made from, and what it changes for the service, part by part."""

    service: Service
    stands_on: CanvasVersion
    newest: CanvasVersion
    changes: tuple[merging.Change, ...]

    @property
    def reopens(self) -> bool:
        """Whether a requirement or the law changed, and not only wording."""
        return merging.reopens(self.changes)


def drift(service: Service) -> Drift | None:
    """What the newest canvas means for one service; None when it stands on it, or on none.

    An open draft is compared instead of what people read, since the owner would take the changes there.
    """
    revision = open_of(service)
    stands_on = revision.canvas_version if revision else services.version_of(service)
    if stands_on is None:
        return None
    newest = canvases.current(stands_on.canvas.code)
    if newest is None or newest.number <= stands_on.number:
        return None
    mine = revision.description if revision else services.description(service)
    changes = merging.compare(canvases.parts(stands_on), canvases.parts(newest), mine)
    return Drift(service=service, stands_on=stands_on, newest=newest, changes=changes)


def drifting(found: ServiceSet) -> list[tuple[Service, CanvasVersion, bool]]:
    """Services that stand on an older version of their canvas: with the newest, and whether it reopens them.

    What reopens depends on the two versions alone, so each pair is compared once.
    """
    newest = canvases.newest()
    rows = found.with_holder().filter(canvas_version__isnull=False).exclude(state=service_rules.State.RETIRED.value)
    stood = canvases.versions({row.canvas_version_id for row in rows if row.canvas_version_id})
    reopening: dict[tuple[int, int], bool] = {}
    late = []
    for row in rows:
        stands_on = stood[row.canvas_version_id or 0]
        last = newest.get(stands_on.canvas_id)
        if last is None or last.number <= stands_on.number:
            continue
        pair = (stands_on.pk, last.pk)
        if pair not in reopening:
            reopening[pair] = merging.reopens(merging.compare(canvases.parts(stands_on), canvases.parts(last), {}))
        late.append((row, last, reopening[pair]))
    return late


@dataclass(frozen=True)
class Report:
    """What is open in one service's description."""

    service: Service
    gaps: tuple[requirements.Gap, ...]

    @property
    def blocks(self) -> int:
        """How many of the gaps would keep it from being published."""
        return sum(1 for gap in self.gaps if gap.blocks)


def report(found: ServiceSet, on: date) -> list[Report]:
    """The bulk report: every service with the gaps of what people read, by the same rules as the form and the gate."""
    return [Report(service=service, gaps=gaps) for service, gaps in services.gaps_of(found, on)]


def blocking(found: ServiceSet, on: date) -> tuple[Report, ...]:
    """Those of these services whose gaps would keep them from being published; kept until what people read changes."""
    asked = found.order_by("pk").values_list("pk", "canvas_version_id", "is_offered")
    return _blocking(services.last_change(), tuple(asked), on)


Asked = tuple[int, int | None, bool]
"""A service, its canvas, and whether it is offered: what besides the description decides what is asked of it."""


@functools.lru_cache(maxsize=64)
def _blocking(last_change: int, asked: tuple[Asked, ...], on: date) -> tuple[Report, ...]:
    found = services.all_services().filter(pk__in=[pk for pk, _, _ in asked])
    return tuple(one for one in report(found, on) if one.blocks)


def forget() -> None:
    """Forget what was read of descriptions: for tests, whose databases begin anew."""
    _blocking.cache_clear()


@dataclass(frozen=True)
class Near:
    """A service that says nearly the same as what is being written."""

    service: Service
    score: float


def near_equal(title: str, *, besides: str = "", limit: int = 4) -> list[Near]:
    """Existing services whose title and words are nearest to a title, so that nobody describes a thing twice."""
    if len(title.strip()) < 4:
        return []
    hits = words.search(title, "lv", kinds=("service",), limit=limit + 4)
    keys = [hit.key for hit in hits if hit.key != besides and not hit.is_partial][:limit]
    found = {row.code: row for row in services.for_lists(keys)}
    scores = {hit.key: hit.score for hit in hits}
    return [Near(found[key], scores[key]) for key in keys if key in found]
