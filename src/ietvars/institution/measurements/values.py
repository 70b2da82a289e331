"""What a figure is: measured, or one of four ways of not being there; and how a raw text is read into one.

Pure decisions, never Django. Nothing here guesses: a text that the reading does not explain becomes *unreadable*
with its raw text kept, never zero, and the four kinds of absence are never merged into each other.
Why so: docs/decisions/2026-11-23-value-states.md
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Context, Decimal
from enum import StrEnum
from functools import lru_cache

from ietvars.institution.measurements import errors


class State(StrEnum):
    """What is known of a figure. Measured zero is measured."""

    MEASURED = "measured"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"
    NOT_ASKED = "not_asked"
    UNREADABLE = "unreadable"


class Scale(StrEnum):
    """How a written number stands to the number meant. A share is kept as a fraction: 80 % is 0.8."""

    PLAIN = "plain"
    PERCENT = "percent"
    FRACTION = "fraction"


class Fault(StrEnum):
    """Why a text is unreadable: for the list of faults beside an import, never for arithmetic."""

    UNKNOWN_TEXT = "unknown_text"
    MARKED = "marked"
    NEGATIVE = "negative"
    NOT_WHOLE = "not_whole"
    PERCENT_SIGN = "percent_sign"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Value:
    """One figure. `number` is there exactly when it is measured; `raw` is the text as found, untouched."""

    state: State
    number: Decimal | None
    raw: str
    fault: Fault | None = None

    def __post_init__(self) -> None:
        if (self.state is State.MEASURED) != (self.number is not None):
            raise errors.NumberAndStateDisagree(state=str(self.state), number=str(self.number))
        if self.number is not None and not self.number.is_finite():
            raise errors.FigureNotFinite(number=str(self.number))
        if (self.state is State.UNREADABLE) != (self.fault is not None):
            raise errors.StateAndFaultDisagree(state=str(self.state), fault=str(self.fault))


# A cell longer than this holds no figure. The raw text is still kept whole.
LONGEST_TEXT = 64
# 10^15 exceeds every count and sum of money of a state, and each whole number below it is exact as a float.
MOST_WHOLE_DIGITS = 15
# Decimal's own precision: beyond it, dividing by 100 would round.
MOST_DIGITS = 28

# Typographers group thousands with any of these; an editor that names one means them all.
SPACES = "\u0020\u00a0\u2007\u2009\u202f"
_MINUS = "-\u2212"


@dataclass(frozen=True, slots=True)
class Reading:
    """How the texts of one column are read: data of the mapping, nothing of it guessed from the cells.

    Markers are compared after trimming and without regard to case. `scale` PERCENT divides by 100, so that a
    share is always kept as a fraction; with `percent_sign` a trailing % is understood, and divides by 100 too.
    `whole` is for counts: "12.0" is 12, "12.5" is unreadable. `negative` allows a minus sign.
    """

    missing: frozenset[str] = frozenset()
    not_applicable: frozenset[str] = frozenset()
    not_asked: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()
    blank: State = State.MISSING
    decimal: str = "."
    thousands: frozenset[str] = frozenset()
    percent_sign: bool = False
    scale: Scale = Scale.PLAIN
    whole: bool = False
    negative: bool = False
    _states: dict[str, State] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.blank is State.MEASURED:
            raise errors.BlankIsNoFigure
        if self.percent_sign and self.scale is Scale.PLAIN:
            raise errors.PercentSignWithoutScale
        separators = {self.decimal, *self.thousands}
        if len(separators) != 1 + len(self.thousands) or any(
            len(mark) != 1 or mark.isalnum() or mark in "%+" + _MINUS for mark in separators
        ):
            raise errors.SeparatorsDisagree(decimal=self.decimal, thousands=" ".join(sorted(self.thousands)))
        states: dict[str, State] = {}
        for state, markers in (
            (State.MISSING, self.missing),
            (State.NOT_APPLICABLE, self.not_applicable),
            (State.NOT_ASKED, self.not_asked),
            (State.UNREADABLE, self.unreadable),
        ):
            for marker in markers:
                folded = _folded(marker)
                if not folded:
                    raise errors.BlankMarker(state=str(state))
                if states.setdefault(folded, state) is not state:
                    raise errors.MarkerOfTwoStates(marker=marker, first=str(states[folded]), second=str(state))
                if (number := _number(folded, self)) is not None and number == 0:
                    raise errors.ZeroIsMeasured(marker=marker)
        object.__setattr__(self, "_states", states)

    def marked(self, text: str) -> State | None:
        """The state that a trimmed text declares, if it is one of the markers."""
        return self._states.get(_folded(text))


def read(raw: str, reading: Reading) -> Value:
    """The figure that `raw` stands for under `reading`; what it does not explain is unreadable, never zero."""
    text = raw.strip()
    if not text:
        return _absent(reading.blank, raw)
    if (state := reading.marked(text)) is not None:
        return _absent(state, raw)
    figure = _number(text, reading)
    if isinstance(figure, Decimal):
        return Value(State.MEASURED, figure, raw)
    return Value(State.UNREADABLE, None, raw, fault=figure or Fault.UNKNOWN_TEXT)


def _absent(state: State, raw: str) -> Value:
    return Value(state, None, raw, Fault.MARKED if state is State.UNREADABLE else None)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _number(text: str, reading: Reading) -> Decimal | Fault | None:
    """The number written in a trimmed text, or the fault of one that the column cannot hold, or None."""
    if len(text) > LONGEST_TEXT:
        return Fault.TOO_LONG
    match = _grammar(reading.decimal, reading.thousands).fullmatch(text)
    if match is None or not (match["whole"] or match["part"]):
        return None
    whole = re.sub(r"[^0-9]", "", match["whole"] or "")
    part = match["part"] or ""
    if len(whole.lstrip("0")) > MOST_WHOLE_DIGITS or len(whole) + len(part) > MOST_DIGITS:
        return Fault.TOO_LONG
    number = Decimal(f"{whole or '0'}.{part or '0'}")
    if number == 0:
        number = Decimal(0)
    elif match["minus"]:
        if not reading.negative:
            return Fault.NEGATIVE
        number = -number
    if match["percent"] and not reading.percent_sign:
        return Fault.PERCENT_SIGN
    if match["percent"] or reading.scale is Scale.PERCENT:
        number = number.scaleb(-2)
    if reading.whole:
        if number != number.to_integral_value():
            return Fault.NOT_WHOLE
        return number.to_integral_value()
    return _shortest(number)


@lru_cache(maxsize=64)
def _grammar(decimal: str, thousands: frozenset[str]) -> re.Pattern[str]:
    """Digits are 0-9 only: no full-width or Arabic-Indic ones, no exponents, no NaN and no infinity.

    Groups are of three, parted by one and the same mark, and the first does not open with 0: "0,123" under a
    comma for thousands is a decimal that met the wrong mapping.
    """
    marks = "".join(sorted(thousands))
    if any(mark in SPACES for mark in marks):
        marks += SPACES
    whole = "[0-9]+"
    if marks:
        whole = rf"[1-9][0-9]{{0,2}}(?P<mark>[{re.escape(marks)}])[0-9]{{3}}(?:(?P=mark)[0-9]{{3}})*|{whole}"
    return re.compile(
        rf"(?P<minus>[{_MINUS}])?(?P<whole>{whole})?(?:{re.escape(decimal)}(?P<part>[0-9]+))?"
        rf"(?P<percent>[{SPACES}]?%)?"
    )


def _shortest(number: Decimal) -> Decimal:
    """The same number without trailing zeros or exponent, so that 0.80 and 0.8 are written alike."""
    plain = number.normalize(Context(prec=MOST_DIGITS))
    return plain.quantize(Decimal(1)) if plain == plain.to_integral_value() else plain


# Sums are exact up to this many digits: a million figures of 15 digits with 13 places still fit.
_EXACT = Context(prec=80)


@dataclass(frozen=True, slots=True)
class Total:
    """A sum that says what it covers: nothing absent counts as zero, each kind of absence keeps its count.

    Totals merge in any order and grouping to the same total; `Total()` is the empty one.
    """

    amount: Decimal = Decimal(0)
    measured: int = 0
    missing: int = 0
    not_applicable: int = 0
    not_asked: int = 0
    unreadable: int = 0

    def __add__(self, other: "Total") -> "Total":
        return Total(
            _EXACT.add(self.amount, other.amount),
            self.measured + other.measured,
            self.missing + other.missing,
            self.not_applicable + other.not_applicable,
            self.not_asked + other.not_asked,
            self.unreadable + other.unreadable,
        )

    @property
    def number(self) -> Decimal | None:
        """The sum of what was measured; None where nothing was: an empty sum is not zero."""
        return self.amount if self.measured else None

    @property
    def applicable(self) -> int:
        """Of how many a figure could be expected: all but those to which the question does not apply."""
        return self.measured + self.missing + self.not_asked + self.unreadable

    @property
    def is_complete(self) -> bool:
        """Whether everything that could be expected was measured, and there was something."""
        return 0 < self.measured == self.applicable

    @property
    def state(self) -> State:
        """Measured if anything was; else the state that all which apply share, or missing if they share none."""
        if self.measured:
            return State.MEASURED
        if self.applicable == 0 and self.not_applicable:
            return State.NOT_APPLICABLE
        for state, count in ((State.NOT_ASKED, self.not_asked), (State.UNREADABLE, self.unreadable)):
            if 0 < count == self.applicable:
                return state
        return State.MISSING

    def count(self, state: State) -> int:
        """How many values of `state` went in."""
        counts: dict[State, int] = {
            State.MEASURED: self.measured,
            State.MISSING: self.missing,
            State.NOT_APPLICABLE: self.not_applicable,
            State.NOT_ASKED: self.not_asked,
            State.UNREADABLE: self.unreadable,
        }
        return counts[state]


def total(values: Iterable[Value]) -> Total:
    """The sum of `values` with its coverage."""
    amount = Decimal(0)
    counts = dict.fromkeys(State, 0)
    for value in values:
        counts[value.state] += 1
        if value.number is not None:
            amount = _EXACT.add(amount, value.number)
    return Total(amount, *(counts[state] for state in State))
