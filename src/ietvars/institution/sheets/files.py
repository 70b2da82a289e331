"""From a file that somebody sent to its rows: XLSX or CSV, whatever its name says, within limits. Pure, never Django.

The file is taken for hostile until it has been weighed: how much it unpacks to, how many parts of XML it holds and that
none of them declares entities are all known before a spreadsheet library sees it. Nothing here knows what a column
means, and nothing is guessed: formulas, faults and merged cells come out as what they are.
"""

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as time_of_day
from time import monotonic
from typing import Any, BinaryIO

import openpyxl
from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]
from openpyxl.utils.cell import range_boundaries

from ietvars.institution.sheets import errors
from ietvars.institution.sheets.cells import BLANK, Raw, Sort
from ietvars.institution.sheets.rules import FileRow, letters


@dataclass(frozen=True)
class Limits:
    """What is taken at most. All of them are settings, docs/howto/settings.md."""

    megabytes: int = 20
    unpacked_megabytes: int = 128
    rows: int = 20_000
    columns: int = 200
    cells: int = 400_000
    seconds: int = 30


class Watch:
    """Stops reading that goes on for too long."""

    def __init__(self, file: str, seconds: int) -> None:
        self._file = file
        self._seconds = seconds
        self._end = monotonic() + seconds

    def look(self) -> None:
        """Raises TookTooLong."""
        if monotonic() > self._end:
            raise errors.TookTooLong(file=self._file, most=self._seconds)


def read(name: str, content: bytes, limits: Limits) -> tuple[FileRow, ...]:
    """The rows of the first sheet that has any, blank ones left out. Raises an UnreadableFile."""
    if len(content) > limits.megabytes * 2**20:
        raise errors.FileTooLarge(file=name, most=limits.megabytes)
    watch = Watch(name, limits.seconds)
    if content.startswith(b"PK\x03\x04"):
        return _within(name, _of_workbook(name, content, limits, watch), limits, watch)
    return _within(name, _of_text(name, content, limits), limits, watch)


def _within(name: str, rows: Iterator[FileRow], limits: Limits, watch: Watch) -> tuple[FileRow, ...]:
    """All rows that hold something. Raises TooManyRows, TooManyColumns, TooManyCells, TookTooLong."""
    kept: list[FileRow] = []
    count = 0
    for row in rows:
        watch.look()
        last = max((place for place, cell in enumerate(row.cells, start=1) if cell.text.strip()), default=0)
        if not last:
            continue
        if last > limits.columns:
            raise errors.TooManyColumns(file=name, most=limits.columns)
        count += last
        if len(kept) >= limits.rows:
            raise errors.TooManyRows(file=name, most=limits.rows)
        if count > limits.cells:
            raise errors.TooManyCells(file=name, most=limits.cells)
        kept.append(FileRow(row.number, row.cells[:last], row.is_hidden))
    if not kept:
        raise errors.EmptyFile(file=name)
    return tuple(kept)


# ---- text --------------------------------------------------------------------------------------------------------

_SIGNS = {
    b"%pdf": "PDF",
    b"<!doctype html": "HTML",
    b"<html": "HTML",
    b"<": "XML",
    b"{": "JSON",
    b"[{": "JSON",
    b"{\\rtf": "RTF",
    b"sqlite format 3": "SQLite",
    b"\x89png": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"\x1f\x8b": "GZIP",
    b"7z\xbc\xaf": "7Z",
    b"rar!": "RAR",
    b"mz": "EXE",
    b"\x7felf": "ELF",
}


def _of_text(name: str, content: bytes, limits: Limits) -> Iterator[FileRow]:
    text = _decoded(name, content)
    if "\0" in text:
        raise errors.UnknownLetters(file=name)
    csv.field_size_limit(2**17)
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=_delimiter(text), strict=True)
    number = 0
    while True:
        number += 1
        try:
            found = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            raise errors.BrokenTable(file=name, line=number) from fault
        yield FileRow(number, tuple(_typed(cell) for cell in found))


def _decoded(name: str, content: bytes) -> str:
    """The text in the encoding that its bytes show: a mark at the beginning, UTF-8, or what Excel writes in Latvia.

    Raises NotASheet, OldWorkbook, UnknownLetters.
    """
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise errors.OldWorkbook(file=name)
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(name, content, "utf-16")
    head = content[:4096].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if not head:
        raise errors.EmptyFile(file=name)
    for sign, what in _SIGNS.items():
        if head.startswith(sign) and (what != "EXE" or b"\0" in head):
            raise errors.NotASheet(file=name, sign=what)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _strictly(name, content, "cp1257")


