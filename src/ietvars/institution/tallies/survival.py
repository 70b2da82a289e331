"""How long it takes while many still wait: the product-limit estimate of the time to result, with its interval.

Pure statistics, never Django. Cases that are still open count for as long as they have waited, so the newest months do
not look fast only because their slow cases have not ended. It must not decide what a case is or when it is open.

The estimate (Kaplan and Meier, JASA 53 (1958) 457-481): with d_t results on day t among n_t cases that were still
waiting, S(t) = product over s <= t of (1 - d_s / n_s). Its variance (Greenwood 1926):
Var S(t) = S(t)^2 * sum over s <= t of d_s / (n_s (n_s - d_s)). The interval is built on log(-log S), so that it never
leaves 0..1 (Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, 1980), and that of a quantile
holds every day whose interval holds the quantile (Brookmeyer and Crowley, Biometrics 38 (1982) 29-41).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

SHOWN_UNTIL = 0.95
"""The estimate is shown beside a figure until this part of its cases has ended."""
FEWEST = 10
"""Fewer cases give no estimate: its interval would be as wide as the axis."""


@dataclass(frozen=True, slots=True)
class Waits:
    """How cases of a group stand, day by day of waiting: how many had their result then, how many are known no longer.

    A case is known no longer on the day of today's look if it is open, or on the day it was withdrawn.
    """

    days: Sequence[int]
    ended: Sequence[int]
    censored: Sequence[int]

    @property
    def cases(self) -> int:
        """All cases."""
        return sum(self.ended) + sum(self.censored)


@dataclass(frozen=True, slots=True)
class Quantile:
    """The day by which a part of the cases has its result, with its interval; None: not within what was seen."""

    days: int | None
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Curve:
    """The part still waiting after each day on which a result came, with its interval at 95 %."""

    days: tuple[int, ...]
    at_risk: tuple[int, ...]
    ended: tuple[int, ...]
    waiting: tuple[float, ...]
    error: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    cases: int
    open: int
    median: Quantile
    ninth_tenth: Quantile


def is_shown(ended: int, cases: int) -> bool:
    """Whether so many cases are still open that plain medians would flatter."""
    return cases >= FEWEST and ended < SHOWN_UNTIL * cases


def estimate(waits: Waits, *, alpha: float = 0.05) -> Curve | None:
    """The curve of a group of cases; None where there are too few, or none has its result yet."""
    days, at_risk, ended = _steps(waits)
    if waits.cases < FEWEST or days.size == 0:
        return None
    waiting: Floats = np.asarray(np.cumprod(1 - ended / at_risk), dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = np.cumsum(ended / (at_risk * (at_risk - ended)))
        error = np.where(waiting > 0, waiting * np.sqrt(hazard), 0.0)
        on_scale = np.log(-np.log(waiting))
        arm = special.ndtri(1 - alpha / 2) * np.sqrt(hazard) / np.abs(np.log(waiting))
        low, high = np.exp(-np.exp(on_scale + arm)), np.exp(-np.exp(on_scale - arm))
    # Where nobody waits any more the scale ends: the last certain thing is that the part is between 0 and its past.
    gone = waiting <= 0
    low, high = np.where(gone, 0.0, low), np.where(gone, _before(high), high)
    return Curve(
        days=tuple(days.astype(int).tolist()),
        at_risk=tuple(at_risk.astype(int).tolist()),
        ended=tuple(ended.astype(int).tolist()),
        waiting=tuple(waiting.tolist()),
        error=tuple(error.tolist()),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        cases=waits.cases,
        open=int(sum(waits.censored)),
        median=_quantile(days, waiting, low, high, 0.5),
        ninth_tenth=_quantile(days, waiting, low, high, 0.9),
    )


def _steps(waits: Waits) -> tuple[Floats, Floats, Floats]:
    """Days on which results came, how many were still waiting then, how many results. Sightings end after results."""
    order = np.argsort(np.array(waits.days, dtype=np.int64), kind="stable")
    days = np.array(waits.days, dtype=np.float64)[order]
    ended = np.array(waits.ended, dtype=np.float64)[order]
    censored = np.array(waits.censored, dtype=np.float64)[order]
    unique, first = np.unique(days, return_index=True)
    if unique.size:
        ended, censored = np.add.reduceat(ended, first), np.add.reduceat(censored, first)
    gone = np.cumsum(ended + censored)
    at_risk = waits.cases - gone + ended + censored
    seen = ended > 0
    return unique[seen], at_risk[seen], ended[seen]


def _before(values: Floats) -> Floats:
    """Each value's neighbour before it; the first has 1."""
    return np.concatenate(([1.0], values[:-1]))


def _quantile(days: Floats, waiting: Floats, low: Floats, high: Floats, part: float) -> Quantile:
    """The first day on which no more than 1 - part wait, and the first days on which the interval's ends say so."""

    def first(values: Floats) -> int | None:
        # 1e-9: a product of fractions is a hair off what is meant.
        reached = np.flatnonzero(values <= 1 - part + 1e-9)
        return int(days[reached[0]]) if reached.size else None

    return Quantile(first(waiting), first(low), first(high))
