"""Cases of one month: who comes when, through which channel, and how long the queue is that day.

Arrivals follow the season and the week; each body clears its queue with what it can do in a day, so that waiting grows
where more come than it was made for. Cases that others brought about open later, perhaps in another month: they are
carried there. It must not say what happens in a case: that is `going`.
"""

from collections import defaultdict
from dataclasses import dataclass, fields

import numpy as np

from ietvars.doors.machines.feeds.simulated.clock import Calendar, Floats, Ints
from ietvars.doors.machines.feeds.simulated.habits import IS_ELECTRONIC, Bools, Habits, cumulated
from ietvars.doors.machines.feeds.simulated.nation import Nation, middle_holders
from ietvars.institution.deliveries import facts

NOBODY = -1
"""In place of a person or a case that is not there."""

ASSISTED, PROACTIVE = 0.06, 0.02
SEASON_OF_WEEK = np.array([1.25, 1.1, 1.0, 1.0, 0.9, 0.55, 0.5])
"""How much an electronic channel is used from Monday to Sunday."""


@dataclass(frozen=True)
class Cases:
    """Cases as columns; `service` is the place in the nation, `month` the place in the list of months."""

    number: Ints
    service: Ints
    person: Ints
    caused_by: Ints
    day: Ints
    opened_us: Ints
    channel: Ints
    receipt: Ints
    origin: Ints
    queue: Floats

    def __len__(self) -> int:
        return len(self.number)

    def only(self, chosen: Bools | Ints) -> "Cases":
        """Those chosen."""
        return Cases(**{each.name: getattr(self, each.name)[chosen] for each in fields(self)})


def joined(parts: list[Cases]) -> Cases:
    """Several as one."""
    return Cases(**{each.name: np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Cases)})


@dataclass(frozen=True)
class Brought:
    """Cases that earlier ones bring about: the service, who, by which case (NOBODY for a repeat) and when."""

    service: Ints
    person: Ints
    caused_by: Ints
    at_us: Ints


