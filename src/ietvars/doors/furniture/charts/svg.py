"""Drawing helpers: scale, axis, text, marks of value states. Plain SVG with classes only; it must not know a chart."""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from ietvars.doors.furniture import words
from ietvars.doors.furniture.marks import STATE_SHAPES, STATE_WORDS, State
from ietvars.doors.furniture.shown import language

LETTER, FIGURE = 7.1, 8.4
"""Mean width of a letter, and of a tabular figure or sign, in the 13 px chart text; in px, rounded up."""

MOST_GRIDLINES = 5

LINE = 17
"""Height of a line of words, in px."""


def width_of(text: object) -> float:
    """Rough width of a chart text in px."""
    shown = str(text)
    figures = sum(character in "0123456789−+%€" for character in shown)
    return figures * FIGURE + (len(shown) - figures) * LETTER


def text(x: float, y: float, says: object, *, anchor: str = "", css: str = "") -> SafeString:
    """A text of the chart."""
    own = [("text-anchor", anchor), ("class", css)]
    attributes = format_html_join("", ' {}="{}"', ((name, value) for name, value in own if value))
    return format_html('<text x="{}" y="{}"{}>{}</text>', _px(x), _px(y), attributes, says)


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> SafeString:
    """A straight line."""
    return format_html('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>', css, _px(x1), _px(y1), _px(x2), _px(y2))


def rect(x: float, y: float, width: float, height: float, css: str) -> SafeString:
    """A rectangle."""
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>', css, _px(x), _px(y), _px(max(width, 0)), _px(height)
    )


def dot(x: float, y: float, css: str, radius: float = 3.8) -> SafeString:
    """An open dot."""
    return format_html('<circle class="{}" cx="{}" cy="{}" r="{}"/>', css, _px(x), _px(y), radius)


def polyline(points: Sequence[tuple[float, float]], css: str) -> SafeString:
    """A line through points."""
    path = " ".join(f"{_px(x)},{_px(y)}" for x, y in points)
    return format_html('<polyline class="{}" points="{}"/>', css, path)


def grid(scale: "Scale", left: float, right: float, *, room: float = 8) -> Iterator[SafeString]:
    """Lines across the drawing at the ticks of an upright scale, each with its label `room` px before it."""
    for tick in scale.ticks():
        y = scale.at(tick)
        yield line(left, y, right, y, "axis" if tick == 0 else "grid")
        yield text(left - room, y + 4.5, scale.label(tick), anchor="end")


def state_mark(x: float, y: float, state: State) -> SafeString:
    """The shape of a value state with its middle at x, y; the same shape as in tables."""
    shape = mark_safe(STATE_SHAPES[state])  # noqa: S308
    return format_html(
        '<svg class="gapmark" x="{}" y="{}" width="14" height="14" viewBox="0 0 14 14">{}</svg>',
        *(_px(x - 7), _px(y - 7), shape),
    )


def state_word(state: State) -> str:
    """The word of a value state."""
    return str(STATE_WORDS[state])


def join(parts: Iterable[SafeString]) -> SafeString:
    """Put drawn pieces together."""
    return SafeString("".join(parts))


def _px(value: float) -> str:
    return f"{value:.1f}"


@dataclass(frozen=True)
class Scale:
    """A linear scale with round steps from `low` to `high`, at most five gridlines; it always holds zero."""

    low: float
    high: float
    step: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Place of a value in px."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Values that get a line."""
        return [self.low + self.step * number for number in range(round((self.high - self.low) / self.step) + 1)]

    @property
    def decimals(self) -> int:
        """Decimals of the tick labels."""
        return 0 if self.step >= 1 and self.step == int(self.step) else max(1, -math.floor(math.log10(self.step)))

    def label(self, tick: float) -> str:
        """Text of a tick."""
        return words.number(tick, language(), decimals=self.decimals)


def scale(values: Iterable[float], start: float, end: float, *, most: float | None = None) -> Scale:
    """A scale that holds zero and all `values`. `most` caps it, e.g. 100 for percentages."""
    held = [0.0, *values]
    low, high = min(held), max(held)
    if high == low:
        high = low + 1
    step = _step((high - low) / MOST_GRIDLINES)
    # A round low end may need one line more than the span alone.
    while math.ceil(high / step - 1e-9) - math.floor(low / step + 1e-9) > MOST_GRIDLINES:
        step = _step(step * 1.01)
    top = math.ceil(high / step - 1e-9) * step
    if most is not None and high <= most < top:
        top = most
    bottom = math.floor(low / step + 1e-9) * step
    return Scale(bottom, top, step, start, end)


def _step(least: float) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that is not under `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    for factor in (1, 2, 2.5, 5, 10):
        if factor * power >= least * (1 - 1e-9):
            return factor * power
    raise AssertionError("unreachable: ten times the power is above any mantissa")


def every(labels: Sequence[object], band: float) -> int:
    """Show only each n-th label, so that none touches the next."""
    widest = max((width_of(label) for label in labels), default=0) + 8
    return max(1, math.ceil(widest / band))


def under(labels: Sequence[object], xs: Sequence[float], band: float, y: float) -> Iterator[SafeString]:
    """Labels of an axis below their places, so many left out that none touches the next."""
    for x, label in list(zip(xs, labels, strict=True))[:: every(labels, band)]:
        yield text(x, y, label, anchor="middle")


def apart(wanted: Sequence[float], least: float) -> list[float]:
    """Move labels up and down until they are at least `least` px apart, keeping their order."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed = list(wanted)
    for before, index in itertools.pairwise(order):
        placed[index] = max(placed[index], placed[before] + least)
    return placed


def wrapped(says: object, width: float) -> list[str]:
    """Break words into lines of at most `width` px; long names wrap, type never shrinks."""
    lines: list[str] = []
    for word in str(says).split(" "):
        if lines and width_of(f"{lines[-1]} {word}") <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines


def swatch(fill: str) -> SafeString:
    """The small square of a legend."""
    return format_html(
        '<svg class="iv-swatch" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">'
        '<rect class="{}" width="12" height="12"/></svg>',
        fill,
    )
