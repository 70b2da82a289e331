"""Since when: where a monthly series took another level, and by how much.

Pure statistics over monthly sums, never Django and never a verdict. It must not see a turn where there is none more
than once in a hundred series; which of many series' turns stand is settled by `settle`.

The model: y = level + month of the year + noise, on the logarithm of a count or a time and on the logit of a share;
the level steps at unknown months. The statistic is the greatest likelihood ratio of one step, T log(SSE_0 / SSE_1),
over all months that leave three on both sides (Quandt, JASA 55 (1960) 324-330; Andrews, Econometrica 61 (1993)
821-856), with the months of the year fitted beside the step where there are two years, so that a season is no turn.
Its distribution without a turn does not depend on level, season or noise, so it is simulated once for each length;
from it come the p of a series and the penalty by which `ruptures.KernelCPD` with the linear kernel (the sum of squares
about segment means; Killick, Fearnhead and Eckley, JASA 107 (2012) 1590-1598) finds all steps. The noise is never taken
to be smaller than what chance does to the counts themselves.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ietvars.institution.tallies import many

Floats = NDArray[np.float64]

SHORTEST = 12
"""Months; with fewer nothing is said."""
SEASONED = 24
"""From two years on the months of the year are fitted beside the steps; a count needs that."""
EDGE = 3
"""Fewest months between two turns, and before the first and after the last."""
FALSE_ALARMS = 0.01
FEWEST_COUNTED = 5
"""Least mean count a month; of a share the least number of cases in each month."""
_DRAWS = 20_000
_SEED = 399


class Kind(StrEnum):
    """What the series is, which decides its scale."""

    COUNT = "count"
    SHARE = "share"
    LOG_MEAN = "log_mean"
    MEAN = "mean"


class Silence(StrEnum):
    """Why nothing can be said."""

    TOO_SHORT = "too_short"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Monthly sums of one figure, oldest first, no month left out; `first_month` is 1 to 12.

    A count has `n`; a share `hits` of `n`; a mean or a mean of logarithms `n`, `total` and `squares`.
    """

    kind: Kind
    first_month: int
    n: Sequence[float]
    hits: Sequence[float] = ()
    total: Sequence[float] = ()
    squares: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """From month number `at` of the series (0 the first) the level is another.

    `before` and `after` are levels in the figure's unit; `change` is after - before for shares and means, and
    after / before for counts and times; `low` and `high` bound it at 95 %, given that the turn is where it is.
    """

    at: int
    before: float
    after: float
    change: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Found:
    """What a series says: its turns, and the p of having at least one. `silence` says why it says nothing."""

    turns: tuple[Turn, ...] = ()
    p: float | None = None
    silence: Silence | None = None


def find(series: Series, *, false_alarms: float = FALSE_ALARMS) -> Found:
    """The turns of one series. Whether they stand among those of other series is for `settle`."""
    if silence := _silence(series):
        return Found(silence=silence)
    y, sampling = _scaled(series)
    size = y.size
    seasons = _seasons(size, series.first_month)
    steps, rest = _steps(size, seasons), _without(y, seasons)
    null = _null(size)
    gains = _gains(rest, steps)
    best = int(np.argmax(gains))
    left = size - seasons.shape[1] - 1
    all_squares = float(rest @ rest)
    noise = max((all_squares - float(gains[best])) / left, sampling)
    # With the noise held up by what chance does to counts, the ratio is that of a series whose rest is as large.
    statistic = size * np.log1p(float(gains[best]) / (noise * left)) if noise > 0 else 0.0
    p = null.p(statistic)
    if p > false_alarms:
        return Found(p=p)
    plain = y - _season_of(y, seasons, best)
    penalty = noise * left * np.expm1(null.at(false_alarms) / size)
    import ruptures  # which takes a second to load all of scipy.stats, and most pages and commands ask for no turn

    cuts = ruptures.KernelCPD(kernel="linear", min_size=EDGE).fit(plain[:, None]).predict(pen=penalty)[:-1]
    turns = _turns(series.kind, y, seasons, cuts or [best + EDGE], sampling)
    return Found(turns, p)


def settle(found: Sequence[Found], families: Sequence[int] | None = None, *, alpha: float = 0.05) -> tuple[Found, ...]:
    """The same, without the turns that chance alone would have given among so many series of a family.

    Benjamini and Hochberg over the p of all series that say something.
    """
    told = [at for at, each in enumerate(found) if each.p is not None]
    if not told:
        return tuple(found)
    p = np.array([found[at].p for at in told], dtype=np.float64)
    names: dict[int, int] = {}
    family = [names.setdefault(families[at] if families else 0, len(names)) for at in told]
    adjusted = many.benjamini_hochberg(p, np.array(family, dtype=np.intp))
    kept = list(found)
    for at, q in zip(told, adjusted.tolist(), strict=True):
        if q > alpha:
            kept[at] = Found(p=found[at].p)
    return tuple(kept)


# ---- scales -----------------------------------------------------------------------------------------------------


def _silence(series: Series) -> Silence | None:
    n = np.asarray(series.n, dtype=np.float64)
    if n.size < (SEASONED if series.kind is Kind.COUNT else SHORTEST):
        return Silence.TOO_SHORT
    few = n.mean() < FEWEST_COUNTED if series.kind is Kind.COUNT else n.min() < FEWEST_COUNTED
    return Silence.TOO_FEW if few else None


