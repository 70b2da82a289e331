"""Parts of a whole as one bar with 1 px gaps; "nothing" is an outlined part; the numbers stand beside."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ietvars.doors.furniture import tables, words
from ietvars.doors.furniture.charts import svg
from ietvars.doors.furniture.charts.spec import Chart, illustrative_words
from ietvars.doors.furniture.marks import Value, Words
from ietvars.doors.furniture.shown import Mark, language

FILLS = ("f1", "f2", "f3", "f4", "f5", "f6", "f-soft", "f-none")
"""Fills of parts: data colours in their order, "partly" and the outlined "nothing"."""


@dataclass(frozen=True)
class PartOf:
    """One part: its words, how many, its fill (f1 to f6, f-soft, f-none) and the list behind it."""

    label: Words
    number: int
    fill: str
    href: str = ""

    def __post_init__(self) -> None:
        if self.fill not in FILLS:
            raise ValueError(f"No such fill: {self.fill}")


@dataclass(frozen=True, kw_only=True)
class PartsOfWhole(Chart):
    """One bar of parts, e.g. how complete the picture is. `whole` names the total."""

    parts: tuple[PartOf, ...]
    head: Words = pgettext_lazy("column head", "Part")
    whole: Words = _("in all")

    kind: ClassVar[str] = "parts-of-whole"

    @property
    def total(self) -> int:
        """Sum of the parts."""
        return sum(part.number for part in self.parts)

    def html(self) -> SafeString:
        bar = format_html(
            '<svg class="iv-bar" viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
            self._told(),
            segments([(part.number, part.fill) for part in self.parts], 1000, 20, 4),
        )
        return format_html('<div class="iv-cover">{}{}</div>', bar, self.legend())

    def legend(self) -> SafeString:
        items = [
            format_html("<li>{}{} {}</li>", svg.swatch(part.fill), _number(part), part.label) for part in self.parts
        ]
        total = words.number(self.total, language())
        items.append(format_html("<li><span><strong>{}</strong> {}</span></li>", total, self.whole))
        if self.illustrative:
            items.append(format_html("<li>{}</li>", illustrative_words()))
        return format_html('<ul class="iv-legend">{}</ul>', svg.join(items))

    def table(self) -> tables.Table:
        number = tables.Column(self.unit, code="number", values=True)
        return tables.Table(
            code=self.code,
            caption=self.title,
            columns=(tables.Column(self.head, code="part"), number),
            rows=tuple(tables.Row((part.label, Value(part.number, href=part.href))) for part in self.parts),
            foot=(tables.Row((self.whole, Value(self.total))),),
            stack="",
            dense=True,
            illustrative=self.illustrative,
        )

    def facts(self) -> dict[str, Any]:
        return {
            "total": self.total,
            "parts": [
                {"label": str(part.label), "value": part.number, "list": part.href}
                if part.href
                else {"label": str(part.label), "value": part.number}
                for part in self.parts
            ],
        }


def _number(part: PartOf) -> SafeString:
    shown = words.number(part.number, language())
    return format_html('<a href="{}">{}</a>', part.href, shown) if part.href else format_html("{}", shown)


def segments(parts: Sequence[tuple[int, str]], width: float, height: float, gap: float) -> SafeString:
    """Rectangles of the parts; an empty part takes no room."""
    shown = [(number, fill) for number, fill in parts if number > 0]
    total = sum(number for number, _ in shown)
    room = width - gap * (len(shown) - 1)
    pieces = []
    x = 0.0
    for number, fill in shown:
        length = number / total * room
        if fill == "f-none":
            pieces.append(svg.rect(x + 0.5, 0.5, length - 1, height - 1, fill))
        else:
            pieces.append(svg.rect(x, 0, length, height, fill))
        x += length + gap
    return svg.join(pieces)


@dataclass(frozen=True)
class CoverageBar(Mark):
    """A small bar in a table cell: how many are measured fully, partly, not at all."""

    full: int
    some: int
    none: int
    href: str = ""

    @property
    def total(self) -> int:
        return self.full + self.some + self.none

    def html(self) -> SafeString:
        shown = words.of(self.full, self.total, language())
        figure = format_html('<a href="{}">{}</a>', self.href, shown) if self.href else format_html("{}", shown)
        bar = format_html(
            '<svg class="iv-bar" viewBox="0 0 136 10" role="img" aria-label="{}">{}</svg>',
            self._told(),
            segments([(self.full, "f1"), (self.some, "f-soft"), (self.none, "f-none")], 136, 10, 1),
        )
        return format_html('<span class="iv-nowrap">{} <span class="iv-num iv-small">{}</span></span>', bar, figure)

    def _told(self) -> str:
        said = _("fully %(full)d, partly %(some)d, not at all %(none)d")
        return str(said) % {"full": self.full, "some": self.some, "none": self.none}

    def plain(self) -> str:
        return self._told()
