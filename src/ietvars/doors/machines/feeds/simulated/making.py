"""Makes the months of a simulation one after the other, as columns that are nearly facts.

Given the same nation, seed, months and size it makes the same events. Memory holds one month at a time. Columns are
64-bit numbers with -1 where there is nothing; `event`, `case` and `cause` are numbers within the simulation, which
writers turn into the ids of a fact. It must not know where the events go.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from ietvars.doors.machines.feeds.simulated import arriving, clock, disturbing, going, habits, planting
from ietvars.doors.machines.feeds.simulated.clock import Calendar, Ints
from ietvars.doors.machines.feeds.simulated.nation import Nation

TRIED = 3_000
"""Cases from which the number of events a case is guessed."""

AFTERWARDS = timedelta(days=400)
"""The calendar goes on for so long, for what is still going on when the simulation ends."""

PERSONS_A_CASE = 1 / 9


@dataclass(frozen=True)
class Plan:
    """What is to be made: so many cases in the months that end with the day `until`."""

    nation: Nation
    seed: int
    cases: int
    until: date
    months: int = 24
    keeps_better: bool = False
    """Whether only changes for the better are planted, but for services in `may_worsen`."""
    may_worsen: frozenset[int] = frozenset()
    plants: bool = True

    @property
    def months_made(self) -> list[int]:
        """The months as yyyymm."""
        first = self.until.year * 12 + self.until.month - self.months
        return clock.months(date(first // 12, first % 12 + 1, 1), self.months)

    @property
    def changes(self) -> tuple[planting.Change, ...]:
        """What is planted."""
        if not self.plants:
            return ()
        rng = np.random.default_rng([self.seed, 3])
        allowed = dict.fromkeys(self.may_worsen, True) if self.keeps_better else None
        return planting.plan(rng, self.numbers, self.months_made, worse_allowed=allowed)

    @property
    def numbers(self) -> list[tuple[int, str, float]]:
        """Number, code and weight of each service."""
        return [(each.number, each.code, each.weight) for each in self.nation.offerings]

    def truth(self) -> dict[str, Any]:
        """What was planted and what was not, as one document."""
        about = {"seed": self.seed, "cases": self.cases, "until": self.until.isoformat()}
        return planting.document(self.changes, self.numbers, self.months_made, **about)


@dataclass(frozen=True)
class Month:
    """The events of all cases that opened in a month, whenever they happened; columns of one length."""

    cohort: int
    columns: dict[str, Ints]

    def __len__(self) -> int:
        return len(self.columns["event"])


def months(plan: Plan) -> Iterator[Month]:
    """The months in order."""
    made = plan.months_made
    first = date(made[0] // 100, made[0] % 100, 1)
    calendar = Calendar(first, plan.until + AFTERWARDS)
    drawn = habits.draw(
        plan.nation, seed=plan.seed, cases=plan.cases, months=made, calendar=calendar, changes=plan.changes
    )
    persons = max(200, int(plan.cases * PERSONS_A_CASE))
    arrivals = arriving.Arriving(plan.nation, drawn, calendar, made, seed=plan.seed, persons=persons)
    end = int(calendar.utc(np.array([clock.day_number(plan.until)]), np.array([24.0]))[0])
    next_event = 0
    for place, cohort in enumerate(made):
        rng = np.random.default_rng([plan.seed, 2, place])
        cases = arrivals.open(place, rng)
        story = going.Story(cases, plan.nation, drawn, calendar, place, rng)
        told = [(cases, going.go(story))]
        later = arrivals.also(place, going.brought(story), rng)
        told.append((later, going.go(going.Story(later, plan.nation, drawn, calendar, place, rng))))
        columns = _joined([_facts(plan, calendar, *each) for each in told])
        columns["event"] = np.arange(next_event, next_event + len(columns["case"]))
        next_event += len(columns["case"])
        columns = disturbing.disturb(columns, rng, calendar, end=end, next_event=next_event)
        next_event = max(next_event, int(columns["event"].max(initial=0)) + 1)
        yield Month(cohort, columns)


def cases_for(plan: Plan, events: int) -> int:
    """How many cases make about so many events: tried on a few, since it depends on the services' steps."""
    tried = dataclasses.replace(plan, cases=TRIED)
    return max(1, round(TRIED * events / max(1, sum(map(len, months(tried))))))


def _joined(parts: list[dict[str, Ints]]) -> dict[str, Ints]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _facts(plan: Plan, calendar: Calendar, cases: arriving.Cases, events: going.Events) -> dict[str, Ints]:
    """Events with what their cases and services say of them."""
    nation, of = plan.nation, events.case
    service = cases.service[of]
    day = calendar.local_day(events.at_us)
    holder = _on_day([each.holders for each in nation.offerings], service, day)
    other = np.array([each.providers[0] if each.providers else -1 for each in nation.offerings])[service]
    return {
        "case": cases.number[of],
        "cause": cases.caused_by[of],
        "service_id": np.array([each.number for each in nation.offerings])[service],
        "service_version": _on_day([each.versions for each in nation.offerings], service, cases.day[of]),
        "holder_id": holder,
        "provider_id": np.where((events.by_other == 1) & (other >= 0), other, holder),
        "channel": events.channel,
        "origin": cases.origin[of],
        "person": cases.person[of],
        "type": events.type,
        "stage": events.stage,
        "activity": events.activity,
        "contact": events.contact,
        "occurred_us": events.at_us,
        "day": day,
        "due_us": events.due_us,
        "evidence": events.evidence,
        "evidence_held_by": events.held_by,
        "cost_cents": events.cost,
        "rating": events.rating,
        "rating_method": np.where(events.rating >= 0, 1, 0),
    }


def _on_day(spans: list[tuple[tuple[int, int], ...]], service: Ints, day: Ints) -> Ints:
    """Of (first day, value) of each service the value that counts on each day."""
    found = np.array([span[0][1] for span in spans])[service]
    for place in range(1, max(map(len, spans), default=1)):
        since = np.array([span[place][0] if len(span) > place else 10**6 for span in spans])
        value = np.array([span[place][1] if len(span) > place else -1 for span in spans])
        found = np.where(day >= since[service], value[service], found)
    return found
