"""Tables as frozen dataclasses: the same rows become HTML that stacks on a narrow screen, CSV and JSON.

A table must not sort, sum or fetch; it holds what a door has decided to show. In files a value and its state stand in
two columns, so an empty cell is never ambiguous, and each row says whether its figures are illustrative.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from ietvars.doors.furniture.marks import Value, Words
from ietvars.doors.furniture.shown import Part, as_html, as_plain

Plain = str | int | float | Decimal | bool | None


@dataclass(frozen=True)
class Column:
    """A column: head, whether it holds numbers (`n`), values with states (`values`), and its code in JSON.

    `stacked` is the label in the stacked form, where the head would be too long; `in_file` keeps the unit for files
    where the page says it elsewhere.
    """

    head: Words
    code: str = ""
    n: bool = False
    values: bool = False
    unit: Words = ""
    stacked: Words = ""
    in_file: bool = False

    @property
    def label(self) -> Words:
        return self.stacked or self.head

    @property
    def is_number(self) -> bool:
        return self.n or self.values

    @property
    def title(self) -> str:
        """Head with its unit, for files."""
        return f"{self.head}, {self.unit}" if self.unit else str(self.head)


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: a mark, a number, a day, words, or several of them; with a link and a line under it."""

    what: Any
    href: str = ""
    under: Words = ""
    unit: Words = ""
    wide: bool = False
    span: int = 1


@dataclass(frozen=True)
class Row:
    """A row; its first cell is its heading. `level` and `open` make it a row of a tree.

    `open` None is a leaf; else the heading's link opens or closes the row, and readers hear which.
    """

    cells: tuple[Any, ...]
    level: int | None = None
    open: bool | None = None
    current: bool = False
    illustrative: bool = False


