"""A curve of those who still wait: what part of the cases has no result after so many days, with its interval."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from ietvars.doors.furniture import tables
from ietvars.doors.furniture.charts import svg
from ietvars.doors.furniture.charts.spec import Chart
from ietvars.doors.furniture.marks import Value, Words

_TOP, _UNDER = 26, 46
_ROWS = 12


@dataclass(frozen=True)
class Stair:
    """After `days` the part `waiting`, in percent, between `low` and `high`; `n` waited until then."""

    days: int
    waiting: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, kw_only=True)
class Curve(Chart):
    """Stairs from 100 down. `axis` names the days."""

    axis: Words
    stairs: tuple[Stair, ...]

    kind: ClassVar[str] = "waiting-curve"

    def draw(self, width: int) -> tuple[int, SafeString]:
        is_wide = width >= self.wide_width
        height = 320 if is_wide else 270
        scale = svg.scale([100.0], height - _UNDER, _TOP, most=100)
        across = svg.scale([float(self.stairs[-1].days)], 44.0, width - 14.0)
        paths = (
            ("was", [stair.low for stair in self.stairs]),
            ("was", [stair.high for stair in self.stairs]),
            ("now", [stair.waiting for stair in self.stairs]),
        )
        pieces = [
            svg.text(0, 12, self.unit),
            *svg.grid(scale, 44, width - 14),
            *(svg.text(across.at(tick), height - 26, across.label(tick), anchor="middle") for tick in across.ticks()),
            svg.text(width - 14, height - 6, self.axis, anchor="end"),
            *(svg.polyline(list(self._path(values, scale, across)), css) for css, values in paths),
        ]
        return height, svg.join(pieces)

    def _path(self, values: Sequence[float], scale: svg.Scale, across: svg.Scale) -> Iterator[tuple[float, float]]:
        level = 100.0
        yield across.at(0), scale.at(level)
        for stair, value in zip(self.stairs, values, strict=True):
            yield across.at(stair.days), scale.at(level)
            level = value
            yield across.at(stair.days), scale.at(level)

    def _told_stairs(self) -> tuple[Stair, ...]:
        """So many rows as a table bears; files and the document hold all."""
        step = max(1, -(-len(self.stairs) // _ROWS))
        kept = self.stairs[::step]
        return kept if kept[-1] is self.stairs[-1] else (*kept, self.stairs[-1])

    @property
    def has_wide_table(self) -> bool:
        """Five columns do not fit beside it."""
        return True

    def table(self) -> tables.Table:
        columns = (
            tables.Column(self.axis, code="days", n=True),
            tables.Column(pgettext("column head", "Still waiting"), code="waiting", values=True, unit=self.unit),
            tables.Column(pgettext("column head", "From"), code="low", values=True, unit=self.unit),
            tables.Column(pgettext("column head", "To"), code="high", values=True, unit=self.unit),
            tables.Column(pgettext("column head", "Cases"), code="n", values=True),
        )
        return self._beside(
            columns,
            (
                tables.Row(
                    (one.days, *(Value(part, decimals=1) for part in (one.waiting, one.low, one.high)), Value(one.n))
                )
                for one in self._told_stairs()
            ),
        )

    def facts(self) -> dict[str, Any]:
        return {
            "stairs": [
                {"days": one.days, "waiting": one.waiting, "low": one.low, "high": one.high, "n": one.n}
                for one in self.stairs
            ]
        }
