"""What is read off counts by whole days: quantiles, exactly and for any sum of counts. Never Django."""

import math
from collections.abc import Iterable, Mapping
from datetime import date

from ietvars.institution.cases import schema


def quantile(counts: Mapping[int, int], at: float) -> float | None:
    """The quantile of the counted values, interpolated as type 7 of Hyndman and Fan; None where nothing is counted.

    Equal to that of all single values, since each value has its own count.
    """
    total = sum(counts.values())
    if total <= 0:
        return None
    place = (total - 1) * at
    low, seen = math.floor(place), 0
    lower: int | None = None
    for value in sorted(counts):
        seen += counts[value]
        if lower is None and seen > low:
            lower = value
        if seen > low + 1 or (lower is not None and seen == total):
            assert lower is not None
            upper = value if seen > low + 1 else lower
            return lower + (place - low) * (upper - lower)
    return None


def upper_us(bucket: int) -> float:
    """The upper end of a bucket of PROCESSING or WAIT, in microseconds; the lower one is this divided by GAMMA."""
    return schema.GAMMA**bucket


def middle_us(bucket: int) -> float:
    """The time to tell for a bucket: at most 1 % from any time in it."""
    return 2 * schema.GAMMA**bucket / (1 + schema.GAMMA)


def backlog(opened: Mapping[int, int], ended: Mapping[int, int], months: Iterable[int]) -> dict[int, int]:
    """Cases open at the end of each month, of how many were opened and ended in every month so far."""
    found, standing = {}, 0
    events = sorted({*opened, *ended, *months})
    wanted = set(months)
    for month in events:
        standing += opened.get(month, 0) - ended.get(month, 0)
        if month in wanted:
            found[month] = standing
    return found


def month_of(day: date) -> int:
    """The number yyyymm of a day's month."""
    return day.year * 100 + day.month


def months_between(first: int, last: int) -> list[int]:
    """Every month yyyymm from one to another, both included."""
    numbers = range(first // 100 * 12 + first % 100 - 1, last // 100 * 12 + last % 100)
    return [number // 12 * 100 + number % 12 + 1 for number in numbers]
