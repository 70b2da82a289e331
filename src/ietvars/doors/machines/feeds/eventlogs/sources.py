"""Opens a log as a stream of bytes, unpacked on the way and counted, and says of which form it is.

A packing fault or a limit becomes one sentence. Nothing here knows what the bytes mean beyond their beginning.
"""

import gzip
import io
import re
import zlib
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from ietvars.doors.machines.feeds.eventlogs import errors
from ietvars.doors.machines.feeds.eventlogs.raws import Tell

MOST_BYTES = 2**38
"""Of one log, unpacked: 256 GiB. Memory does not depend on it, only the time and the disk that a bomb could take."""
_PEEK = 8192


class Form(StrEnum):
    """Forms of logs, by the names of their exports."""

    XES = "xes"
    OCEL_JSON = "ocel-json"
    OCEL_XML = "ocel-xml"
    OCEL_SQLITE = "ocel-sqlite"
    CSV = "csv"
    PARQUET = "parquet"


class Source(io.RawIOBase):
    """A file as bytes, unpacked and counted."""

    def __init__(self, path: Path, tell: Tell | None = None) -> None:
        super().__init__()
        self.path, self.name, self._tell = path, path.name, tell
        self._told = self._count = 0
        try:
            self.size = path.stat().st_size
            self._raw: BinaryIO = path.open("rb")
            self.is_packed = self._raw.read(2) == b"\x1f\x8b"
            self._raw.seek(0)
        except OSError as fault:
            raise errors.NoSuchLog(file=str(path), why=fault.strerror or str(fault)) from fault
        self._bytes: BinaryIO = (
            gzip.GzipFile(fileobj=self._raw) if self.is_packed else self._raw  # type: ignore[assignment]
        )
        self._head = self._pull(_PEEK)
        self.head = self._head

    def _pull(self, size: int) -> bytes:
        try:
            found = self._bytes.read(size)
        except EOFError as fault:
            raise errors.DamagedPack(file=self.name, why="the packed data end in the middle") from fault
        except (gzip.BadGzipFile, zlib.error) as fault:
            raise errors.DamagedPack(file=self.name, why=str(fault)) from fault
        except OSError as fault:
            raise errors.NoSuchLog(file=str(self.path), why=fault.strerror or str(fault)) from fault
        self._count += len(found)
        if self._count > MOST_BYTES:
            raise errors.TooMuch(file=self.name, what="too many bytes when unpacked", most=f"{MOST_BYTES // 2**30} GiB")
        if self._tell:
            position = self._raw.tell()
            self._tell(position - self._told)
            self._told = position
        return found

    def readable(self) -> bool:
        """Bytes can be read from it."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """The next bytes, beginning with those that were looked at for the form."""
        size = len(buffer)
        found, self._head = (self._head[:size], self._head[size:]) if self._head else (self._pull(size), b"")
        buffer[: len(found)] = found
        return len(found)

    def piece(self, size: int = 2**16) -> bytes:
        """The next bytes, at most `size`; empty at the end."""
        if self._head:
            found, self._head = self._head, b""
            return found
        return self._pull(size)

    def under_a_name(self, folder: Path) -> Path:
        """The file for readers that open it themselves: itself, or unpacked in a folder."""
        if not self.is_packed:
            return self.path
        unpacked = folder / "unpacked"
        with unpacked.open("wb") as out:
            while piece := self.piece(2**20):
                out.write(piece)
        return unpacked

    def close(self) -> None:
        """Let go of the file."""
        if not self.closed:
            self._bytes.close()
            self._raw.close()
        super().close()


def form(source: Source) -> Form:
    """Of which form a log is, told by its beginning and only then by its name. Raises NotALog."""
    head = source.head
    if not head.strip():
        raise errors.NotALog(file=source.name, what="empty")
    if head.startswith(b"SQLite format 3\x00"):
        return Form.OCEL_SQLITE
    if head.startswith(b"PAR1"):
        return Form.PARQUET
    for magic, what in _OTHERS:
        if head.startswith(magic):
            raise errors.NotALog(file=source.name, what=what)
    text = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\x00", b"")
    if text.startswith(b"<"):
        return _markup(source, text)
    if text.startswith(b"{"):
        return Form.OCEL_JSON
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise errors.NotALog(file=source.name, what="something other than text")
    return Form.CSV


_OTHERS = ((b"PK\x03\x04", "a ZIP or XLSX file"), (b"%PDF", "a PDF"), (b"[", "a JSON list and no OCEL 2.0"))


def _markup(source: Source, text: bytes) -> Form:
    if re.search(rb"<!doctype html|<html", text, re.IGNORECASE):
        raise errors.NotALog(file=source.name, what="a page of the web")
    if re.search(rb"<(\w+:)?log[^>]*xes|<trace|<global|<classifier", text) or ".xes" in source.name.lower():
        return Form.XES
    if re.search(rb"<(\w+:)?(object-types|event-types|objects|events)[\s/>]", text):
        return Form.OCEL_XML
    return Form.XES


def log_name(path: Path) -> str:
    """The name of a log that says none: the file's, without what tells its form."""
    return re.sub(
        r"(\.(gz|xes|csv|parquet|json|jsonocel|xml|xmlocel|sqlite|db|ocel))+$", "", path.name, flags=re.IGNORECASE
    )
