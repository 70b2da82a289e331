"""What all charts share: identity, finding, unit, illustrative flag, and the ways out (drawing, table, JSON).

It must not draw; each kind does that in its own module.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.html import format_html
from django.utils.safestring import SafeString

from ietvars.doors.furniture import tables, words
from ietvars.doors.furniture.charts import svg
from ietvars.doors.furniture.marks import Outcome, State, Value, Words
from ietvars.doors.furniture.shown import Mark, language

MOST_SERIES = 5
"""More series than these become small multiples, one chart each."""


@dataclass(frozen=True)
class Series:
    """Values of one name, in the order of the chart's periods. Each carries its state and the link to its list."""

    name: Words
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Reference:
    """A promise or target: a dotted line with its name."""

    name: Words
    at: int | float

    def document(self) -> dict[str, Any]:
        """The promise as JSON."""
        return {"name": str(self.name), "value": self.at}


@dataclass(frozen=True)
class Bar:
    """One bar, and beside it where it stood in the previous period."""

    label: Words
    value: Value
    was: Value | None = None
    href: str = ""


@dataclass(frozen=True)
class Interval:
    """A value with its confidence interval; `outcome` is the verdict, when the row is a comparison."""

    label: Words
    value: Value
    low: float | None = None
    high: float | None = None
    outcome: Outcome | None = None
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class Chart(Mark):
    """A chart. `finding` is the sentence that the drawing shows; readers who do not see it hear that."""

    code: str
    title: Words
    finding: Words
    unit: Words
    illustrative: bool = False

    kind: ClassVar[str]
    narrow_width: ClassVar[int] = 350
    wide_width: ClassVar[int] = 680

    def draw(self, width: int) -> tuple[int, SafeString]:
        """Height and inner SVG of the drawing at that width; that figures are invented is written over it."""
        raise NotImplementedError

    def legend(self) -> SafeString:
        """The legend, where line ends do not suffice; else nothing."""
        return SafeString("")

    @property
    def has_wide_table(self) -> bool:
        """Whether the chart's own table needs more room than beside the drawing."""
        return False

    def table(self) -> tables.Table:
        """The equal of the drawing."""
        raise NotImplementedError

    def _beside(self, columns: Iterable[tables.Column], rows: Iterable[tables.Row]) -> tables.Table:
        """Columns and rows as the table beside the drawing: dense, and scrolled under the chart's title."""
        return tables.Table(
            code=self.code,
            caption=self.title,
            columns=tuple(columns),
            rows=tuple(rows),
            stack="",
            dense=True,
            scroll=self.title,
            illustrative=self.illustrative,
        )

    def facts(self) -> dict[str, Any]:
        """What the JSON document holds besides what all charts have."""
        raise NotImplementedError

    def document(self) -> dict[str, Any]:
        """The whole chart as a JSON document."""
        return {
            "kind": self.kind,
            "code": self.code,
            "title": str(self.title),
            "finding": str(self.finding),
            "unit": str(self.unit),
            "language": language(),
            "illustrative": self.illustrative,
            **self.facts(),
        }

    def html(self) -> SafeString:
        """Both drawings, of which the style sheet shows one, and the legend."""
        return SafeString(self._svg("wide", self.wide_width) + self._svg("narrow", self.narrow_width) + self.legend())

    def plain(self) -> str:
        """In a table file a chart is its finding."""
        return str(self.finding)

    def _svg(self, which: str, width: int) -> SafeString:
        height, inner = self.draw(width)
        if self.illustrative:
            inner += svg.text(width, 12, illustrative_words(), anchor="end", css="t-strong")
        name = f"{self.code}-{which}"
        return format_html(
            '<svg class="iv-chart" data-w="{}" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t {}-d">'
            '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}</svg>',
            *(which, width, height, name, name, name, self.title, name, self._told(), inner),
        )

    def _told(self) -> str:
        return f"{self.finding} {illustrative_words()}" if self.illustrative else str(self.finding)


def illustrative_words() -> str:
    """The words inside every chart of invented figures."""
    from django.utils.translation import gettext

    return gettext("Illustrative data")


def point_document(value: Value, *, illustrative: bool) -> dict[str, Any]:
    """One point as JSON: value, state, link to its list."""
    said = tables.value_document(value, illustrative=illustrative)
    return said | {"list": value.href} if value.href else said


def measured(values: Iterable[Value]) -> list[float]:
    """The numbers among the values."""
    return [float(value.number) for value in values if value.number is not None]


def decimals_of(values: Iterable[Value]) -> int:
    """Same decimals for all: what the values ask for themselves, else whole or one."""
    held = tuple(values)
    asked = [value.decimals for value in held if value.decimals is not None]
    return max(asked) if asked else words.decimals_of(measured(held))


def is_gap(value: Value) -> bool:
    """Whether the value is drawn as a gap."""
    return value.state is not State.MEASURED
