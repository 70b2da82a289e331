"""What a flow is: activities, the ways between them, and how far real ways keep to the described stages.

Times are microseconds; a median or a ninth decile is read off buckets and errs by one percent at most. Pure: no Django.
"""

import itertools
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ietvars.institution.deliveries.facts import Stage, Type

GAMMA = 1.0202
"""Times fall into buckets whose ends grow by this factor, so the middle of a bucket errs by 1 % at most."""

LEVEL = 1.959964
"""Normal quantile of intervals of 95 %."""

ENDS = (Type.DELIVERED, Type.WITHDRAWN, Type.EXPIRED)
"""Types after which nothing is owed any more."""

LONG_OPEN_DAYS = 90
"""A case that is not over and has not moved for so many days counts as left lying."""

DAY_US = 86_400_000_000


@dataclass(frozen=True)
class Activity:
    """A step: `number` is that of deliveries.Activity; below zero it is a type said without a step (-type)."""

    number: int
    type: int
    stage: int
    events: int
    cases: int
    starts: int
    ends: int


@dataclass(frozen=True)
class Edge:
    """`target` came directly after `source`: how often, in how many cases, and how long it took."""

    source: int
    target: int
    n: int
    cases: int
    sum_us: int
    median_us: float
    p90_us: float

    @property
    def mean_us(self) -> float:
        """Mean time between the two."""
        return self.sum_us / self.n


@dataclass(frozen=True)
class Variant:
    """A way through, from the first step to the last, and how many cases took exactly it."""

    activities: tuple[int, ...]
    cases: int


@dataclass(frozen=True)
class Loop:
    """A step that was done again after another: in how many cases, and how often in all."""

    activity: int
    cases: int
    times: int


@dataclass(frozen=True)
class Handover:
    """The work went from one body to another: bodies by number."""

    source: int
    target: int
    n: int
    cases: int
    sum_us: int
    median_us: float
    p90_us: float


class Outcome(StrEnum):
    """How a case stopped without a result."""

    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    LEFT = "left"
    """Still open, and nothing has happened for long."""


@dataclass(frozen=True)
class Dropout:
    """The last step before cases stopped without a result."""

    activity: int
    outcome: Outcome
    cases: int


@dataclass(frozen=True)
class Way:
    """Stages in the order in which they were met, without repeats, and which types were met; with its cases."""

    stages: tuple[int, ...]
    met: int
    cases: int

    def has(self, kind: Type) -> bool:
        """Whether an event of this type was met."""
        return bool(self.met >> kind & 1)


RESULT_FIRST = 1 << 20
"""Set in `Way.met` where a result was delivered before the first decision."""


@dataclass(frozen=True)
class Opening:
    """By which channel (its number) and at which body cases began."""

    channel: int
    provider: int
    cases: int


@dataclass(frozen=True)
class Flow:
    """The flow of one service, or of several taken together."""

    cases: int = 0
    events: int = 0
    variants_n: int = 0
    activities: tuple[Activity, ...] = ()
    edges: tuple[Edge, ...] = ()
    variants: tuple[Variant, ...] = ()
    loops: tuple[Loop, ...] = ()
    handovers: tuple[Handover, ...] = ()
    dropouts: tuple[Dropout, ...] = ()
    open_cases: int = 0
    openings: tuple[Opening, ...] = ()
    ways: tuple[Way, ...] = ()
    shown: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    """Edges of the commonest variants that together hold the share of cases that was asked for."""

    @property
    def self_loops(self) -> tuple[Edge, ...]:
        """Steps that followed themselves at once."""
        return tuple(edge for edge in self.edges if edge.source == edge.target)


# ---- times -------------------------------------------------------------------------------------------------------


def us_of(bucket: int) -> float:
    """The middle of a bucket in microseconds; bucket -1 holds what took no time at all."""
    return 0.0 if bucket < 0 else math.pow(GAMMA, bucket + 0.5)


# ---- conformance -------------------------------------------------------------------------------------------------


class Deviation(StrEnum):
    """How a case left the described way. A case may do so in several ways at once."""

    SKIPS = "skips"
    """It got its result without a stage that is described."""
    GOES_BACK = "goes-back"
    """It returned to an earlier stage."""
    ENDS_EARLY = "ends-early"
    """It was withdrawn or expired before its result was received."""
    RESULT_BEFORE_DECISION = "result-before-decision"
    """It was delivered before it was decided."""


@dataclass(frozen=True)
class Share:
    """A part of the judged cases, with the interval that holds the true share in 95 of 100 such samples (Wilson)."""

    code: Deviation | None
    cases: int
    of: int
    low: float
    high: float


@dataclass(frozen=True)
class Conformance:
    """How cases kept to the described stages: `kept` and each deviation; `unstaged` cases carry no stage at all."""

    judged: int
    unstaged: int
    running: int
    kept: Share
    deviations: tuple[Share, ...]