class Arriving:
    """Opens the cases month by month, and remembers queues and what is still to come."""

    def __init__(
        self, nation: Nation, habits: Habits, calendar: Calendar, months: list[int], *, seed: int, persons: int
    ) -> None:
        self.nation, self.habits, self.calendar, self.months = nation, habits, calendar, months
        self.seed, self.persons = seed, persons
        self.coming: dict[int, list[Brought]] = defaultdict(list)
        self.next_number = 0
        holders = sorted({body for each in nation.offerings for _, body in each.holders})
        self._holder_place = {body: place for place, body in enumerate(holders)}
        self._backlog = np.zeros(len(holders))
        self._capacity = self._capacities(len(holders))
        self._queues = np.zeros((len(holders), 0))
        self._first_day = 0
        self._holder: Ints = np.zeros(0, dtype=np.int64)

    def open(self, place: int, rng: np.random.Generator) -> Cases:
        """The cases of a month that nobody brought about, and those that earlier months did."""
        month, days = self.months[place], self.calendar.month_days(self.months[place])
        self._holder = np.array([self._holder_place[body] for body in middle_holders(self.nation, int(days[0]))])
        count = rng.poisson(self.habits.demand[:, place])
        service = np.repeat(np.arange(len(count)), count)
        own = Brought(
            service,
            rng.integers(0, self.persons, len(service)),
            np.full(len(service), NOBODY),
            np.full(len(service), -1),
        )
        brought = [own, *self.coming.pop(month, [])]
        found = joined([self._cases(each, place, days, rng) for each in brought])
        self._line_up(found, days)
        return self._queued(found)

    def also(self, place: int, brought: Brought, rng: np.random.Generator) -> Cases:
        """Cases that those of this month bring about: the ones of this month now, others in their own month."""
        last = len(self.calendar.months) - 1
        days = np.clip(self.calendar.local_day(brought.at_us) - self.calendar.first, 0, last)
        months = self.calendar.months[days]
        for month in np.unique(months):
            chosen = months == month
            part = Brought(
                brought.service[chosen], brought.person[chosen], brought.caused_by[chosen], brought.at_us[chosen]
            )
            if int(month) != self.months[place]:
                self.coming[int(month)].append(part)
            else:
                now = self._cases(part, place, self.calendar.month_days(int(month)), rng)
        return self._queued(now) if self.months[place] in months else self._none(rng, place)

    def _none(self, rng: np.random.Generator, place: int) -> Cases:
        nothing = np.zeros(0, dtype=np.int64)
        days = self.calendar.month_days(self.months[place])
        return self._cases(Brought(nothing, nothing, nothing, nothing), place, days, rng)

    def _cases(self, told: Brought, place: int, days: Ints, rng: np.random.Generator) -> Cases:
        """Give each a channel, a day and an hour; those with a moment of their own keep it."""
        size, habits = len(told.service), self.habits
        running = cumulated(habits.request_mix, habits.factors["digital"][:, place])
        channel = _chosen(running, told.service, rng)
        receipt = _chosen(
            cumulated(habits.receipt_mix, np.sqrt(habits.factors["digital"][:, place])), told.service, rng
        )
        electronic = IS_ELECTRONIC[channel]
        of_week, working = (days + 3) % 7, self.calendar.is_working[days - self.calendar.first]
        any_day = np.cumsum(SEASON_OF_WEEK[of_week])
        office = np.cumsum(working * np.where(of_week == 0, 1.15, 1.0))
        drawn = rng.random(size)
        day = np.where(
            electronic,
            days[np.searchsorted(any_day, drawn * any_day[-1])],
            days[np.searchsorted(office, drawn * office[-1])],
        )
        hours = np.where(
            electronic,
            np.clip(rng.normal(np.where(rng.random(size) < 0.3, 20.0, 12.0), 2.5), 6.0, 23.9),
            rng.uniform(8.6, 16.8, size),
        )
        opened = self.calendar.utc(day, hours)
        opened = np.where(told.at_us >= 0, told.at_us, opened)
        day = np.where(told.at_us >= 0, self.calendar.local_day(told.at_us), day)
        drawn = rng.random(size)
        origin = np.where(drawn < PROACTIVE, facts.Origin.PROACTIVE, facts.Origin.SELF)
        helped = ~electronic & (drawn > 1 - ASSISTED * 2)
        number = np.arange(self.next_number, self.next_number + size)
        self.next_number += size
        return Cases(
            number=number,
            service=told.service,
            person=told.person,
            caused_by=told.caused_by,
            day=day,
            opened_us=opened,
            channel=channel,
            receipt=receipt,
            origin=np.where(helped, facts.Origin.ASSISTED, origin),
            queue=np.zeros(size),
        )

    # ---- queues ----------------------------------------------------------------------------------------------------

    def _capacities(self, holders: int) -> Floats:
        """What each body can do in a working day: its average demand of a year and its headroom.

        It follows what was planted at once, so that a changed demand does not lengthen the times of others.
        """
        found = np.zeros((holders, len(self.months)))
        yearly = self.habits.demand / self.habits.factors["demand"]
        level = yearly.mean(axis=1, keepdims=True) * self.habits.factors["demand"] * self.habits.headroom[:, None]
        for place, month in enumerate(self.months):
            first = int(self.calendar.month_days(month)[0])
            bodies = [self._holder_place[body] for body in middle_holders(self.nation, first)]
            np.add.at(found[:, place], np.array(bodies), level[:, place] / max(1, self._working(month)))
        return np.maximum(found, 0.5)

    def _working(self, month: int) -> int:
        return int(self.calendar.is_working[self.calendar.month_days(month) - self.calendar.first].sum())

    def _line_up(self, cases: Cases, days: Ints) -> None:
        """What is waiting at each body on each day of the month, in working days until it is cleared."""
        place = self.months.index(int(self.calendar.months[days[0] - self.calendar.first]))
        capacity = self._capacity[:, place]
        slow = ~self.habits.is_immediate[cases.service]
        cell = self._holder[cases.service[slow]] * len(days) + (cases.day[slow] - days[0])
        arrived = np.bincount(cell, minlength=len(capacity) * len(days)).reshape(len(capacity), len(days))
        working = self.calendar.is_working[days - self.calendar.first]
        self._queues = np.zeros(arrived.shape)
        for day in range(len(days)):
            self._backlog = self._backlog + arrived[:, day]
            self._queues[:, day] = np.minimum(self._backlog / capacity, 60.0)
            if working[day]:
                self._backlog = np.maximum(self._backlog - capacity, 0.0)
        self._first_day = int(days[0])

    def _queued(self, cases: Cases) -> Cases:
        day = np.clip(cases.day - self._first_day, 0, self._queues.shape[1] - 1)
        ahead = self._queues[self._holder[cases.service], day]
        told = {each.name: getattr(cases, each.name) for each in fields(cases)}
        return Cases(**{**told, "queue": np.where(self.habits.is_immediate[cases.service], 0.0, ahead)})


def _chosen(running: Floats, service: Ints, rng: np.random.Generator) -> Ints:
    """For each case one of the channels of its service."""
    drawn = rng.random(len(service))
    found: Ints = np.zeros(len(service), dtype=np.int64)
    # Column by column: a table of cases by channels would be ten times as much.
    for channel in range(running.shape[1] - 1):
        found += drawn > running[service, channel]
    return found
