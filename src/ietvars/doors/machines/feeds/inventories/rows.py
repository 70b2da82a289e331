"""From the cells of one row to what it says of a service: who, when, which fields, which figures, and what is wrong.

Follows the mapping and nothing else. It neither knows other rows nor the database.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.text import slugify

from ietvars.doors.machines.feeds.inventories import mapping
from ietvars.doors.machines.feeds.inventories.faults import Fault, Weight
from ietvars.ground.periods.rules import Period
from ietvars.institution.measurements import values
from ietvars.institution.measurements.rules import Said

LONGEST_CODE = 80
LONGEST_IDENTITY = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the files something stands."""

    file: str
    line: int

    def fault(
        self,
        column: str,
        raw: str,
        reason: str,
        weight: Weight = Weight.ROW,
        *,
        first: "Place | None" = None,
        facts: Mapping[str, object] | None = None,
    ) -> Fault:
        """A fault at this place; `first` is the place with which it collides."""
        found = {**(facts or {}), **({"in_file": first.file} if first else {})}
        return Fault(self.file, self.line, column, raw, reason, weight, first.line if first else 0, found)


@dataclass(frozen=True, slots=True)
class BodyName:
    """A body as a row names it."""

    code: str
    name: Mapping[str, str]
    kind: str
    above: "BodyName | None" = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of a row."""

    period: Period
    quantity: str
    stage: str
    channel: str
    said: Said
    method: str = ""
    n: int | None = None
    spread: Decimal | None = None
    spread_kind: str = ""
    column: str = ""


@dataclass(slots=True)
class Told:
    """What one row says. `periods` are those in which it lists the service."""

    place: Place
    identity: str
    period: Period | None
    body: BodyName | None = None
    title: Mapping[str, str] = field(default_factory=dict)
    summary: Mapping[str, str] = field(default_factory=dict)
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)


class Reader:
    """Reads the rows of one file as one table."""

    def __init__(
        self,
        inventory: mapping.Inventory,
        table: mapping.Table,
        header: Sequence[str],
        file: str,
        only: frozenset[str] = frozenset(),
    ) -> None:
        self.only = only
        self.inventory = inventory
        self.table = table
        self.header = list(header)
        self.file = file
        self.faults: list[Fault] = []
        self.filtered = 0
        self.other_periods = 0
        self._bodies: dict[tuple[Any, ...], BodyName | None] = {}
        self._wide = [
            (column, text, measure)
            for measure in table.measures
            if measure.pattern
            for column, text in measure.periods_in(self.header)
        ]

    def cells_of(self, place: Place, row: Sequence[str]) -> dict[str, str] | None:
        """The row by column, None where it has too few or too many cells or is filtered out."""
        width = len(self.header)
        if len(row) < width or any(cell.strip() for cell in row[width:]):
            self._fault(place, "", row[0], "columns", has=len(row), wanted=width)
            return None
        cells = dict(zip(self.header, row, strict=False))
        if not all(each.passes(cells) for each in self.table.filters):
            self.filtered += 1
            return None
        return cells

    def told(self, place: Place, cells: mapping.Cells) -> Told | None:
        """What the row says; None where it cannot be said of what or when, which is then a fault."""
        identity = self.identity_of(place, cells)
        if identity is None:
            return None
        period, is_undated = self.period_of(place, cells)
        if period is None and self.needs_period:
            return None
        told = Told(
            place=place,
            identity=identity,
            period=period,
            body=self.body_of(cells),
            title=self.table.title.read(cells) if self.table.title else {},
            summary=self.table.summary.read(cells) if self.table.summary else {},
        )
        told.fields = dict(self._fields(place, cells))
        told.cells = [*self._cells(place, cells, period), *self._long(place, cells, period)]
        if period is not None:
            told.cells += self._not_asked(period)
            self._check_totals(place, cells, told.cells)
        if is_undated and any(cell.said.state == values.State.MEASURED for cell in told.cells):
            said = next(cell for cell in told.cells if cell.said.state == values.State.MEASURED)
            self._fault(place, said.column, said.said.raw, "value-without-period")
            return None
        return told

    # ---- who and when ---------------------------------------------------------------------------------------------

    @property
    def needs_period(self) -> bool:
        """Whether a row of this table must say when; in a wide table the columns say it."""
        spec = self.table.period
        return spec is not None and bool(spec.column or spec.fixed) and self.table.kind is not mapping.Kind.REGISTER

    def identity_of(self, place: Place, cells: mapping.Cells) -> str | None:
        """The service's number, None with a fault where the row has none."""
        spec = self.table.identity
        assert spec is not None
        found = spec.read(cells)
        if not found or len(found) > LONGEST_IDENTITY:
            reason = "too-long" if found else "no-identity"
            self._fault(place, spec.columns[0], cells.get(spec.columns[0], ""), reason)
            return None
        return found

    def period_of(self, place: Place, cells: mapping.Cells) -> tuple[Period | None, bool]:
        """The period of the row, and whether the row says that it has none."""
        spec = self.table.period
        if spec is None or not (spec.column or spec.fixed):
            return None, False
        text = cells.get(spec.column, "") if spec.column else spec.fixed
        if spec.is_undated(text):
            return self._wanted(spec.read(spec.undated_period)), True
        found = spec.read(text)
        if found is None and self.needs_period:
            self._fault(place, spec.column, text, "no-period")
        return self._wanted(found), False

    def _wanted(self, period: Period | None) -> Period | None:
        """The period if this run takes it; rows of others are counted and are no fault."""
        if period is None or not self.only or period.code in self.only:
            return period
        self.other_periods += 1
        return None

    def body_of(self, cells: mapping.Cells) -> BodyName | None:
        """The body that the row names, None where it names none."""
        return self._body(self.table.body, cells) if self.table.body else None

    def _body(self, spec: mapping.BodyColumns, cells: mapping.Cells) -> BodyName | None:
        key = (id(spec), *(cells.get(column, "") for column in spec.wanted()))
        if key not in self._bodies:
            name = {language: " ".join(text.split()) for language, text in spec.name.read(cells).items()}
            above = self._body(spec.parent, cells) if spec.parent else None
            self._bodies[key] = named(self.inventory.bodies, name, spec.kind, above) if name else None
        return self._bodies[key]

    # ---- fields ---------------------------------------------------------------------------------------------------

    def _fields(self, place: Place, cells: mapping.Cells) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, spec in self.table.fields.items():
            if spec.column in cells:
                yield name, self._field(place, spec, cells[spec.column])

    def _field(self, place: Place, spec: mapping.Coded, raw: str) -> dict[str, Any]:
        """A described field as it is kept: state, value (a text, or a list where several may stand), raw text."""
        text = raw.strip()
        state = spec.markers.marked(text) if text else spec.markers.blank
        if state is not None:
            return {"state": state.value, "value": None, "raw": raw}
        codes = [(part, spec.code(part)) for part in spec.parts(raw)]
        for part, code in codes:
            if code is None:
                self._fault(place, spec.column, part, "unknown-code", Weight.CELL)
        if not codes or any(code is None for _, code in codes):
            return {"state": values.State.UNREADABLE.value, "value": None, "raw": raw}
        found = list(dict.fromkeys(code for _, code in codes))
        return {"state": values.State.MEASURED.value, "value": found if spec.several else found[0], "raw": raw}

    def code_of(self, place: Place, spec: mapping.Coded, cells: mapping.Cells, reason: str) -> str | None:
        """The code in a column that says what a row is about: empty where a marker stands, None with a fault."""
        raw = cells.get(spec.column, "")
        text = raw.strip()
        if not text or spec.markers.marked(text) is not None:
            return ""
        found = [spec.code(part) for part in spec.parts(raw)]
        if not found or None in found:
            self._fault(place, spec.column, raw, reason)
            return None
        return "-".join(code for code in found if code)

    # ---- figures --------------------------------------------------------------------------------------------------

    def _cells(self, place: Place, cells: mapping.Cells, period: Period | None) -> Iterator[Cell]:
        for measure in self.table.measures:
            if measure.column and period is not None:
                channel = measure.channel
                if measure.channels:
                    told = self.code_of(place, measure.channels, cells, "unknown-channel")
                    if told is None:
                        return
                    channel = told
                yield self._cell(place, measure, cells, period, measure.column, channel)
        for column, text, measure in self._wide:
            spec = self.table.period
            found = spec.read(text) if spec else None
            if found is None:
                self._fault(place, column, text, "no-period", Weight.CELL)
            elif not self.only or found.code in self.only:
                yield self._cell(place, measure, cells, found, column, measure.channel)

    def _long(self, place: Place, cells: mapping.Cells, period: Period | None) -> Iterator[Cell]:
        long = self.table.long
        if long is None or period is None:
            return
        text = cells.get(long.quantity, "") if long.quantity else next(iter(long.measures))
        measure = long.measures.get(" ".join(text.split()).casefold())
        if measure is None:
            self._fault(place, long.quantity, text, "unknown-quantity")
            return
        channel = self.code_of(place, long.channel, cells, "unknown-channel") if long.channel else ""
        if channel is not None:
            yield self._cell(place, measure, cells, period, long.value, channel)

    def _cell(
        self,
        place: Place,
        measure: mapping.Measure,
        cells: mapping.Cells,
        period: Period,
        column: str,
        channel: str,
    ) -> Cell:
        n = self._extra(place, measure.n, cells)
        spread = self._extra(place, measure.spread, cells)
        return Cell(
            period=period,
            quantity=measure.quantity,
            stage=measure.stage,
            channel=channel,
            said=self.said(place, column, measure.figure, cells),
            method=measure.figure.method,
            n=None if n is None else int(n),
            spread=spread,
            spread_kind=measure.spread_kind if spread is not None else "",
            column=column,
        )

    def _extra(self, place: Place, spec: mapping.NumberColumn | None, cells: mapping.Cells) -> Decimal | None:
        """The number of observations or the spread beside a figure; None where none is measured."""
        return self.said(place, spec.column, spec.figure, cells).number if spec else None

    def said(self, place: Place, column: str, figure: mapping.Figure, cells: mapping.Cells) -> Said:
        """A cell as a figure. A column that this file does not have was not asked."""
        if column not in cells:
            return Said(values.State.NOT_ASKED.value)
        raw = cells[column]
        value = values.read(raw, figure.reading)
        reason = value.fault.value if value.fault else _off_scale(value.number, figure)
        if reason:
            low, high = figure.within or (0, 0)
            self._fault(place, column, raw, reason, Weight.CELL, low=low, high=high)
            return Said(values.State.UNREADABLE.value, None, raw)
        return Said(value.state.value, value.number, raw)

    def _not_asked(self, period: Period) -> Iterator[Cell]:
        for each in self.table.not_asked:
            yield Cell(period, each.quantity, each.stage, each.channel, Said(values.State.NOT_ASKED.value))

    def _check_totals(self, place: Place, cells: mapping.Cells, found: Sequence[Cell]) -> None:
        for check in self.table.totals:
            if check.column not in cells:
                continue
            total = self.said(place, check.column, check.figure, cells)
            parts = [cell.said.number or Decimal(0) for cell in found if cell.quantity == check.quantity]
            if total.number is not None and total.number != sum(parts):
                weight = Weight.CONTRADICTION
                self._fault(place, check.column, total.raw, "total-differs", weight, sum=sum(parts))

    def _fault(
        self, place: Place, column: str, raw: str, reason: str, weight: Weight = Weight.ROW, **facts: object
    ) -> None:
        self.faults.append(place.fault(column, raw, reason, weight, facts=facts))