def deviations(way: Way, described: Collection[int]) -> frozenset[Deviation]:
    """How a way leaves the described stages."""
    found = set()
    met = [stage for stage in way.stages if stage != Stage.NONE]
    is_delivered = way.has(Type.DELIVERED)
    if is_delivered and set(described) - set(met):
        found.add(Deviation.SKIPS)
    if any(after < before for before, after in itertools.pairwise(met)):
        found.add(Deviation.GOES_BACK)
    if not is_delivered and (way.has(Type.WITHDRAWN) or way.has(Type.EXPIRED)):
        found.add(Deviation.ENDS_EARLY)
    if way.met & RESULT_FIRST:
        found.add(Deviation.RESULT_BEFORE_DECISION)
    return frozenset(found)


def is_running(way: Way) -> bool:
    """Whether cases of this way are not over yet."""
    return not any(way.has(kind) for kind in ENDS)


def is_unstaged(way: Way) -> bool:
    """Whether nobody said of any event at which stage it stands."""
    return not any(way.stages)


def conformance(ways: Iterable[Way], described: Collection[int]) -> Conformance:
    """Set real ways beside the described stages. Running cases are judged only by what they have already done."""
    counts: dict[Deviation, int] = dict.fromkeys(Deviation, 0)
    judged = unstaged = running = kept = 0
    for way in ways:
        if is_unstaged(way):
            unstaged += way.cases
            continue
        found = deviations(way, described)
        if is_running(way) and not found:
            running += way.cases
            continue
        judged += way.cases
        kept += 0 if found else way.cases
        for one in found:
            counts[one] += way.cases
    return Conformance(
        judged,
        unstaged,
        running,
        share(None, kept, judged),
        tuple(share(code, cases, judged) for code, cases in counts.items()),
    )


def share(code: Deviation | None, cases: int, of: int) -> Share:
    """A share with its Wilson interval; of nothing it is anything between 0 and 1."""
    if of == 0:
        return Share(code, cases, of, 0.0, 1.0)
    part, square = cases / of, LEVEL * LEVEL
    middle = (part + square / (2 * of)) / (1 + square / of)
    half = LEVEL * math.sqrt(part * (1 - part) / of + square / (4 * of * of)) / (1 + square / of)
    low = 0.0 if cases == 0 else max(0.0, middle - half)
    high = 1.0 if cases == of else min(1.0, middle + half)
    return Share(code, cases, of, low, high)


# ---- two flows side by side --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """One passage in two flows, as shares of the cases of each; None where it does not occur."""

    source: int
    target: int
    before: Edge | None
    now: Edge | None
    before_of: int
    now_of: int

    @property
    def before_share(self) -> float:
        """Of 100 cases before, how many went this way, as a share."""
        return self.before.cases / self.before_of if self.before and self.before_of else 0.0

    @property
    def now_share(self) -> float:
        """The same now."""
        return self.now.cases / self.now_of if self.now and self.now_of else 0.0

    @property
    def is_new(self) -> bool:
        """Whether it occurs only now."""
        return self.before is None

    @property
    def is_gone(self) -> bool:
        """Whether it occurred only before."""
        return self.now is None


def side_by_side(before: Flow, now: Flow) -> tuple[Difference, ...]:
    """Every passage of either flow; those whose share of cases moved most first."""
    old = {(edge.source, edge.target): edge for edge in before.edges}
    new = {(edge.source, edge.target): edge for edge in now.edges}
    found = [Difference(*key, old.get(key), new.get(key), before.cases, now.cases) for key in {**old, **new}]
    return tuple(sorted(found, key=lambda one: (-abs(one.now_share - one.before_share), one.source, one.target)))


# ---- words of a way ----------------------------------------------------------------------------------------------


def depths(edges: Sequence[Edge], starts: Mapping[int, int]) -> dict[int, int]:
    """For each step the column it is drawn in: the longest way from a start over passages that do not go back.

    Passages are taken from the commonest down; one that would close a circle is a way back and moves nothing.
    """
    ahead: dict[int, set[int]] = {}
    for edge in sorted(edges, key=lambda one: (-one.n, one.source, one.target)):
        if edge.source != edge.target and not _reaches(ahead, edge.target, edge.source):
            ahead.setdefault(edge.source, set()).add(edge.target)
    nodes = {node for edge in edges for node in (edge.source, edge.target)} | set(starts)
    placed = dict.fromkeys(nodes, 0)
    for _ in nodes:
        moved = False
        for source, targets in ahead.items():
            for target in targets:
                if placed[target] < placed[source] + 1:
                    placed[target], moved = placed[source] + 1, True
        if not moved:
            break
    return placed


def _reaches(ahead: Mapping[int, set[int]], start: int, goal: int) -> bool:
    seen, left = {start}, [start]
    while left:
        node = left.pop()
        if node == goal:
            return True
        for following in ahead.get(node, ()):
            if following not in seen:
                seen.add(following)
                left.append(following)
    return False
