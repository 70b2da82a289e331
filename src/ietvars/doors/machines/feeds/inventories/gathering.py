"""Gathers all files of a run: each thing once, what collides named with both its lines. Reads files, writes nothing.

Services are still named by their numbers in the inventory and bodies by their codes; `bringing` finds their rows.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ietvars.doors.machines.feeds.inventories import errors, files, mapping, standards, tables
from ietvars.doors.machines.feeds.inventories.faults import Fault, Weight
from ietvars.doors.machines.feeds.inventories.rows import BodyName, Cell, Place, Reader, Told
from ietvars.doors.machines.feeds.inventories.standards import Result, StandardTold
from ietvars.ground.periods.rules import Period

Tell = Callable[[int], None]


@dataclass(slots=True)
class FileReport:
    """What became of one file."""

    file: str
    table: str
    rows: int = 0
    taken: int = 0
    filtered: int = 0
    other_periods: int = 0
    unknown_columns: list[str] = field(default_factory=list)
    footer: bool = False


@dataclass(slots=True)
class Mention:
    """A service as a row names it; the row's period orders the mentions, a register stands before all."""

    identity: str
    period: Period | None
    body: BodyName | None
    title: Mapping[str, str]
    summary: Mapping[str, str]
    place: Place


@dataclass(slots=True)
class Line:
    """That a service was listed in a period, with its described fields."""

    place: Place
    body: BodyName | None
    fields: dict[str, dict[str, Any]]


@dataclass(slots=True)
class Held:
    """A figure with the body that its row names."""

    cell: Cell
    body: BodyName | None
    place: Place
    table: str


CellKey = tuple[str, str, str, str, str]
"""Service's number, period, quantity, stage, channel."""


@dataclass
class Gathered:
    """All that the files say."""

    digest: str = ""
    files: list[FileReport] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    mentions: dict[str, list[Mention]] = field(default_factory=dict)
    lines: dict[tuple[str, str], Line] = field(default_factory=dict)
    cells: dict[CellKey, Held] = field(default_factory=dict)
    standards: list[StandardTold] = field(default_factory=list)
    periods: dict[str, Period] = field(default_factory=dict)

    def states(self) -> dict[str, dict[str, int]]:
        """How many figures there are of each quantity and channel in each state; measured zeros are told apart."""
        found: dict[str, Counter[str]] = {}
        for (_, _, quantity, _, channel), held in self.cells.items():
            counts = found.setdefault(f"{quantity}/{channel}" if channel else quantity, Counter())
            counts[held.cell.said.state] += 1
            if held.cell.said.number == 0:
                counts["of_which_zero"] += 1
        return {name: dict(sorted(counts.items())) for name, counts in sorted(found.items())}


def gather(
    inventory: mapping.Inventory,
    paths: Sequence[Path],
    *,
    only: Collection[str] = (),
    tell: Tell | None = None,
) -> Gathered:
    """Read all files. `only`: codes of the periods to take, all where none are named. Raises refusals of this slice."""
    matches = [tables.match(path, inventory.tables) for path in dict.fromkeys(paths)]
    names = Counter(match.path.name for match in matches)
    found = Gathered()
    hashes = []
    gatherer = _Gatherer(inventory, found, frozenset(only))
    for match in matches:
        with match.opened(tell) as rows:
            tables.require_unambiguous(match.path.name, match.table, rows.header)
            name = match.path.name
            gatherer.take(name if names[name] == 1 else str(match.path), match, rows)
            hashes.append(rows.digest())
    _require_rows(found)
    found.digest = hashlib.sha256("\n".join([*sorted(hashes), *sorted(only)]).encode()).hexdigest()
    found.faults.sort(key=lambda fault: (fault.file, fault.line))
    return found


def _require_rows(found: Gathered) -> None:
    """Refuse a file of which no row is wanted, and a run of which every row is at fault."""
    for each in found.files:
        if each.rows == each.filtered + each.other_periods:
            raise errors.NoRows(file=each.file)
    if not any(each.taken for each in found.files):
        first = next(fault for fault in found.faults if fault.weight is Weight.ROW)
        raise errors.NothingTaken(file=first.file, line=first.line, why=first.explanation)


