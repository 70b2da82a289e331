"""The clock as doors read it. A real state asks the machine; the sample state stands still on its own day.

Only doors call this; everything below is handed `now` or `on`.
"""

from datetime import date, datetime

from django.utils import timezone

from ietvars.ground.deployment import queries as deployment


def today() -> date:
    """The day of this answer."""
    return deployment.as_of() or timezone.localdate()


def now() -> datetime:
    """The moment of this answer; in the sample state the time of day is real and the day is its own."""
    moment = timezone.localtime()
    day = deployment.as_of()
    return moment if day is None else moment.replace(year=day.year, month=day.month, day=day.day)
