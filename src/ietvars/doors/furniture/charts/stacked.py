"""Columns of parts over months, each of the same height: how the parts of a whole change, numbers in the table."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.html import format_html
from django.utils.safestring import SafeString

from ietvars.doors.furniture import tables
from ietvars.doors.furniture.charts import svg
from ietvars.doors.furniture.charts.parts_of_whole import FILLS
from ietvars.doors.furniture.charts.spec import Chart, Series, measured
from ietvars.doors.furniture.marks import Words

_TOP, _UNDER = 26, 34


@dataclass(frozen=True, kw_only=True)
class Stacked(Chart):
    """Parts of each month's whole. A part keeps its fill wherever it stands; a month without any has no column."""

    axis: Words
    ticks: tuple[str, ...]
    series: tuple[Series, ...]
    fills: tuple[str, ...]

    kind: ClassVar[str] = "stacked"

    def __post_init__(self) -> None:
        if any(fill not in FILLS for fill in self.fills) or len(self.fills) != len(self.series):
            raise ValueError(f"Chart {self.code}: a fill for each part, of those that there are")

    def draw(self, width: int) -> tuple[int, SafeString]:
        is_wide = width >= self.wide_width
        height = 300 if is_wide else 250
        scale = svg.scale([100.0], height - _UNDER, _TOP, most=100)
        left, right = 44.0, width - 10.0
        band = (right - left) / len(self.ticks)
        pieces = [svg.text(0, 12, "%"), *svg.grid(scale, left, right)]
        for at in range(len(self.ticks)):
            numbers = [sum(measured([one.values[at]])) for one in self.series]
            total, below = sum(numbers), 0.0
            for number, fill in zip(numbers, self.fills, strict=True):
                if number:
                    top, bottom = scale.at((below + number) / total * 100), scale.at(below / total * 100)
                    pieces.append(svg.rect(left + band * at + 1, top, band - 2, max(bottom - top - 1, 0.5), fill))
                    below += number
        xs = [left + band * (at + 0.5) for at in range(len(self.ticks))]
        pieces.extend(svg.under(self.ticks, xs, band, height - 12))
        return height, svg.join(pieces)

    def legend(self) -> SafeString:
        items = [
            format_html("<li>{}{}</li>", svg.swatch(fill), one.name)
            for one, fill in zip(self.series, self.fills, strict=True)
        ]
        return format_html('<ul class="iv-legend iv-gapsm">{}</ul>', svg.join(items))

    @property
    def has_wide_table(self) -> bool:
        return len(self.series) > 3

    def table(self) -> tables.Table:
        return self._beside(
            (
                tables.Column(self.axis, code="month"),
                *(tables.Column(one.name, code=f"part_{at}", values=True) for at, one in enumerate(self.series, 1)),
            ),
            (tables.Row((tick, *(one.values[at] for one in self.series))) for at, tick in enumerate(self.ticks)),
        )

    def facts(self) -> dict[str, Any]:
        return {
            "axis": str(self.axis),
            "series": [
                {"name": str(one.name), "values": [value.number for value in one.values]} for one in self.series
            ],
        }
