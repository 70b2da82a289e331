"""A funnel: shares of like ones by the number of their cases, between the limits that chance alone would keep to."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ietvars.doors.furniture import tables, words
from ietvars.doors.furniture.charts import svg
from ietvars.doors.furniture.charts.spec import Chart
from ietvars.doors.furniture.marks import Value, Words
from ietvars.doors.furniture.shown import language

_TOP, _UNDER = 30, 48
_POINTS = 40


@dataclass(frozen=True)
class Point:
    """One of those set side by side: its share and interval in percent, its cases, and in words where it lies."""

    label: Words
    share: float
    low: float
    high: float
    n: int
    says: Words
    href: str = ""
    own: bool = False


@dataclass(frozen=True, kw_only=True)
class Funnel(Chart):
    """Points about a target. `limits` gives for a number of cases the outer and inner limits, all in percent."""

    head: Words
    points: tuple[Point, ...]
    target: float
    limits: Callable[[int], tuple[float, float, float, float]]

    kind: ClassVar[str] = "funnel"

    @property
    def has_wide_table(self) -> bool:
        return True

    def draw(self, width: int) -> tuple[int, SafeString]:
        is_wide = width >= self.wide_width
        height = 380 if is_wide else 300
        most = max(point.n for point in self.points)
        fewest = max(5, min(point.n for point in self.points) // 2)
        sizes = [round(fewest * (most * 1.15 / fewest) ** (at / (_POINTS - 1))) for at in range(_POINTS)]
        edges = [self.limits(size) for size in sizes]
        scale = svg.scale(
            [*(point.share for point in self.points), self.target, edges[0][3]], height - _UNDER, _TOP, most=100
        )
        left, right = 44.0, width - 14.0

        def x(size: float) -> float:
            return left + math.log(max(size, fewest) / fewest) / math.log(most * 1.15 / fewest) * (right - left)

        pieces = [
            *svg.grid(scale, left, right),
            svg.text(0, 12, self.unit),
            *self._cases(sizes, x, height),
            *self._edges(sizes, edges, x, scale),
            svg.line(left, scale.at(self.target), right, scale.at(self.target), "ref"),
            *self._dots(x, scale),
        ]
        return height, svg.join(pieces)

    def _cases(self, sizes: Sequence[int], x: Callable[[float], float], height: int) -> Iterator[SafeString]:
        last = -100.0
        for power in range(1, 9):
            for factor in (1, 2, 5):
                size = factor * 10 ** (power - 1)
                if sizes[0] <= size <= sizes[-1] and x(size) - last > 52:
                    last = x(size)
                    yield svg.text(last, height - 28, words.number(size, language()), anchor="middle")
        yield svg.text(x(sizes[-1]), height - 8, _("cases"), anchor="end")

    def _edges(
        self,
        sizes: Sequence[int],
        edges: Sequence[tuple[float, float, float, float]],
        x: Callable[[float], float],
        scale: svg.Scale,
    ) -> Iterator[SafeString]:
        for which in range(4):
            points = [
                (x(size), scale.at(min(max(edge[which], scale.low), scale.high)))
                for size, edge in zip(sizes, edges, strict=True)
            ]
            yield svg.polyline(points, "was")

    def _dots(self, x: Callable[[float], float], scale: svg.Scale) -> Iterator[SafeString]:
        for point in sorted(self.points, key=lambda one: one.own):
            at = x(point.n), scale.at(point.share)
            yield svg.dot(*at, "dot-full" if point.own else "dot", 6 if point.own else 3.8)
        for point in self.points:
            if point.own:
                is_right = x(point.n) > x(max(one.n for one in self.points)) / 2
                yield svg.text(
                    x(point.n) + (-11 if is_right else 11),
                    scale.at(point.share) + 4.5,
                    point.label,
                    anchor="end" if is_right else "",
                    css="t-strong halo",
                )

    def table(self) -> tables.Table:
        columns = (
            tables.Column(self.head, code="label"),
            tables.Column(_("Share"), code="share", values=True, unit=self.unit, in_file=True),
            tables.Column(pgettext("column head", "From"), code="low", values=True, unit=self.unit, in_file=True),
            tables.Column(pgettext("column head", "To"), code="high", values=True, unit=self.unit, in_file=True),
            tables.Column(_("Cases"), code="n", values=True),
            tables.Column(_("Against chance"), code="place"),
        )
        return self._beside(
            columns,
            (
                tables.Row(
                    (
                        tables.Cell(one.label, href=one.href),
                        Value(one.share, decimals=1),
                        Value(one.low, decimals=1),
                        Value(one.high, decimals=1),
                        Value(one.n),
                        one.says,
                    ),
                    current=one.own,
                )
                for one in self.points
            ),
        )

    def facts(self) -> dict[str, Any]:
        return {
            "target": self.target,
            "points": [
                {"label": str(one.label), "share": one.share, "low": one.low, "high": one.high, "n": one.n}
                for one in self.points
            ],
        }
