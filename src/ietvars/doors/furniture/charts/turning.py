"""A line over months on which stands since when it runs at another level, and which months may still change."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.html import format_html
from django.utils.safestring import SafeString

from ietvars.doors.furniture.charts import svg
from ietvars.doors.furniture.charts.line import Line
from ietvars.doors.furniture.marks import Words

_TOP, _UNDER = 26, 34


@dataclass(frozen=True, kw_only=True)
class Turning(Line):
    """A line over months. `turns` are places on the axis with their words; from `provisional` on months may change."""

    turns: tuple[tuple[int, Words], ...] = ()
    provisional: int | None = None
    provisional_says: Words = ""

    kind: ClassVar[str] = "turning-line"

    def _gaps(self, xs: list[float], band: float, height: int, *, is_wide: bool) -> Iterator[SafeString]:
        base = height - _UNDER
        if self.provisional is not None and self.provisional < len(xs):
            left = xs[self.provisional] - band / 2
            yield svg.rect(left, _TOP, xs[-1] + band / 2 - left, base - _TOP, "gapband")
        yield from super()._gaps(xs, band, height, is_wide=is_wide)
        for at, says in self.turns:
            x = xs[at] - band / 2
            yield svg.line(x, _TOP - 4, x, base, "ref")
            is_right = x > (xs[0] + xs[-1]) / 2
            yield svg.text(x + (-6 if is_right else 6), base - 8, says, anchor="end" if is_right else "", css="t-ref")

    def _keys(self) -> list[SafeString]:
        keys = super()._keys()
        if self.provisional is not None:
            keys.append(format_html("<li>{}{}</li>", svg.swatch("gapband"), self.provisional_says))
        return keys

    def facts(self) -> dict[str, Any]:
        said = super().facts()
        said["turns"] = [{"at": self.ticks[at], "says": str(says)} for at, says in self.turns]
        if self.provisional is not None:
            said["provisional_from"] = self.ticks[self.provisional]
        return said
