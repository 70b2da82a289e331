"""What happens in each case: steps, waits, evidence, contacts, the result, and what goes wrong on the way.

A case is a stretch of working days; everything in it happens at a part of that stretch. Whoever drops out does so at
some part, and nothing of the case happens after that. It must not know of senders and of faults on the way here.
"""

import itertools
from dataclasses import dataclass, field, fields

import numpy as np

from ietvars.doors.machines.feeds.simulated.arriving import NOBODY, Brought, Cases
from ietvars.doors.machines.feeds.simulated.clock import DAY_US, HOUR_US, Calendar, Floats, Ints
from ietvars.doors.machines.feeds.simulated.habits import Bools, Habits
from ietvars.doors.machines.feeds.simulated.nation import Nation
from ietvars.institution.deliveries.facts import Contact, Origin, Stage, Type

EXPIRING, FIXED_TERM_DAYS = 0.35, 22
NEXT_SERVICE, REPEAT_WITHIN_DAYS = 0.25, 25
REASONS = np.array([Contact.STATUS, Contact.CORRECTION, Contact.REPEAT, Contact.OTHER])


@dataclass
class Events:
    """Events as columns; -1 stands where there is nothing to say. `case` is the place among the cases."""

    case: Ints
    type: Ints
    stage: Ints
    activity: Ints
    at_us: Ints
    channel: Ints
    contact: Ints
    evidence: Ints
    held_by: Ints
    cost: Ints
    rating: Ints
    due_us: Ints
    by_other: Ints

    def __len__(self) -> int:
        return len(self.case)

    def only(self, chosen: Bools | Ints) -> "Events":
        """Those chosen."""
        return Events(**{each.name: getattr(self, each.name)[chosen] for each in fields(self)})


DEFAULTS = {
    "stage": int(Stage.NONE), "activity": 0, "channel": 0, "contact": 0, "evidence": -1, "held_by": -1,
    "cost": -1, "rating": -1, "due_us": -1, "by_other": 0,
}  # fmt: skip


@dataclass
class Story:
    """The cases of a month with the shape that each takes; events are told into it, kind by kind."""

    cases: Cases
    nation: Nation
    habits: Habits
    calendar: Calendar
    place: int
    rng: np.random.Generator
    begun: Floats = field(init=False)
    length: Floats = field(init=False)
    waited: Floats = field(init=False)
    ends: Floats = field(init=False)
    told: list[dict[str, Ints]] = field(default_factory=list)

    def __post_init__(self) -> None:
        cases, rng = self.cases, self.rng
        self.service = cases.service
        self.quick = self.habits.is_immediate[self.service]
        hours = (cases.opened_us + 0.0 - self.calendar.utc(cases.day, np.zeros(len(cases)))) / HOUR_US
        self.begun = self.calendar.position(cases.day, hours)
        spread = np.exp(self.habits.sigma[self.service] * rng.standard_normal(len(cases)))
        shift = self.habits.factors["time"][self.service, self.place]
        # A quick case is a stretch of minutes, the others of working days.
        own = np.where(self.quick, 0.002, self.habits.median_days[self.service]) * spread * shift
        self.length = own + cases.queue
        waits = (rng.random(len(cases)) < self.habits.waiting[self.service]) & ~self.quick
        self.waited = np.where(waits, rng.lognormal(1.0, 0.7, len(cases)), 0.0)
        dropping = np.clip(self.factor("dropping") * self.habits.dropping[self.service], 0, 0.8)
        self.ends = np.where(rng.random(len(cases)) < dropping, rng.uniform(0.05, 0.9, len(cases)), 2.0)

    def factor(self, habit: str) -> Floats:
        """What is planted on a habit, for each case."""
        found: Floats = self.habits.factors[habit][self.service, self.place]
        return found

    def at(self, part: Floats, which: Ints) -> Ints:
        """The moment at which a part of the stretch has gone by; waits lie behind the third of it."""
        waited = np.where(part > 0.3, self.waited[which], 0.0)
        days = self.begun[which] + self.length[which] * part + waited
        minutes = self.length[which] * part * DAY_US
        whole = self.calendar.instant(days)
        moment = np.where(self.quick[which], self.cases.opened_us[which] + minutes.astype(np.int64), whole)
        found: Ints = np.maximum(moment, self.cases.opened_us[which] + 1)
        return found

    def tell(self, kind: Type, which: Ints, at_us: Ints, **more: Ints | int) -> None:
        """So many events of one type."""
        values: dict[str, Ints | int] = {**DEFAULTS, **more, "type": int(kind)}
        columns = {
            name: np.broadcast_to(np.asarray(value, dtype=np.int64), which.shape) for name, value in values.items()
        }
        self.told.append({"case": which, "at_us": at_us, **columns})

    def before_end(self, which: Ints, part: Floats | float) -> Bools:
        """Whether the case still runs at that part of its stretch."""
        found: Bools = self.ends[which] > part
        return found


