"""Reads the times of logs as microseconds of UTC. A time that names no offset is of the zone that the mapping says.

Pure; knows no format but those of times.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Outside of these a time is a slip of the pen or the zero of some clock."""
_MICRO = timedelta(microseconds=1)
_EPOCHS = {"epoch-s": 1_000_000, "epoch-ms": 1_000, "epoch-us": 1}


class Clock:
    """Reads times of one log."""

    def __init__(self, zone: str, form: str = "") -> None:
        self._zone, self._form = ZoneInfo(zone), form
        self.without_offset = 0

    def read(self, text: str) -> int | None:
        """Microseconds since 1970 in UTC; None for what is no time."""
        text = text.strip()
        try:
            moment = self._moment(text)
        except (ValueError, OverflowError):
            return None
        if moment.tzinfo is None:
            self.without_offset += 1
            moment = moment.replace(tzinfo=self._zone)
        try:
            return (moment - EPOCH) // _MICRO if EARLIEST <= moment < LATEST else None
        except OverflowError:  # an offset at the very edge of the calendar
            return None

    def read_end(self, text: str) -> int | None:
        """The same for a promised end: a mere day ends with its last microsecond."""
        found = self.read(text)
        if found is None or len(text.strip()) != len("2026-01-31") or self._form.startswith("epoch"):
            return found
        day = (EPOCH + timedelta(microseconds=found)).astimezone(self._zone)
        next_day = (day.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=self._zone)
        return (next_day - EPOCH) // _MICRO - 1

    def _moment(self, text: str) -> datetime:
        if self._form in _EPOCHS:
            return EPOCH + int(text) * _EPOCHS[self._form] * _MICRO
        if self._form:
            return datetime.strptime(text, self._form)  # noqa: DTZ007 - the zone is the mapping's, set right after
        return datetime.fromisoformat(text.replace("z", "Z"))


@lru_cache(maxsize=64)
def is_zone(name: str) -> bool:
    """Whether there is a time zone of that name."""
    try:
        ZoneInfo(name)
    except (ValueError, LookupError, OSError):
        return False
    return True


def text(us: int) -> str:
    """A time as XES and OCEL write it, in UTC, with microseconds where it has any."""
    moment = EPOCH + timedelta(microseconds=us)
    return moment.isoformat(timespec="milliseconds" if us % 1000 == 0 else "microseconds").replace("+00:00", "Z")
