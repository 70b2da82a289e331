"""What stands in one cell: how a value is shown in a spreadsheet, and how what comes back is read. Pure, never Django.

A value has one plain text, the same in every language and program, by which values are compared. Nothing is guessed:
what can be read in two ways, or not at all, is refused with a sentence.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from ietvars.institution.measurements import rules as measured
from ietvars.institution.measurements import values
from ietvars.institution.sheets import errors


class Sort(StrEnum):
    """What a spreadsheet program says of a cell. A CSV has texts only."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    FORMULA = "formula"
    FAULT = "fault"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Raw:
    """A cell as it came: its text and what the program says of it. Of a merged cell the text is its range."""

    text: str = ""
    sort: Sort = Sort.TEXT


BLANK = Raw()


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    LINES = "lines"
    WORDS = "words"
    CODE = "code"
    CODES = "codes"
    WHOLE = "whole"
    YES_NO = "yes-no"
    DAY = "day"
    ADDRESS = "address"
    ENTRIES = "entries"
    NUMBER = "number"
    FIGURE = "figure"
    ANSWER = "answer"


@dataclass(frozen=True)
class Column:
    """A column of a sheet. `path` is the part it shows, `language` which of its texts; `codes` names its code list.

    `fields` are the fields of one line where a cell holds several entries. A key says what the row is about; a column
    that is neither key nor changeable is there for reading.
    """

    code: str
    heading: Mapping[str, str]
    kind: Kind = Kind.TEXT
    path: str = ""
    language: str = ""
    codes: str = ""
    fields: tuple[str, ...] = ()
    about: Mapping[str, str] = field(default_factory=dict)
    is_key: bool = False
    is_changeable: bool = True
    most: int = 4000
    least: int = 0
    width: int = 24


@dataclass(frozen=True)
class Known:
    """What cells may name: codes of lists and of institutions, with their labels."""

    lists: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    bodies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


INSTITUTIONS = "bodies"
"""Stands for the codes of institutions where a column names its list."""

LISTS_SHEET = {"lv": "Kodi", "en": "Codes"}

# ---- formulas ----------------------------------------------------------------------------------------------------

_DANGEROUS = "=+\\-@\t\r\n＝＋－＠"
"""First characters at which a spreadsheet starts a formula: OWASP, CSV Injection, with their full-width twins."""
_WOULD_RUN = re.compile(rf"'*[{_DANGEROUS}]")
_WAS_HELD = re.compile(rf"'+[{_DANGEROUS}]")


def harmless(text: str) -> str:
    """The text so that no spreadsheet runs it: an apostrophe before what would begin a formula, also before one that
    has been put there already, so that `restored` gives every text back as it was."""
    return f"'{text}" if _WOULD_RUN.match(text) else text


def restored(text: str) -> str:
    """The text that `harmless` was given."""
    return text[1:] if _WAS_HELD.match(text) else text


# ---- showing -----------------------------------------------------------------------------------------------------

YES_NO = {"yes": {"lv": "jā", "en": "yes"}, "no": {"lv": "nē", "en": "no"}}

STATES = {
    "missing": {"lv": "trūkst", "en": "missing"},
    "not_applicable": {"lv": "neattiecas", "en": "not applicable"},
    "not_asked": {"lv": "nejautāts", "en": "not asked"},
    "unreadable": {"lv": "nesalasāms", "en": "unreadable"},
}
"""Words for a figure that is no number; the first three can be written, the last one only read."""

WRITABLE = ("missing", "not_applicable", "not_asked")

FIGURES = (Kind.FIGURE, Kind.ANSWER)
"""A figure that was reported, and an answer to a round, where empty and missing are one."""

LONGEST_CELL = 32_000
"""A cell of a spreadsheet holds 32,767 characters."""


def shown(column: Column, value: str, language: str) -> str:
    """The text that stands in the file for a value, before it is made harmless."""
    if column.kind is Kind.YES_NO:
        return YES_NO[value][language] if value in YES_NO else value
    if column.kind in FIGURES and value in STATES:
        return STATES[value][language]
    if len(value) > LONGEST_CELL:
        return f"{value[:LONGEST_CELL]}…"
    return value


def is_number(column: Column, value: str) -> bool:
    """Whether the value goes out as a number that a spreadsheet can count with."""
    return column.kind in (Kind.WHOLE, Kind.NUMBER, *FIGURES) and bool(_PLAIN_NUMBER.fullmatch(value))


_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")


def alike(came: str, went: str) -> bool:
    """Whether a text came back as it went out: programs change line breaks and blanks at the ends, people do not see
    them."""
    return came == went or _folded(came) == _folded(went)


def _folded(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "").split("\n")
    kept = "\n".join(line.rstrip() for line in lines).strip()
    return unicodedata.normalize("NFC", _CONTROL.sub("", kept))