def go(story: Story) -> Events:
    """All events of the cases of a month, in no order."""
    _open(story)
    _steps(story)
    _waits(story)
    _evidence(story)
    _contacts(story)
    _results(story)
    _ends(story)
    names = [each.name for each in fields(Events)]
    return Events(**{name: np.concatenate([told[name] for told in story.told]) for name in names})


def _everybody(story: Story) -> Ints:
    return np.arange(len(story.cases))


def _some(story: Story, share: Floats) -> Ints:
    """Cases drawn with the share of each."""
    return np.flatnonzero(story.rng.random(len(story.cases)) < share)


def _open(story: Story) -> None:
    which, cases = _everybody(story), story.cases
    term = np.where(story.habits.term_days > 0, story.habits.term_days, FIXED_TERM_DAYS)[story.service]
    says = story.habits.says_due[story.service] & ~story.quick
    due = np.where(says, story.calendar.instant(np.floor(story.begun) + term + 0.999), -1)
    story.tell(Type.OPENED, which, cases.opened_us, stage=int(Stage.REQUEST), channel=cases.channel, due_us=due)


def _steps(story: Story) -> None:
    """One after the other; some are done once more, and every second one by the other provider, where there is one."""
    steps, most = story.habits.steps[story.service], story.habits.step_ids.shape[1]
    again = story.rng.random(len(story.cases)) < story.habits.looping[story.service]
    for step in range(most):
        which = np.flatnonzero(steps > step)
        part = (step + story.rng.uniform(0.3, 0.7, len(which))) / (steps[which] + 0.5)
        kept = story.before_end(which, part)
        which, part = which[kept], part[kept]
        ids = story.habits.step_ids[story.service[which], step]
        stage = int(Stage.REQUEST) if step == 0 else int(Stage.EXECUTION)
        story.tell(Type.STEP, which, story.at(part, which), stage=stage, activity=ids, by_other=step % 2)
        if step == 1:
            repeated = again[which] & story.before_end(which, part + 0.02)
            twice = which[repeated]
            story.tell(
                Type.STEP,
                twice,
                story.at(part[repeated] + 0.02, twice),
                stage=stage,
                activity=ids[repeated],
                by_other=1,
            )


def _waits(story: Story) -> None:
    which = np.flatnonzero((story.waited > 0) & (story.ends > 0.3))
    begun = story.at(np.full(len(which), 0.3), which)
    story.tell(Type.WAIT_STARTED, which, begun, stage=int(Stage.EXECUTION))
    over = which[story.ends[which] > 0.31]
    story.tell(Type.WAIT_ENDED, over, story.at(np.full(len(over), 0.305), over), stage=int(Stage.EXECUTION))


def _evidence(story: Story) -> None:
    """Asked at the start of a wait or early in the case; which one is drawn, so that some are held by a register."""
    share = story.habits.asking[story.service] * np.where(story.cases.origin == Origin.PROACTIVE, 0.1, 1.0)
    which = _some(story, share)
    which = which[story.before_end(which, 0.25)]
    table, held = _evidence_tables(story.nation)
    count = np.maximum(1, (table >= 0).sum(axis=1))[story.service[which]]
    # The planted change is of what a register holds: those are asked for more or less often than the others.
    known = held[story.service[which], 0] >= 0
    first = story.rng.random(len(which)) < np.clip(0.4 * story.factor("asking")[which], 0.02, 0.95)
    drawn = np.where(first & known, 0, (story.rng.random(len(which)) * count).astype(np.int64))
    chosen = table[story.service[which], drawn]
    at_us = story.at(story.rng.uniform(0.2, 0.29, len(which)), which)
    held_by = held[story.service[which], drawn]
    story.tell(Type.EVIDENCE_REQUESTED, which, at_us, stage=int(Stage.EXECUTION), evidence=chosen, held_by=held_by)


def _evidence_tables(nation: Nation) -> tuple[Ints, Ints]:
    """Services by evidence: its number, and the body that holds it (or -1); what is held stands first."""
    most = max([1, *(len(each.evidence) for each in nation.offerings)])
    table = np.full((len(nation.offerings), most), -1, dtype=np.int64)
    held = np.full((len(nation.offerings), most), -1, dtype=np.int64)
    for place, each in enumerate(nation.offerings):
        for column, one in enumerate(sorted(each.evidence, key=lambda one: not one.held_by)):
            table[place, column], held[place, column] = one.number, one.held_by or -1
    return table, held


