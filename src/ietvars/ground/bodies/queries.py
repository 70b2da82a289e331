"""Reads bodies and their hierarchy. A few hundred rows, so the tree is read whole and walked in memory."""

from collections import defaultdict
from datetime import date

from django.db.models import Q, QuerySet

from ietvars.ground.bodies.models import Body, Placement


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
    below = children_map(on)
    found: set[int] = set()
    waiting = [body_id]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting.extend(below.get(current, ()))
    return frozenset(found)
