"""What is planted in a simulation, and its truth in words that can be held against the verdicts.

A change has an indicator of the national register, a month from which it holds, a direction and a size as a factor.
Services for which nothing was planted are named too: there, whoever finds a change has found noise. It must not look at
what comes of a change: that is for the figures to say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Kind:
    """A kind of change: what of a service's habits it multiplies, and what else moves with it."""

    habit: str
    indicator: str
    sizes: tuple[float, ...]
    better: str
    """`up` where a larger figure is the better one, `down`, or `none`."""
    moves: tuple[str, ...] = ()


KINDS = (
    Kind("demand", "cases", (0.6, 1.6), "none", ("throughput", "demand")),
    Kind("time", "time-median", (0.55, 1.8), "down", ("time-p90", "on-time", "backlog")),
    Kind("digital", "digital-share", (0.4, 2.5), "up", ("channel-mix",)),
    Kind("dropping", "completion", (0.4, 2.2), "up", ("throughput",)),
    Kind("rating", "satisfaction", (0.82, 1.15), "up"),
    Kind("cost", "cost-per-case", (0.75, 1.35), "down"),
    Kind("contact", "failure-demand", (0.5, 2.0), "down"),
    Kind("asking", "once-only-debt", (0.4, 2.0), "down"),
    Kind("contesting", "contest-rate", (0.4, 2.5), "down"),
)
HABITS = tuple(kind.habit for kind in KINDS)

SHARE = 0.25
"""So many of the services change in something; for the rest nothing was planted."""


@dataclass(frozen=True)
class Change:
    """One planted change. `size` is the factor on the habit: 1.8 is four fifths more."""

    service: int
    code: str
    indicator: str
    habit: str
    month: int
    direction: str
    size: float
    word: str
    """`better` or `worse` for the person, `other` where neither can be said."""
    moves: tuple[str, ...]


def plan(
    rng: np.random.Generator,
    numbers: Sequence[tuple[int, str, float]],
    months: Sequence[int],
    *,
    worse_allowed: Mapping[int, bool] | None = None,
) -> tuple[Change, ...]:
    """Changes for a quarter of the services that are asked for most; numbers are (number, code, weight).

    They begin in the middle half of the months, so that there is something before and after. Where `worse_allowed`
    says no, only changes for the better are planted: nothing bad is made up about a body that exists.
    """
    ranked = sorted(numbers, key=lambda each: -each[2])
    chosen = ranked[: max(1, int(len(ranked) * SHARE))] if ranked else []
    found = []
    for place, (number, code, _) in enumerate(chosen):
        kind = KINDS[place % len(KINDS)]
        month = months[int(rng.integers(len(months) // 4, max(len(months) // 4 + 1, len(months) * 3 // 4)))]
        size = kind.sizes[int(rng.integers(2))]
        if worse_allowed is not None and not worse_allowed.get(number, False) and _word(kind, size) == "worse":
            size = next(each for each in kind.sizes if _word(kind, each) != "worse")
        direction = _direction(kind, size)
        found.append(
            Change(number, code, kind.indicator, kind.habit, month, direction, size, _word(kind, size), kind.moves)
        )
    return tuple(sorted(found, key=lambda each: each.service))


def _direction(kind: Kind, size: float) -> str:
    rises = size > 1
    # What drops out more often is completed less.
    return "down" if rises == (kind.habit == "dropping") else "up"


def _word(kind: Kind, size: float) -> str:
    if kind.better == "none":
        return "other"
    return "better" if _direction(kind, size) == kind.better else "worse"


def factors(changes: Sequence[Change], places: Mapping[int, int], months: Sequence[int], habit: str) -> Floats:
    """Services by months: what one habit is multiplied with."""
    found = np.ones((len(places), len(months)))
    for change in changes:
        if change.habit == habit:
            found[places[change.service], [month >= change.month for month in months]] *= change.size
    return found


def document(
    changes: Sequence[Change], numbers: Sequence[tuple[int, str, float]], months: Sequence[int], **about: Any
) -> dict[str, Any]:
    """The truth as one JSON document: what was planted, and where nothing was."""
    changed = {change.service for change in changes}
    return {
        "illustrative": True,
        "about": about,
        "months": [f"{month // 100}-{month % 100:02}" for month in months],
        "planted": [_written(each) for each in changes],
        "nothing_changed": sorted(code for number, code, _ in numbers if number not in changed),
    }


def _written(change: Change) -> dict[str, Any]:
    month = f"{change.month // 100}-{change.month % 100:02}"
    return {**asdict(change), "month": month, "moves": list(change.moves)}