def _contacts(story: Story) -> None:
    """The longer it takes, the more ask; three of four ask for something that better delivery would have spared."""
    late = np.clip(story.length / np.maximum(story.habits.median_days[story.service], 0.1), 0.5, 3.0)
    rate = story.habits.contact[story.service] * np.where(story.quick, 0.3, late)
    wasted = story.rng.poisson(0.75 * rate * story.factor("contact"))
    other = story.rng.poisson(0.25 * rate)
    which = np.repeat(_everybody(story), wasted + other)
    part = story.rng.uniform(0.1, 0.98, len(which))
    place = np.arange(len(which)) - np.repeat(np.cumsum(wasted + other) - (wasted + other), wasted + other)
    is_other = place >= np.repeat(wasted, wasted + other)
    reason = REASONS[story.rng.choice(3, len(which), p=(0.6, 0.2, 0.2))]
    kept = story.before_end(which, part)
    channel = np.where(story.rng.random(len(which)) < 0.6, 4, 3)  # telephone or e-mail
    story.tell(
        Type.CONTACT,
        which[kept],
        story.at(part[kept], which[kept]),
        channel=channel[kept],
        contact=np.where(is_other, Contact.OTHER, reason)[kept],
    )


def _results(story: Story) -> None:
    """Decision, result, rating, and what is contested of it."""
    which = np.flatnonzero(story.ends > 1)
    cases, size = story.cases, len(which)
    decided = which[~story.quick[which]]
    at_us = story.at(np.full(len(decided), 0.97), decided)
    story.tell(Type.DECIDED, decided, at_us, stage=int(Stage.EXECUTION))
    delivered = story.at(np.ones(size), which)
    cost = story.habits.cost[story.service[which]] * story.factor("cost")[which] * story.rng.lognormal(0, 0.25, size)
    story.tell(
        Type.DELIVERED, which, delivered, stage=int(Stage.RECEIPT), channel=cases.receipt[which],
        cost=np.maximum(1, cost).astype(np.int64),
    )  # fmt: skip
    rated = story.rng.random(size) < story.habits.rated[story.service[which]]
    late = story.length[which] > 1.5 * np.maximum(story.habits.median_days[story.service[which]], 0.01)
    level = story.habits.rating[story.service[which]] * story.factor("rating")[which] - 6.0 * (
        late & ~story.quick[which]
    )
    rating = np.clip(np.rint(story.rng.normal(level, 16.0)), 0, 100) * 10
    after = delivered + (story.rng.exponential(30, size) * HOUR_US).astype(np.int64)
    story.tell(Type.RATED, which[rated], after[rated], rating=rating[rated].astype(np.int64))
    _contested(story, decided, at_us)


def _contested(story: Story, decided: Ints, at_us: Ints) -> None:
    share = np.clip(story.habits.contesting[story.service[decided]] * story.factor("contesting")[decided], 0, 0.5)
    chosen = story.rng.random(len(decided)) < share
    moment = at_us[chosen] + story.rng.integers(1, 25, int(chosen.sum())) * DAY_US
    story.tell(Type.CONTESTED, decided[chosen], moment)
    won = story.rng.random(len(moment)) < 0.2
    later = moment[won] + story.rng.integers(10, 40, int(won.sum())) * DAY_US
    story.tell(Type.OVERTURNED, decided[chosen][won], later)


def _ends(story: Story) -> None:
    """Those who drop out say so, or simply do not come back."""
    which = np.flatnonzero(story.ends < 1)
    at_us = story.at(story.ends[which], which)
    expired = (story.rng.random(len(which)) < EXPIRING) & (story.ends[which] > 0.3)
    story.tell(Type.WITHDRAWN, which[~expired], at_us[~expired])
    story.tell(Type.EXPIRED, which[expired], at_us[expired] + 10 * DAY_US)


def brought(story: Story) -> Brought:
    """What the cases of a month bring about: the next service of a life situation, and the same service once more."""
    follows = np.full(len(story.nation.offerings), -1, dtype=np.int64)
    for chain in story.nation.situations:
        for before, after in itertools.pairwise(chain):
            follows[before] = after
    done = story.ends > 1
    going_on = _some(story, np.where((follows[story.service] >= 0) & done, NEXT_SERVICE, 0.0))
    again = _some(story, np.where(done, story.habits.repeating[story.service], 0.0))
    which = np.concatenate([going_on, again])
    gap = np.concatenate(
        [story.rng.exponential(6.0, len(going_on)), story.rng.uniform(1.0, REPEAT_WITHIN_DAYS, len(again))]
    )
    cause = np.concatenate([story.cases.number[going_on], np.full(len(again), NOBODY)])
    return Brought(
        service=np.concatenate([follows[story.service[going_on]], story.service[again]]),
        person=story.cases.person[which],
        caused_by=cause,
        at_us=story.at(np.ones(len(which)), which) + (gap * DAY_US).astype(np.int64),
    )
