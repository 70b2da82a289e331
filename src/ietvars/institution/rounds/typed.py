"""How a text that somebody types for a figure is read into one of the five states. Pure, never Django.

Blank is missing. A word says the rest: "neattiecas: nav e-pakalpojuma" is not applicable, with its reason. Decimals
take a comma or a point, thousands a space. Whatever else is typed is unreadable and kept as it stands, so that nobody's
entry is lost and nobody's guess becomes a figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ietvars.institution.measurements import values
from ietvars.institution.rounds.asking import Key

NOT_APPLICABLE = ("neattiecas", "not applicable", "n/a")
NOT_ASKED = ("nejautāts", "nejautats", "not asked")
MISSING = ("trūkst", "trukst", "nav datu", "missing")

_MARKS = {
    "not_applicable": frozenset(NOT_APPLICABLE),
    "not_asked": frozenset(NOT_ASKED),
    "missing": frozenset(MISSING),
}


def _reading(decimal: str, thousands: str) -> values.Reading:
    return values.Reading(
        missing=_MARKS["missing"],
        not_applicable=_MARKS["not_applicable"],
        not_asked=_MARKS["not_asked"],
        decimal=decimal,
        thousands=frozenset({thousands}),
        negative=True,
    )


_COMMA, _POINT = _reading(",", " "), _reading(".", " ")
# "1,500" is a decimal in Latvian and thousands in English, "1.500" the other way round: nobody may guess.
_COMMA_FOR_THOUSANDS, _POINT_FOR_THOUSANDS = _reading(".", ","), _reading(",", ".")

LONGEST_TEXT = 200
LONGEST_NOTE = 1000
LONGEST_SCALE = 40


@dataclass(frozen=True, slots=True)
class Typed:
    """One cell as typed in a form or a spreadsheet: which service (by code), which figure, and the texts beside it."""

    service: str
    key: Key
    text: str = ""
    n: str = ""
    scale: str = ""
    spread: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a report: state, number, what belongs to a mean, and the reason beside it."""

    state: str = "missing"
    number: Decimal | None = None
    n: int | None = None
    spread: Decimal | None = None
    scale: str = ""
    raw: str = ""
    note: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing at all was said."""
        return self == BLANK


BLANK = Figure()


def read(typed: Typed, *, is_mean: bool = False) -> Figure:
    """The figure that was typed. A reason may stand behind a colon; a note of its own comes first."""
    text, behind = _parted(typed.text.strip()[:LONGEST_TEXT])
    note = (typed.note.strip() or behind)[:LONGEST_NOTE]
    found = number(text)
    raw = text if found.state is values.State.UNREADABLE else ""
    if not is_mean or found.number is None:
        return Figure(found.state.value, found.number, raw=raw, note=note)
    n, spread = number(typed.n), number(typed.spread)
    # What is written as n or spread and is no number makes the whole cell unreadable: half of it would mislead.
    for part, said in ((n, typed.n), (spread, typed.spread)):
        if part.state is values.State.UNREADABLE or (part.number is not None and part.number < 0):
            return Figure("unreadable", raw=f"{text}; {said.strip()}"[:LONGEST_TEXT], note=note)
    if n.number is not None and n.number != n.number.to_integral_value():
        return Figure("unreadable", raw=f"{text}; {typed.n.strip()}"[:LONGEST_TEXT], note=note)
    return Figure(
        "measured",
        found.number,
        n=None if n.number is None else int(n.number),
        spread=spread.number,
        scale=" ".join(typed.scale.split())[:LONGEST_SCALE].replace("–", "-"),
        note=note,
    )


def number(text: str) -> values.Value:
    """A number with a decimal comma or a decimal point; where the two readings differ, unreadable."""
    comma, point = values.read(text, _COMMA), values.read(text, _POINT)
    if comma.number is not None and point.number is not None:
        return comma
    for found, other in ((comma, _COMMA_FOR_THOUSANDS), (point, _POINT_FOR_THOUSANDS)):
        if found.number is not None:
            return _unclear(text) if values.read(text, other).number is not None else found
    return comma


def _unclear(text: str) -> values.Value:
    return values.Value(values.State.UNREADABLE, None, text, values.Fault.UNKNOWN_TEXT)


def _parted(text: str) -> tuple[str, str]:
    """The word for a state and the reason behind its colon."""
    before, colon, behind = text.partition(":")
    word = " ".join(before.split()).casefold()
    if colon and any(word in marks for marks in _MARKS.values()):
        return word, behind.strip()
    return text, ""


def written(figure: Figure, words: Mapping[str, str]) -> str:
    """The text that would be typed for a figure: a bare number with a comma, or the word of its state."""
    if figure.number is not None:
        plain = format(figure.number.normalize(), "f") if figure.number else "0"
        whole, point, part = plain.partition(".")
        # Exactly three decimals would be read back as thousands; a fourth says that they are decimals.
        more = "0" if len(part) == 3 and whole.lstrip("-") != "0" and len(whole.lstrip("-")) <= 3 else ""
        return f"{whole},{part}{more}" if point else whole
    if figure.state == "unreadable":
        return figure.raw
    return words.get(figure.state, "")
