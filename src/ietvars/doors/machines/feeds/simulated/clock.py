"""Time of a simulated state: local days, working days and office hours, as arrays over many cases at once.

Working days come from the house's own calendar and time zones from the same place as everywhere. Beyond its last day
the calendar stands still, since nobody asks what lies behind the end of a simulation.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from ietvars.ground.periods import rules as periods

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ZONE = ZoneInfo("Europe/Riga")
EPOCH = date(1970, 1, 1)
DAY_US, HOUR_US = 86_400_000_000, 3_600_000_000
OPENS, CLOSES = 8.5, 17.0
"""Office hours."""


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


class Calendar:
    """The days from `first` to `last`, both included."""

    def __init__(self, first: date, last: date) -> None:
        self.first = day_number(first)
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        self.is_working = np.array([periods.is_working_day(day) for day in days])
        self.months = np.array([day.year * 100 + day.month for day in days], dtype=np.int32)
        self._before = np.concatenate(([0], np.cumsum(self.is_working)[:-1])).astype(np.int64)
        self._working = np.flatnonzero(self.is_working) + self.first
        noons = [datetime(day.year, day.month, day.day, 12, tzinfo=ZONE) for day in days]
        self._offsets = np.array([_microseconds(noon) for noon in noons], dtype=np.int64)
        turns = np.flatnonzero(np.diff(self._offsets)) + 1
        # Clocks turn in Europe at one o'clock UTC.
        self._turns = (turns + self.first) * DAY_US + HOUR_US
        self._after = np.concatenate(([self._offsets[0]], self._offsets[turns]))

    def month_days(self, month: int) -> Ints:
        """Numbers of the days of a month, as yyyymm."""
        return np.flatnonzero(self.months == month) + self.first

    def utc(self, day: Ints, hours: Floats) -> Ints:
        """Microseconds of UTC at so many hours of local days."""
        return day * DAY_US + (hours * HOUR_US).astype(np.int64) - self._offsets[self._place(day)]

    def local_day(self, instants: Ints) -> Ints:
        """The local day of each instant."""
        offsets = self._after[np.searchsorted(self._turns, instants, side="right")]
        return np.floor_divide(instants + offsets, DAY_US)

    def position(self, day: Ints, hours: Floats) -> Floats:
        """Working days since the calendar began, with the part of the office hours that has gone by."""
        place = self._place(day)
        part = np.clip((hours - OPENS) / (CLOSES - OPENS), 0, 0.999)
        whole: Floats = self._before[place].astype(np.float64) + np.where(self.is_working[place], part, 0.0)
        return whole

    def instant(self, position: Floats) -> Ints:
        """The moment at which so many working days have gone by; within office hours."""
        whole = np.clip(np.floor(position).astype(np.int64), 0, len(self._working) - 1)
        part = np.clip(position - whole, 0, 0.999)
        return self.utc(self._working[whole], OPENS + part * (CLOSES - OPENS))

    def _place(self, day: Ints) -> Ints:
        place: Ints = np.clip(day - self.first, 0, len(self.is_working) - 1)
        return place


def _microseconds(moment: datetime) -> int:
    offset = moment.utcoffset()
    assert offset is not None
    return int(offset.total_seconds()) * 1_000_000


def months(first: date, count: int) -> list[int]:
    """So many months from that of `first` on, as yyyymm."""
    start = first.year * 12 + first.month - 1
    return [month // 12 * 100 + month % 12 + 1 for month in range(start, start + count)]


def microseconds(moment: datetime) -> int:
    """Whole microseconds of UTC since 1970."""
    return (moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
