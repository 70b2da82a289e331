"""Many figures at once: the correction for many tests, and how much more figures scatter than chance alone would.

Pure statistics over arrays, never Django and never a verdict. Chance for single cases is binomial or Poisson; one
broken queue delays all cases of a day, so days scatter more than their cases. The dispersion phi is Pearson's
chi-square over its degrees of freedom (McCullagh and Nelder, Generalized Linear Models, 2nd ed. 1989, 4.5 and 6.2),
within months, so that a real change between months never counts as scatter. A test then takes n / phi cases for n
(quasi-likelihood: Wedderburn, Biometrika 61 (1974) 439-447). It must not go below 1: luck is no precision.

What is needed are sums over the days of a month, so the parts of phi add up over months like everything else.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Groups = NDArray[np.intp]

FEWEST_FREEDOM = 20
"""With fewer degrees of freedom the dispersion itself is mostly chance, and is not told."""


def benjamini_hochberg(p: Floats, families: Groups) -> Floats:
    """Each p adjusted within its family (Benjamini and Hochberg 1995), to be compared with alpha directly."""
    adjusted = np.empty_like(p)
    order = np.lexsort((p, families))
    starts = np.flatnonzero(np.diff(families[order], prepend=-1))
    for members in np.split(order, starts[1:]):
        size = members.size
        steps = p[members] * size / np.arange(1, size + 1)
        adjusted[members] = np.minimum(1.0, np.minimum.accumulate(steps[::-1])[::-1])
    return adjusted


def of_counts(total: Floats, squares: Floats, days: Floats) -> tuple[Floats, Floats]:
    """Chi-square and degrees of freedom of daily counts x about their mean m: sum (x - m)^2 / m, over days less one.

    Each cell is a month's working days or its days off (offices that are shut on Sundays do not scatter); `total` and
    `squares` are its sums of x and x^2 over the days with any, `days` all its days.
    """
    told = (total > 0) & (days > 1)
    mean = np.where(told, total / np.maximum(days, 1), 1.0)
    return np.where(told, squares / mean - total, 0.0), np.where(told, days - 1, 0.0)


def of_shares(hits: Floats, n: Floats, weighed: Floats, days: Floats) -> tuple[Floats, Floats]:
    """Chi-square and degrees of freedom of day shares: sum (k - n p)^2 / (n p (1 - p)), over days less one.

    Each cell is a month with share p = hits / n; `weighed` is its sum of k^2 / n over its `days` with any case. A month
    in which all or none hit says nothing of scatter.
    """
    told = (hits > 0) & (hits < n) & (days > 1)
    share = np.where(told, hits / np.maximum(n, 1), 0.5)
    chi = (weighed - hits * share) / (share * (1 - share))
    return np.where(told, chi, 0.0), np.where(told, days - 1, 0.0)


def phi(chi: float, freedom: float) -> float | None:
    """The dispersion of counts or shares; None where too little was seen to tell it."""
    return None if freedom < FEWEST_FREEDOM else max(1.0, chi / freedom)


def phi_of_means(between: float, between_freedom: float, within: float, within_freedom: float) -> float | None:
    """The dispersion of means: the mean square between the days of a month over that within days.

    One-way analysis of variance; `between` is sum n (mean of day - mean of month)^2, `within` the squares about the
    means of days.
    """
    if min(between_freedom, within_freedom) < FEWEST_FREEDOM or within <= 0:
        return None
    return max(1.0, (between / between_freedom) / (within / within_freedom))