class _Gatherer:
    """Keeps what was seen, so that the second of a kind is named with the first."""

    def __init__(self, inventory: mapping.Inventory, found: Gathered, only: frozenset[str]) -> None:
        self.inventory = inventory
        self.found = found
        self.only = only
        self._rows: dict[tuple[str, str, str], Place] = {}
        self._results: dict[tuple[str, str, str, str, str], Place] = {}
        self._definitions: dict[tuple[str, str, str, str], Place] = {}

    def take(self, name: str, match: tables.Match, rows: files.Rows) -> None:
        """Take in the rows of one file, which bears `name` in reports."""
        table = match.table
        reader = Reader(self.inventory, table, rows.header, name, self.only)
        report = FileReport(name, table.name, unknown_columns=[each for each in table.unknown(rows.header) if each])
        self.found.files.append(report)
        for record in rows.records():
            report.rows += 1
            place = Place(name, record.line)
            cells = reader.cells_of(place, record.cells)
            if cells is None:
                continue
            if table.kind is mapping.Kind.STANDARDS:
                report.taken += self._take_standard(reader, place, cells)
            else:
                report.taken += self._take_row(reader, place, cells)
        report.filtered = reader.filtered
        report.other_periods = reader.other_periods
        report.footer = rows.ended_at_footer
        self.found.faults += reader.faults

    # ---- services and their figures --------------------------------------------------------------------------------

    def _take_row(self, reader: Reader, place: Place, cells: mapping.Cells) -> bool:
        told = reader.told(place, cells)
        if told is None:
            return False
        if self._collides(reader, told) if reader.table.is_by_cell else not self._is_first(reader, told):
            return False
        if reader.table.names_services:
            self._mention(told)
        self._keep_lines(reader.table, told)
        self._keep_cells(reader, told)
        return True

    def _is_first(self, reader: Reader, told: Told) -> bool:
        """Whether this is the first row of its service and period in its table; a fault where it is not."""
        key = (reader.table.name, told.identity, told.period.code if told.period else "")
        first = self._rows.setdefault(key, told.place)
        if first is not told.place:
            spec = reader.table.identity
            assert spec is not None
            reader.faults.append(told.place.fault(spec.columns[0], told.identity, "second-row", first=first))
            return False
        return True

    def _collides(self, reader: Reader, told: Told) -> bool:
        """Whether a figure of a row was there before, or the row has none."""
        for cell in told.cells:
            held = self.found.cells.get(_key(told.identity, cell))
            if held is not None and held.table == reader.table.name:
                reader.faults.append(told.place.fault(cell.column, cell.said.raw, "second-cell", first=held.place))
                return True
        return not told.cells

    def _mention(self, told: Told) -> None:
        mention = Mention(told.identity, told.period, told.body, told.title, told.summary, told.place)
        self.found.mentions.setdefault(told.identity, []).append(mention)

    def _keep_lines(self, table: mapping.Table, told: Told) -> None:
        """The service was listed in the row's period, or in those periods of a wide row that hold a figure."""
        if not table.lists:
            return
        periods = [told.period] if told.period else _spoken_of(told.cells)
        for period in periods:
            self.found.periods[period.code] = period
            key = (told.identity, period.code)
            line = self.found.lines.setdefault(key, Line(told.place, told.body, {}))
            line.fields = {**told.fields, **line.fields}

    def _keep_cells(self, reader: Reader, told: Told) -> None:
        spoken = {period.code for period in _spoken_of(told.cells)}
        for cell in told.cells:
            if told.period is None and cell.period.code not in spoken:
                continue
            self.found.periods[cell.period.code] = cell.period
            held = self.found.cells.setdefault(
                _key(told.identity, cell), Held(cell, told.body, told.place, reader.table.name)
            )
            if held.cell is not cell and _differs(held.cell, cell):
                fault = told.place.fault(
                    cell.column, cell.said.raw, "said-otherwise", Weight.CONTRADICTION, first=held.place
                )
                reader.faults.append(fault)

    # ---- standards -------------------------------------------------------------------------------------------------

    def _take_standard(self, reader: Reader, place: Place, cells: mapping.Cells) -> bool:
        told = standards.read(reader, place, cells)
        if told is None:
            return False
        spec = reader.table.standard
        assert spec is not None
        where = (told.identity, told.code, told.period.code, told.channel)
        if not told.results and self._definitions.setdefault(where, place) is not place:
            reader.faults.append(place.fault(spec.code, told.code, "second-result", first=self._definitions[where]))
            return False
        if self._is_second_result(reader, told, spec):
            return False
        for result in told.results:
            self.found.periods[result.period.code] = result.period
        if told.identity and reader.table.names_services:
            title = reader.table.title.read(cells) if reader.table.title else {}
            mention = Mention(told.identity, told.period, reader.body_of(cells), title, {}, place)
            self.found.mentions.setdefault(told.identity, []).append(mention)
        self.found.standards.append(told)
        return True

    def _is_second_result(self, reader: Reader, told: StandardTold, spec: mapping.Standard) -> bool:
        keys = [(told.identity, told.code, each.period.code, each.channel, "") for each in told.results]
        for key in keys:
            if key in self._results:
                reader.faults.append(told.place.fault(spec.code, told.code, "second-result", first=self._results[key]))
                return True
        self._results.update(dict.fromkeys(keys, told.place))
        return False


def _key(identity: str, cell: Cell) -> CellKey:
    return (identity, cell.period.code, cell.quantity, cell.stage, cell.channel)


def _spoken_of(cells: Sequence[Cell]) -> list[Period]:
    """The periods in which a wide row says something: at least one of its figures is not simply missing."""
    return list({cell.period.code: cell.period for cell in cells if cell.said.state != "missing"}.values())


def _differs(one: Cell, other: Cell) -> bool:
    return (one.said.state, one.said.number) != (other.said.state, other.said.number)


__all__ = ["FileReport", "Gathered", "Held", "Line", "Mention", "Result", "gather"]
