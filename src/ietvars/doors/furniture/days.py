"""Days, times and periods as words of a language. Pure: language in, text out; never imports Django.

It must not count working days or know what a period is worth: that is ground.periods. A period comes as its code
(2025, 2023-24, 2025-Q3, 2025-03).
"""

from datetime import date, datetime, time

from ietvars.doors.furniture.words import DASH, LATVIAN, counted
from ietvars.ground.periods import rules as periods

_LV_STEMS = "janvār februār mart aprīl maij jūnij jūlij august septembr oktobr novembr decembr".split()
_LV_SHORT = "janv. febr. marts apr. maijs jūn. jūl. aug. sept. okt. nov. dec.".split()
_EN = "January February March April May June July August September October November December".split()
# Endings of the first (marts) and the second declension (janvāris); of the latter only April softens its stem.
_LV_CASES = {
    "nominative": ("s", "is"),
    "genitive": ("a", "a"),
    "dative": ("am", "im"),
    "accusative": ("u", "i"),
    "locative": ("ā", "ī"),
}
"""Cases in which a day or a period may stand: locative "when", genitive "from", dative "until", accusative "with"."""
_LV_SECOND = {1, 2, 4, 9, 10, 11, 12}


def month(number: int, language: str, case: str = "nominative") -> str:
    """Name of the month 1 to 12 in the given case: marts, marta, martam, martā."""
    if language != LATVIAN:
        return _EN[number - 1]
    stem = "aprīļ" if (number, case) == (4, "genitive") else _LV_STEMS[number - 1]
    return stem + _LV_CASES[case][number in _LV_SECOND]


def month_short(number: int, language: str) -> str:
    """Short name for axes and tables: janv., marts; Jan, Mar."""
    return _LV_SHORT[number - 1] if language == LATVIAN else _EN[number - 1][:3]


def in_text(day: date, language: str, case: str = "locative") -> str:
    """A day in a sentence: 2026. gada 3. novembrī (when), novembra (from), novembrim (until); 3 November 2026."""
    if language == LATVIAN:
        return f"{day.year}. gada {day.day}. {month(day.month, language, case)}"
    return f"{day.day} {_EN[day.month - 1]} {day.year}"


def in_table(day: date, language: str) -> str:
    """A day in a table: 03.11.2026. or 3 Nov 2026."""
    if language == LATVIAN:
        return f"{day:%d.%m.%Y}."
    return f"{day.day} {_EN[day.month - 1][:3]} {day.year}"


def clock(at: time | datetime, language: str) -> str:
    """A time of day: plkst. 14.20 or 14:20."""
    return f"plkst. {at.hour}.{at.minute:02d}" if language == LATVIAN else f"{at.hour}:{at.minute:02d}"


def moment(at: datetime, language: str) -> str:
    """A day and time in a sentence: 2026. gada 20. novembrī plkst. 6.00; 20 November 2026 at 6:00."""
    between = " " if language == LATVIAN else " at "
    return f"{in_text(at, language)}{between}{clock(at, language)}"


def moment_in_table(at: datetime, language: str) -> str:
    """A day and time in a table: 12.03.2026. plkst. 14.20; 12 Mar 2026 14:20."""
    return f"{in_table(at, language)} {clock(at, language)}"


def period(code: str, language: str, case: str = "nominative") -> str:
    """A period in a sentence: 2025. gads, 2023–24. finanšu gads, 2025. gada 3. ceturksnis, 2025. gada marts.

    English: 2025, 2023–24, Q3 2025, March 2025. Raises the period's own refusal for a text that is no period.
    """
    found = periods.parse(code)
    year = found.start.year
    if language != LATVIAN:
        return _period_en(found)
    ending = {"nominative": "s", "genitive": "a", "dative": "am", "accusative": "u", "locative": "ā"}[case]
    quarter_ending = {
        "nominative": "snis",
        "genitive": "šņa",
        "dative": "snim",
        "accusative": "sni",
        "locative": "snī",
    }[case]
    match found.kind:
        case periods.Kind.YEAR:
            return f"{year}. gad{ending}"
        case periods.Kind.FISCAL_YEAR:
            return f"{_fiscal(found)}. finanšu gad{ending}"
        case periods.Kind.QUARTER:
            return f"{year}. gada {_quarter(found)}. ceturk{quarter_ending}"
        case periods.Kind.MONTH:
            return f"{year}. gada {month(found.start.month, language, case)}"


def _period_en(found: periods.Period) -> str:
    year = found.start.year
    match found.kind:
        case periods.Kind.YEAR:
            return str(year)
        case periods.Kind.FISCAL_YEAR:
            return _fiscal(found)
        case periods.Kind.QUARTER:
            return f"Q{_quarter(found)} {year}"
        case periods.Kind.MONTH:
            return f"{_EN[found.start.month - 1]} {year}"


def period_short(code: str, language: str, *, year: bool = True) -> str:
    """A period in a column head or on an axis: 2025, 2023–24, 2025. g. 3. cet., marts; `year` False leaves it out."""
    found = periods.parse(code)
    number = found.start.year
    match found.kind:
        case periods.Kind.YEAR:
            return str(number)
        case periods.Kind.FISCAL_YEAR:
            return _fiscal(found)
        case periods.Kind.QUARTER:
            if language == LATVIAN:
                return f"{number}. g. {_quarter(found)}. cet." if year else f"{_quarter(found)}. cet."
            return f"Q{_quarter(found)} {number}" if year else f"Q{_quarter(found)}"
        case periods.Kind.MONTH:
            short = month_short(found.start.month, language)
            if language == LATVIAN:
                return f"{number}. g. {short}" if year else short
            return f"{short} {number}" if year else short


def _fiscal(found: periods.Period) -> str:
    return f"{found.start.year}{DASH}{(found.start.year + 1) % 100:02d}"


def _quarter(found: periods.Period) -> int:
    return (found.start.month + 2) // 3


def distance(day: date, today: date, language: str) -> str:
    """How far a due day is, as a colleague says it: vēl 3 dienas, šodien, nokavēts par 8 dienām; 8 days overdue."""
    left = (day - today).days
    if language == LATVIAN:
        if left == 0:
            return "šodien"
        if left > 0:
            return f"vēl {counted(left, ('diena', 'dienas', 'dienu'), language)}"
        return f"nokavēts par {counted(-left, ('dienu', 'dienām', 'dienām'), language)}"
    if left == 0:
        return "today"
    words = counted(abs(left), ("day", "days"), language)
    return f"{words} left" if left > 0 else f"{words} overdue"