def _scaled(series: Series) -> tuple[Floats, float]:
    """The series on its scale, and the mean variance that chance alone gives its months there."""
    n = np.asarray(series.n, dtype=np.float64)
    if series.kind is Kind.COUNT:
        return np.log(n + 0.5), float(np.mean(1 / (n + 0.5)))
    if series.kind is Kind.SHARE:
        hits = np.asarray(series.hits, dtype=np.float64)
        yes, no = hits + 0.5, n - hits + 0.5
        return np.log(yes / no), float(np.mean(1 / yes + 1 / no))
    total, squares = np.asarray(series.total, dtype=np.float64), np.asarray(series.squares, dtype=np.float64)
    within = np.maximum(squares - total**2 / n, 0) / np.maximum(n - 1, 1)
    return total / n, float(np.mean(within / n))


def _level(kind: Kind, value: float) -> float:
    if kind is Kind.MEAN:
        return value
    return float(special.expit(value)) if kind is Kind.SHARE else float(np.exp(value))


# ---- one step beside the months of the year -----------------------------------------------------------------------


def _seasons(size: int, first_month: int) -> Floats:
    """Columns that are fitted beside the step: each month of the year, or only the level of a short series."""
    if size < SEASONED:
        return np.ones((size, 1))
    return np.asarray(np.eye(12)[(np.arange(size) + first_month - 1) % 12])


def _without(y: Floats, columns: Floats) -> Floats:
    """What the columns leave of y. They are orthogonal: each month of the year is its own."""
    return np.asarray(y - columns @ ((columns.T @ y) / columns.sum(axis=0)))


def _steps(size: int, seasons: Floats) -> Floats:
    """A step at each month that leaves `EDGE` on both sides, less what the months of the year explain of it."""
    at = np.arange(EDGE, size - EDGE + 1)
    raw = (np.arange(size)[:, None] >= at[None, :]).astype(np.float64)
    return np.asarray(raw - seasons @ ((seasons.T @ raw) / seasons.sum(axis=0)[:, None]))


def _gains(rest: Floats, steps: Floats) -> Floats:
    """By how much each step lowers the sum of squares; for many series at once if `rest` has a row for each."""
    norms = np.sum(steps**2, axis=0)
    return np.asarray((rest @ steps) ** 2 / np.where(norms > 0, norms, np.inf))


def _season_of(y: Floats, seasons: Floats, best: int) -> Floats:
    """The months of the year as fitted beside the best step, about zero."""
    step = (np.arange(y.size) >= best + EDGE).astype(np.float64)
    fitted = np.linalg.lstsq(np.column_stack([seasons, step]), y, rcond=None)[0]
    season = seasons @ fitted[:-1]
    return np.asarray(season - season.mean())


@dataclass(frozen=True, slots=True)
class _Null:
    """How large the statistic gets where there is no turn, in rising order; its tail falls off like e^(-x / scale)."""

    values: Floats
    far: float
    scale: float

    def p(self, statistic: float) -> float:
        """The part of unchanged series that reach the statistic."""
        if statistic <= self.far:
            above = self.values.size - int(np.searchsorted(self.values, statistic, side="left"))
            return (above + 1) / (self.values.size + 1)
        return float(_TAIL * np.exp(-(statistic - self.far) / self.scale))

    def at(self, part: float) -> float:
        """The statistic that only so large a part of unchanged series reaches."""
        return float(np.quantile(self.values, 1 - part))


_TAIL = 0.005


@functools.lru_cache(maxsize=256)
def _null(size: int) -> _Null:
    """The distribution for series of this length, simulated with a fixed seed; the first month does not matter."""
    seasons = _seasons(size, 1)
    steps = _steps(size, seasons)
    y = np.random.default_rng(_SEED).standard_normal((_DRAWS, size))
    rest = y - (y @ seasons) / seasons.sum(axis=0) @ seasons.T
    best = _gains(rest, steps).max(axis=1)
    left = np.sum(rest**2, axis=1) - best
    values = np.sort(size * np.log1p(best / left))
    far = float(np.quantile(values, 1 - _TAIL))
    return _Null(values, far, float(np.mean(values[values > far] - far)))


# ---- all steps ------------------------------------------------------------------------------------------------------


def _turns(kind: Kind, y: Floats, seasons: Floats, cuts: Sequence[int], sampling: float) -> tuple[Turn, ...]:
    """Levels between the cuts, fitted together with the months of the year, and each change with its interval."""
    size = y.size
    inside = np.column_stack([(np.arange(size) >= cut).astype(np.float64) for cut in cuts])
    design = np.column_stack([seasons, inside])
    fitted, *_ = np.linalg.lstsq(design, y, rcond=None)
    freedom = max(size - design.shape[1], 1)
    noise = max(float(np.sum((y - design @ fitted) ** 2)) / freedom, sampling)
    spread = np.sqrt(noise * np.diag(np.linalg.pinv(design.T @ design)))[-len(cuts) :]
    arms = special.stdtrit(freedom, 0.975) * spread
    level = float(np.mean(seasons @ fitted[: seasons.shape[1]]))
    turns = []
    for cut, by, arm in zip(cuts, fitted[-len(cuts) :].tolist(), arms.tolist(), strict=True):
        turns.append(_turn(kind, int(cut), level, level + by, arm))
        level += by
    return tuple(turns)


def _turn(kind: Kind, at: int, before: float, after: float, arm: float) -> Turn:
    old, new = _level(kind, before), _level(kind, after)
    if kind in {Kind.COUNT, Kind.LOG_MEAN}:
        return Turn(at, old, new, *(float(np.exp(after - before + by)) for by in (0.0, -arm, arm)))
    ends = (_level(kind, after + by) - old for by in (0.0, -arm, arm))
    return Turn(at, old, new, *ends)
