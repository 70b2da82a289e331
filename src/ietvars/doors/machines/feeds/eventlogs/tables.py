"""Reads logs that are tables: CSV, with its dialect told or found out, and Parquet, a row an event.

Lines are counted as an editor shows them, so that a fault can be found. Parquet is read by a process of its own, with
limits (`columns_apart`), which hands its rows over as CSV.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence

from ietvars.doors.machines.feeds.eventlogs import columns_apart, errors
from ietvars.doors.machines.feeds.eventlogs.mapping import NEEDED, ROLES, LogMapping, plain
from ietvars.doors.machines.feeds.eventlogs.raws import MOST_TEXT, Notes, Raw
from ietvars.doors.machines.feeds.eventlogs.sources import Form, Source

MOST_COLUMNS = 2_000
MOST_CELL = 2**20
OF_CASE = ("case:", "Case:", "CASE:")
"""How the name of a column begins that belongs to a case, as in the tables of process mining."""
DELIMITERS = ",;\t|"


def read(source: Source, form: Form, mapping: LogMapping, notes: Notes) -> Iterator[Raw]:
    """The events of a table in the order of its rows. Raises NoColumn, TwiceNamed, WrongLetters, Broken, NotALog."""
    if form is Form.PARQUET:
        with columns_apart.rows(source) as stream:
            yield from _rows(stream, source.name, mapping, notes, delimiter=",", quote='"', skipped=1)
        return
    encoding = "utf-16" if source.head.startswith((b"\xff\xfe", b"\xfe\xff")) else mapping.encoding
    stream = io.TextIOWrapper(io.BufferedReader(source, 2**16), encoding=encoding, newline="")
    first = _head(source, encoding)
    yield from _rows(stream, source.name, mapping, notes, mapping.delimiter or _delimiter(first), mapping.quote)


def _head(source: Source, encoding: str) -> str:
    lines = source.head.decode(encoding, "replace").splitlines()
    return next((line for line in lines if line.strip()), "")


def _delimiter(line: str) -> str:
    counts = Counter(letter for letter in line if letter in DELIMITERS)
    return counts.most_common(1)[0][0] if counts else ","


def _rows(
    stream: io.TextIOBase, name: str, mapping: LogMapping, notes: Notes, delimiter: str, quote: str, skipped: int = 0
) -> Iterator[Raw]:
    reader = csv.reader(
        stream,
        delimiter=delimiter,
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        strict=True,
    )
    csv.field_size_limit(MOST_CELL)
    header: list[str] | None = None
    line = 0
    while True:
        begins = line + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except UnicodeError as fault:
            raise errors.WrongLetters(file=name, encoding=mapping.encoding, line=reader.line_num + 1) from fault
        except csv.Error as fault:
            raise errors.Broken(file=name, line=reader.line_num, why=_told(fault)) from fault
        line = reader.line_num
        if not any(cells):
            continue
        if header is None:
            header = _header(cells, name, mapping)
        elif len(cells) > len(header) and any(cells[len(header) :]):
            notes.refuse(begins - skipped, "more-cells-than-columns", f"{len(cells)} / {len(header)}")
        else:
            said = [(name, cell.strip()[:MOST_TEXT]) for name, cell in zip(header, cells, strict=False)]
            own = mapping.pick(one for one in said if not one[0].startswith(OF_CASE))
            of_case = mapping.pick(one for one in said if one[0].startswith(OF_CASE))
            if case := own.pop("case", "") or of_case.pop("case", ""):
                yield Raw(case, begins - skipped, own, of_case)
            else:
                notes.refuse(begins - skipped, "no-case")
    if header is None:
        raise errors.NotALog(file=name, what="empty")


def _told(fault: csv.Error) -> str:
    text = str(fault)
    if "field larger" in text:
        return "a cell is longer than a megabyte, as when a quotation mark is not closed"
    if "NUL" in text:
        return "it holds bytes that are no text"
    return "its quotation marks do not pair up"


def _header(cells: Sequence[str], name: str, mapping: LogMapping) -> list[str]:
    """The columns, checked: each needed role has one, and no wanted name stands twice."""
    header = [cell.strip() for cell in cells]
    if len(header) > MOST_COLUMNS:
        raise errors.NotALog(file=name, what=f"a file of {len(header)} columns")
    counts = Counter(plain(cell) for cell in header)
    for cell in header:
        if counts[plain(cell)] > 1 and plain(cell) in mapping.known:
            raise errors.TwiceNamed(file=name, column=cell[:60])
    roles = {role for cell in header for role, _ in mapping.known.get(plain(cell), ())}
    for role in (*NEEDED, *sorted(mapping.said)):
        if role not in roles:
            shown = ", ".join(cell[:40] for cell in header[:20]) or "none"
            raise errors.NoColumn(file=name, role=role, columns=shown, key=role)
    assert roles <= ROLES.keys()
    return header
