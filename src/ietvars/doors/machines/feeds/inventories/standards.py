"""From the cells of one row to what it says of a standard: the promise, and how it was kept.

Numbers are kept as they came. What contradicts itself in them is named by the room's rules, never put right here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ietvars.doors.machines.feeds.inventories import mapping
from ietvars.doors.machines.feeds.inventories.faults import Fault, Weight
from ietvars.doors.machines.feeds.inventories.rows import Place, Reader
from ietvars.ground.periods import rules as periods
from ietvars.ground.periods.rules import Period
from ietvars.institution.measurements import rules, values

LONGEST_CODE = 80


@dataclass(frozen=True, slots=True)
class Result:
    """One result of a standard. `columns` say where its numbers stand, for the list of faults."""

    place: Place
    period: Period
    channel: str
    said: Mapping[str, rules.Said]
    claimed: str = ""
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StandardTold:
    """What one row says of a standard. Without identity the service must be found by the standard's number."""

    place: Place
    identity: str
    code: str
    period: Period
    promise: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    channel: str = ""
    results: tuple[Result, ...] = ()


def read(reader: Reader, place: Place, cells: mapping.Cells) -> StandardTold | None:
    """What the row says of its standard; None where it cannot be said of what or when, which is then a fault."""
    spec = reader.table.standard
    assert spec is not None
    identity = reader.identity_of(place, cells) if reader.table.identity else ""
    period, _ = reader.period_of(place, cells)
    if identity is None or period is None:
        return None
    code = " ".join(cells.get(spec.code, "").split())
    if not code or len(code) > LONGEST_CODE:
        reader.faults.append(place.fault(spec.code, cells.get(spec.code, ""), "too-long" if code else "no-standard"))
        return None
    channel = reader.code_of(place, spec.channel, cells, "unknown-channel") if spec.channel else ""
    if channel is None:
        return None
    return StandardTold(
        place=place,
        identity=identity,
        code=code,
        period=period,
        promise=spec.promise.read(cells) if spec.promise else {},
        kind=(reader.code_of(place, spec.kind, cells, "unknown-code") or "") if spec.kind else "",
        channel=channel,
        results=tuple(_result(reader, place, cells, period, channel, each) for each in spec.results),
    )


def _result(
    reader: Reader, place: Place, cells: mapping.Cells, period: Period, channel: str, spec: mapping.Results
) -> Result:
    numbers = spec.numbers()
    said = {name: reader.said(place, each.column, each.figure, cells) for name, each in numbers.items()}
    claimed = _claimed(reader, place, cells, spec.claimed) if spec.claimed else ""
    found = rules.contradictions(
        **{name: said.get(name, rules.UNSAID) for name in ("target", "met", "total", "performance")},
        claimed=claimed,
        is_percent=spec.target is not None and spec.target.figure.reading.scale is values.Scale.PERCENT,
    )
    for contradiction in found:
        reader.faults.append(_named(place, cells, spec, contradiction))
    return Result(
        place=place,
        period=quarter(period, spec.quarter) if spec.quarter else period,
        channel=channel,
        said=said,
        claimed=claimed,
        faults=tuple(each.value for each in found),
    )


def _claimed(reader: Reader, place: Place, cells: mapping.Cells, spec: mapping.Coded) -> str:
    """The source's own word: met, not-met, or a value state."""
    raw = cells.get(spec.column, "")
    state = spec.markers.marked(raw.strip()) if raw.strip() else spec.markers.blank
    if state is not None:
        return state.value
    code = spec.code(raw)
    if code is None:
        reader.faults.append(place.fault(spec.column, raw, "unknown-code", Weight.CELL))
        return values.State.UNREADABLE.value
    return code


_WHERE = {
    rules.Contradiction.MET_ABOVE_TOTAL: ("met", "total"),
    rules.Contradiction.MIXED_SCALE: ("target", "performance"),
    rules.Contradiction.SHARE_ABOVE_WHOLE: ("performance",),
    rules.Contradiction.PERFORMANCE_DIFFERS: ("performance", "met", "total"),
}


def _named(place: Place, cells: mapping.Cells, spec: mapping.Results, found: rules.Contradiction) -> Fault:
    """The contradiction as a line of the list, with the columns and texts that contradict each other."""
    numbers = spec.numbers()
    columns = [numbers[name].column for name in _WHERE.get(found, ("target", "met", "total")) if name in numbers]
    if found not in _WHERE and spec.claimed:
        columns.insert(0, spec.claimed.column)
    raw = ", ".join(cells.get(column, "") for column in columns)
    return place.fault(", ".join(columns), raw, found.value, Weight.CONTRADICTION)


def quarter(period: Period, number: int) -> Period:
    """The calendar quarter that is quarter `number` (1 to 4) of a year, fiscal or not."""
    months = period.start.month - 1 + 3 * (number - 1)
    return periods.quarter(period.start.year + months // 12, months % 12 // 3 + 1)
