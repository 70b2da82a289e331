"""Reads bodies and their hierarchy. A few hundred rows, so the tree is read whole and walked in memory."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from ietvars.ground.bodies import errors, rules
from ietvars.ground.bodies.models import Body, FormerName, Placement, Reorganisation, Succession


def all_bodies() -> QuerySet[Body]:
    """Every body, in alphabet order."""
    return Body.objects.order_by("sort_key", "code")


def by_code(code: str) -> Body | None:
    """The body of a code, also one that has ended; None when there is none."""
    return Body.objects.filter(code=code).first()


def children_map(on: date | None = None) -> dict[int, list[int]]:
    """Parent id to ids of the bodies directly below, today or on a day."""
    rows = Placement.objects.all()
    if on is None:
        rows = rows.filter(until__isnull=True)
    else:
        rows = rows.filter(Q(since__isnull=True) | Q(since__lte=on), Q(until__isnull=True) | Q(until__gte=on))
    below: dict[int, list[int]] = defaultdict(list)
    for child, parent in rows.values_list("body_id", "parent_id"):
        below[parent].append(child)
    return below


def reach(body_id: int, on: date | None = None) -> frozenset[int]:
    """Ids of a body and of all below it."""
    return rules.below(children_map(on), body_id)


def parents_map() -> dict[int, int]:
    """Id of each body to the id of the body right above it, today."""
    return dict(Placement.objects.filter(until__isnull=True).values_list("body_id", "parent_id"))


def last_parents(on: date) -> dict[int, int]:
    """Id of each body to the body above it on a day; of one that had ended by then, to the last one above it."""
    rows = Placement.objects.filter(Q(since__isnull=True) | Q(since__lte=on))
    ordered = sorted(rows.values_list("body_id", "parent_id", "since"), key=lambda row: row[2] or date.min)
    return {child: parent for child, parent, _since in ordered}


def path(body: Body) -> list[Body]:
    """The bodies above `body`, from the top down, without itself."""
    above = parents_map()
    ids: list[int] = []
    current = above.get(body.pk)
    while current is not None and current not in ids:
        ids.append(current)
        current = above.get(current)
    found = Body.objects.in_bulk(ids)
    return [found[pk] for pk in reversed(ids)]


def name_on(body: Body, day: date) -> dict[str, str]:
    """The name the body bore on a day."""
    older = FormerName.objects.filter(body=body, until__gte=day).order_by("until").first()
    return dict(older.name if older else body.name)


def successors(body: Body) -> list[Succession]:
    """Into which bodies a body that has ended went over; empty while it exists."""
    return list(
        Succession.objects.filter(predecessor=body).exclude(successor=body).select_related("successor").order_by("on")
    )


def origins(body: Body) -> list[Succession]:
    """From which bodies a body came, and its renamings."""
    return list(Succession.objects.filter(successor=body).select_related("predecessor").order_by("on"))


def forerunners(ids: Iterable[int]) -> frozenset[int]:
    """Ids of the bodies that have ended and went over into one of these, over any number of steps."""
    found: set[int] = set()
    pairs = Succession.objects.filter(predecessor__until__isnull=False).values_list("predecessor_id", "successor_id")
    into: dict[int, list[int]] = {}
    for old, new in pairs:
        into.setdefault(new, []).append(old)
    waiting = list(ids)
    while waiting:
        olds = [old for old in into.get(waiting.pop(), ()) if old not in found]
        found.update(olds)
        waiting.extend(olds)
    return frozenset(found)


def current_of(body: Body) -> Body:
    """The body that does the work today: follows mergers and renamings, and stops at a split."""
    seen = {body.pk}
    while body.until is not None:
        heirs = {row.successor_id: row.successor for row in successors(body)}
        if len(heirs) != 1:
            break
        body = next(iter(heirs.values()))
        if body.pk in seen:
            break
        seen.add(body.pk)
    return body


def below(body: Body) -> list[Body]:
    """The bodies directly below, in alphabet order."""
    ids = children_map().get(body.pk, [])
    return list(all_bodies().filter(pk__in=ids))


def former_names(body: Body) -> QuerySet[FormerName]:
    """Names the body bore before, newest first."""
    return FormerName.objects.filter(body=body).order_by("-until")


def successions_from(body: Body) -> list[Succession]:
    """Into which bodies a body went over, with both ends read."""
    rows = Succession.objects.filter(predecessor=body).exclude(successor=body)
    return list(rows.select_related("predecessor", "successor").order_by("on"))


def by_codes(codes: Iterable[str]) -> dict[str, Body]:
    """Bodies by code; unknown codes are left out."""
    return {body.code: body for body in Body.objects.filter(code__in=list(codes))}


def reorganisations() -> QuerySet[Reorganisation]:
    """All reorganisations, newest first."""
    return Reorganisation.objects.all()


def reorganisation(pk: int) -> Reorganisation:
    """The reorganisation of a number. Raises NoSuchReorganisation."""
    found = Reorganisation.objects.filter(pk=pk).first()
    if found is None:
        raise errors.NoSuchReorganisation(number=pk)
    return found


def reorganisation_document(found: Reorganisation) -> dict[str, Any]:
    """A reorganisation as JSON: its plan, its state, who did what when, how many things went over."""
    return {
        "number": found.pk,
        "state": found.state,
        "plan": found.plan,
        "counts": found.counts,
        "planned": {"by": found.planned_by, "at": found.planned_at.isoformat()},
        "applied": {"by": found.applied_by, "at": found.applied_at.isoformat()} if found.applied_at else None,
        "undone": {"by": found.undone_by, "at": found.undone_at.isoformat()} if found.undone_at else None,
        "why": found.why,
    }