def _strictly(name: str, content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeError as fault:
        raise errors.UnknownLetters(file=name) from fault


def _delimiter(text: str) -> str:
    """The mark that parts the columns: whichever the first lines have most of, outside of quotation marks."""
    head = "".join(re.sub(r'"[^"]*"', "", line) for line in text[:20_000].splitlines()[:10])
    return max((";", "\t", ",", "|"), key=lambda mark: (head.count(mark), mark == ","))


_FAULTS = ("#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#N/A", "#NULL!", "#NUM!", "#SPILL!", "#CALC!")


def _typed(text: str) -> Raw:
    """A cell of a CSV. A bare = at its beginning is a formula; those that went out from here have an apostrophe."""
    if not text:
        return BLANK
    if text in _FAULTS:
        return Raw(text, Sort.FAULT)
    if text.startswith(("=", "＝")):
        return Raw(text, Sort.FORMULA)
    return Raw(text)


# ---- workbooks ---------------------------------------------------------------------------------------------------

_ENTRY_CHUNK = 1 << 16
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))
_TAGS_A_CELL = 12
"""Honest workbooks have three or four parts of XML a cell, and some hundreds besides."""
_ODDS_AND_ENDS = 200_000


def _of_workbook(name: str, content: bytes, limits: Limits, watch: Watch) -> Iterator[FileRow]:
    _weigh(name, content, limits, watch)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except Exception as fault:  # a library of many moods reads what anybody may have made
        raise errors.Damaged(file=name) from fault
    try:
        sheet = _first_filled(book)
        if sheet is None:
            raise errors.EmptyFile(file=name)
        merged, hidden = _merged_and_hidden(name, content, sheet, limits, watch)
        # Without a width rows come as wide as they are, and the rows that a file leaves out are empty.
        for number, row in _guarded(enumerate(sheet.iter_rows(), start=1), name):
            if not row:
                continue
            watch.look()
            found = tuple(_cell(cell) for cell in row)
            if number in merged:
                found = _with_merged(found, merged[number])
            yield FileRow(number, found, number in hidden)
    finally:
        book.close()


def _with_merged(found: tuple[Raw, ...], merged: dict[int, str]) -> tuple[Raw, ...]:
    """The row with its merged cells told as such, also those behind its last value."""
    width = max(len(found), *merged)
    padded = (*found, *[BLANK] * (width - len(found)))
    return tuple(
        Raw(merged[place], Sort.MERGED) if place in merged else cell for place, cell in enumerate(padded, start=1)
    )


def _guarded(rows: Iterator[Any], name: str) -> Iterator[Any]:
    """The rows of a library that reads as it goes, and may stumble anywhere. Raises Damaged."""
    while True:
        try:
            found = next(rows)
        except StopIteration:
            return
        except Exception as fault:
            raise errors.Damaged(file=name) from fault
        yield found


