"""Periods and working days as pure values. Never imports Django; a period knows its code, first and last day.

A code of the form 2023-24 is a fiscal year. It runs from April to March unless a source says otherwise, since
a calendar-year state never writes it.
"""

import functools
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import holidays

from ietvars.ground.periods import errors

FISCAL_START_MONTH = 4


class Kind(StrEnum):
    """Kinds of periods, long to short."""

    YEAR = "year"
    FISCAL_YEAR = "fiscal-year"
    QUARTER = "quarter"
    MONTH = "month"


@dataclass(frozen=True, order=True)
class Period:
    """A span of whole days, both ends included. `code` is canonical and unique."""

    start: date
    end: date
    code: str
    kind: Kind

    def __str__(self) -> str:
        return self.code


# Years of which somebody may have reported something; beyond them a number is no year, and the calendar ends.
_Y = r"((?:1[89]|2[01])[0-9]{2})"
_YEAR = re.compile(_Y)
_FISCAL = re.compile(rf"(?:FY ?)?{_Y}[-/–]([0-9]{{2}}|[0-9]{{4}})")
_QUARTER = re.compile(rf"{_Y}-?Q([1-4])", re.IGNORECASE)
_MONTH = re.compile(rf"{_Y}-?M?([0-9]{{2}})")


def _end(year: int, month: int, months: int) -> date:
    month_after = month - 1 + months
    return date(year + month_after // 12, month_after % 12 + 1, 1) - timedelta(days=1)


def year(number: int) -> Period:
    """Calendar year."""
    return Period(date(number, 1, 1), date(number, 12, 31), f"{number:04d}", Kind.YEAR)


def fiscal_year(first: int, start_month: int = FISCAL_START_MONTH) -> Period:
    """Fiscal year that begins in calendar year `first`; its code is 2023-24."""
    start = date(first, start_month, 1)
    return Period(start, _end(first, start_month, 12), f"{first:04d}-{(first + 1) % 100:02d}", Kind.FISCAL_YEAR)


def quarter(number: int, of: int) -> Period:
    """Calendar quarter `of` (1 to 4) of year `number`."""
    month = of * 3 - 2
    return Period(date(number, month, 1), _end(number, month, 3), f"{number:04d}-Q{of}", Kind.QUARTER)


def month(number: int, of: int) -> Period:
    """Calendar month `of` (1 to 12) of year `number`. Where 2011-12 would read as a fiscal year, it is 2011-M12."""
    mark = "M" if of == (number + 1) % 100 else ""
    return Period(date(number, of, 1), _end(number, of, 1), f"{number:04d}-{mark}{of:02d}", Kind.MONTH)


@functools.lru_cache(maxsize=4096)
def parse(text: str, fiscal_start_month: int = FISCAL_START_MONTH) -> Period:
    """Read a period from its code. `2023-24` and `2023-2024` are the fiscal year; `2011-12` is a month.

    A year with 01 to 12 behind it is a month unless the two numbers follow one another: 2011-12 is the fiscal
    year, since sources of yearly figures outnumber monthly ones, and its December is written 2011-M12.
    From 2012 on the two never meet.

    Raises UnknownPeriod.
    """
    clean = text.strip()
    try:
        if found := _YEAR.fullmatch(clean):
            return year(int(found[1]))
        if found := _QUARTER.fullmatch(clean):
            return quarter(int(found[1]), int(found[2]))
        if found := _FISCAL.fullmatch(clean):
            first, second = int(found[1]), int(found[2])
            if second == first + 1 or (len(found[2]) == 2 and second == (first + 1) % 100):
                return fiscal_year(first, fiscal_start_month)
        if found := _MONTH.fullmatch(clean):
            return month(int(found[1]), int(found[2]))
    except ValueError:
        pass
    raise errors.UnknownPeriod(text=text)


def previous(period: Period) -> Period:
    """The period of the same kind just before."""
    first = period.start
    match period.kind:
        case Kind.YEAR:
            return year(first.year - 1)
        case Kind.FISCAL_YEAR:
            return fiscal_year(first.year - 1, first.month)
        case Kind.QUARTER:
            before = first - timedelta(days=1)
            return quarter(before.year, (before.month + 2) // 3)
        case Kind.MONTH:
            before = first - timedelta(days=1)
            return month(before.year, before.month)


def of_last_year(period: Period) -> Period:
    """The period of the same kind a year before: the same month, the same quarter."""
    match period.kind:
        case Kind.QUARTER:
            return quarter(period.start.year - 1, (period.start.month + 2) // 3)
        case Kind.MONTH:
            return month(period.start.year - 1, period.start.month)
        case _:
            return previous(period)


@functools.lru_cache(maxsize=64)
def _calendar(number: int) -> holidays.HolidayBase:
    # Law on Holidays, Commemoration and Celebration Days, section 1, and the Cabinet's yearly orders on moved days.
    return holidays.country_holidays("LV", years=number)


@functools.lru_cache(maxsize=4096)
def is_working_day(day: date) -> bool:
    """Whether `day` is a working day in Latvia: no public holiday, and Monday to Friday or a moved Saturday."""
    return bool(_calendar(day.year).is_working_day(day))


def add_working_days(start: date, days: int) -> date:
    """The day `days` working days after `start`; the day of the event itself is not counted.

    Source: Administrative Procedure Law, section 41: a term begins on the day after the event.
    """
    day = start
    left = days
    while left > 0:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """Number of working days after `start` up to and including `end`; 0 when `end` is not later."""
    return sum(is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
