"""From a file to its rows: plain or packed text in any encoding with any delimiter, or a sheet of .xlsx.

Everything is read as a stream with limits, so that neither a row of a gigabyte nor a packed bomb fills the memory.
A file that is not what it says is refused whole, with one sentence. Nothing here knows what a column means.
"""

import codecs
import csv
import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ietvars.doors.machines.feeds.inventories import errors, sheets

MOST_CHARACTERS = 2**20
"""Of one row. The longest row of the inventories that were looked at has some 20,000."""
MOST_BYTES = 2**28
"""Of one file, unpacked: 256 MB. The largest of those inventories has 5."""
MOST_COLUMNS = 2_000
_PEEK = 4096

Tell = Callable[[int], None]
"""Called with the number of packed bytes read since the last call."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a text file is written; for .xlsx only `sheet`, `skip` and `footer` count."""

    encoding: str = "utf-8"
    delimiters: tuple[str, ...] = (",", ";", "\t", "|")
    quote: str = '"'
    skip: int = 0
    footer: tuple[str, ...] = ()
    sheet: str = ""

    def ends(self, cells: list[str]) -> bool:
        """Whether a row is the footer: its first cell matches, and nothing else stands in it."""
        return bool(self.footer) and not any(cells[1:]) and any(re.match(pattern, cells[0]) for pattern in self.footer)


@dataclass(frozen=True, slots=True)
class Record:
    """One row with the line at which it begins."""

    line: int
    cells: list[str]


class Source:
    """A file as bytes, unpacked, counted and hashed on the way. Limits and packing faults become refusals."""

    def __init__(self, path: Path, tell: Tell | None = None) -> None:
        self.path = path
        self.name = path.name
        self._tell = tell
        self._told = 0
        self._count = 0
        self._hash = hashlib.sha256()
        try:
            self._raw: BinaryIO = path.open("rb")
            packed = self._raw.read(2) == b"\x1f\x8b"
            self._raw.seek(0)
        except OSError as fault:
            raise errors.NoSuchFile(file=str(path), why=fault.strerror or str(fault)) from fault
        self._bytes: BinaryIO = gzip.GzipFile(fileobj=self._raw) if packed else self._raw  # type: ignore[assignment]

    def read(self, size: int) -> bytes:
        """The next bytes, at most `size`."""
        try:
            found = self._bytes.read(size)
        except EOFError as fault:
            raise errors.CutOff(file=self.name, why="the packed data end in the middle") from fault
        except (gzip.BadGzipFile, zlib.error) as fault:
            raise errors.Damaged(file=self.name, why=str(fault)) from fault
        except OSError as fault:
            raise errors.NoSuchFile(file=str(self.path), why=fault.strerror or str(fault)) from fault
        self._hash.update(found)
        self._count += len(found)
        if self._count > MOST_BYTES:
            raise errors.TooLarge(file=self.name, most=f"{MOST_BYTES // 2**20} MB")
        if self._tell:
            position = self._raw.tell()
            if position > self._told:
                self._tell(position - self._told)
            self._told = position
        return found

    def digest(self) -> str:
        """SHA-256 of the unpacked content read so far; of the whole once it has been read to the end."""
        return self._hash.hexdigest()

    def close(self) -> None:
        """Let go of the file."""
        self._bytes.close()
        self._raw.close()


class _Stream(io.RawIOBase):
    """A source as Python's readers want it, beginning with what was peeked at."""

    def __init__(self, source: Source, head: bytes) -> None:
        self._source = source
        self._head = head

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        found = self._head[: len(buffer)] or self._source.read(len(buffer))
        self._head = self._head[len(buffer) :]
        buffer[: len(found)] = found
        return len(found)


class Rows:
    """The rows of one opened file: `header` first, then `records` to the end."""

    def __init__(self, source: Source, records: Iterator[Record], form: Form) -> None:
        self._source = source
        self._records = records
        self._form = form
        self.ended_at_footer = False
        self.header = self._header()

    def _header(self) -> list[str]:
        try:
            found = next(self._records).cells
        except StopIteration:
            raise errors.NotATable(file=self._source.name, what="empty") from None
        if len(found) > MOST_COLUMNS:
            raise errors.NotATable(file=self._source.name, what=f"a file of {len(found)} columns")
        return [name_of_column(cell) for cell in found]

    def records(self) -> Iterator[Record]:
        """Rows below the header, without blank ones, up to the footer. What stands behind a footer is read past."""
        for record in self._records:
            if not any(cell.strip() for cell in record.cells):
                continue
            if self._form.ends(record.cells):
                self.ended_at_footer = True
                break
            yield record
        for _ in self._records:
            pass

    def digest(self) -> str:
        """SHA-256 of the unpacked content, once all rows have been read."""
        return self._source.digest()


def name_of_column(cell: str) -> str:
    """A column's name: line breaks and runs of spaces inside it are one space."""
    return " ".join(cell.split())


