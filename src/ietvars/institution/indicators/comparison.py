"""Now against before: one verdict for each series, or the reason why there can be none.

Pure rules, never Django, and codes only: sentences and colours belong to the doors. It must never say *better*
or *worse* where it cannot stand behind it: that takes like beside like, enough cases, and a difference beyond
chance even among all the holder's series and large enough to matter.
Method and sources: docs/decisions/2026-11-23-comparison-that-can-refuse.md
"""

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from ietvars.institution.indicators import chance, errors
from ietvars.institution.measurements.values import State
from ietvars.institution.tallies import many

Number = int | float | Decimal


class Kind(StrEnum):
    """What sort of number a figure is, which decides how it is tested."""

    SHARE = "share"
    MEAN = "mean"
    MEDIAN = "median"
    COUNT = "count"
    AMOUNT = "amount"


class Direction(StrEnum):
    """Which way is good. Without a direction a clear difference is *changed*, never better or worse."""

    UP = "up_is_better"
    DOWN = "down_is_better"
    NONE = "none"


class Word(StrEnum):
    """The verdict."""

    BETTER = "better"
    WORSE = "worse"
    NO_CLEAR_CHANGE = "no_clear_change"
    CHANGED = "changed"
    NOT_COMPARABLE = "not_comparable"


class Reason(StrEnum):
    """Why a verdict is not *better* or *worse*: first what refuses, in order of precedence, then what doubts."""

    SERVICE_GONE = "service_gone"
    SERVICE_NEW = "service_new"
    MISSING_NOW = "missing_now"
    NOT_APPLICABLE_NOW = "not_applicable_now"
    NOT_ASKED_NOW = "not_asked_now"
    UNREADABLE_NOW = "unreadable_now"
    MISSING_BEFORE = "missing_before"
    NOT_APPLICABLE_BEFORE = "not_applicable_before"
    NOT_ASKED_BEFORE = "not_asked_before"
    UNREADABLE_BEFORE = "unreadable_before"
    DEFINITION_CHANGED = "definition_changed"
    SCALE_CHANGED = "scale_changed"
    SOURCE_CHANGED = "source_changed"
    RESTATED = "restated"
    TOO_FEW = "too_few"
    NO_SPREAD = "no_spread"

    WITHIN_CHANCE = "within_chance"
    CHANCE_AMONG_MANY = "chance_among_many"
    BELOW_FLOOR = "below_floor"


