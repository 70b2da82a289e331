"""The second opinion: the same comparison once more, one series at a time, from textbooks and in plain Python.

Slow on purpose and written without a look at the arrays: shares by searching alpha in the published formula of the
Wilson limits, means by statsmodels' t distribution, counts by summing the binomial term by term, the correction for
many tests by its definition.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist

from scipy import stats

from ietvars.institution.indicators.comparison import Direction, Kind, Point, Reason, Series, Word

Interval = tuple[float, float]
NORMAL = NormalDist()


def wilson(hits: float, n: float, z: float) -> Interval:
    """Wilson's limits as they are printed in textbooks."""
    p = hits / n
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def newcombe(now: tuple[float, float], before: tuple[float, float], z: float) -> Interval:
    """Method 10: the square root of the squared distances to the Wilson limits."""
    p, q = now[0] / now[1], before[0] / before[1]
    (p_low, p_high), (q_low, q_high) = wilson(*now, z), wilson(*before, z)
    return p - q - math.hypot(p - p_low, q_high - q), p - q + math.hypot(p_high - p, q - q_low)


def newcombe_p(now: tuple[float, float], before: tuple[float, float]) -> float:
    """The alpha at which the interval touches zero."""
    if now[0] * before[1] == before[0] * now[1]:
        return 1.0
    narrow, wide = 0.0, 45.0
    for _ in range(200):
        z = (narrow + wide) / 2
        low, high = newcombe(now, before, z)
        narrow, wide = (narrow, z) if low <= 0 <= high else (z, wide)
    return 2 * NORMAL.cdf(-narrow)


def welch(now: Point, before: Point, alpha: float) -> tuple[Interval, float]:
    """Welch's t, from the summary statistics."""
    a, b = float(now.sd or 0) ** 2 / (now.n or 0), float(before.sd or 0) ** 2 / (before.n or 0)
    freedom = (a + b) ** 2 / (a**2 / ((now.n or 0) - 1) + b**2 / ((before.n or 0) - 1))
    difference, error = _value(now) - _value(before), math.sqrt(a + b)
    arm = float(stats.t.ppf(1 - alpha / 2, freedom)) * error
    return (difference - arm, difference + arm), 2 * float(stats.t.sf(abs(difference) / error, freedom))


def notches(now: Point, before: Point, alpha: float) -> tuple[Interval, float]:
    """Medians: 1.25 IQR / (1.35 sqrt n) each, one step of allowance where both are written in halves."""
    error = math.sqrt(sum((1.25 * float(side.iqr or 0) / 1.35) ** 2 / (side.n or 0) for side in (now, before)))
    steps = [side.grain for side in (now, before) if side.grain is not None]
    whole = all(_value(side) * 2 == int(_value(side) * 2) for side in (now, before))
    grain = float(max(steps)) if steps else 1.0 if whole else 0.0
    difference = _value(now) - _value(before)
    arm = NORMAL.inv_cdf(1 - alpha / 2) * error + grain
    beyond = max(abs(difference) - grain, 0) / error
    return (difference - arm, difference + arm), 2 * NORMAL.cdf(-beyond)


def coin(now: int, before: int, alpha: float) -> tuple[Interval, float]:
    """Counts: a fair coin thrown now + before times, exactly."""
    n, most = now + before, max(now, before)
    p = min(1.0, 2 * math.fsum(math.comb(n, k) / 2**n for k in range(most, n + 1)))
    low = 0.0 if now == 0 else float(stats.beta.ppf(alpha / 2, now, before + 1))
    high = 1.0 if before == 0 else float(stats.beta.ppf(1 - alpha / 2, now + 1, before))
    return (n * (2 * low - 1), n * (2 * high - 1)), p


def adjusted(p_values: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg by definition: for each p, the least bound over all that are no smaller."""
    m = len(p_values)
    rank = {p: sum(other <= p for other in p_values) for p in p_values}
    bounds = {p: p * m / rank[p] for p in p_values}
    return [min(1.0, *(bounds[other] for other in p_values if other >= p)) for p in p_values]


def judged(series: Sequence[Series], alpha: float) -> list[tuple[Word, float, Interval, float, float]]:
    """Word, difference, interval, p and adjusted p of comparable series that are one family."""
    found = []
    for each in series:
        now, before = each.now, each.before
        match now.kind:
            case Kind.SHARE:
                sides = (_pair(now), _pair(before))
                found.append((newcombe(*sides, NORMAL.inv_cdf(1 - alpha / 2)), newcombe_p(*sides)))
            case Kind.MEAN:
                found.append(welch(now, before, alpha))
            case Kind.MEDIAN:
                found.append(notches(now, before, alpha))
            case _:
                found.append(coin(int(_value(now)), int(_value(before)), alpha))
    answers = []
    for each, (interval, p), q in zip(series, found, adjusted([p for _, p in found]), strict=True):
        difference = _value(each.now) - _value(each.before)
        clear = not interval[0] <= 0 <= interval[1] and q <= alpha and abs(difference) >= _floor(each) - 1e-12
        answers.append(
            (_word(difference, each.direction) if clear else Word.NO_CLEAR_CHANGE, difference, interval, p, q)
        )
    return answers


def _word(difference: float, direction: Direction) -> Word:
    if direction is Direction.NONE:
        return Word.CHANGED
    good = difference > 0 if direction is Direction.UP else difference < 0
    return Word.BETTER if good else Word.WORSE


def _floor(each: Series) -> float:
    larger = max(abs(_value(each.now)), abs(_value(each.before)))
    if each.floor:
        return max(each.floor.absolute, each.floor.relative * larger)
    return {Kind.SHARE: 0.01, Kind.COUNT: 0.05 * larger}.get(each.now.kind, 0.02 * larger)


def _value(point: Point) -> float:
    if point.kind is Kind.SHARE:
        return float(point.numerator or 0) / float(point.denominator or 0)
    return float(point.value or 0)


def _pair(point: Point) -> tuple[float, float]:
    return float(point.numerator or 0), float(point.denominator or 0)


REFUSING = tuple(Reason)[: tuple(Reason).index(Reason.NO_SPREAD) + 1]
