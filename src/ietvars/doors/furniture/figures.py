"""The figure: title, chart and table side by side, downloads, the list behind it, how it is computed.

It must not compute: chart, table and definition come ready.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

from ietvars.doors.furniture.charts import Chart
from ietvars.doors.furniture.marks import Link, Words
from ietvars.doors.furniture.parts import HowComputed
from ietvars.doors.furniture.shown import Part
from ietvars.doors.furniture.tables import Table


@dataclass(frozen=True)
class Figure(Part):
    """A figure. `about` says what, in which unit, by what. Without a `table` the chart's own stands beside it.

    `csv` and `json` are addresses of the same table; `behind` leads to the rows that make the numbers. `even` gives
    chart and table the same width, `below` puts the table under the chart, `alone` leaves it out where the chart
    carries its numbers itself.
    """

    title: Words
    about: Words
    chart: Chart | None = None
    table: Table | None = None
    csv: str = ""
    json: str = ""
    behind: Link | None = None
    permanent: str = ""
    how: HowComputed | None = None
    even: bool = False
    below: bool = False
    alone: bool = False
    level: int = 2

    template: ClassVar[str] = "ietvars/parts/figure.html"

    @property
    def is_below(self) -> bool:
        """Whether the table needs the whole width and stands below the chart."""
        return self.below or (self.chart is not None and self.table is None and self.chart.has_wide_table)

    @property
    def shown_table(self) -> Table | None:
        """The table beside the chart."""
        table = self.table
        if table is None and self.chart is not None and not self.alone:
            table = self.chart.table()
        # The heading of the figure carries the tag.
        return replace(table, tagged=True) if table else None

    @property
    def is_illustrative(self) -> bool:
        """Whether the whole figure is invented."""
        held = (self.chart, self.table)
        return any(one.illustrative for one in held if one is not None)
