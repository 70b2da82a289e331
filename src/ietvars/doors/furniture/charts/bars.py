"""Horizontal bars from zero, longest label first read; where each stood before is a grey dashed line across its bar."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext_lazy

from ietvars.doors.furniture import tables, words
from ietvars.doors.furniture.charts import svg
from ietvars.doors.furniture.charts.spec import (
    Bar,
    Chart,
    Reference,
    decimals_of,
    is_gap,
    measured,
    point_document,
)
from ietvars.doors.furniture.marks import Value, Words
from ietvars.doors.furniture.shown import language

_THICK = 16


@dataclass(frozen=True, kw_only=True)
class Bars(Chart):
    """Bars side by side. `head` names the rows, `now` and `was` the two periods."""

    head: Words
    bars: tuple[Bar, ...]
    now: Words
    was: Words = pgettext_lazy("column head", "Before")
    reference: Reference | None = None

    kind: ClassVar[str] = "bars"

    @property
    def has_was(self) -> bool:
        """Whether any bar knows its previous value."""
        return any(bar.was is not None for bar in self.bars)

    def _values(self) -> list[Value]:
        return [value for bar in self.bars for value in (bar.value, bar.was) if value is not None]

    def draw(self, width: int) -> tuple[int, SafeString]:
        is_wide = width >= self.wide_width
        # Wide: labels in a column at the left; narrow: each label on its own lines above its bar.
        left = min(240.0, max(svg.width_of(bar.label) for bar in self.bars) + 12) if is_wide else 0.0
        places = decimals_of(self._values())
        room = max(svg.width_of(self._number(value, places)) for value in self._values()) + 14
        numbers = [*measured(self._values()), *([float(self.reference.at)] if self.reference else [])]
        scale = svg.scale(numbers, left, width - room, most=100 if self.unit == "%" else None)
        pieces = [svg.text(left, 12, self.unit)]
        y = 30.0 + (svg.LINE if self.reference else 0)
        start = y
        for bar in self.bars:
            lines = svg.wrapped(bar.label, left - 12 if is_wide else width)
            drawn, y = self._bar(bar, lines, scale, y, is_wide=is_wide, places=places)
            pieces.extend(drawn)
        if is_wide:
            pieces.insert(0, svg.line(scale.at(0), start - 6, scale.at(0), y - 8, "axis"))
        pieces.extend(self._promise(scale, start, y, width))
        return round(y), svg.join(pieces)

    def _number(self, value: Value, places: int) -> str:
        if value.number is None:
            return svg.state_word(value.state)
        return words.number(value.number, language(), decimals=places)

    def _bar(
        self, bar: Bar, lines: list[str], scale: svg.Scale, y: float, *, is_wide: bool, places: int
    ) -> tuple[list[SafeString], float]:
        """One bar with its label and number, and where the next one begins."""
        pieces = []
        for number, text in enumerate(lines):
            css = "t-label"
            pieces.append(
                svg.text(scale.at(0) - 12, y + 12.5 + number * svg.LINE, text, anchor="end", css=css)
                if is_wide
                else svg.text(0, y + 11 + number * svg.LINE, text, css=css)
            )
        top = y if is_wide else y + len(lines) * svg.LINE
        zero = scale.at(0)
        if not is_wide:
            # The base line stands at each bar only, so that it does not cross the labels between them.
            pieces.append(svg.line(zero + 0.5, top - 3, zero + 0.5, top + _THICK + 3, "axis"))
        if is_gap(bar.value):
            pieces += [svg.state_mark(zero + 11, top + 8, bar.value.state)]
            pieces += [svg.text(zero + 24, top + 12.5, svg.state_word(bar.value.state))]
        elif bar.value.number is not None:
            end = scale.at(float(bar.value.number))
            pieces += [svg.rect(min(zero, end), top, abs(end - zero), _THICK, "f1")]
            shown = max(end, self._was_end(bar, scale))
            pieces += [svg.text(shown + 8, top + 12.5, self._number(bar.value, places), css="t-strong")]
        if bar.was is not None and bar.was.number is not None:
            at = scale.at(float(bar.was.number))
            pieces += [
                svg.line(at, top - 3, at, top + _THICK + 3, "was-halo"),
                svg.line(at, top - 3, at, top + _THICK + 3, "was"),
            ]
        used = max(_THICK, len(lines) * svg.LINE) if is_wide else len(lines) * svg.LINE + _THICK
        return pieces, y + used + 14

    def _was_end(self, bar: Bar, scale: svg.Scale) -> float:
        if bar.was is None or bar.was.number is None or bar.value.number is None:
            return 0.0
        at, end = scale.at(float(bar.was.number)), scale.at(float(bar.value.number))
        # The number only steps aside for a line that would cross it.
        return at if 0 <= at - end < 60 else 0.0

    def _promise(self, scale: svg.Scale, start: float, end: float, width: int) -> Iterator[SafeString]:
        if self.reference is None:
            return
        x = scale.at(float(self.reference.at))
        label = f"{self.reference.name} {words.number(self.reference.at, language())}"
        yield svg.line(x, start - 6, x, end - 8, "ref")
        is_right = x + svg.width_of(label) > width
        yield svg.text(width if is_right else x, start - 11, label, anchor="end" if is_right else "", css="t-ref")

    def legend(self) -> SafeString:
        if not self.has_was:
            return SafeString("")
        return format_html(
            '<ul class="iv-legend iv-gapsm"><li>{}{}</li><li><svg width="12" height="18" viewBox="0 0 12 18"'
            ' aria-hidden="true"><path class="k-was" d="M6 0v18"/></svg>{}</li></ul>',
            svg.swatch("f1"),
            self.now,
            self.was,
        )

    def table(self) -> tables.Table:
        columns = [tables.Column(self.head, code="label")]
        if self.has_was:
            columns.append(tables.Column(self.was, code="before", values=True, unit=self.unit, in_file=True))
        columns.append(tables.Column(self.now, code="value", values=True, unit=self.unit, in_file=True))
        rows = []
        for bar in self.bars:
            cells: list[Any] = [tables.Cell(bar.label, href=bar.href)]
            if self.has_was:
                cells.append(bar.was if bar.was is not None else "")
            rows.append(tables.Row((*cells, bar.value)))
        return self._beside(columns, rows)

    def facts(self) -> dict[str, Any]:
        said: dict[str, Any] = {"bars": [self._document(bar) for bar in self.bars]}
        if self.reference:
            said["reference"] = self.reference.document()
        return said

    def _document(self, bar: Bar) -> dict[str, Any]:
        said = {"label": str(bar.label), **point_document(bar.value, illustrative=self.illustrative)}
        if bar.was is not None:
            said["before"] = point_document(bar.was, illustrative=self.illustrative)
        return said
