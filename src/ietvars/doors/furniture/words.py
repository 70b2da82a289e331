"""Numbers, money, plurals and lists as words of a language. Pure: language in, text out; never imports Django.

Own formats, since CLDR differs for Latvian (it prints 86,4% and 14:20). Days and periods stand in `days`. This module
must not translate sentences: those are gettext's, in templates and presenters.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

NO_BREAK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
LATVIAN = "lv"

Number = int | float | Decimal

Forms = tuple[str, ...]
"""Forms of a counted word: Latvian (1, 2, 0), e.g. ("diena", "dienas", "dienu"); English (1, other)."""

COUNTED: dict[str, dict[str, Forms]] = {
    "day": {"lv": ("diena", "dienas", "dienu"), "en": ("day", "days")},
    "working-day": {"lv": ("darbdiena", "darbdienas", "darbdienu"), "en": ("working day", "working days")},
    "case": {"lv": ("gadījums", "gadījumi", "gadījumu"), "en": ("case", "cases")},
    "service": {"lv": ("pakalpojums", "pakalpojumi", "pakalpojumu"), "en": ("service", "services")},
    "application": {"lv": ("pieteikums", "pieteikumi", "pieteikumu"), "en": ("application", "applications")},
    "institution": {"lv": ("iestāde", "iestādes", "iestāžu"), "en": ("institution", "institutions")},
    "step": {"lv": ("solis", "soļi", "soļu"), "en": ("step", "steps")},
    "answer": {"lv": ("atbilde", "atbildes", "atbilžu"), "en": ("answer", "answers")},
    "percentage-point": {
        "lv": ("procentpunkts", "procentpunkti", "procentpunktu"),
        "en": ("percentage point", "percentage points"),
    },
    "point": {"lv": ("punkts", "punkti", "punktu"), "en": ("point", "points")},
    "indicator": {"lv": ("rādītājs", "rādītāji", "rādītāju"), "en": ("indicator", "indicators")},
    "finding": {"lv": ("atradums", "atradumi", "atradumu"), "en": ("finding", "findings")},
}
"""Words that many pages count; a page with a word of its own passes its forms."""


def _rounded(value: Number, decimals: int) -> Decimal:
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def decimals_of(values: Iterable[Number], most: int = 1) -> int:
    """Return 0 when all values are whole after rounding to `most` places, else `most`: one width down a column."""
    return most if any(_rounded(value, most) != _rounded(value, 0) for value in values) else 0


def share_decimals(n: int | None) -> int:
    """Decimals that a share of `n` cases can bear: under 100 cases one case moves it by more than a whole percent."""
    return 0 if n is not None and n < 100 else 1


def _group(digits: str, language: str, from_digits: int) -> str:
    if len(digits) < from_digits:
        return digits
    separator = NO_BREAK if language == LATVIAN else ","
    head = len(digits) % 3 or 3
    return separator.join([digits[:head], *(digits[at : at + 3] for at in range(head, len(digits), 3))])


def number(
    value: Number, language: str, *, decimals: int | None = None, running: bool = False, signed: bool = False
) -> str:
    """Return a number as people write it: 18 240 or 18,240; 86,4 or 86.4; a true minus.

    `decimals` None gives whole numbers whole and others one decimal. `running` is for text in sentences, where Latvian
    groups thousands from five digits only; tables group from four. `signed` puts a plus before what is above zero.
    """
    rounded: Number = value
    if not isinstance(value, int) or decimals:
        rounded = _rounded(value, decimals_of([value]) if decimals is None else decimals)
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    whole, _, fraction = (str(abs(rounded)) if isinstance(rounded, int) else f"{abs(rounded):f}").partition(".")
    grouped = _group(whole, language, 5 if running and language == LATVIAN else 4)
    point = "," if language == LATVIAN else "."
    return f"{sign}{grouped}{point}{fraction}" if fraction else f"{sign}{grouped}"


def percent(value: Number, language: str, *, decimals: int | None = 1, running: bool = False) -> str:
    """Return a percentage; `value` is already in percent (86.4, not 0.864): 86,4 % or 86.4%."""
    text = number(value, language, decimals=decimals, running=running)
    return f"{text}{NO_BREAK}%" if language == LATVIAN else f"{text}%"


def percentage_points(value: Number, language: str, *, decimals: int = 1) -> str:
    """Return a difference of two percentages: 0,5 procentpunkti, 0.5 percentage points."""
    return counted(value, COUNTED["percentage-point"][_known(language)], language, decimals=decimals)


def money(value: Number, language: str, *, decimals: int | None = None) -> str:
    """Return euros: 421,17 € or €421.17. Whole sums stay whole unless a column asks for `decimals` 2."""
    places = decimals_of([value], most=2) if decimals is None else decimals
    if language == LATVIAN:
        return f"{number(value, language, decimals=places)}{NO_BREAK}€"
    text = number(value, language, decimals=places)
    return f"{MINUS}€{text[1:]}" if text.startswith(MINUS) else f"€{text}"


def span(low: Number, high: Number, language: str, *, decimals: int | None = None) -> str:
    """Return a range: 22–32."""
    places = decimals_of([low, high]) if decimals is None else decimals
    return f"{number(low, language, decimals=places)}{DASH}{number(high, language, decimals=places)}"


def plural(value: Number, forms: Sequence[str], language: str, *, decimals: int = 0) -> str:
    """Pick the form of a counted word: Latvian 1, 21, 31 / 2, 11, 24 / 0; English 1 / other.

    A decimal number takes the form of its last shown digit in Latvian: 7,1 punkts, 0,5 punkti; in English the other.
    """
    text = f"{abs(_rounded(value, decimals)):f}"
    whole, _, fraction = text.partition(".")
    if language != LATVIAN:
        return forms[0] if text == "1" else forms[-1]
    if fraction.strip("0"):
        return forms[0] if fraction[-1] == "1" and fraction[-2:] != "11" else forms[1]
    if int(whole) == 0:
        return forms[2]
    return forms[0] if whole[-1] == "1" and whole[-2:] != "11" else forms[1]


def counted(value: Number, forms: Sequence[str], language: str, *, decimals: int = 0, running: bool = True) -> str:
    """Return number and word: 21 pakalpojums, 11 pakalpojumi, 0 pakalpojumu; joined by a no-break space."""
    shown = number(value, language, decimals=decimals, running=running)
    return f"{shown}{NO_BREAK}{plural(value, forms, language, decimals=decimals)}"


def count(value: Number, word: str, language: str, *, decimals: int = 0) -> str:
    """Like `counted`, with a word of COUNTED: count(24, "service", "lv")."""
    return counted(value, COUNTED[word][_known(language)], language, decimals=decimals)


def of(part: int, whole: int, language: str) -> str:
    """Return a part of a whole: 10 no 11, 10 of 11."""
    between = "no" if language == LATVIAN else "of"
    return f"{number(part, language)}{NO_BREAK}{between}{NO_BREAK}{number(whole, language)}"


def listed(texts: Sequence[str], language: str) -> str:
    """Return a list in a sentence: a, b un c; a, b and c."""
    joiner = " un " if language == LATVIAN else " and "
    return joiner.join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else list(texts))


def quoted(text: str, language: str) -> str:
    """Return the text in the quotation marks of the language: „x” or “x”."""
    return f"„{text}”" if language == LATVIAN else f"“{text}”"


def capital(text: str) -> str:
    """Return the text with a capital first letter; the rest stays, since names stand in it."""
    return text[:1].upper() + text[1:]


def _known(language: str) -> str:
    return LATVIAN if language == LATVIAN else "en"
