"""Reads jobs. It never judges who may see them: that is `rules.require_reader`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet

from ietvars.ground.jobs.models import Job
from ietvars.ground.jobs.rules import ENDED, KEPT_FOR, LOST_AFTER, OPEN, State


def by_pk(pk: int) -> Job | None:
    """The job of a number."""
    return Job.objects.filter(pk=pk).first()


def newest(kind: str, *, state: State | None = None) -> Job | None:
    """The job of a kind that was asked for last; with `state`, the last one that stands there."""
    return of_kind(kind, state=state).first()


def of_kind(kind: str, *, state: State | None = None) -> QuerySet[Job]:
    """Jobs of a kind, newest first."""
    rows = Job.objects.filter(kind=kind).order_by("-asked_at", "-pk")
    return rows.filter(state=state.value) if state else rows


def open_same(kind: str, arguments: Mapping[str, Any]) -> Job | None:
    """The job of the same kind and arguments that waits or is being done."""
    waiting = Job.objects.filter(kind=kind, state__in=sorted(OPEN)).order_by("pk")
    return next((job for job in waiting if job.arguments == dict(arguments)), None)


def lost(now: datetime) -> QuerySet[Job]:
    """Running jobs of which nothing has been heard for too long."""
    limit = now - LOST_AFTER
    return Job.objects.filter(state=State.RUNNING.value).filter(Q(seen_at__lt=limit) | Q(seen_at__isnull=True))


def forgettable(now: datetime) -> list[int]:
    """Jobs that ended long ago, but not the newest of each kind that is done."""
    newest_done = Job.objects.filter(state=State.DONE.value).values("kind").annotate(newest=Max("pk"))
    kept = {row["newest"] for row in newest_done}
    old = Job.objects.filter(state__in=sorted(ENDED), ended_at__lt=now - KEPT_FOR)
    return [pk for pk in old.values_list("pk", flat=True) if pk not in kept]


def waiting() -> int:
    """How many jobs wait for a worker."""
    return Job.objects.filter(state=State.QUEUED.value).count()
