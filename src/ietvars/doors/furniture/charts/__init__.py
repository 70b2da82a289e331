"""Charts: one frozen spec gives a drawing for wide and narrow screens, an equal table, CSV rows and a JSON document.

Kinds: `Line` over periods, `Turning` over months with what changed since when, `PartsOfWhole` as one bar, `Stacked`
over months, `Bars` side by side, `Intervals` as dots with their confidence, `Funnel` of like ones about their target,
`Curve` of those who still wait.
A value that is not measured is never drawn as zero and never bridged. No chart decides what is shown or computes a
figure; no style stands on an element, classes carry it all.
"""

from ietvars.doors.furniture.charts.bars import Bars
from ietvars.doors.furniture.charts.curve import Curve, Stair
from ietvars.doors.furniture.charts.funnel import Funnel, Point
from ietvars.doors.furniture.charts.intervals import Intervals
from ietvars.doors.furniture.charts.line import Line
from ietvars.doors.furniture.charts.parts_of_whole import CoverageBar, PartOf, PartsOfWhole
from ietvars.doors.furniture.charts.spec import Bar, Chart, Interval, Reference, Series
from ietvars.doors.furniture.charts.stacked import Stacked
from ietvars.doors.furniture.charts.turning import Turning

__all__ = [
    "Bar",
    "Bars",
    "Chart",
    "CoverageBar",
    "Curve",
    "Funnel",
    "Interval",
    "Intervals",
    "Line",
    "PartOf",
    "PartsOfWhole",
    "Point",
    "Reference",
    "Series",
    "Stacked",
    "Stair",
    "Turning",
]