def _off_scale(number: Decimal | None, figure: mapping.Figure) -> str:
    """Why a measured number cannot stand on the scale of its column; empty where it can."""
    if number is None:
        return ""
    if figure.within and not figure.within[0] <= number <= figure.within[1]:
        return "out-of-range"
    if figure.ambiguous and figure.ambiguous[0] <= number <= figure.ambiguous[1]:
        return "ambiguous-scale"
    return ""


def named(bodies: mapping.Bodies, name: Mapping[str, str], kind: str, above: BodyName | None) -> BodyName:
    """The body of a name: other spellings are turned into the one the mapping chose, and the code is made from it."""
    language, text = next(iter(name.items()))
    right = bodies.aliases.get(text.casefold(), text)
    names = dict(name) if right == text else {language: right}
    code = short_code(bodies.prefix, right, LONGEST_CODE)
    # A department that is itself the agency stands under nobody but the root.
    return BodyName(code, names, above.kind if above and above.code == code else kind, _above(above, code))


def _above(above: BodyName | None, code: str) -> BodyName | None:
    return above.above if above and above.code == code else above


def short_code(prefix: str, text: str, longest: int) -> str:
    """A code for links made from a text; one that had to be cut ends in a hash of the whole."""
    slug = slugify(text)
    code = f"{prefix}-{slug}" if prefix and slug else slug or prefix
    if len(code) <= longest and slug:
        return code
    mark = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{code[: longest - 9].rstrip('-')}-{mark}"
