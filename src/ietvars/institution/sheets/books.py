"""The file that goes out: a workbook with its explanations and code lists, or a CSV. Pure, never Django.

No cell is a formula, whatever stands in the database: text that a spreadsheet would run gets an apostrophe, which is
taken off again when the file comes back.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ietvars.institution.sheets import cells, layouts, rules
from ietvars.institution.sheets.cells import INSTITUTIONS, Column, Kind, Known

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"

EXPLANATIONS = {"lv": "Paskaidrojumi", "en": "Explanations"}

_INTRODUCTION = {
    "lv": (
        "Mainiet šūnas un augšupielādējiet šo failu atpakaļ.",
        "Vispirms redzēsiet, ko tas mainītu. Līdz jūsu apstiprinājumam nekas netiek ierakstīts.",
        "Pirmo kolonnu (rindas zīmes) un kodus atstājiet, kā ir: pēc tiem pazīst rindas.",
        "Rindas drīkst pārkārtot, paslēpt un izdzēst. Izdzēsta rinda neko nedzēš.",
        "Formulas, apvienotas šūnas un jaunas rindas netiek pieņemtas.",
    ),
    "en": (
        "Change cells and upload this file again.",
        "You first see what it would change. Nothing is written until you say so.",
        "Leave the first column (row marks) and the codes as they are: rows are known by them.",
        "Rows may be sorted, hidden and deleted. A deleted row deletes nothing.",
        "Formulas, merged cells and new rows are not taken.",
    ),
}

_HEADS = {
    "lv": ("Kolonna", "Kods", "Var mainīt", "Ko rakstīt", "Kodu saraksts"),
    "en": ("Column", "Code", "Can be changed", "What to write", "Code list"),
}

_LIST_HEADS = {"lv": ("Saraksts", "Kods", "Nosaukums"), "en": ("List", "Code", "Name")}

_QUIET = Font(color="FF6B7780")
_HEAD = Font(bold=True, color="FFFFFFFF")
_GROUND = PatternFill("solid", fgColor="FF1F4E5F")
_READ_ONLY = PatternFill("solid", fgColor="FFEDF1F3")
_WRAP = Alignment(wrap_text=True, vertical="top")


@dataclass(frozen=True)
class Book:
    """What goes into a file."""

    download: rules.Download
    known: Known


def rows(book: Book) -> Iterator[list[tuple[Column, str]]]:
    """The rows below the heading: each column with the plain text of its cell, the mark first."""
    columns = layouts.LAYOUTS[book.download.kind]
    for number, sent in book.download.rows.items():
        marked = (layouts.MARK, rules.mark(book.download.code, number))
        yield [marked, *((column, sent.cells.get(column.code, "")) for column in columns)]


def as_csv(book: Book) -> bytes:
    """The sheet as CSV: UTF-8 with a mark, commas and points (RFC 4180), as every CSV of this house."""
    language = book.download.language
    text = io.StringIO(newline="")
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text)
    writer.writerow(layouts.heading(column, language) for column in _columns(book))
    for row in rows(book):
        writer.writerow(_written(column, value, language) for column, value in row)
    return text.getvalue().encode()


def _columns(book: Book) -> tuple[Column, ...]:
    return (layouts.MARK, *layouts.LAYOUTS[book.download.kind])


def _written(column: Column, value: str, language: str) -> str:
    """The text of a cell; a number stays bare, also a negative one."""
    if cells.is_number(column, value):
        return value
    return cells.harmless(cells.without_controls(cells.shown(column, value, language)))


def as_workbook(book: Book) -> bytes:
    """The sheet as XLSX, with a sheet of explanations and one of code lists."""
    language = book.download.language
    made = openpyxl.Workbook(write_only=True)
    sheet = made.create_sheet(layouts.TITLES[book.download.kind][language])
    columns = _columns(book)
    for place, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.freeze_panes = sheet_corner(book)
    last = get_column_letter(len(columns))
    sheet.auto_filter.ref = f"A1:{last}{len(book.download.rows) + 1}"
    for validation in _validations(book):
        sheet.data_validations.append(validation)
    sheet.append([_head(sheet, layouts.heading(column, language)) for column in columns])
    made_cells = _Cells(sheet, language)
    for row in rows(book):
        sheet.append([made_cells.of(column, value) for column, value in row])
    _explain(made, book)
    _list_codes(made, book)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def sheet_corner(book: Book) -> str:
    """The first cell that scrolls: the heading and what the row is about stay in sight."""
    return {layouts.SERVICES: "C2", layouts.MEASUREMENTS: "D2", layouts.ROUNDS: "E2"}[book.download.kind]


def _head(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.font, cell.fill, cell.alignment = _HEAD, _GROUND, _WRAP
    return cell


class _Cells:
    """Makes cells of a sheet. A style is worked out once and then only pointed at: a sheet has 100,000 cells."""

    def __init__(self, sheet: Any, language: str) -> None:
        self._sheet = sheet
        self._language = language
        read_only: Any = WriteOnlyCell(sheet)
        long_text: Any = WriteOnlyCell(sheet)
        read_only.font, read_only.fill = _QUIET, _READ_ONLY
        # A period such as 2025-03 stays a text in every program.
        read_only.number_format = "@"
        long_text.alignment = _WRAP
        self._styles = {"read-only": read_only._style, "long": long_text._style}  # noqa: SLF001

    def of(self, column: Column, value: str) -> Any:
        """One cell; a plain text or number that may be changed needs no style."""
        text = _written(column, value, self._language)
        if not text and column.is_changeable:
            return None
        if cells.is_number(column, value) and column.is_changeable:
            return float(text) if "." in text else int(text)
        if column.is_changeable and "\n" not in text:
            return text
        cell: Any = WriteOnlyCell(self._sheet, text)
        cell._style = self._styles["long" if column.is_changeable else "read-only"]  # noqa: SLF001
        return cell


def _validations(book: Book) -> Iterator[DataValidation]:
    """Lists to choose from, where a cell holds one code."""
    language, last = book.download.language, len(book.download.rows) + 1
    places = _places_of_lists(book)
    for place, column in enumerate(_columns(book), start=1):
        letter = get_column_letter(place)
        made: DataValidation | None = None
        if column.kind is Kind.CODE and column.codes in places:
            first, end = places[column.codes]
            made = DataValidation("list", formula1=f"'{cells.LISTS_SHEET[language]}'!$B${first}:$B${end}")
        elif column.kind is Kind.YES_NO and column.is_changeable:
            made = DataValidation("list", formula1=f'"{",".join(each[language] for each in cells.YES_NO.values())}"')
        elif column.kind is Kind.WHOLE and column.least:
            made = DataValidation("whole", operator="between", formula1=str(column.least), formula2=str(column.most))
        if made is not None:
            made.allow_blank = True
            made.add(f"{letter}2:{letter}{last}")
            yield made


def _lists(book: Book) -> Sequence[tuple[str, str, str]]:
    """List, code and name of every code that a column of the sheet may name."""
    language = book.download.language
    used = dict.fromkeys(column.codes for column in _columns(book) if column.codes)
    if any("stage" in column.fields for column in _columns(book)):
        used["stages"] = None
    found: list[tuple[str, str, str]] = []
    for name in used:
        labels = book.known.bodies if name == INSTITUTIONS else book.known.lists.get(name, {})
        found.extend((name, code, label.get(language) or label.get("lv", "")) for code, label in labels.items())
    return found


def _places_of_lists(book: Book) -> dict[str, tuple[int, int]]:
    """First and last row of each list in the sheet of codes."""
    found: dict[str, tuple[int, int]] = {}
    for row, (name, _code, _label) in enumerate(_lists(book), start=2):
        found[name] = (found.get(name, (row, row))[0], row)
    return found


def _explain(made: Any, book: Book) -> None:
    language = book.download.language
    sheet = made.create_sheet(EXPLANATIONS[language])
    for letter, width in zip("ABCDE", (40, 22, 12, 70, 20), strict=True):
        sheet.column_dimensions[letter].width = width
    for line in _INTRODUCTION[language]:
        sheet.append([line])
    sheet.append([])
    sheet.append([_head(sheet, head) for head in _HEADS[language]])
    for column in _columns(book):
        says = column.about.get(language, "")
        if column.fields:
            by_line = {"lv": "Katrs ieraksts savā rindā", "en": "Each entry on a line of its own"}[language]
            says = f"{by_line}: {cells.shape(column, language)}"
        sheet.append(
            [
                cells.harmless(column.heading[language]),
                column.code,
                cells.YES_NO["yes" if column.is_changeable else "no"][language],
                says,
                column.codes,
            ]
        )


def _list_codes(made: Any, book: Book) -> None:
    language = book.download.language
    sheet = made.create_sheet(cells.LISTS_SHEET[language])
    for letter, width in zip("ABC", (20, 28, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([_head(sheet, head) for head in _LIST_HEADS[language]])
    for line in _lists(book):
        sheet.append([cells.harmless(cells.without_controls(text)) for text in line])
