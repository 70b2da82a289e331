"""What chance alone would do: intervals and tests, on whole arrays at once; the correction for many is `tallies.many`.

Pure statistics over float arrays, never Django and never a verdict: words and floors are `comparison`'s.
Each test and its interval are one statement read in two ways: p < alpha exactly when zero is outside the interval.
Sources and reasons: docs/decisions/2026-11-23-comparison-that-can-refuse.md
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

# Beyond z = 38 the normal tail is below the smallest float: p is 0 there, whatever z is.
_FARTHEST_Z = 40.0
_HALVINGS = 60
# Up to this many cases two counts are tested exactly; beyond, exact and normal z differ by less than 0.001.
MOST_CASES_EXACT = 1_000_000


class Shares(NamedTuple):
    """One side of a comparison of shares: hits among n cases, n above zero."""

    hits: Floats
    n: Floats


class Samples(NamedTuple):
    """One side of a comparison of means (spread: sd) or medians (spread: IQR); spread above zero, n above one."""

    centre: Floats
    spread: Floats
    n: Floats


class Evidence(NamedTuple):
    """Now minus before, its interval at 1 - alpha, and the two-sided p; each an array of the same length."""

    difference: Floats
    low: Floats
    high: Floats
    p: Floats


def shares(now: Shares, before: Shares, alpha: float) -> Evidence:
    """Difference of two independent shares: Newcombe (1998), method 10, the hybrid of two Wilson intervals.

    Its p is the alpha at which the interval would just touch zero, found by halving: its arms only grow as alpha
    falls.
    """
    n_now, n_before = now.n, before.n
    p_now, p_before = now.hits / n_now, before.hits / n_before
    difference = p_now - p_before
    z = float(special.ndtri(1 - alpha / 2))
    low = difference - np.hypot(_arm_down(p_now, n_now, z), _arm_up(p_before, n_before, z))
    high = difference + np.hypot(_arm_up(p_now, n_now, z), _arm_down(p_before, n_before, z))

    rises = difference > 0
    p_upper, n_upper = np.where(rises, p_now, p_before), np.where(rises, n_now, n_before)
    p_lower, n_lower = np.where(rises, p_before, p_now), np.where(rises, n_before, n_now)
    gap = np.abs(difference)
    below, above = np.zeros_like(gap), np.full_like(gap, _FARTHEST_Z)
    for _ in range(_HALVINGS):
        middle = (below + above) / 2
        reached = np.hypot(_arm_down(p_upper, n_upper, middle), _arm_up(p_lower, n_lower, middle)) >= gap
        above = np.where(reached, middle, above)
        below = np.where(reached, below, middle)
    return Evidence(difference, low, high, _two_sided(np.where(gap == 0, 0.0, below)))


def _arm_down(p: Floats, n: Floats, z: Floats | float) -> Floats:
    """From the share down to its lower Wilson limit, without the cancellation of subtracting the two."""
    return np.asarray((z * np.sqrt(z * z + 4 * n * p * (1 - p)) - z * z * (1 - 2 * p)) / (2 * (n + z * z)))


def _arm_up(p: Floats, n: Floats, z: Floats | float) -> Floats:
    """From the share up to its upper Wilson limit."""
    return np.asarray((z * np.sqrt(z * z + 4 * n * p * (1 - p)) + z * z * (1 - 2 * p)) / (2 * (n + z * z)))


def _two_sided(z: Floats) -> Floats:
    return np.asarray(2 * special.ndtr(-np.abs(z)))


def means(now: Samples, before: Samples, alpha: float) -> Evidence:
    """Difference of two means with unlike spreads: Welch (1947), with Satterthwaite's (1946) degrees of freedom."""
    error_now, error_before = now.spread / np.sqrt(now.n), before.spread / np.sqrt(before.n)
    difference, error = now.centre - before.centre, np.hypot(error_now, error_before)
    part_now, part_before = (error_now / error) ** 2, (error_before / error) ** 2
    freedom = 1 / (part_now**2 / (now.n - 1) + part_before**2 / (before.n - 1))
    arm = special.stdtrit(freedom, 1 - alpha / 2) * error
    p = 2 * special.stdtr(freedom, -np.abs(difference) / error)
    return Evidence(difference, difference - arm, difference + arm, np.asarray(p))


def medians(now: Samples, before: Samples, grain: Floats, alpha: float) -> Evidence:
    """Difference of two medians, standard error 1.25 IQR / (1.35 sqrt n): McGill, Tukey and Larsen (1978).

    `grain` is the step in which single values are recorded (1 for whole days). A median of such values stands for
    anything half a step around it, so the interval reaches one step further, and p is of what exceeds that step.
    """
    error = np.hypot(_notch(now), _notch(before))
    difference = now.centre - before.centre
    arm = float(special.ndtri(1 - alpha / 2)) * error + grain
    p = _two_sided(np.maximum(np.abs(difference) - grain, 0) / error)
    return Evidence(difference, difference - arm, difference + arm, p)


def _notch(side: Samples) -> Floats:
    return 1.25 * side.spread / (1.35 * np.sqrt(side.n))


def counts(now: Floats, before: Floats, alpha: float) -> Evidence:
    """Difference of two counts over periods of one length, given their sum N: Przyborowski, Wilenski (1940).

    If only chance parts them, each case falls into either period as a fair coin falls, so either count is
    binomial (N, 1/2). Up to a million cases p is the exact tail doubled and the interval is that of Clopper and
    Pearson (1934); beyond, both are the score test's (Wilson 1927). The interval of the share now / N is put
    onto the scale of now - before. N is above zero.
    """
    n = now + before
    difference = now - before
    exact = n <= MOST_CASES_EXACT
    z = float(special.ndtri(1 - alpha / 2))
    half = 2 * z * np.sqrt(now * before / n + z * z / 4)
    low, high = n * (difference - half) / (n + z * z), n * (difference + half) / (n + z * z)
    p = _two_sided(difference / np.sqrt(n))
    if exact.any():
        a, b, m = now[exact], before[exact], n[exact]
        most = np.maximum(a, b)
        p[exact] = np.minimum(1.0, 2 * special.betainc(most, m - most + 1, 0.5))
        low[exact] = m * (2 * _least_share(a, b, alpha) - 1)
        high[exact] = m * (1 - 2 * _least_share(b, a, alpha))
    return Evidence(difference, low, high, p)


def _least_share(a: Floats, b: Floats, alpha: float) -> Floats:
    """Clopper and Pearson's lower limit of the share a / (a + b)."""
    return np.where(a == 0, 0.0, special.betaincinv(np.maximum(a, 1), b + 1, alpha / 2))
