"""Reads feedback: what waits for its holder, counts, means with how many they are of, satisfaction as a quantity."""

from __future__ import annotations

import functools
import operator
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth

from ietvars.institution.feedback import masking, rules
from ietvars.institution.feedback.models import Answer, Feedback, FeedbackSet
from ietvars.institution.services import queries as services

SHOWN_DAYS = 365
"""The public mean is of a year: what was said before the page was put right says nothing of it now."""

COLUMNS = (
    "number",
    "at",
    "service",
    "page",
    "stage",
    "part",
    "category",
    "rating",
    "found",
    "comment",
    "masked",
    "wants_answer",
    "state",
    "answer",
    "answered_at",
    "language",
    "source",
    "illustrative",
)
"""Columns of the table of feedback, in order; stable."""


@dataclass(frozen=True)
class Counts:
    """A set of feedback by state, rating and what was found; the mean only where it may be shown."""

    total: int = 0
    states: dict[str, int] = field(default_factory=dict)
    ratings: dict[int, int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    awaited: int = 0
    rating: rules.Rating | None = None
    illustrative: int = 0


@dataclass(frozen=True)
class Waiting:
    """What waits for one holder on one service: how many, how many want an answer, since when, and the lowest rating.

    `service` is nothing for the page of an institution itself.
    """

    service_code: str
    title: dict[str, str]
    n: int
    awaited: int
    oldest: datetime
    lowest: int


@dataclass(frozen=True)
class Low:
    """A service that people rate low: mean, of how many, and the mean of the time before where it may be shown."""

    service_code: str
    title: dict[str, str]
    rating: rules.Rating
    before: rules.Rating | None = None


def by_number(number: int) -> Feedback | None:
    """One piece of feedback with its service, institution and answer."""
    rows = Feedback.objects.select_related("service", "body", "answer")
    return rows.filter(pk=number).prefetch_related("state_rows").first()


def holder_of(number: int) -> int | None:
    """Id of the body that holds the service of a piece of feedback today, or whose page it was; else None."""
    row = Feedback.objects.select_related("service").filter(pk=number).first()
    if row is None:
        return None
    return holder_id(row)


def holder_id(row: Feedback) -> int | None:
    """The same for a piece of feedback at hand; None where nobody holds what it is about."""
    if row.service is None:
        return row.body_id
    found = services.by_code(row.service.code)
    return found.holder_id if found is not None else None


def of(body_ids: Collection[int]) -> FeedbackSet:
    """Feedback on services that these bodies hold today, and on their own pages; newest first."""
    held = services.of(body_ids).values("pk")
    return Feedback.objects.filter(Q(service__in=held) | Q(service__isnull=True, body__in=list(body_ids)))


def of_nobody() -> FeedbackSet:
    """Feedback on pages that no institution holds: the first page, search, life situations."""
    return Feedback.objects.filter(service__isnull=True, body__isnull=True)


def all_feedback() -> FeedbackSet:
    """All feedback, newest first."""
    return Feedback.objects.all()


def most_spoken_of(rows: FeedbackSet, limit: int) -> list[tuple[str, dict[str, str], int]]:
    """Code and title of the services that most of a set is about, and how much of it; at most so many."""
    found = rows.filter(service__isnull=False).order_by().values_list("service__code", "service__title")
    return list(found.annotate(size=Count("pk")).order_by("-size", "service__code")[:limit])


def with_words(rows: FeedbackSet) -> FeedbackSet:
    """Without the ratings of those who wrote nothing and want nothing."""
    return rows.exclude(state=rules.State.COUNTED.value)


def narrowed(
    rows: FeedbackSet,
    *,
    of_services: Collection[str] = (),
    states: Collection[str] = (),
    ratings: Collection[int] = (),
    found: Collection[str] = (),
    parts: Collection[str] = (),
    awaited: bool = False,
) -> FeedbackSet:
    """Only what these words ask for; an empty one asks for nothing."""
    if of_services:
        rows = rows.filter(service__code__in=list(of_services))
    if states:
        rows = rows.filter(state__in=list(states))
    if ratings:
        rows = rows.filter(rating__in=list(ratings))
    if found:
        rows = rows.filter(found__in=list(found))
    if parts:
        wanted = [rules.stage_and_part(part) for part in parts]
        rows = rows.filter(functools.reduce(operator.or_, (Q(stage=stage, part=part) for stage, part in wanted)))
    if awaited:
        rows = rows.filter(wants_answer=True, state=rules.State.NEW.value)
    return rows


def counts(rows: FeedbackSet) -> Counts:
    """How many of each kind there are in a set."""
    plain = rows.order_by()
    ratings = dict(plain.values_list("rating").annotate(size=Count("pk")))
    n = sum(ratings.values())
    invented = plain.filter(is_illustrative=True).count()
    return Counts(
        total=n,
        states=dict(plain.values_list("state").annotate(size=Count("pk"))),
        ratings=ratings,
        found=dict(plain.values_list("found").annotate(size=Count("pk"))),
        awaited=plain.filter(wants_answer=True, state=rules.State.NEW.value).count(),
        rating=rules.rating(sum(rating * size for rating, size in ratings.items()), n, is_illustrative=bool(invented)),
        illustrative=invented,
    )


def waiting(body_ids: Collection[int]) -> list[Waiting]:
    """What waits at these bodies, one row a service or institution page; those who want an answer first."""
    rows = of(body_ids).filter(state=rules.State.NEW.value).select_related("service", "body").order_by("at", "pk")
    wanted = ("at", "rating", "wants_answer", "service__code", "service__title", "body__code", "body__name")
    groups: dict[tuple[str, str], list[Feedback]] = {}
    for row in rows.only(*wanted):
        key = (row.service.code, "") if row.service else ("", row.body.code if row.body else "")
        groups.setdefault(key, []).append(row)
    found = [
        Waiting(
            service_code=code,
            title=dict(_title(each[0])),
            n=len(each),
            awaited=sum(row.wants_answer for row in each),
            oldest=each[0].at,
            lowest=min(row.rating for row in each),
        )
        for (code, _body), each in groups.items()
    ]
    return sorted(found, key=lambda one: (-one.awaited, one.oldest, one.service_code))


def _title(row: Feedback) -> dict[str, str]:
    if row.service is not None:
        return dict(row.service.title)
    return dict(row.body.name) if row.body is not None else {}


def rating_of(service_id: int, on: date) -> rules.Rating | None:
    """The mean that the public page of a service shows: of a year, and only from so many ratings on. One query."""
    return ratings([service_id], on).get(service_id)


def ratings(service_ids: Collection[int], on: date, *, years_back: int = 0) -> dict[int, rules.Rating]:
    """Service id to the mean of the year up to a day; services with too few ratings are left out. One query."""
    last = on - timedelta(days=SHOWN_DAYS * years_back)
    rows = Feedback.objects.filter(service__in=list(service_ids)).between(last - timedelta(days=SHOWN_DAYS - 1), last)
    found = {pk: rules.rating(total, n, is_illustrative=bool(invented)) for pk, total, n, invented in _added_up(rows)}
    return {pk: rating for pk, rating in found.items() if pk is not None and rating is not None}


def _added_up(rows: FeedbackSet) -> Iterable[tuple[int | None, int, int, int]]:
    """Service id, sum of ratings, how many, how many of them invented. One query."""
    invented = Count("pk", filter=Q(is_illustrative=True))
    return rows.order_by().values_list("service_id").annotate(total=Sum("rating"), n=Count("pk"), invented=invented)


def all_ratings(on: date) -> list[tuple[str, rules.Rating]]:
    """Code of each published service to the mean that its page shows, in the order of codes."""
    codes = dict(services.published().values_list("pk", "code"))
    return sorted((codes[pk], rating) for pk, rating in ratings(codes, on).items())


def low(body_ids: Collection[int], on: date, *, limit: float = 3.0) -> list[Low]:
    """Services of these bodies whose mean of a year is below the limit, lowest first, each with the year before."""
    held = {one.pk: one for one in services.of(body_ids).distinct()}
    now, before = ratings(held, on), ratings(held, on, years_back=1)
    rows = [
        Low(held[pk].code, dict(held[pk].title), rating, before.get(pk))
        for pk, rating in now.items()
        if rating.mean < limit
    ]
    return sorted(rows, key=lambda one: (one.rating.mean, one.service_code))


def satisfaction(service_ids: Collection[int], first: date, last: date) -> dict[int, rules.Satisfaction]:
    """Service id to satisfaction as measured by the form in a span of days, with n and method.

    What was brought in from other tools counts too, since it was asked on the same scale.
    """
    rows = Feedback.objects.filter(service__in=list(service_ids)).between(first, last)
    found = {
        pk: rules.satisfaction(total, n, is_illustrative=bool(invented)) for pk, total, n, invented in _added_up(rows)
    }
    return {pk: one for pk, one in found.items() if pk is not None and one is not None}


def by_month(rows: FeedbackSet) -> list[tuple[date, int, int]]:
    """Month, how many, and what their ratings add up to; oldest first."""
    months = rows.order_by().annotate(month=TruncMonth("at")).values_list("month")
    return [
        (month.date(), n, total)
        for month, n, total in months.annotate(n=Count("pk"), total=Sum("rating")).order_by("month")
    ]


def between(first: date, last: date) -> FeedbackSet:
    """All feedback of these days, oldest first, with its service."""
    return Feedback.objects.between(first, last).select_related("service").order_by("at", "pk")


def illustrative(first: date, last: date) -> int:
    """How much of the feedback of these days is invented to show how the tool works."""
    return Feedback.objects.between(first, last).filter(is_illustrative=True).count()


def rows(chosen: FeedbackSet) -> Iterable[dict[str, Any]]:
    """Each as a row with the columns of COLUMNS. No address is among them."""
    for row in chosen.select_related("service", "answer").iterator(chunk_size=500):
        answer = getattr(row, "answer", None)
        yield {
            "number": row.pk,
            "at": row.at.isoformat(timespec="minutes"),
            "service": row.service.code if row.service else "",
            "page": row.page,
            "stage": row.stage,
            "part": row.part,
            "category": row.category,
            "rating": row.rating,
            "found": row.found,
            "comment": row.comment,
            "masked": sum(row.masked.values()),
            "wants_answer": row.wants_answer,
            "state": row.state,
            "answer": answer.text if answer else "",
            "answered_at": answer.at.isoformat(timespec="minutes") if answer else "",
            "language": row.language,
            "source": row.source,
            "illustrative": row.is_illustrative,
        }


def masked(chosen: FeedbackSet) -> dict[str, int]:
    """How much of each kind was taken out of the comments of a set."""
    return masking.total(chosen.exclude(masked={}).values_list("masked", flat=True))


def unsent() -> list[Answer]:
    """Answers whose letters have not gone out, oldest first."""
    rows = Answer.objects.filter(sent_at__isnull=True).exclude(feedback__address="")
    return list(rows.select_related("feedback", "feedback__service").order_by("at", "pk"))


def is_brought(batch: str) -> bool:
    """Whether a file of this fingerprint was brought in before."""
    return Feedback.objects.filter(batch=batch).exists()