def _weigh(name: str, content: bytes, limits: Limits, watch: Watch) -> None:
    """Refuse a workbook that unpacks to too much, holds programs or declares entities, before anything reads it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            names = {entry.filename.casefold() for entry in entries}
            _refuse_other_packages(name, names, archive)
            if sum(entry.file_size for entry in entries) > limits.unpacked_megabytes * 2**20 or len(entries) > 1000:
                raise errors.UnpacksTooLarge(file=name, most=limits.unpacked_megabytes)
            _read_through(name, archive, limits, watch)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError, zlib.error) as fault:
        raise errors.Damaged(file=name) from fault


def _refuse_other_packages(name: str, names: set[str], archive: zipfile.ZipFile) -> None:
    if any(each.endswith((".bin", ".dll", ".exe")) and "vbaproject" in each for each in names):
        raise errors.HoldsMacros(file=name)
    if "[content_types].xml" not in names:
        is_open_document = "mimetype" in names and "content.xml" in names
        raise errors.NotASheet(file=name, sign="OpenDocument (ODS)" if is_open_document else "ZIP")
    with archive.open(next(each for each in archive.namelist() if each.casefold() == "[content_types].xml")) as part:
        types = part.read(2**20).decode("utf-8", "replace").casefold()
    if "macroenabled" in types or "vbaproject" in types or any(each.startswith("xl/macrosheets/") for each in names):
        raise errors.HoldsMacros(file=name)
    if "spreadsheetml" not in types:
        raise errors.NotASheet(file=name, sign="DOCX" if "wordprocessingml" in types else "ZIP")


def _read_through(name: str, archive: zipfile.ZipFile, limits: Limits, watch: Watch) -> None:
    """Unpack every part once without keeping it: sizes that were only claimed are believed to nobody."""
    size = tags = 0
    for entry in archive.infolist():
        with archive.open(entry) as part:
            for chunk in _chunks(part):
                watch.look()
                size += len(chunk)
                tags += chunk.count(b"<")
                if size > limits.unpacked_megabytes * 2**20:
                    raise errors.UnpacksTooLarge(file=name, most=limits.unpacked_megabytes)
                if tags > limits.cells * _TAGS_A_CELL + _ODDS_AND_ENDS:
                    raise errors.TooManyCells(file=name, most=limits.cells)
                if entry.filename.casefold().endswith((".xml", ".rels", ".vml")) and _declares(chunk):
                    raise errors.HoldsDeclarations(file=name)


def _chunks(part: Any) -> Iterator[bytes]:
    """Pieces of a part, each with the end of the one before, so that no word is cut in two."""
    end = b""
    while piece := part.read(_ENTRY_CHUNK):
        yield end + piece
        end = piece[-32:]


def _declares(chunk: bytes) -> bool:
    upper = chunk.upper()
    return any(sign in upper for sign in _DECLARATIONS)


def _first_filled(book: Any) -> Any:
    """The first worksheet that holds a cell."""
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        if next(iter(sheet.iter_rows(max_row=50, max_col=50, values_only=True)), None) is not None:
            return sheet
    return None


_MOST_MERGED = 100_000
"""Of one range; a longer one is read that far."""


def _merged_and_hidden(
    name: str, content: bytes, sheet: Any, limits: Limits, watch: Watch
) -> tuple[dict[int, dict[int, str]], frozenset[int]]:
    """Merged cells by row and place, each with its range, and numbers of hidden rows: the library's quick way of
    reading tells neither."""
    merged: dict[int, dict[int, str]] = {}
    count = 0
    hidden: set[int] = set()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        path = str(sheet._worksheet_path)  # noqa: SLF001 - nothing public says which part a sheet is
        with archive.open(path) as part:
            if not _holds(part, (b"mergeCell", b"hidden=")):
                return {}, frozenset()
        with archive.open(path) as part:
            for tag, given in _starts(name, part, watch):
                if tag == "row" and given.get("hidden", "") in ("1", "true"):
                    hidden.add(_whole(given.get("r", "")))
                elif tag == "mergeCell":
                    for row, place, text in _range(given.get("ref", ""), limits):
                        merged.setdefault(row, {})[place] = text
                        count += 1
                if count > 4 * _MOST_MERGED:
                    raise errors.TooManyCells(file=name, most=limits.cells)
    return merged, frozenset(hidden)


def _holds(part: BinaryIO | Any, words: tuple[bytes, ...]) -> bool:
    return any(word in chunk for chunk in _chunks(part) for word in words)


def _starts(name: str, part: Any, watch: Watch) -> Iterator[tuple[str, dict[str, str]]]:
    """Rows and merged ranges of a sheet's XML."""
    try:
        for _event, element in iterparse(part, events=("end",), forbid_dtd=True):
            watch.look()
            tag = element.tag.rpartition("}")[2]
            if tag in ("row", "mergeCell"):
                yield tag, dict(element.attrib)
            if tag != "c":
                element.clear()
    except (SyntaxError, DefusedXmlException) as fault:
        raise errors.Damaged(file=name) from fault


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _range(text: str, limits: Limits) -> Iterator[tuple[int, int, str]]:
    """Row, place and name of the cells of a range, as far as rows and columns are read at all."""
    try:
        left, top, right, bottom = range_boundaries(text)
    except (ValueError, TypeError):
        return
    if left is None or top is None or right is None or bottom is None:
        return
    right, bottom = min(right, limits.columns), min(bottom, top + limits.rows)
    if (right - left + 1) * (bottom - top + 1) > _MOST_MERGED:
        bottom = top + _MOST_MERGED // max(right - left + 1, 1) - 1
    name = f"{letters(left - 1)}{top}:{letters(right - 1)}{bottom}"
    for row in range(top, bottom + 1):
        for place in range(left, right + 1):
            yield row, place, name


def _cell(cell: Any) -> Raw:
    """A cell as it came. A number keeps the digits that it has, a day is written as one."""
    value = cell.value
    if value is None or value == "":
        return BLANK
    match cell.data_type:
        case "f":
            return Raw(_formula(value), Sort.FORMULA)
        case "e":
            return Raw(str(value), Sort.FAULT)
        case "b":
            return Raw("yes" if value else "no")
    if isinstance(value, datetime):
        return Raw(value.date().isoformat() if value.time() == time_of_day.min else value.isoformat(), Sort.DAY)
    if isinstance(value, date | time_of_day):
        return Raw(value.isoformat(), Sort.DAY)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Raw(_number(value), Sort.NUMBER)
    return Raw(str(value).replace("\0", ""), Sort.TEXT if isinstance(value, str) else Sort.DAY)


def _formula(value: Any) -> str:
    """The formula as people write it; some are objects of the library."""
    return str(getattr(value, "text", "") or value)[:200]


def _number(value: float) -> str:
    if isinstance(value, int) or (float(value).is_integer() and abs(value) < 1e15):
        return str(int(value))
    # Six decimals are kept of every figure; what is behind them is the noise of binary fractions.
    return f"{value:.6f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else repr(value)
