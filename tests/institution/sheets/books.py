"""Workbooks as people and villains make them, for the tests of sheets: changed with openpyxl, or packed by hand."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import openpyxl

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.'
    'sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.worksheet+xml"/></Types>'
)


def changed(content: bytes, change: Callable[[Any], None]) -> bytes:
    """The workbook after somebody worked in its first sheet."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book.worksheets[0])
    return saved(book)


def saved(book: Any) -> bytes:
    """The workbook as a file."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def place(sheet: Any, column: str, heading_row: int = 1) -> int:
    """Number of the column with this code, from 1."""
    heads = [str(cell.value or "") for cell in sheet[heading_row]]
    return next(number for number, head in enumerate(heads, start=1) if f"[{column}]" in head)


def set_cell(sheet: Any, row: int, column: str, value: Any) -> str:
    """Write a cell by the code of its column; returns its address."""
    cell = sheet.cell(row, place(sheet, column))
    cell.value = value
    return str(cell.coordinate)


def with_cells(content: bytes, told: Mapping[tuple[int, str], Any]) -> bytes:
    """The workbook with some cells said anew, by row and code of the column."""

    def change(sheet: Any) -> None:
        for (row, column), value in told.items():
            set_cell(sheet, row, column, value)

    return changed(content, change)


def csv_rows(content: bytes, encoding: str = "utf-8-sig", delimiter: str = ",") -> list[list[str]]:
    """Rows of a CSV."""
    return list(csv.reader(io.StringIO(content.decode(encoding), newline=""), delimiter=delimiter))


def as_csv(rows: Iterable[Iterable[object]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """A CSV as some program writes it."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def packed(parts: Mapping[str, bytes | str]) -> bytes:
    """A packed file of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of a packed file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The workbook with one part replaced or added."""
    return packed({**parts_of(content), name: part})


def small(*rows: Iterable[Any]) -> bytes:
    """A workbook of a few rows."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(list(row))
    return saved(book)
