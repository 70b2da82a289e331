"""Rows of a sheet of an .xlsx workbook, as texts, read as a stream and within limits. It knows no column."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from ietvars.doors.machines.feeds.inventories import errors

MOST_UNPACKED = 512 * 2**20
MOST_TIMES_PACKED = 200
"""Honest workbooks unpack to ten or twenty times their size; a bomb to a thousand."""
SMALL = 2**20
MOST_CELLS = 2_000


def rows(path: Path, sheet: str = "") -> Iterator[tuple[int, list[str]]]:
    """Line and cells of each row of the named sheet, else of the first one. Trailing empty cells are kept off."""
    _weigh(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, KeyError, ValueError, zipfile.BadZipFile, SyntaxError, TypeError) as fault:
        raise errors.Damaged(file=path.name, why="it is no whole workbook") from fault
    try:
        if sheet and sheet not in book.sheetnames:
            raise errors.NotATable(file=path.name, what=f"a workbook without the sheet “{sheet}”")
        page = book[sheet] if sheet else book.worksheets[0]
        page.reset_dimensions()
        width = 0
        for line, row in enumerate(page.iter_rows(max_col=MOST_CELLS), start=1):
            cells = [_text(cell) for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            width = width or len(cells)
            if cells:
                yield line, cells + [""] * (width - len(cells))
    except (zipfile.BadZipFile, SyntaxError, KeyError, IndexError) as fault:
        raise errors.Damaged(file=path.name, why="it is no whole workbook") from fault
    finally:
        book.close()


def _weigh(path: Path) -> None:
    """Refuse a workbook that unpacks to far more than it should, before unpacking it."""
    try:
        with zipfile.ZipFile(path) as archive:
            if "[Content_Types].xml" not in archive.namelist():
                raise errors.NotATable(file=path.name, what="a packed folder (.zip)")
            sizes = [(entry.file_size, entry.compress_size) for entry in archive.infolist()]
    except zipfile.BadZipFile as fault:
        raise errors.CutOff(file=path.name, why="its end, with the list of its parts, is missing") from fault
    if sum(size for size, _ in sizes) > MOST_UNPACKED or any(
        size > SMALL and size > MOST_TIMES_PACKED * max(packed, 1) for size, packed in sizes
    ):
        raise errors.TooLarge(file=path.name, most=f"{MOST_UNPACKED // 2**20} MB")


def _text(cell: Any) -> str:
    """A cell as it would be written in a table of text: 0.8 shown as 80% is “80%”, a whole number has no “.0”."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        if "%" in str(getattr(cell, "number_format", "") or ""):
            return f"{_number(round(value * 100, 10))}%"
        return _number(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _number(value: float) -> str:
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)
