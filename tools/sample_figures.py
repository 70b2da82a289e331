"""Figures of one service and year as a person with a pocket calculator would have them, from the texts in the cells.

The slow, obvious twin of the product's engine and of its national definitions. It must not import either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sample_numbers import MISSING, NOT_APPLICABLE, WIDE
from sample_services import ELECTRONIC, YEARS, Cell

BEFORE, NOW = YEARS
NOT_ASKED = "nejautāts"
MEASURED = "measured"
STATES = {MISSING: "missing", NOT_APPLICABLE: "not_applicable", NOT_ASKED: "not_asked", "": "missing"}

Key = tuple[str, str, str]
"""Indicator, stage, channel."""


@dataclass(frozen=True)
class Figure:
    """One figure as a person with a pocket calculator would have it."""

    state: str
    value: float | None = None
    part: float | None = None
    whole: float | None = None
    n: int | None = None
    spread: float | None = None
    scale: str = ""
    gaps: frozenset[str] = frozenset()
    restated: str = ""
    cause: str = ""


@dataclass(frozen=True)
class Amount:
    """A sum of cells: its state, its number, and the columns that it lacks."""

    state: str
    number: float = 0
    gaps: frozenset[str] = frozenset()
    cause: str = ""
    columns: frozenset[str] = frozenset()


@dataclass
class Row:
    """The row of one service and year, ready to be counted with."""

    cells: Mapping[str, Cell]
    silence: str = ""
    not_in_form: str = ""
    restated: Mapping[str, str] = field(default_factory=dict)

    def named(self, kind: str) -> list[str]:
        """Columns of a quantity by channel."""
        return sorted(name for name in self.cells if name.startswith(f"{kind}/"))

    def sum(self, *columns: str) -> Amount:
        """Add up what is measured; where nothing is, say how it is absent."""
        if not columns or not self.cells:
            return Amount("missing", cause=self.silence or "no-survey")
        found = [(column, *self._read(column)) for column in columns]
        measured = [number for _, state, number, _ in found if state == MEASURED and number is not None]
        gaps = frozenset(column for column, state, _, _ in found if state not in {MEASURED, "not_applicable"})
        cause = next((cause for _, state, _, cause in found if state != MEASURED), "")
        states = {state for _, state, _, _ in found}
        if measured:
            return Amount(MEASURED, sum(measured), gaps, cause, frozenset(columns))
        lacking = states - {"not_applicable"} or states
        return Amount(lacking.pop() if len(lacking) == 1 else "missing", 0, gaps, cause, frozenset(columns))

    def _read(self, column: str) -> tuple[str, float | None, str]:
        if column not in self.cells:
            return ("not_asked", None, self.not_in_form) if column in WIDE else ("missing", None, "no-survey")
        cell = self.cells[column]
        if cell.text in STATES:
            return STATES[cell.text], None, cell.cause
        try:
            return MEASURED, float(cell.text), cell.cause
        except ValueError:
            return "unreadable", None, cell.cause

    def number(self, column: str) -> float | None:
        """A number that stands beside another, such as how many were asked."""
        state, number, _ = self._read(column)
        return number if state == MEASURED else None


def figures(row: Row, year: int) -> dict[Key, Figure]:
    """All figures of a row that are compared."""
    requests, received = row.named("requests"), row.named("received")
    made: dict[Key, Figure] = {
        ("demand", "request", ""): _count(row, *requests),
        ("throughput", "", ""): _count(row, "results"),
        ("backlog", "", ""): _count(row, "backlog"),
        ("digital-share", "request", ""): _electronic(row, requests),
        ("digital-share-receipt", "receipt", ""): _electronic(row, received),
        ("time-median", "", ""): _median(row),
        ("time-p90", "", ""): _count(row, "time_p90"),
        ("cost-per-case", "", ""): _ratio(
            row, row.sum("cost_total"), row.sum(*requests) if year == BEFORE else row.sum("results")
        ),
        ("satisfaction", "", ""): _mean(row),
        ("description-health", "", ""): _ratio(row, row.sum("description_filled"), row.sum("description_required")),
        ("availability", "", ""): _availability(row),
    }
    for indicator, part, whole in SHARES:
        made[indicator, "", ""] = _share(row, row.sum(part), row.sum(whole))
    if row.cells:
        made["availability", "request", ""] = made["availability", "", ""]
    for name in requests:
        if channel := name.partition("/")[2]:
            made["demand", "request", channel] = _count(row, name)
    return made


SHARES = (
    ("completion", "runs_finished", "runs_started"),
    ("on-time", "closed_on_time", "closed"),
    ("failure-demand", "contacts_failure", "contacts"),
    ("first-contact", "contacts_first_solved", "contacts"),
    ("once-only-debt", "items_already_held", "items_asked"),
    ("contest-rate", "contested", "decisions"),
    ("overturned-share", "overturned", "contested"),
)


def _restated(row: Row, *amounts: Amount) -> str:
    return next((row.restated[name] for each in amounts for name in sorted(each.columns) if name in row.restated), "")


def _count(row: Row, *columns: str) -> Figure:
    found = row.sum(*columns)
    value = found.number if found.state == MEASURED else None
    return Figure(found.state, value, gaps=found.gaps, restated=_restated(row, found), cause=found.cause)


def _share(row: Row, part: Amount, whole: Amount) -> Figure:
    made = _ratio(row, part, whole)
    if made.state != MEASURED:
        return made
    return replace(made, part=part.number, whole=whole.number, value=None)


def _ratio(row: Row, part: Amount, whole: Amount) -> Figure:
    gaps, restated = part.gaps | whole.gaps, _restated(row, part, whole)
    if whole.state == MEASURED and whole.number == 0:
        return Figure("not_applicable", gaps=gaps, restated=restated, cause="no-cases")
    for each in (whole, part):
        if each.state != MEASURED:
            return Figure(each.state, gaps=gaps, restated=restated, cause=each.cause)
    value = part.number / whole.number
    return Figure(MEASURED, value, gaps=gaps, restated=restated, cause=part.cause or whole.cause)


def _electronic(row: Row, columns: Sequence[str]) -> Figure:
    channels = {name.partition("/")[2] for name in columns}
    among = [name for name in columns if name.partition("/")[2] in ELECTRONIC]
    part = row.sum(*among)
    if not among and channels - {""}:
        part = Amount(MEASURED, 0)
    elif not among and columns:
        part = Amount("missing", cause=row.cells[columns[0]].cause)
    return _share(row, part, row.sum(*columns))


def _median(row: Row) -> Figure:
    made = _count(row, "time_median")
    n = row.number("time_n") if row.cells else None
    return replace(made, n=None if n is None else int(n), spread=row.number("time_iqr") if row.cells else None)


def _mean(row: Row) -> Figure:
    made = _count(row, "survey")
    if made.state != MEASURED or made.value is None:
        return replace(made, cause=made.cause or row.silence)
    scale = row.cells["survey_scale"].text
    low, high = map(float, scale.split("-"))
    n, spread = row.number("survey_n"), row.number("survey_sd")
    assert n is not None
    assert spread is not None
    factor = 100 / (high - low)
    return replace(made, value=(made.value - low) * factor, n=int(n), spread=spread * factor, scale=scale)


def _availability(row: Row) -> Figure:
    agreed, down = row.sum("agreed_hours"), row.sum("downtime_hours")
    up = replace(agreed, number=agreed.number - down.number) if down.state == MEASURED else down
    return _ratio(row, up, agreed)
