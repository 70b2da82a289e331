"""Dots with their confidence intervals against a line of reference: the only form in which bodies stand in a league."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ietvars.doors.furniture import tables, words
from ietvars.doors.furniture.charts import svg
from ietvars.doors.furniture.charts.spec import (
    Chart,
    Interval,
    Reference,
    decimals_of,
    is_gap,
    point_document,
)
from ietvars.doors.furniture.marks import State, Value, Verdict, Words
from ietvars.doors.furniture.shown import language

_UNDER = 30


@dataclass(frozen=True, kw_only=True)
class Intervals(Chart):
    """Dots with intervals. `head` names the rows, `value_head` what the dot is ("Difference")."""

    head: Words
    intervals: tuple[Interval, ...]
    value_head: Words
    reference: Reference | None = None
    signed: bool = False

    kind: ClassVar[str] = "intervals"

    def _numbers(self) -> list[float]:
        held: list[float] = [float(self.reference.at)] if self.reference else []
        for one in self.intervals:
            held += [float(part) for part in (one.value.number, one.low, one.high) if part is not None]
        return held

    def draw(self, width: int) -> tuple[int, SafeString]:
        is_wide = width >= self.wide_width
        # The outermost tick labels stand half beyond the scale.
        rough = svg.scale(self._numbers(), 0, 1)
        low, high = (svg.width_of(self._tick(rough, end)) / 2 for end in (rough.low, rough.high))
        names = min(240.0, max(svg.width_of(one.label) for one in self.intervals) + 20)
        left = max(names, low) if is_wide else max(8.0, low)
        scale = svg.scale(self._numbers(), left, width - max(16.0, high))
        pieces: list[SafeString] = []
        start = 30.0 + (svg.LINE if self.reference else 0)
        y = start
        for one in self.intervals:
            lines = svg.wrapped(one.label, left - 20 if is_wide else width)
            drawn, y = self._row(one, lines, scale, y, is_wide=is_wide)
            pieces.extend(drawn)
        height = round(y + _UNDER - 8)
        behind = [*self._grid(scale, start - 8, y, height), svg.text(0 if not is_wide else left, 12, self.unit)]
        behind.extend(self._promise(scale, start, y, width))
        return height, svg.join([*behind, *pieces])

    def _grid(self, scale: svg.Scale, top: float, bottom: float, height: int) -> Iterator[SafeString]:
        for tick in scale.ticks():
            x = scale.at(tick)
            yield svg.line(x, top, x, bottom, "axis" if tick == 0 else "grid")
            yield svg.text(x, height - 8, self._tick(scale, tick), anchor="middle")

    def _tick(self, scale: svg.Scale, tick: float) -> str:
        return words.number(tick, language(), decimals=scale.decimals, signed=self.signed)

    def _row(
        self, one: Interval, lines: list[str], scale: svg.Scale, y: float, *, is_wide: bool
    ) -> tuple[list[SafeString], float]:
        """One row: label, whisker, dot; and where the next one begins."""
        pieces = [
            svg.text(scale.start - 20, y + 12 + number * svg.LINE, text, anchor="end", css="t-label")
            if is_wide
            else svg.text(0, y + 11 + number * svg.LINE, text, css="t-label halo")
            for number, text in enumerate(lines)
        ]
        middle = y + 8 if is_wide else y + len(lines) * svg.LINE + 8
        if is_gap(one.value):
            pieces += [svg.state_mark(scale.start + 9, middle, one.value.state)]
            pieces += [svg.text(scale.start + 22, middle + 4.5, svg.state_word(one.value.state), css="halo")]
        elif one.value.number is not None:
            if one.low is not None and one.high is not None:
                low, high = scale.at(one.low), scale.at(one.high)
                pieces += [svg.line(low, middle, high, middle, "whisker")]
                pieces += [svg.line(end, middle - 5, end, middle + 5, "whisker") for end in (low, high)]
            pieces += [svg.dot(scale.at(float(one.value.number)), middle, "dot-full", 5)]
        used = max(svg.LINE, len(lines) * svg.LINE) if is_wide else len(lines) * svg.LINE + 18
        return pieces, y + used + 12

    def _promise(self, scale: svg.Scale, start: float, end: float, width: int) -> Iterator[SafeString]:
        if self.reference is None:
            return
        x = scale.at(float(self.reference.at))
        yield svg.line(x, start - 8, x, end, "ref")
        half = svg.width_of(self.reference.name) / 2
        at = min(max(x, half), width - half)
        yield svg.text(at, start - 13, self.reference.name, anchor="middle", css="t-ref")

    @property
    def has_wide_table(self) -> bool:
        return any(one.outcome is not None for one in self.intervals)

    def table(self) -> tables.Table:
        has_outcomes = self.has_wide_table
        columns = [
            tables.Column(self.head, code="label"),
            tables.Column(self.value_head, code="value", values=True, unit=self.unit, in_file=True),
            tables.Column(pgettext_lazy("column head", "From"), code="low", values=True, unit=self.unit, in_file=True),
            tables.Column(pgettext_lazy("column head", "To"), code="high", values=True, unit=self.unit, in_file=True),
        ]
        if has_outcomes:
            columns.append(tables.Column(_("Verdict"), code="verdict"))
        places = decimals_of([*(one.value for one in self.intervals), *self._ends()])
        rows = []
        for one in self.intervals:
            cells: list[Any] = [tables.Cell(one.label, href=one.href), one.value]
            cells += [self._end(end, one.value.state, places) for end in (one.low, one.high)]
            if has_outcomes:
                cells.append(Verdict(one.outcome) if one.outcome else "")
            rows.append(tables.Row(tuple(cells)))
        return self._beside(columns, rows)

    def _ends(self) -> list[Value]:
        return [Value(end) for one in self.intervals for end in (one.low, one.high) if end is not None]

    def _end(self, end: float | None, state: State, places: int) -> Value:
        if end is None:
            return Value(state=State.NOT_APPLICABLE if state is State.MEASURED else state)
        return Value(end, decimals=places, signed=self.signed)

    def facts(self) -> dict[str, Any]:
        said: dict[str, Any] = {"intervals": [self._document(one) for one in self.intervals]}
        if self.reference:
            said["reference"] = self.reference.document()
        return said

    def _document(self, one: Interval) -> dict[str, Any]:
        said = {"label": str(one.label), **point_document(one.value, illustrative=self.illustrative)}
        said |= {"low": one.low, "high": one.high}
        return said | {"verdict": str(one.outcome)} if one.outcome else said
