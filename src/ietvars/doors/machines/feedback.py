"""Ratings of services for programs: the means that public pages show, with how many they are of. Open to all.

Comments are for the holder and stand in no open answer.
"""

from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from ietvars.doors.furniture import today
from ietvars.doors.furniture.access import access_api, anyone
from ietvars.institution.feedback import queries, rules

router = Router(tags=["feedback"])


class RatingOut(Schema):
    """The mean rating of one service."""

    service: str
    mean: Annotated[Decimal, Field(description="1 to 5, one decimal")]
    n: int
    illustrative: Annotated[bool, Field(description="whether invented ratings are among them")]


class Ratings(Schema):
    """Ratings of a year, and how they came about."""

    days: Annotated[int, Field(description="length of the span up to today, in days")]
    shown_from: Annotated[int, Field(description="services with fewer ratings are left out")]
    method: str
    ratings: list[RatingOut]


@router.get("/ratings", response=Ratings, summary="How people rate the pages of services")
@access_api(anyone)
def rating_list(request: HttpRequest) -> dict[str, Any]:
    """Mean rating of each published service over a year, with n; services with too few ratings are left out."""
    return {
        "days": queries.SHOWN_DAYS,
        "shown_from": rules.SHOWN_FROM,
        "method": rules.METHOD,
        "ratings": [
            {"service": code, "mean": rating.mean, "n": rating.n, "illustrative": rating.is_illustrative}
            for code, rating in queries.all_ratings(today.today())
        ],
    }
