"""How events really come: later than they happened, some much later, some wrong at first and corrected, some twice.

It adds `received_us`, `corrects` and the wrong events, and leaves out what has not arrived by the end. What counts
afterwards is what `going` told: a correction says it, and what was wrong is taken back. Duplicates are only made where
events are sent one by one (`twice`), since a file of facts holds none.
"""

import numpy as np

from ietvars.doors.machines.feeds.simulated.clock import DAY_US, HOUR_US, Calendar, Ints
from ietvars.institution.deliveries.facts import Type

LATE, VERY_LATE, WRONG, ANNULLED, TWICE = 0.03, 0.002, 0.004, 0.001, 0.01
"""Shares of the events that come days later, weeks later, wrong at first, that never were, and that are sent twice."""

MENDABLE = (Type.STEP, Type.DELIVERED, Type.RATED)
"""Types whose first report may be wrong. The opening is none: what corrects it could move the case to another month."""


def disturb(
    columns: dict[str, Ints], rng: np.random.Generator, calendar: Calendar, *, end: int, next_event: int
) -> dict[str, Ints]:
    """The events as they are received up to the moment `end`."""
    size = len(columns["event"])
    delay = rng.exponential(10 * 60e6, size)
    drawn = rng.random(size)
    delay = np.where(drawn < LATE, rng.lognormal(1.0, 0.6, size) * DAY_US, delay)
    delay = np.where(drawn < VERY_LATE, rng.uniform(15, 50, size) * DAY_US, delay)
    received = columns["occurred_us"] + delay.astype(np.int64)
    told = {**columns, "received_us": received, "corrects": np.full(size, -1)}
    told = _with_wrong(told, rng, calendar, next_event)
    arrived = told["received_us"] <= end
    # A case whose opening has not arrived is not known yet: nothing of it is.
    opened = told["case"][arrived & (told["type"] == Type.OPENED)]
    arrived &= np.isin(told["case"], opened)
    kept = {name: values[arrived] for name, values in told.items()}
    # Nothing takes back what is not there.
    there = np.isin(kept["corrects"], kept["event"]) | (kept["corrects"] < 0)
    return {name: values[there] for name, values in kept.items()}


def _with_wrong(
    columns: dict[str, Ints], rng: np.random.Generator, calendar: Calendar, next_event: int
) -> dict[str, Ints]:
    """Besides the events that are right, first reports that were not, and contacts that never were."""
    size = len(columns["event"])
    mendable = np.isin(columns["type"], MENDABLE)
    wrong = np.flatnonzero(mendable & (rng.random(size) < WRONG))
    first = {name: values[wrong].copy() for name, values in columns.items()}
    first["event"] = np.arange(next_event, next_event + len(wrong))
    shift = (rng.uniform(0.05, 2.0, len(wrong)) * DAY_US).astype(np.int64)
    first["occurred_us"] = first["occurred_us"] + shift
    first["day"] = calendar.local_day(first["occurred_us"])
    first["rating"] = np.where(first["rating"] >= 0, 1000 - first["rating"], -1)
    first["received_us"] = first["received_us"] + shift
    columns = {name: values.copy() for name, values in columns.items()}
    columns["corrects"][wrong] = first["event"]
    columns["received_us"][wrong] = first["received_us"] + (rng.uniform(1, 200, len(wrong)) * HOUR_US).astype(np.int64)
    begun = next_event + len(wrong)
    never = np.flatnonzero((columns["type"] == Type.STEP) & (rng.random(size) < ANNULLED * 2))
    made = {name: values[never].copy() for name, values in columns.items()}
    made["event"] = np.arange(begun, begun + len(never))
    made["corrects"] = np.full(len(never), -1)
    made["occurred_us"] = made["occurred_us"] + HOUR_US
    made["day"] = calendar.local_day(made["occurred_us"])
    made["received_us"] = made["received_us"] + HOUR_US
    back = {name: values.copy() for name, values in made.items()}
    back["event"] = made["event"] + len(never)
    back["corrects"], back["type"] = made["event"], np.full(len(never), int(Type.ANNULLED))
    back["received_us"] = made["received_us"] + (rng.uniform(0.5, 80, len(never)) * HOUR_US).astype(np.int64)
    parts = (columns, first, made, back)
    return {name: np.concatenate([part[name] for part in parts]) for name in columns}


def twice(order: Ints, rng: np.random.Generator) -> Ints:
    """The order of arrival with some sent once more, a little later: a place that stands twice is a duplicate."""
    again = np.flatnonzero(rng.random(len(order)) < TWICE)
    at = np.minimum(again + rng.integers(1, 400, len(again)), len(order))
    found: Ints = np.insert(order, np.sort(at), order[again[np.argsort(at, kind="stable")]])
    return found