_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""What no workbook may hold, and nobody sees."""


def without_controls(text: str) -> str:
    """The text as a workbook may hold it."""
    return _CONTROL.sub("", text)


# ---- reading -----------------------------------------------------------------------------------------------------


def read(column: Column, raw: Raw, known: Known, language: str) -> str:
    """The plain text of what stands in a cell. `language` is that of the sheet, for the names of its own parts.

    Raises a CellRefusal.
    """
    text = _written(column, raw)
    return _READERS[column.kind](column, text, known, language)


def _written(column: Column, raw: Raw) -> str:
    """The text of a cell that holds a plain value. Raises FormulaCell, FaultyCell, MergedCell, TurnedIntoDay."""
    if raw.sort is Sort.FORMULA:
        raise errors.FormulaCell
    if raw.sort is Sort.FAULT:
        raise errors.FaultyCell(text=raw.text)
    if raw.sort is Sort.MERGED:
        raise errors.MergedCell(range=raw.text)
    if raw.sort is Sort.DAY and column.kind is not Kind.DAY:
        raise errors.TurnedIntoDay(text=raw.text)
    if column.kind is Kind.DAY and raw.sort is Sort.NUMBER:
        return _day_of_serial(raw.text)
    return _folded(raw.text)


_FIRST_SERIAL = date(1899, 12, 30)
_SERIALS = range(1, 73_051)
"""Days from 1900 to 2099, as spreadsheets count them."""


def _day_of_serial(text: str) -> str:
    number = text.partition(".")[0]
    if number.isascii() and number.isdigit() and int(number) in _SERIALS:
        return (_FIRST_SERIAL + timedelta(days=int(number))).isoformat()
    return text


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:60]}…"


def _text(column: Column, text: str, known: Known, language: str) -> str:
    if _CONTROL.search(text):
        raise errors.HiddenCharacters
    if len(text) > column.most:
        raise errors.TooLong(count=len(text), most=column.most)
    return text


def _lines(column: Column, text: str, known: Known, language: str) -> str:
    kept = [" ".join(line.split()) for line in text.split("\n")]
    return _text(column, "\n".join(line for line in kept if line), known, language)


def _words(column: Column, text: str, known: Known, language: str) -> str:
    kept = [" ".join(word.split()) for word in re.split(r"[;\n]", text)]
    return _text(column, "; ".join(dict.fromkeys(word for word in kept if word)), known, language)


def _code(column: Column, text: str, known: Known, language: str) -> str:
    return _code_of(column.codes, text, known, language) if text else ""


def _codes(column: Column, text: str, known: Known, language: str) -> str:
    found = [piece.strip() for piece in re.split(r"[;,\n]", text)]
    return "; ".join(dict.fromkeys(_code_of(column.codes, piece, known, language) for piece in found if piece))


def _code_of(list_code: str, text: str, known: Known, language: str) -> str:
    """The code that a text names: as it stands in the list, or by its label in either language."""
    said = " ".join(text.split()).casefold()
    if list_code == INSTITUTIONS:
        if said in known.bodies:
            return said
        raise errors.UnknownInstitution(text=_short(text))
    for code, labels in known.lists.get(list_code, {}).items():
        if said == code.casefold() or said in (label.casefold() for label in labels.values()):
            return code
    raise errors.UnknownCode(text=_short(text), list=list_code, sheet=LISTS_SHEET[language])


def _whole(column: Column, text: str, known: Known, language: str) -> str:
    if not text:
        return ""
    found = number(text)
    if found != found.to_integral_value() or not column.least <= found <= column.most:
        raise errors.NotWhole(text=_short(text), least=column.least, most=column.most)
    return str(int(found))


def _yes_no(column: Column, text: str, known: Known, language: str) -> str:
    said = text.casefold()
    for value, labels in YES_NO.items():
        if said in (value, *labels.values()) or said in _ALSO[value]:
            return value
    raise errors.NotYesOrNo(text=_short(text))


_ALSO = {"yes": ("ja", "true", "1"), "no": ("ne", "false", "0", "")}


def _day(column: Column, text: str, known: Known, language: str) -> str:
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%Y.", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return text


def _address(column: Column, text: str, known: Known, language: str) -> str:
    if text and not _ADDRESS.fullmatch(text):
        raise errors.NotAnAddress(text=_short(text))
    return _text(column, text, known, language)


_ADDRESS = re.compile(r"https?://[^\s/]\S*")


def _figure(column: Column, text: str, known: Known, language: str) -> str:
    if not text:
        return ""
    said = " ".join(text.split()).casefold()
    for state in WRITABLE:
        if said in (state, *STATES[state].values()):
            return state
    return plain(number(text, negative=True))


def _answer(column: Column, text: str, known: Known, language: str) -> str:
    """In a round what is empty is reported as missing, so both are one."""
    found = _figure(column, text, known, language)
    return "" if found == "missing" else found


def _number(column: Column, text: str, known: Known, language: str) -> str:
    return plain(number(text)) if text else ""


def number(text: str, *, negative: bool = False) -> Decimal:
    """A number with a decimal comma or point and thousands parted in any way, where only one reading is possible.

    Raises NotANumber, TwoReadings.
    """
    found = {
        reading.number
        for reading in (values.read(text, each) for each in (_SIGNED if negative else _UNSIGNED))
        if reading.number is not None
    }
    if not found:
        raise errors.NotANumber(text=_short(text))
    if len(found) > 1:
        first, second = sorted(found)
        raise errors.TwoReadings(text=_short(text), first=plain(first), second=plain(second))
    return found.pop()


def _both(*, negative: bool) -> tuple[values.Reading, values.Reading]:
    """The two ways in which numbers are written here; data of this program, so that nothing depends on a setting."""
    return (
        values.Reading(decimal=",", thousands=frozenset({".", " "}), negative=negative),
        values.Reading(decimal=".", thousands=frozenset({",", " "}), negative=negative),
    )


_SIGNED, _UNSIGNED = _both(negative=True), _both(negative=False)


def plain(value: Decimal | None) -> str:
    """A number as its plain text, to the six decimals that are kept: 12.50 is 12.5."""
    kept = measured.kept(value)
    if kept is None:
        return ""
    return format(kept.normalize(), "f") if kept else "0"


# ---- several entries in one cell ---------------------------------------------------------------------------------


def _entries(column: Column, text: str, known: Known, language: str) -> str:
    """Entries, a line each, their fields parted by |; blanks at the end may be left out."""
    lines = [line.strip() for line in text.split("\n")]
    made = [
        _entry(column, place, line, known, language)
        for place, line in enumerate((line for line in lines if line), start=1)
    ]
    return _text(column, "\n".join(made), known, language)


def _entry(column: Column, place: int, line: str, known: Known, language: str) -> str:
    told = [" ".join(piece.split()) for piece in line.split("|")]
    while told and not told[-1]:
        told.pop()
    if not told or len(told) > len(column.fields):
        raise errors.BrokenLine(line=place, shape=shape(column, language))
    said = dict(zip(column.fields, [*told, *[""] * (len(column.fields) - len(told))], strict=True))
    for name, value in said.items():
        said[name] = _entry_field(name, value, known, language)
    if not any(said.get(name) for name in ("title.lv", "title.en", "text.lv", "text.en", "amount")):
        raise errors.BrokenLine(line=place, shape=shape(column, language))
    return line_of(column, said)


def _entry_field(name: str, value: str, known: Known, language: str) -> str:
    match name:
        case "stage":
            return _code_of("stages", value, known, language)
        case "amount":
            return plain(number(value)) if value else ""
        case "currency":
            return value.upper() or "EUR"
        case "held_by":
            return _code_of(INSTITUTIONS, value, known, language) if value else ""
        case "url" if value and not _ADDRESS.fullmatch(value):
            raise errors.NotAnAddress(text=_short(value))
    return value


def line_of(column: Column, said: Mapping[str, str]) -> str:
    """One entry as a line of its cell; a bar or a line break inside a field would part it, so they become blanks."""
    pieces = [" ".join(said.get(name, "").replace("|", " ").split()) for name in column.fields]
    while pieces and not pieces[-1]:
        pieces.pop()
    return " | ".join(pieces)


FIELDS = {
    "code": {"lv": "kods", "en": "code"},
    "title.lv": {"lv": "nosaukums latviski", "en": "title in Latvian"},
    "title.en": {"lv": "nosaukums angliski", "en": "title in English"},
    "held_by": {"lv": "kura institūcija to jau glabā", "en": "which institution holds it already"},
    "stage": {"lv": "posms", "en": "stage"},
    "amount": {"lv": "summa", "en": "amount"},
    "currency": {"lv": "valūta", "en": "currency"},
    "text.lv": {"lv": "teksts latviski", "en": "text in Latvian"},
    "text.en": {"lv": "teksts angliski", "en": "text in English"},
    "url": {"lv": "adrese", "en": "address"},
}


def shape(column: Column, language: str) -> str:
    """How a line of the cell is written."""
    return " | ".join(FIELDS[name][language] for name in column.fields)


_READERS = {
    Kind.TEXT: _text,
    Kind.LINES: _lines,
    Kind.WORDS: _words,
    Kind.CODE: _code,
    Kind.CODES: _codes,
    Kind.WHOLE: _whole,
    Kind.YES_NO: _yes_no,
    Kind.DAY: _day,
    Kind.ADDRESS: _address,
    Kind.ENTRIES: _entries,
    Kind.NUMBER: _number,
    Kind.FIGURE: _figure,
    Kind.ANSWER: _answer,
}
