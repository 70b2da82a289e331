"""A simulation as the stream of events in which they would arrive, with some sent twice, for `deliveries.take_in`.

Events come in the order of their arrival; what arrives later than the month in which its case opened waits for its
time, so memory holds about two months. The source of each says that it is simulated, and with which seed.
"""

from collections.abc import Callable, Iterator

import numpy as np

from ietvars.doors.machines.feeds.simulated import disturbing, making
from ietvars.doors.machines.feeds.simulated.clock import Ints
from ietvars.institution.deliveries import rules
from ietvars.institution.deliveries.events import Event

SOURCE = "urn:ietvars:simulated:{seed}"
PLAIN = (
    "service_id", "service_version", "holder_id", "provider_id", "channel", "origin", "type", "stage", "activity",
    "contact", "occurred_us", "received_us", "day", "rating_method",
)  # fmt: skip
MAY_BE_NONE = ("evidence", "evidence_held_by", "cost_cents", "rating", "due_us")
Step = Callable[[str, int, int], None]


def events(plan: making.Plan, step: Step | None = None) -> Iterator[Event]:
    """All events, those sent twice included."""
    waiting: dict[str, Ints] = {}
    rng = np.random.default_rng([plan.seed, 4])
    made = plan.months_made
    for number, month in enumerate(making.months(plan), start=1):
        told = month.columns
        if waiting:
            told = {name: np.concatenate([waiting[name], values]) for name, values in told.items()}
        # Whatever arrives before the cases of the next month begin goes out now.
        following = _begin_of_next(month) if number < len(made) else np.iinfo(np.int64).max
        now = told["received_us"] < following
        waiting = {name: values[~now] for name, values in told.items()}
        yield from _of({name: values[now] for name, values in told.items()}, plan, rng)
        if step:
            step("simulated months", number, len(made))


def _begin_of_next(month: making.Month) -> int:
    opened = month.columns["occurred_us"][month.columns["type"] == 1]
    return int(opened.max()) if len(opened) else 0


def _of(told: dict[str, Ints], plan: making.Plan, rng: np.random.Generator) -> Iterator[Event]:
    order = disturbing.twice(np.argsort(told["received_us"], kind="stable"), rng)
    source = SOURCE.format(seed=plan.seed)
    columns: dict[str, list[object]] = {name: told[name][order].tolist() for name in PLAIN}
    for name in MAY_BE_NONE:
        columns[name] = [None if value < 0 else value for value in told[name][order].tolist()]
    columns["event_id"] = _ids(told["event"][order], lambda key: rules.event_digest(source, f"e{key}"))
    columns["corrects"] = _ids(told["corrects"][order], lambda key: rules.event_digest(source, f"e{key}"))
    columns["case_id"] = _ids(told["case"][order], lambda key: rules.case_number(source, f"c{key}"))
    columns["caused_by_case_id"] = _ids(told["cause"][order], lambda key: rules.case_number(source, f"c{key}"))
    columns["person_key"] = _ids(told["person"][order], lambda key: rules.case_number(source, f"p{key}"))
    columns["key_version"] = [0] * len(order)
    for row in zip(*(columns[name] for name in Event._fields), strict=True):
        yield Event._make(row)


def _ids(numbers: Ints, make: Callable[[int], object]) -> list[object]:
    """The id of each number; nothing for -1. Each is made once."""
    distinct, place = np.unique(numbers, return_inverse=True)
    made = [None if number < 0 else make(number) for number in distinct.tolist()]
    return [made[each] for each in place.tolist()]
