"""Reads page views."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Min, Sum

from ietvars.institution.visits.models import PageViews


@dataclass(frozen=True)
class Views:
    """Views of a page in a span of days, from one kind of device and one country."""

    page: str
    device: str
    country: str
    n: int


def between(first: date, last: date) -> Iterator[Views]:
    """Views of each page on these days, both included, added up; in the order of pages, countries and devices."""
    rows = PageViews.objects.filter(day__gte=first, day__lte=last)
    added = rows.values_list("page", "device", "country").annotate(total=Sum("n")).order_by("page", "country", "device")
    return (Views(page, device, country, total) for page, device, country, total in added)


def began() -> date | None:
    """The first day of which anything was counted; None while nothing was."""
    day: date | None = PageViews.objects.aggregate(first=Min("day"))["first"]
    return day