# Above every count and sum of a state, and near the last whole number that a float still knows exactly.
LARGEST = 10**15
# In any unit of ours (days, points, euro) a spread below this is none.
SMALLEST_SPREAD = 1e-12
_NEEDED = {
    Kind.SHARE: ("numerator", "denominator"),
    Kind.MEAN: ("value",),
    Kind.MEDIAN: ("value",),
    Kind.COUNT: ("value",),
    Kind.AMOUNT: ("value",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One figure of a series at one time, with all that decides whether it may be compared.

    A share has `numerator` and `denominator` (whole cases); a mean `value`, `n`, `sd`; a median `value`, `n`,
    `iqr`; a count and an amount `value`. `definition` names the version in force, `scale` and `method` how it was
    measured, `grain` the step in which single values are recorded (1 for whole days). `restated`: a later edition
    says otherwise than an earlier one. `source`: who counted. `scatter`: the variance between days as a multiple of
    chance; so many times fewer cases are as good as known. `existed`: the service was there.
    Raises a `Refusal` where the numbers cannot be, so that what arrives at a comparison is possible at least.
    """

    kind: Kind
    definition: str
    scale: str
    method: str = ""
    state: State = State.MEASURED
    value: Number | None = None
    numerator: Number | None = None
    denominator: Number | None = None
    n: int | None = None
    grain: Number | None = None
    sd: Number | None = None
    iqr: Number | None = None
    source: str = ""
    scatter: float | None = None
    restated: bool = False
    existed: bool = True

    def __post_init__(self) -> None:
        if self.state is not State.MEASURED:
            for number in (self.value, self.numerator):
                if number is not None:
                    raise errors.StateAndNumberDisagree(state=str(self.state), number=str(number))
            return
        for name in _NEEDED[self.kind]:
            if getattr(self, name) is None:
                raise errors.PartNotGiven(kind=str(self.kind), name=name)
        _possible("value", self.value, counted=self.kind is Kind.COUNT)
        _possible("numerator", self.numerator, counted=True)
        _possible("denominator", self.denominator, counted=True)
        _possible("n", self.n, counted=True)
        _possible("sd", self.sd, counted=False, signed=False)
        _possible("iqr", self.iqr, counted=False, signed=False)
        _possible("grain", self.grain, counted=False, signed=False)
        _possible("scatter", self.scatter, counted=False, signed=False)
        if self.numerator is not None and self.denominator is not None and self.numerator > self.denominator:
            raise errors.PartExceedsWhole(numerator=str(self.numerator), denominator=str(self.denominator))

    @property
    def cases(self) -> int | None:
        """How many cases stand behind the figure, where that is known: the denominator of a share, else n."""
        if self.kind is Kind.SHARE:
            return None if self.denominator is None else int(self.denominator)
        return self.n

    @property
    def spread(self) -> Number | None:
        """The spread that this kind is tested with."""
        return self.sd if self.kind is Kind.MEAN else self.iqr if self.kind is Kind.MEDIAN else None


def _possible(name: str, number: Number | None, *, counted: bool, signed: bool = True) -> None:
    if number is None:
        return
    if not (number.is_finite() if isinstance(number, Decimal) else isinstance(number, int) or math.isfinite(number)):
        raise errors.NotFinite(name=name, number=str(number))
    if not -LARGEST <= number <= LARGEST:
        raise errors.PartTooLarge(name=name, largest=str(LARGEST))
    if number < 0 and (counted or not signed):
        raise errors.PartBelowZero(name=name, number=str(number))
    if counted and number != int(number):
        raise errors.PartNotWhole(name=name, number=str(number))


@dataclass(frozen=True, slots=True)
class Floor:
    """The smallest change that matters: in the figure's own unit, or as a part of the larger of two figures.

    Of the larger, not of the earlier, so that a change and its undoing are judged alike and a rise from zero
    has a floor too. Where both are given the higher one holds.
    """

    absolute: float = 0.0
    relative: float = 0.0

    def __post_init__(self) -> None:
        for number in (self.absolute, self.relative):
            if not (math.isfinite(number) and number >= 0):
                raise errors.NotAFloor(number=str(number))

    def between(self, before: float, now: float) -> float:
        """The floor for these two figures, in their unit."""
        return max(self.absolute, self.relative * max(abs(before), abs(now)))


_FLOORS: Mapping[Kind, Floor] = {
    Kind.SHARE: Floor(absolute=0.01),
    Kind.MEAN: Floor(relative=0.02),
    Kind.MEDIAN: Floor(relative=0.02),
    Kind.COUNT: Floor(relative=0.05),
    Kind.AMOUNT: Floor(),
}
_LEAST: Mapping[Kind, int] = {
    Kind.SHARE: 30,
    Kind.MEAN: 30,
    Kind.MEDIAN: 30,
    Kind.COUNT: 20,
    Kind.AMOUNT: 0,
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What is too small to matter and too few to judge: data, so that a state may set its own.

    `least_cases` is for each side (a share's denominator, n of a mean or median), for counts both together.
    A kind that is not named keeps its default.
    """

    floors: Mapping[Kind, Floor] = field(default_factory=dict)
    least_cases: Mapping[Kind, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "floors", MappingProxyType({**_FLOORS, **self.floors}))
        object.__setattr__(self, "least_cases", MappingProxyType({**_LEAST, **self.least_cases}))


THRESHOLDS = Thresholds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Two points of one indicator of one service, which way is good, and a floor if the definition sets one."""

    before: Point
    now: Point
    direction: Direction = Direction.NONE
    floor: Floor | None = None

    def __post_init__(self) -> None:
        if self.before.definition == self.now.definition and self.before.kind is not self.now.kind:
            raise errors.UnlikeKinds(before=str(self.before.kind), now=str(self.now.kind))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one series. Numbers are in the figure's unit (shares as fractions), now minus before.

    *not_comparable* has a reason and no numbers, *no_clear_change* a reason and all numbers, the others all
    numbers and no reason. `low` and `high` bound the difference at 1 - alpha; `p_adjusted` is p as it stands
    among the family's tested series.
    """

    word: Word
    reason: Reason | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    floor: float | None = None


_Test = Callable[[Point, Point, Thresholds], bool]


def _state(state: State, *, now: bool) -> _Test:
    return lambda before, after, _: (after if now else before).state is state


def _too_few(before: Point, now: Point, thresholds: Thresholds) -> bool:
    least = thresholds.least_cases[now.kind]
    if now.kind is Kind.COUNT:
        return _float(before.value) + _float(now.value) < max(least, 1)
    # One case has no spread and no case no share, whatever the thresholds say.
    fewest = {Kind.SHARE: 1, Kind.AMOUNT: 0}.get(now.kind, 2)
    return any(point.cases is not None and point.cases < max(least, fewest) for point in (before, now))


def _no_spread(before: Point, now: Point, _: Thresholds) -> bool:
    if now.kind in {Kind.SHARE, Kind.COUNT}:
        return False
    # A spread of nothing is rounding or a lack of one; either way it would make any difference look certain.
    return any(point.n is None or point.spread is None or point.spread < SMALLEST_SPREAD for point in (before, now))


# Read from the top, the first that holds is the reason. The order is part of the contract: whether there is anything
# to compare, then whether like stands beside like, then whether it is enough.
_ABSENT: tuple[tuple[Reason, _Test], ...] = (
    (Reason.SERVICE_GONE, lambda _before, now, _: not now.existed),
    (Reason.SERVICE_NEW, lambda before, _now, _: not before.existed),
    (Reason.MISSING_NOW, _state(State.MISSING, now=True)),
    (Reason.NOT_APPLICABLE_NOW, _state(State.NOT_APPLICABLE, now=True)),
    (Reason.NOT_ASKED_NOW, _state(State.NOT_ASKED, now=True)),
    (Reason.UNREADABLE_NOW, _state(State.UNREADABLE, now=True)),
    (Reason.MISSING_BEFORE, _state(State.MISSING, now=False)),
    (Reason.NOT_APPLICABLE_BEFORE, _state(State.NOT_APPLICABLE, now=False)),
    (Reason.NOT_ASKED_BEFORE, _state(State.NOT_ASKED, now=False)),
    (Reason.UNREADABLE_BEFORE, _state(State.UNREADABLE, now=False)),
)
_UNLIKE: tuple[tuple[Reason, _Test], ...] = (
    (Reason.DEFINITION_CHANGED, lambda before, now, _: before.definition != now.definition),
    (Reason.SCALE_CHANGED, lambda before, now, _: (before.scale, before.method) != (now.scale, now.method)),
    (Reason.SOURCE_CHANGED, lambda before, now, _: before.source != now.source),
    (Reason.RESTATED, lambda before, now, _: before.restated or now.restated),
    (Reason.TOO_FEW, _too_few),
    (Reason.NO_SPREAD, _no_spread),
)
OBSTACLES = (*_ABSENT, *_UNLIKE)


def obstacle(before: Point, now: Point, thresholds: Thresholds = THRESHOLDS) -> Reason | None:
    """Why these two cannot be compared: the first of `OBSTACLES` that holds, or None."""
    both = now.state is before.state is State.MEASURED and now.existed and before.existed
    candidates = _UNLIKE if both else OBSTACLES
    return next((reason for reason, holds in candidates if holds(before, now, thresholds)), None)


def settle(
    series: Sequence[Series],
    alpha: float = 0.05,
    *,
    families: Sequence[Hashable] | None = None,
    thresholds: Thresholds = THRESHOLDS,
) -> tuple[Verdict, ...]:
    """The verdict of each series, in their order.

    All are one family (one holder's series of one comparison), or `families` names the family of each. The
    correction for many tests runs within a family over the series that can be tested; no other changes it.
    """
    if not 0 < alpha < 1:
        raise errors.NotALevel(alpha=str(alpha))
    if families is not None and len(families) != len(series):
        raise errors.FamiliesDoNotFit(series=len(series), families=len(families))
    refused = [obstacle(each.before, each.now, thresholds) for each in series]
    tested = [at for at, reason in enumerate(refused) if reason is None]
    verdicts = [Verdict(Word.NOT_COMPARABLE, reason) for reason in refused]
    if not tested:
        return tuple(verdicts)
    evidence = _evidence([series[at] for at in tested], alpha)
    names: dict[Hashable, int] = {}
    family = [names.setdefault(families[at] if families else None, len(names)) for at in tested]
    adjusted = many.benjamini_hochberg(evidence.p, np.array(family, dtype=np.intp))
    columns = (column.tolist() for column in (*evidence, adjusted))
    for at, difference, low, high, p, p_adjusted in zip(tested, *columns, strict=True):
        each = series[at]
        floor = (each.floor or thresholds.floors[each.now.kind]).between(_figure(each.before), _figure(each.now))
        doubt = _doubt(difference, low, high, p_adjusted, floor, alpha)
        word = Word.NO_CLEAR_CHANGE if doubt else _word(difference, each.direction)
        verdicts[at] = Verdict(word, doubt, difference, low, high, p, p_adjusted, floor)
    return tuple(verdicts)


def compare(
    before: Point,
    now: Point,
    direction: Direction = Direction.NONE,
    *,
    floor: Floor | None = None,
    alpha: float = 0.05,
) -> Verdict:
    """The verdict of a single series, which is its own family."""
    return settle([Series(before=before, now=now, direction=direction, floor=floor)], alpha)[0]


def _doubt(difference: float, low: float, high: float, p_adjusted: float, floor: float, alpha: float) -> Reason | None:
    # Asked the strict way round, so that whatever is not a number never passes for clear.
    if not (low > 0 or high < 0):
        return Reason.WITHIN_CHANCE
    if not p_adjusted <= alpha:
        return Reason.CHANCE_AMONG_MANY
    # 0.57 - 0.56 is a hair below 0.01 in floats: a floor is met by what is meant, not by how it is stored.
    if not abs(difference) >= floor * (1 - 1e-9):
        return Reason.BELOW_FLOOR
    return None


def _word(difference: float, direction: Direction) -> Word:
    if direction is Direction.NONE:
        return Word.CHANGED
    return Word.BETTER if (difference > 0) == (direction is Direction.UP) else Word.WORSE


def _float(number: Number | None) -> float:
    return float(number) if number is not None else math.nan


def _figure(point: Point) -> float:
    return _float(point.numerator) / _float(point.denominator) if point.kind is Kind.SHARE else _float(point.value)


def _grain(before: Point, now: Point) -> float:
    """The coarser step of the two. Where none is told, medians written in whole or half numbers are of whole ones."""
    told = [_float(point.grain) for point in (before, now) if point.grain is not None]
    if told:
        return max(told)
    return float(all((_float(point.value) * 2).is_integer() for point in (before, now)))


def _evidence(series: Sequence[Series], alpha: float) -> chance.Evidence:
    columns = np.empty((4, len(series)))
    for kind in Kind:
        where = [at for at, each in enumerate(series) if each.now.kind is kind]
        if not where:
            continue
        now, before = [series[at].now for at in where], [series[at].before for at in where]
        match kind:
            case Kind.SHARE:
                found = chance.shares(_shares(now), _shares(before), alpha)
            case Kind.COUNT:
                # Cases that come in heaps of phi are as good as a phi-th of them: the same heap on both sides.
                heap = np.maximum(_heaps(now), _heaps(before))
                found = chance.counts(_column(now, "value") / heap, _column(before, "value") / heap, alpha)
                found = chance.Evidence(found.difference * heap, found.low * heap, found.high * heap, found.p)
            case Kind.MEAN:
                found = chance.means(_samples(now), _samples(before), alpha)
            case _:
                grain = np.array([_grain(*pair) for pair in zip(before, now, strict=True)])
                found = chance.medians(_samples(now), _samples(before), grain, alpha)
        columns[:, where] = found
    return chance.Evidence(*columns)


def _shares(points: Sequence[Point]) -> chance.Shares:
    heaps = _heaps(points)
    return chance.Shares(_column(points, "numerator") / heaps, _column(points, "denominator") / heaps)


def _samples(points: Sequence[Point]) -> chance.Samples:
    # One case has no spread: whatever the scatter, two are left of those that were counted.
    cases = np.maximum(_column(points, "n") / _heaps(points), 2.0)
    return chance.Samples(_column(points, "value"), _column(points, "spread"), cases)


def _heaps(points: Sequence[Point]) -> chance.Floats:
    """By how much the days of each scatter beyond chance, at least 1 (docs/decisions: over-dispersion)."""
    return np.array([max(1.0, point.scatter or 1.0) for point in points])


def _column(points: Sequence[Point], name: str) -> chance.Floats:
    return np.array([_float(getattr(point, name)) for point in points])