@dataclass(frozen=True)
class Table(Part):
    """A table. `code` names it in addresses and files; `stack` is "rows", "grid" or nothing on narrow screens.

    `scroll` names the region when the table is wide enough to need sideways scrolling. `illustrative` says it of all
    figures at once, which then do not repeat it; `tagged` means that the page has said so already.
    """

    code: str
    caption: Words
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    foot: tuple[Row, ...] = ()
    stack: str = "rows"
    cols: int = 3
    dense: bool = False
    scroll: Words = ""
    show_caption: bool = False
    illustrative: bool = False
    tagged: bool = False

    template: ClassVar[str] = "ietvars/parts/table.html"

    def __post_init__(self) -> None:
        for row in (*self.rows, *self.foot):
            width = sum(cell.span if isinstance(cell, Cell) else 1 for cell in row.cells)
            if width != len(self.columns):
                raise ValueError(f"Table {self.code}: a row of {width} cells under {len(self.columns)} heads")

    @property
    def drawn(self) -> SafeString:
        """The rows of the body. Drawn here and not by a template, since lists have thousands of cells."""
        return SafeString("".join(self._row(row) for row in self.rows))

    @property
    def drawn_foot(self) -> SafeString:
        """The rows of the foot."""
        return SafeString("".join(self._row(row) for row in self.foot))

    def _row(self, row: Row) -> str:
        pieces = ['<tr role="row" aria-current="true">' if row.current else '<tr role="row">']
        at = 0
        for given in row.cells:
            cell = given if isinstance(given, Cell) else Cell(given)
            pieces.append(self._cell(cell, self.columns[at]) if at else self._head(cell, row))
            at += cell.span
        return "".join([*pieces, "</tr>"])

    def _head(self, cell: Cell, row: Row) -> str:
        if row.level is None:
            return f'<th role="rowheader" scope="row">{self._inside(cell)}</th>'
        css = f"iv-tree l{row.level}" if row.level else "iv-tree"
        sign = said = ""
        if row.open is not None:
            sign = "–" if row.open else "+"
            said = pgettext("row of a tree", "open") if row.open else pgettext("row of a tree", "closed")
        heard = f'<span class="ds-sr-only">, {_said(said)}</span>' if said else ""
        return (
            f'<th role="rowheader" scope="row" class="{css}"><span class="iv-tog" aria-hidden="true">{sign}</span>'
            f"{self._inside(cell, heard)}</th>"
        )

    def _cell(self, cell: Cell, column: Column) -> str:
        own = ' class="n"' if column.is_number else ""
        span = f' colspan="{cell.span}"' if cell.span > 1 else ""
        wide = " data-wide" if cell.wide else ""
        return f'<td role="cell"{own} data-l="{_said(column.label)}"{span}{wide}>{self._inside(cell)}</td>'

    def _inside(self, cell: Cell, heard: str = "") -> str:
        shown = f"{as_html(self._quiet(cell.what))}{heard}"
        if cell.href:
            if isinstance(cell.what, Value) and cell.what.href:
                raise ValueError(f"Table {self.code}: a cell and its value both lead somewhere, {cell.href}")
            shown = f'<a href="{_said(cell.href)}">{shown}</a>'
        unit = f'<span class="iv-unit">{_said(cell.unit)}</span>' if cell.unit else ""
        under = f'<span class="iv-sub">{_said(cell.under)}</span>' if cell.under else ""
        return f"{shown}{unit}{under}"

    def _quiet(self, what: Any) -> Any:
        # The word stands once at the table when it holds for all of it.
        return what.quietly() if self.illustrative and isinstance(what, Value) else what

    @property
    def has_values(self) -> bool:
        """Whether files need a column that says which figures are illustrative."""
        return self.illustrative or any(column.values for column in self.columns)

    def csv_head(self) -> list[str]:
        """Heads of the CSV file, in the language of the page."""
        heads: list[str] = []
        for column in self.columns:
            heads.append(column.title)
            if column.values:
                heads.append(pgettext("column head", "%(column)s: state") % {"column": column.head})
        return [*heads, pgettext("column head", "illustrative")] if self.has_values else heads

    def csv_rows(self) -> Iterator[list[Plain]]:
        """Rows of the CSV file; numbers are bare, with a point, and a value's state stands beside it."""
        for row in (*self.rows, *self.foot):
            yield self._csv_row(row)

    def _csv_row(self, row: Row) -> list[Plain]:
        line: list[Plain] = []
        for column, cell in self._under_columns(row):
            line.append(as_plain(cell.what) if cell else "")
            if column.values:
                line.append(_state(cell))
        if self.has_values:
            line.append(gettext("yes") if self._is_illustrative(row) else gettext("no"))
        return line

    def document(self) -> dict[str, Any]:
        """The table as a JSON document: codes of columns, values with their states."""
        codes = [column.code or f"column_{number}" for number, column in enumerate(self.columns, start=1)]
        return {
            "code": self.code,
            "title": str(self.caption),
            "illustrative": self.illustrative,
            "columns": [
                {"code": code, "label": str(column.head), "unit": str(column.unit)}
                for code, column in zip(codes, self.columns, strict=True)
            ],
            "rows": [self._json_row(row, codes) for row in self.rows],
            "totals": [self._json_row(row, codes) for row in self.foot],
        }

    def _json_row(self, row: Row, codes: list[str]) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for code, (column, cell) in zip(codes, self._under_columns(row), strict=True):
            if cell is None:
                fields[code] = None
            elif column.values and isinstance(cell.what, Value):
                fields[code] = value_document(cell.what, illustrative=self._is_illustrative(row))
            else:
                fields[code] = as_plain(cell.what)
        if row.level is not None:
            fields["level"] = row.level
        if self.has_values:
            fields["illustrative"] = self._is_illustrative(row)
        return fields

    def _under_columns(self, row: Row) -> Iterator[tuple[Column, Cell | None]]:
        """Each column with the cell that begins under it; None where a wider cell reaches over."""
        at = 0
        for given in row.cells:
            cell = given if isinstance(given, Cell) else Cell(given)
            yield self.columns[at], cell
            for over in range(at + 1, at + cell.span):
                yield self.columns[over], None
            at += cell.span

    def _is_illustrative(self, row: Row) -> bool:
        held = (cell.what if isinstance(cell, Cell) else cell for cell in row.cells)
        return self.illustrative or row.illustrative or any(isinstance(one, Value) and one.illustrative for one in held)


def _said(words: Words) -> str:
    """Words as HTML; what is safe already stays as it is."""
    return conditional_escape(words if isinstance(words, str) else str(words))


def _state(cell: Cell | None) -> str:
    if cell is None:
        return ""
    return str(cell.what.state) if isinstance(cell.what, Value) else ""


def value_document(value: Value, *, illustrative: bool = False) -> dict[str, Any]:
    """A value as JSON: number or null, state, raw text where it was unreadable, and whether it is illustrative."""
    said: dict[str, Any] = {
        "value": value.number,
        "state": str(value.state),
        "illustrative": value.illustrative or illustrative,
    }
    return said | {"raw": value.raw} if value.raw else said
