"""What figures need besides facts: the calendar of legal days, the terms that services promise, electronic channels.

Plain values, made here from the rooms that hold them; `digest` says whether they are what they were. Must not compute.
"""

import functools
import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta

from ietvars.ground.periods import rules as periods

FIRST_DAY = date(1995, 1, 1)
LAST_DAY = date(2060, 1, 1)
"""Days that the calendar knows; a case outside them has no month and is left out."""

EPOCH = date(1970, 1, 1)

END = (LAST_DAY - EPOCH).days
"""The number of the first day that the calendar does not know."""


@dataclass(frozen=True)
class Dimensions:
    """What is joined to cases."""

    terms: tuple[tuple[int, int, int], ...]
    """(service, version, working days); 0 days for at once."""
    electronic: tuple[int, ...]
    """Numbers of the channels that count as electronic."""

    @property
    def calendar(self) -> tuple[tuple[int, int, int], ...]:
        """(day, month yyyymm, working days up to it)."""
        return calendar()

    @property
    def digest(self) -> str:
        """Changes whenever any of it does."""
        said = json.dumps([_calendar_digest(), sorted(self.terms), sorted(self.electronic)])
        return hashlib.sha256(said.encode()).hexdigest()[:16]


@functools.lru_cache(maxsize=1)
def calendar() -> tuple[tuple[int, int, int], ...]:
    """Every legal day from FIRST_DAY to before LAST_DAY."""
    found, working, day = [], 0, FIRST_DAY
    while day < LAST_DAY:
        working += periods.is_working_day(day)
        found.append(((day - EPOCH).days, day.year * 100 + day.month, working))
        day += timedelta(days=1)
    return tuple(found)


@functools.lru_cache(maxsize=1)
def _calendar_digest() -> str:
    return hashlib.sha256(json.dumps(calendar()).encode()).hexdigest()[:16]


def first_day(month: int) -> int:
    """The number of the first day of a month yyyymm."""
    return (date(month // 100, month % 100, 1) - EPOCH).days


def after(month: int, by: int = 1) -> int:
    """The month yyyymm so many months later; earlier for a negative number."""
    number = month // 100 * 12 + month % 100 - 1 + by
    return number // 12 * 100 + number % 12 + 1
