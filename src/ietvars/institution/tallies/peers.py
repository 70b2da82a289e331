"""Services of like kind side by side: who lies further from all than chance would carry him.

Pure statistics, never Django and never a ranking without intervals. What is of like kind is decided elsewhere.

The funnel (Spiegelhalter, Statistics in Medicine 24 (2005) 1185-1202): about the target theta, the pooled share of all,
the limits of a service with n cases are the exact binomial quantiles at 95 % and 99.8 %, interpolated between whole
cases: (r_p - a) / n with a = (F(r_p) - p) / (F(r_p) - F(r_p - 1)). Where the peers scatter more than chance gives
(Spiegelhalter, Quality and Safety in Health Care 14 (2005) 347-351), phi is the mean of the squared z after the tenth
at either end is drawn in to the tenth's edge (winsorised); if phi exceeds 1 + 2 sqrt(2 / I) all limits are widened by
its square root. A league table shows Wilson's interval (JASA 22 (1927) 209-212) and between which places a service may
lie: above it are only those whose interval lies clear of its own (at 83.4 %, which compares two at 5 %: Goldstein and
Healy, JRSS A 158 (1995) 175-177).
"""

import functools
import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

INNER, OUTER = 0.95, 0.998
FEWEST_PEERS = 5
"""With fewer services of a kind there is no funnel to speak of."""
FEWEST_CASES = 10
"""A service with fewer cases is no peer yet."""
_DRAWN_IN = 0.1
_PAIRS = 0.834


class Place(StrEnum):
    """Where a service lies against the limits."""

    INSIDE = "inside"
    HIGH = "high"
    LOW = "low"
    FAR_HIGH = "far_high"
    FAR_LOW = "far_low"


@dataclass(frozen=True, slots=True)
class Peer:
    """A service of the kind: so many of its cases."""

    key: Hashable
    hits: int
    n: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Between these a service with `n` cases lies if only chance moves it: inner 95 %, outer 99.8 %."""

    n: int
    outer_low: float
    inner_low: float
    inner_high: float
    outer_high: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A peer with its share, its interval at 95 %, its limits, and between which places it may lie (1 the highest)."""

    key: Hashable
    hits: int
    n: int
    share: float
    low: float
    high: float
    z: float
    place: Place
    limits: Limits
    first_place: int
    last_place: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """All peers about their pooled share. `phi` 1: they scatter no more than chance gives."""

    target: float
    phi: float
    peers: tuple[Placed, ...]

    def limits(self, n: int) -> Limits:
        """The limits for another number of cases, to draw the lines of the funnel."""
        return _limits(self.target, n, self.phi)


def funnel(peers: Sequence[Peer]) -> Funnel | None:
    """The funnel of shares. None where too few have enough cases, or all or none of all cases hit."""
    told = [peer for peer in peers if peer.n >= FEWEST_CASES]
    hits, n = np.array([p.hits for p in told], dtype=np.float64), np.array([p.n for p in told], dtype=np.float64)
    if len(told) < FEWEST_PEERS or not 0 < hits.sum() < n.sum():
        return None
    target = float(hits.sum() / n.sum())
    z = (hits / n - target) / np.sqrt(target * (1 - target) / n)
    phi = dispersion(z)
    low, high = wilson(hits, n, 0.95)
    first, last = _places(*wilson(hits, n, _PAIRS))
    placed = []
    for at, peer in enumerate(told):
        limits = _limits(target, peer.n, phi)
        share = peer.hits / peer.n
        placed.append(
            Placed(
                peer.key, peer.hits, peer.n, share, float(low[at]), float(high[at]), float(z[at] / math.sqrt(phi)),
                _place(share, limits), limits, int(first[at]), int(last[at]),
            )
        )  # fmt: skip
    placed.sort(key=lambda one: (-one.share, -one.n))
    return Funnel(target, phi, tuple(placed))


def dispersion(z: Floats) -> float:
    """phi of Spiegelhalter: the mean square of the winsorised z, 1 where it does not clearly exceed 1."""
    edge_low, edge_high = np.quantile(z, [_DRAWN_IN, 1 - _DRAWN_IN])
    phi = float(np.mean(np.clip(z, edge_low, edge_high) ** 2))
    return phi if phi > 1 + 2 * math.sqrt(2 / z.size) else 1.0


def wilson(hits: Floats, n: Floats, level: float) -> tuple[Floats, Floats]:
    """Wilson's interval of each share."""
    z = float(special.ndtri((1 + level) / 2))
    share = hits / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    arm = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return np.maximum(centre - arm, 0.0), np.minimum(centre + arm, 1.0)


def _places(low: Floats, high: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First and last place of each: those clearly above push it down, those clearly below it hold it up."""
    above = np.sum(low[None, :] > high[:, None], axis=1)
    below = np.sum(high[None, :] < low[:, None], axis=1)
    return above + 1, low.size - below


@functools.lru_cache(maxsize=50_000)
def _limits(target: float, n: int, phi: float) -> Limits:
    # Every look at a desk asks for the same ones again.
    wide = math.sqrt(phi)
    ends = [
        min(1.0, max(0.0, target + wide * (_exact(target, n, p) - target)))
        for p in ((1 - OUTER) / 2, (1 - INNER) / 2, (1 + INNER) / 2, (1 + OUTER) / 2)
    ]
    return Limits(n, *ends)


def _exact(target: float, n: int, p: float) -> float:
    """The interpolated binomial quantile as a share."""
    at = _quantile(target, n, p)
    reached = float(special.bdtr(at, n, target))
    under = float(special.bdtr(at - 1, n, target)) if at > 0 else 0.0
    part = (reached - p) / (reached - under) if reached > under else 0.0
    return (at - part) / n


def _quantile(target: float, n: int, p: float) -> int:
    """The least whole number of hits that so large a part of samples does not exceed, found by halving."""
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        if cast("float", special.bdtr(middle, n, target)) >= p:
            high = middle
        else:
            low = middle + 1
    return low


def _place(share: float, limits: Limits) -> Place:
    if share > limits.outer_high:
        return Place.FAR_HIGH
    if share < limits.outer_low:
        return Place.FAR_LOW
    if share > limits.inner_high:
        return Place.HIGH
    return Place.LOW if share < limits.inner_low else Place.INSIDE
