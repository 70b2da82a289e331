"""How a made-up state behaves: of each service how many come when, through what, how long it takes, what goes wrong.

Everything is drawn once from the seed and kept as arrays, services by something. Without a planted change a habit is
the same in every month, apart from the season, so that the same month of another year can be compared.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ietvars.doors.machines.feeds.simulated import planting
from ietvars.doors.machines.feeds.simulated.clock import Calendar, Floats, Ints
from ietvars.doors.machines.feeds.simulated.nation import ELECTRONIC, Nation
from ietvars.institution.deliveries import facts

Bools = npt.NDArray[np.bool_]

IS_ELECTRONIC: Bools = np.array([code in ELECTRONIC for code in facts.CHANNELS])


@dataclass(frozen=True)
class Habits:
    """Arrays whose first axis is the service; `months` of demand is the expected number of arrivals."""

    demand: Floats  # services x months
    request_mix: Floats  # services x channels, to be cumulated after digital changes
    receipt_mix: Floats
    factors: dict[str, Floats]  # habit -> services x months
    is_immediate: Bools
    median_days: Floats
    sigma: Floats
    term_days: Ints
    steps: Ints
    step_ids: Ints  # services x most steps
    dropping: Floats
    looping: Floats
    waiting: Floats
    contact: Floats
    asking: Floats
    contesting: Floats
    rating: Floats
    rated: Floats
    cost: Floats
    repeating: Floats
    headroom: Floats
    says_due: Bools


def draw(
    nation: Nation,
    *,
    seed: int,
    cases: float,
    months: list[int],
    calendar: Calendar,
    changes: tuple[planting.Change, ...],
) -> Habits:
    """The habits of a seed, so that about `cases` cases are opened in all months together."""
    rng = np.random.default_rng([seed, 1])
    size = len(nation.offerings)
    places = {each.number: place for place, each in enumerate(nation.offerings)}
    factors = {habit: planting.factors(changes, places, months, habit) for habit in planting.HABITS}
    terms = np.array([-1 if each.term_days is None else each.term_days for each in nation.offerings], dtype=np.int64)
    typical = np.where(terms > 0, terms * rng.uniform(0.35, 0.65, size), rng.uniform(1, 10, size))
    steps = np.array([len(each.steps) for each in nation.offerings], dtype=np.int64)
    step_ids = np.zeros((size, max(1, steps.max(initial=0))), dtype=np.int64)
    for place, each in enumerate(nation.offerings):
        step_ids[place, : len(each.steps)] = [number for number, _ in each.steps]
    prices = np.array([each.price_cents for each in nation.offerings], dtype=float)
    asks = np.array([bool(each.evidence) for each in nation.offerings])
    return Habits(
        demand=_demand(nation, rng, cases, months, calendar) * factors["demand"],
        request_mix=_mix(rng, [each.request_channels for each in nation.offerings]),
        receipt_mix=_mix(rng, [each.receipt_channels for each in nation.offerings]),
        factors=factors,
        is_immediate=np.array([each.is_immediate for each in nation.offerings]),
        median_days=np.maximum(typical, 0.3),
        sigma=rng.uniform(0.35, 0.6, size),
        term_days=terms,
        steps=steps,
        step_ids=step_ids,
        dropping=rng.uniform(0.04, 0.14, size),
        looping=rng.uniform(0.02, 0.15, size),
        waiting=rng.uniform(0.05, 0.25, size),
        contact=rng.uniform(0.1, 0.35, size),
        asking=np.where(asks, rng.uniform(0.1, 0.5, size), 0.0),
        contesting=rng.uniform(0.005, 0.03, size),
        rating=rng.uniform(62, 85, size),
        rated=rng.uniform(0.08, 0.25, size),
        cost=prices * rng.uniform(0.2, 0.5, size) + rng.uniform(300, 2500, size),
        repeating=rng.uniform(0.0, 0.03, size),
        headroom=rng.uniform(1.04, 1.5, size),
        says_due=rng.random(size) < 0.05,
    )


def _demand(nation: Nation, rng: np.random.Generator, cases: float, months: list[int], calendar: Calendar) -> Floats:
    """Expected arrivals: weight, season, the length of the month; none once a service has ended."""
    size = len(nation.offerings)
    weights = np.array([each.weight for each in nation.offerings])
    of_year = np.array([month % 100 - 1 for month in months])
    peak, swing = rng.integers(0, 12, size), rng.uniform(0, 0.35, size)
    season = 1 + swing[:, None] * np.cos((of_year[None, :] - peak[:, None]) * np.pi / 6)
    days = np.array([len(calendar.month_days(month)) for month in months])
    found = weights[:, None] * season * days[None, :]
    for place, each in enumerate(nation.offerings):
        if each.until_day is not None:
            lived = [np.mean(calendar.month_days(month) <= each.until_day) for month in months]
            found[place] *= np.array(lived)
    demand: Floats = found * (cases / max(found.sum(), 1e-9))
    return demand


def _mix(rng: np.random.Generator, channels: list[tuple[str, ...]]) -> Floats:
    """Services by channels: how the cases are spread over those that the service has; number 0 where it has none."""
    found = np.zeros((len(channels), len(facts.CHANNELS)))
    for place, codes in enumerate(channels):
        known = [facts.CHANNELS.index(code) for code in codes if code in facts.CHANNELS] or [0]
        found[place, known] = rng.dirichlet(np.full(len(known), 2.0))
    return found


def cumulated(mix: Floats, digital: Floats) -> Floats:
    """The mix of one month as a running sum, once the odds of electronic channels are multiplied by `digital`."""
    shifted = mix * np.where(IS_ELECTRONIC[None, :], digital[:, None], 1.0)
    running: Floats = np.cumsum(shifted / shifted.sum(axis=1, keepdims=True), axis=1)
    return running
