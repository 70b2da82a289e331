"""Compares a file that came back with what went out and with what stands now, cell by cell. Pure, never Django.

A cell is compared as it went out (`was`), as it stands now (`now`) and as the file has it (`becomes`). Whoever changed
nothing loses nothing: a cell that came back as it went out is left alone, whatever others wrote meanwhile. It must not
decide who may send a sheet back.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ietvars.ground.errors import Refusal
from ietvars.institution.sheets import cells, errors, layouts
from ietvars.institution.sheets.cells import Column, Known, Raw, Sort
from ietvars.institution.sheets.rules import (
    Download,
    FileRow,
    Found,
    Judged,
    Outcome,
    Preview,
    Sent,
    Standing,
    judge,
    read_mark,
)


@dataclass(frozen=True)
class Placed:
    """The known columns of a file by their places, and what its heading lacks or has besides."""

    columns: Mapping[int, Column]
    absent: tuple[str, ...]
    extra: tuple[str, ...]


def place(found: Found, kind: str, file: str, language: str) -> Placed:
    """Which column stands where. Raises ColumnTwice, ColumnMissing."""
    columns: dict[int, Column] = {}
    extra: list[str] = []
    for index, raw in enumerate(found.heading.cells):
        text = cells.restored(raw.text)
        if not text.strip() or raw.sort is Sort.MERGED:
            continue
        column = layouts.column_of(text, kind)
        if column is None:
            extra.append(" ".join(text.split())[:60])
        elif column.code in {each.code for each in columns.values()}:
            raise errors.ColumnTwice(file=file, column=layouts.heading(column, language))
        else:
            columns[index] = column
    there = {column.code for column in columns.values()}
    for column in layouts.keys(kind):
        if column.code not in there:
            raise errors.ColumnMissing(file=file, column=layouts.heading(column, language))
    absent = tuple(each.code for each in layouts.LAYOUTS[kind] if each.code not in there and each.is_changeable)
    return Placed(columns, absent, tuple(extra))


def kind_of(downloads: Mapping[str, Download], file: str) -> str:
    """The one kind of sheet that the downloads are. Raises NothingKnown, TwoKinds."""
    kinds = {each.kind for each in downloads.values()}
    if not kinds:
        raise errors.NothingKnown(file=file)
    if len(kinds) > 1:
        raise errors.TwoKinds(file=file)
    return kinds.pop()


def compare(
    found: Found,
    placed: Placed,
    downloads: Mapping[str, Download],
    standing: Mapping[str, Standing],
    known: Known,
) -> Preview:
    """What each cell of the file would do. `standing` holds every row that the marks name and that is still there."""
    kind = next(iter(downloads.values())).kind
    marks = Counter(row.at(found.marks).text.strip().casefold() for row in found.rows)
    judged: list[Judged] = []
    named: set[tuple[str, int]] = set()
    for row in found.rows:
        text = row.at(found.marks).text.strip()
        read = read_mark(text)
        sent = downloads[read[0]].rows.get(read[1]) if read and read[0] in downloads else None
        if read is None or sent is None:
            judged.append(_stranger(row, found.marks, text))
            continue
        named.add(read)
        count = marks[text.casefold()]
        twice = errors.RowTwice(mark=text, count=count) if count > 1 else None
        judged.extend(_of_row(row, placed, downloads[read[0]], sent, standing.get(sent.key), twice, known))
    return Preview(
        kind=kind,
        cells=tuple(judged),
        rows=len(found.rows),
        hidden_rows=tuple(row.number for row in found.rows if row.is_hidden),
        absent_rows=sum(len(each.rows) for each in downloads.values()) - len(named),
        absent_columns=placed.absent,
        extra_columns=placed.extra,
        downloads=tuple(sorted(downloads)),
    )


def _stranger(row: FileRow, place: int, text: str) -> Judged:
    """A row that no download has: new, or its mark was changed."""
    refusal: Refusal = errors.UnknownRow(mark=text[:40]) if text else errors.NewRow()
    return Judged(row.number, place, "", "", layouts.MARK.code, Outcome.REFUSED, becomes=text[:40], refusal=refusal)


def _of_row(
    row: FileRow,
    placed: Placed,
    download: Download,
    sent: Sent,
    standing: Standing | None,
    twice: Refusal | None,
    known: Known,
) -> Iterator[Judged]:
    """The cells of one row that differ from what went out."""
    touched = [
        (place, column)
        for place, column in placed.columns.items()
        if column is not layouts.MARK and not _came_back(column, row.at(place), sent, download.language)
    ]
    if not touched:
        return
    whole = twice or _refusal_of_row(row, touched, sent, standing)
    judged = [_of_cell(row, place, column, download, sent, standing, whole, known) for place, column in touched]
    listed = [cell for cell in judged if cell is not None]
    yield from listed if standing is None or whole else _together(listed, standing, download)


def _came_back(column: Column, raw: Raw, sent: Sent, language: str) -> bool:
    """Whether the cell is as it went out, or as a program rewrites it."""
    was = sent.cells.get(column.code, "")
    if raw.sort in _NO_VALUE:
        return False
    text = cells.restored(raw.text)
    if cells.alike(text, cells.shown(column, was, language)):
        return True
    if cells.is_number(column, was) and text.strip().replace(",", ".") == was:
        # A program that writes decimals with a comma has saved it; nobody wrote thousands.
        return True
    if column.is_changeable:
        return False
    return column.kind is cells.Kind.DAY and cells.read(column, raw, Known(), language) == was


def _refusal_of_row(
    row: FileRow, touched: Sequence[tuple[int, Column]], sent: Sent, standing: Standing | None
) -> Refusal | None:
    """Why nothing of the row can be changed."""
    if standing is None:
        return errors.GoneRow(key=sent.key)
    if standing.refusal is not None:
        return standing.refusal
    for place, column in touched:
        if column.is_key:
            expected = sent.cells.get(column.code, "")
            said = " ".join(row.at(place).text.split())[:60]
            return errors.RowsApart(expected=expected or "–", column=column.code, found=said)
    return None


def _of_cell(
    row: FileRow,
    place: int,
    column: Column,
    download: Download,
    sent: Sent,
    standing: Standing | None,
    whole: Refusal | None,
    known: Known,
) -> Judged | None:
    """One cell that differs from what went out; None where it means the same after all."""
    hides = standing is not None and standing.is_foreign
    went = sent.cells.get(column.code, "")
    was = "" if hides else went
    now = "" if hides or standing is None else standing.cells.get(column.code, "")
    label = "" if hides or standing is None else standing.label
    raw = row.at(place)
    told = Judged(row.number, place, sent.key, label, column.code, Outcome.REFUSED, was, now, _clipped(raw))
    try:
        if not column.is_changeable and raw.sort not in _NO_VALUE:
            return replace(told, refusal=whole or errors.NotChangeable())
        becomes = cells.read(column, replace(raw, text=cells.restored(raw.text)), known, download.language)
    except errors.CellRefusal as refusal:
        return replace(told, refusal=whole or refusal)
    if same(column, becomes, went):
        return None
    if whole is not None:
        return replace(told, refusal=whole)
    becomes = now if same(column, becomes, now) else becomes
    outcome = judge(was, now, becomes)
    return replace(told, becomes=becomes, outcome=outcome) if outcome else None


_NO_VALUE = (Sort.FORMULA, Sort.FAULT, Sort.MERGED)


def _clipped(raw: Raw) -> str:
    text = cells.without_controls(cells.restored(raw.text))
    return text if len(text) <= 500 else f"{text[:500]}…"


def same(column: Column, one: str, other: str) -> bool:
    """Whether two plain texts say the same; codes say the same in any order."""
    if column.kind is cells.Kind.CODES:
        return sorted(one.split("; ")) == sorted(other.split("; "))
    return one == other


def _together(judged: Sequence[Judged], standing: Standing, download: Download) -> Iterator[Judged]:
    """The cells of a row looked at side by side: what contradicts another cell is refused."""
    after = {**standing.cells, **{cell.column: cell.becomes for cell in judged if cell.outcome is not Outcome.REFUSED}}
    for cell in judged:
        refusal = None if cell.outcome is Outcome.REFUSED else _contradiction(cell, after, standing, download)
        yield replace(cell, outcome=Outcome.REFUSED, refusal=refusal) if refusal else cell


def _contradiction(cell: Judged, after: Mapping[str, str], standing: Standing, download: Download) -> Refusal | None:
    if download.kind == layouts.SERVICES:
        if after.get("immediate") != "yes" or not after.get("term_days"):
            return None
        # Whichever of the two brought the contradiction in; both, where a term stood and both were written.
        breaks = cell.column == "term_days" or (cell.column == "immediate" and standing.cells.get("term_days"))
        return errors.ImmediateWithTerm() if breaks else None
    if cell.column == "value" and not cell.becomes and download.kind == layouts.MEASUREMENTS:
        words = ", ".join(cells.STATES[state][download.language] for state in cells.WRITABLE)
        return errors.ErasesFigure(words=words)
    if cell.column in ("n", "spread", "scale") and cell.becomes:
        if after.get("mean") == "no":
            return errors.NotAMean()
        if not cells.is_number(_VALUE, after.get("value", "")):
            return errors.CountWithoutFigure()
    return None


_VALUE = next(each for each in layouts.LAYOUTS[layouts.MEASUREMENTS] if each.code == "value")


# ---- looking again -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Remembered:
    """A cell of a preview that would write something: as it went out, as it stood when it was seen, as it becomes."""

    pk: int
    key: str
    column: str
    outcome: Outcome
    was: str
    now: str
    becomes: str


def changed_since(
    remembered: Iterable[Remembered], standing: Mapping[str, Standing]
) -> list[tuple[Remembered, Outcome, str, Refusal | None]]:
    """Cells that stand otherwise than when the preview was seen: each with what it does now, how it stands, and why
    it may not be changed any more."""
    found: list[tuple[Remembered, Outcome, str, Refusal | None]] = []
    for cell in remembered:
        row = standing.get(cell.key)
        refusal: Refusal | None = errors.GoneRow(key=cell.key) if row is None else row.refusal
        if refusal is not None or row is None:
            found.append((cell, Outcome.REFUSED, cell.now, refusal))
            continue
        now = row.cells.get(cell.column, "")
        if now != cell.now:
            # What became as the file has it is no change; what was written meanwhile is a conflict.
            outcome = Outcome.SAME if now == cell.becomes else Outcome.CONFLICT if now != cell.was else Outcome.CHANGE
            found.append((cell, outcome, now, None))
    return found
