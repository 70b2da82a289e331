"""Line over periods: now as a solid line with open dots, before as a dashed grey one, a promise as a dotted one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from ietvars.doors.furniture import tables, words
from ietvars.doors.furniture.charts import svg
from ietvars.doors.furniture.charts.spec import (
    MOST_SERIES,
    Chart,
    Reference,
    Series,
    decimals_of,
    is_gap,
    measured,
    point_document,
)
from ietvars.doors.furniture.marks import StateMark, Value, Words
from ietvars.doors.furniture.shown import language

_TOP = 26
_UNDER = 34


@dataclass(frozen=True, kw_only=True)
class Line(Chart):
    """A line over periods. `ticks` are the short names of the periods, `axis` what they are ("Month").

    `now` is the series the page is about, `was` the previous period, `more` further series with colours of their own;
    `beside` are series that stand in the table only, e.g. the number of cases.
    """

    axis: Words
    ticks: tuple[str, ...]
    now: Series
    was: Series | None = None
    more: tuple[Series, ...] = ()
    reference: Reference | None = None
    beside: tuple[Series, ...] = ()

    kind: ClassVar[str] = "line"

    def __post_init__(self) -> None:
        drawn = [one for _, one in self._drawn()]
        if len(drawn) > MOST_SERIES:
            raise ValueError(f"Chart {self.code}: more than {MOST_SERIES} series become small multiples")
        for series in (*drawn, *self.beside):
            if len(series.values) != len(self.ticks):
                raise ValueError(f"Chart {self.code}: {series.name} has another length than the axis")

    def _drawn(self) -> Iterator[tuple[str, Series]]:
        """Drawn series with their classes, the one on top last."""
        if self.was:
            yield "was", self.was
        for number, series in enumerate(self.more, start=2):
            yield f"now s{number}", series
        yield "now", self.now

    def draw(self, width: int) -> tuple[int, SafeString]:
        is_wide = width >= self.wide_width
        height = 340 if is_wide else 270
        numbers = [number for _, series in self._drawn() for number in measured(series.values)]
        if self.reference:
            numbers.append(float(self.reference.at))
        scale = svg.scale(numbers, height - _UNDER, _TOP, most=100 if self.unit == "%" else None)
        left = max(34.0, max(svg.width_of(scale.label(tick)) for tick in scale.ticks()) + 14)
        ends = self._ends() if is_wide else []
        right = width - max(12.0, max((svg.width_of(label) for _, label, _ in ends), default=0.0) + 22)
        band = (right - left) / len(self.ticks)
        xs = [left + band * (number + 0.5) for number in range(len(self.ticks))]
        pieces = [
            *svg.grid(scale, left, right, room=10),
            svg.text(0, 12, self.unit),
            *svg.under(self.ticks, xs, band, height - 12),
            *self._gaps(xs, band, height, is_wide=is_wide),
            *self._promise(scale, left, right),
            *self._lines(scale, xs, 3.8 if is_wide else 3.2),
            *self._end_labels(scale, ends, xs),
        ]
        return height, svg.join(pieces)

    def _gaps(self, xs: list[float], band: float, height: int, *, is_wide: bool) -> Iterator[SafeString]:
        """Shade what is missing now and mark it at the base: never bridged, never zero."""
        base = height - _UNDER
        for x, value in zip(xs, self.now.values, strict=True):
            if not is_gap(value):
                continue
            yield svg.rect(x - band / 2, _TOP, band, base - _TOP, "gapband")
            yield svg.state_mark(x, base - 11, value.state)
            word = svg.state_word(value.state)
            if is_wide and svg.width_of(word) <= band + 14:
                yield svg.text(x, base - 24, word, anchor="middle")

    def _promise(self, scale: svg.Scale, left: float, right: float) -> Iterator[SafeString]:
        if self.reference is None:
            return
        y = scale.at(float(self.reference.at))
        label = f"{self.reference.name} {words.number(self.reference.at, language())}"
        yield svg.line(left, y, right, y, "ref")
        yield svg.text(right - 4, y - 7, label, anchor="end", css="t-ref")

    def _lines(self, scale: svg.Scale, xs: list[float], radius: float) -> Iterator[SafeString]:
        for css, series in self._drawn():
            runs = _runs(series.values, xs, scale)
            for run in runs:
                if len(run) > 1:
                    yield svg.polyline(run, css)
                elif css == "was":
                    yield svg.dot(*run[0], "wasdot", 2)
            if css != "was":
                dot_css = css.replace("now", "dot", 1)
                yield svg.join(svg.dot(x, y, dot_css, radius) for run in runs for x, y in run)

    def _ends(self) -> list[tuple[str, str, int]]:
        """Class, label and position of the last measured value of each drawn series."""
        drawn = list(self._drawn())
        places = decimals_of(value for _, series in drawn for value in series.values)
        ends: list[tuple[str, str, int]] = []
        for css, series in drawn:
            last = max((at for at, value in enumerate(series.values) if not is_gap(value)), default=None)
            if last is None:
                continue
            number = series.values[last].number
            shown = words.number(number, language(), decimals=places) if number is not None else ""
            ends.append((css, f"{series.name}: {shown}", last))
        return ends

    def _end_labels(self, scale: svg.Scale, ends: list[tuple[str, str, int]], xs: list[float]) -> Iterator[SafeString]:
        by_css = dict(self._drawn())
        numbers = [by_css[css].values[last].number for css, _, last in ends]
        ys = svg.apart([scale.at(float(number)) + 5 for number in numbers if number is not None], 16)
        for (css, label, _), y in zip(ends, ys, strict=True):
            # The label stands at the right edge, even when the series ends early: it names the line.
            yield svg.text(xs[-1] + 12, y, label, css="" if css == "was" else f"t-{css.replace('now', 'd1')}")

    def legend(self) -> SafeString:
        return format_html('<ul class="iv-legend iv-gapsm">{}</ul>', svg.join(self._keys()))

    def _keys(self) -> list[SafeString]:
        keys = [(css, series.name) for css, series in reversed(list(self._drawn()))]
        if self.reference:
            keys.append(("ref", self.reference.name))
        items = [format_html("<li>{}{}</li>", _key(css), name) for css, name in keys]
        states = dict.fromkeys(value.state for value in self.now.values if is_gap(value))
        return items + [format_html("<li>{}</li>", StateMark(state).html()) for state in states]

    def table(self) -> tables.Table:
        shown = [*([self.was] if self.was else []), self.now, *self.more, *self.beside]
        columns = (
            tables.Column(self.axis, code="period"),
            *(
                tables.Column(series.name, code=f"series_{number}", values=True)
                for number, series in enumerate(shown, 1)
            ),
        )
        rows = (tables.Row((tick, *(series.values[at] for series in shown))) for at, tick in enumerate(self.ticks))
        return self._beside(columns, rows)

    def facts(self) -> dict[str, Any]:
        roles = [("now", self.now), *((("before", self.was),) if self.was else ())]
        roles += [("more", series) for series in self.more] + [("beside", series) for series in self.beside]
        said: dict[str, Any] = {
            "axis": str(self.axis),
            "series": [
                {
                    "role": role,
                    "name": str(series.name),
                    "points": [
                        {"at": tick, **point_document(value, illustrative=self.illustrative)}
                        for tick, value in zip(self.ticks, series.values, strict=True)
                    ],
                }
                for role, series in roles
            ],
        }
        if self.reference:
            said["reference"] = self.reference.document()
        return said


def _runs(values: tuple[Value, ...], xs: list[float], scale: svg.Scale) -> list[list[tuple[float, float]]]:
    """Stretches of measured values; a gap parts them."""
    runs: list[list[tuple[float, float]]] = [[]]
    for x, value in zip(xs, values, strict=True):
        if value.number is None:
            runs.append([])
        else:
            runs[-1].append((x, scale.at(float(value.number))))
    return [run for run in runs if run]


def _key(css: str) -> SafeString:
    shape = {
        "was": '<path class="k-was" d="M1 6h24"/>',
        "ref": '<path class="k-ref" d="M1 6h24"/>',
    }.get(css)
    if shape is None:
        series = css.removeprefix("now").strip()
        shape = f'<path class="k-now {series}" d="M1 6h24"/><circle class="k-dot {series}" cx="13" cy="6" r="3.8"/>'
    return mark_safe(  # noqa: S308
        f'<svg width="26" height="12" viewBox="0 0 26 12" aria-hidden="true">{shape}</svg>'
    )
