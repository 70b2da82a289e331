"""What goes into the engine and what comes out: reported cells and fields of one service, and a figure.

Pure values, never Django. A cell is what was reported, a figure what was computed; neither is ever the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ietvars.institution.measurements.values import State

Key = tuple[str, str]
"""Stage and channel, each empty where the cell is about all of them."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The newest report of one quantity at one stage and channel; `earlier` is what an older edition said otherwise.

    `is_counted`: from events, not reported. `scatter`: how much more its days scatter than chance would have them.
    """

    state: State
    value: Decimal | None = None
    n: int | None = None
    spread: Decimal | None = None
    spread_kind: str = ""
    scale: str = ""
    edition: int = 0
    scatter: float | None = None
    is_counted: bool = False
    is_illustrative: bool = False
    earlier: "Cell | None" = None


@dataclass(frozen=True, slots=True)
class Field:
    """The newest report of one described field, which may hold several values."""

    state: State
    values: tuple[str, ...] = ()
    edition: int = 0
    earlier: "Field | None" = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that one service reported for one period."""

    fields: Mapping[str, Field] = field(default_factory=dict)
    cells: Mapping[str, Mapping[Key, Cell]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """One computed value. `gaps` are the parts that should have been measured and were not.

    `counted` says of what it was made: "all" of cells counted from events, "some", or none (empty).
    """

    stage: str = ""
    channel: str = ""
    state: State = State.MISSING
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    n: int | None = None
    spread: Decimal | None = None
    spread_kind: str = ""
    scale: str = ""
    scatter: float | None = None
    counted: str = ""
    measured: int = 0
    expected: int = 0
    gaps: tuple[dict[str, str], ...] = ()
    exclusions: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    editions: tuple[int, ...] = ()
    restated: tuple[dict[str, Any], ...] = ()
    is_illustrative: bool = False