@contextmanager
def opened(path: Path, form: Form, delimiter: str, tell: Tell | None = None) -> Iterator[Rows]:
    """The rows of a file, read with one delimiter. Raises refusals of this slice."""
    source = Source(path, tell)
    try:
        head = source.read(_PEEK)
        if head.startswith(b"PK\x03\x04"):
            records = _of_sheet(source, form)
        else:
            _refuse_what_is_no_table(source.name, head)
            records = _of_text(source, head, form, delimiter)
        yield Rows(source, records, form)
    finally:
        source.close()


def _refuse_what_is_no_table(name: str, head: bytes) -> None:
    text = head.lstrip(codecs.BOM_UTF8 + b" \t\r\n").lower()
    signs = {
        b"<!doctype html": "an html page",
        b"<html": "an html page",
        b"<?xml": "an XML document",
        b"<": "a page of markup",
        b"%pdf": "a PDF document",
        b"{": "a JSON document",
        b"[{": "a JSON document",
        b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls)",
        b"sqlite format 3": "a database",
    }
    for sign, what in signs.items():
        if text.startswith(sign):
            raise errors.NotATable(file=name, what=what)
    if not text:
        raise errors.NotATable(file=name, what="empty")
    if b"\0" in head and not head.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)):
        raise errors.NotATable(file=name, what="a file of binary data")


def _of_sheet(source: Source, form: Form) -> Iterator[Record]:
    while source.read(1 << 16):  # to the end, for the hash
        pass
    for line, cells in sheets.rows(source.path, form.sheet):
        if line > form.skip:
            yield Record(line, cells)


class _Lines:
    """Lines of text with their count. `since` counts the characters of the row that is being read."""

    def __init__(self, source: Source, head: bytes, encoding: str) -> None:
        self._name = source.name
        self._encoding = encoding
        name = "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding
        self._text = io.TextIOWrapper(
            io.BufferedReader(_Stream(source, head), 1 << 16), encoding=name, errors="strict", newline=""
        )
        self.line = 0
        self.since = 0
        self.is_whole = True
        self._may_be_other = not codecs.lookup(encoding).name.startswith("utf")
        self._other = 0

    def __iter__(self) -> Iterator[str]:
        while text := self._next():
            if self._may_be_other and not text.isascii():
                self._note_other(text)
            self.line += 1
            self.since += len(text)
            self.is_whole = text[-1] in "\r\n"
            if self.since > MOST_CHARACTERS:
                raise errors.LineTooLong(file=self._name, line=self.line, most=MOST_CHARACTERS)
            if "\0" in text:
                raise errors.NotATable(file=self._name, what="a file of binary data")
            yield text
        if self._may_be_other and self._other:
            raise errors.OtherEncoding(file=self._name, encoding=self._encoding)

    def _note_other(self, text: str) -> None:
        """Note whether the bytes of a line are UTF-8 too: hardly ever by chance, and never in every line."""
        try:
            text.encode(self._encoding).decode("utf-8")
            self._other += 1
        except UnicodeError:
            self._may_be_other = False

    def _next(self) -> str:
        try:
            return self._text.readline(MOST_CHARACTERS + 1)
        except UnicodeError as fault:
            if "unexpected end of data" in str(fault):
                raise errors.CutOff(file=self._name, why="it ends in the middle of a letter") from fault
            # A chunk is decoded at once, so the line is counted on to the byte that broke it.
            before = fault.object[: fault.start] if isinstance(fault, UnicodeDecodeError) else b""
            line = self.line + 1 + before.count(b"\n")
            raise errors.WrongEncoding(file=self._name, encoding=self._encoding.upper(), line=line) from fault


def _of_text(source: Source, head: bytes, form: Form, delimiter: str) -> Iterator[Record]:
    lines = _Lines(source, head, form.encoding)
    feed = iter(lines)
    for _ in range(form.skip):
        next(feed, "")
        lines.since = 0
    reader = csv.reader(feed, delimiter=delimiter, quotechar=form.quote, strict=True)
    width = 0
    while True:
        begins = lines.line + 1
        lines.since = 0
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            raise _quotes(source.name, begins, lines, fault) from fault
        if width and 1 <= len(cells) < width and not lines.is_whole and not form.ends(cells):
            raise errors.CutOff(
                file=source.name, why=f"its last row, at line {begins}, has {len(cells)} of {width} columns"
            )
        width = width or len(cells)
        if cells:
            yield Record(begins, cells)


def _quotes(name: str, begins: int, lines: _Lines, fault: csv.Error) -> errors.CannotImport:
    if "unexpected end of data" in str(fault):
        return errors.CutOff(file=name, why=f"the quotation opened in the row at line {begins} is never closed")
    if "field larger" in str(fault):
        return errors.LineTooLong(file=name, line=begins, most=csv.field_size_limit())
    return errors.BrokenQuotes(file=name, line=lines.line, why="text follows a closing quotation mark")
