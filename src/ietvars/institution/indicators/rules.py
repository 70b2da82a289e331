"""Decisions over computed figures: which wording is in force, how figures become points and verdicts, and one figure.

Pure, never Django. An aggregate follows the rule its definition declares and says how many services it covers; a point
of a series is refused rather than compared with one that covers other parts.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Any

from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import Actor, Role
from ietvars.institution.indicators import comparison, errors
from ietvars.institution.indicators.definitions import DIVIDED, TESTED_AS, Aggregation, Indicator, Kind
from ietvars.institution.indicators.engine import POPULATION_UNKNOWN
from ietvars.institution.indicators.facts import Figure
from ietvars.institution.measurements.values import State

PLACES = Decimal("0.000001")

METHOD = 4
"""Counts up when the engine or the comparison computes otherwise, so that what is kept is computed anew."""


# ---- frozen documents -------------------------------------------------------------------------------------------


def canonical(document: Any) -> str:
    """The one text of a document: keys in order, no spaces, letters as they are. Decimals are written as numbers."""
    return json.dumps(plain(document), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def fingerprint(text: str) -> str:
    """SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def plain(value: Any) -> Any:
    """A value as JSON knows it: decimals become whole numbers or floats, days texts, sets sorted lists."""
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case set() | frozenset():
            return sorted(plain(each) for each in value)
        case list() | tuple():
            return [plain(each) for each in value]
        case date():
            return value.isoformat()
        case _:
            return value


# ---- which wording is in force ----------------------------------------------------------------------------------


def in_force(indicators: Iterable[Indicator], on: date) -> tuple[Indicator, ...]:
    """Of each code the newest wording that was valid on a day, in the order given."""
    newest: dict[str, Indicator] = {}
    for each in indicators:
        if each.valid_from <= on and (each.code not in newest or newest[each.code].version < each.version):
            newest[each.code] = each
    return tuple(newest.values())


WORDS_ONLY = frozenset({"name", "purpose", "source", "text"})


def meaning(spec: Any) -> Any:
    """What a definition computes, without the words that explain it. Two wordings of one meaning compute alike."""
    if isinstance(spec, Mapping):
        return {word: meaning(part) for word, part in spec.items() if word not in WORDS_ONLY}
    return [meaning(part) for part in spec] if isinstance(spec, list | tuple) else spec


def for_sources(
    indicators: Iterable[Indicator], sources: frozenset[str], claimed: frozenset[str]
) -> tuple[Indicator, ...]:
    """The definitions that are meant for a service reported by these sources.

    A register that names sources is for them; one that names none is for all services that no other register claims.
    """
    mine = sources & claimed
    return tuple(each for each in indicators if (each.sources & mine if mine else not each.sources))


# ---- points of a series -----------------------------------------------------------------------------------------


def point(
    indicator: Indicator, figure: Figure | None, *, existed: bool = True, absent: State = State.MISSING
) -> comparison.Point:
    """The figure as one point of its series; one that is not there, or cannot be, is in the state `absent`."""
    kind = TESTED_AS[indicator.kind]
    is_share = indicator.kind is Kind.SHARE
    if figure is not None and figure.state is State.MEASURED:
        try:
            return comparison.Point(
                kind=kind,
                definition=indicator.mark,
                scale=indicator.unit,
                method=figure.scale,
                value=figure.value,
                numerator=figure.numerator if is_share else None,
                denominator=figure.denominator if is_share else None,
                n=figure.n,
                grain=indicator.grain,
                sd=figure.spread if figure.spread_kind == "sd" else None,
                iqr=figure.spread if figure.spread_kind == "iqr" else None,
                source=figure.counted,
                scatter=figure.scatter,
                restated=bool(figure.restated),
                existed=existed,
            )
        except Refusal:
            # Such as more cases than any state has: a number that cannot be is no number to compare.
            absent = State.UNREADABLE
    elif figure is not None:
        absent = figure.state
    return comparison.Point(kind=kind, definition=indicator.mark, scale=indicator.unit, state=absent, existed=existed)


@dataclass(frozen=True, slots=True)
class Side:
    """One period of a series: the wording in force, the figure if there is one, and whether the service was there.

    `absent` says what it means that there is no figure: outside the population, not asked yet, or not reported.
    """

    indicator: Indicator
    figure: Figure | None
    existed: bool = True
    absent: State = State.MISSING


def series(before: Side, now: Side) -> comparison.Series:
    """One series to be judged. Where the two figures cover other parts, the one with the gap counts as missing."""
    if _is_measured(before) and _is_measured(now):
        gaps_before, gaps_now = _gaps(before), _gaps(now)
        if gaps_now - gaps_before:
            now = replace(now, figure=None, absent=State.MISSING)
        elif gaps_before - gaps_now:
            before = replace(before, figure=None, absent=State.MISSING)
    return comparison.Series(
        before=point(before.indicator, before.figure, existed=before.existed, absent=before.absent),
        now=point(now.indicator, now.figure, existed=now.existed, absent=now.absent),
        direction=now.indicator.direction,
        floor=now.indicator.floor,
    )


def _is_measured(side: Side) -> bool:
    return side.figure is not None and side.figure.state is State.MEASURED


def _gaps(side: Side) -> frozenset[tuple[tuple[str, str], ...]]:
    gaps = () if side.figure is None else side.figure.gaps
    return frozenset(tuple((word, said) for word, said in gap.items() if word != "state") for gap in gaps)


# ---- one figure of many -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reading:
    """What the figure would be by another reading: without the services that a named condition catches."""

    services: tuple[int, ...]
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One figure over many services, with all that made it.

    `measured` of `expected` services are in it; services to which it does not apply are not expected, and those of
    which it cannot be told whether they belong are only listed. `at_least`: services whose numerator is missing
    stand in the denominator, as the definition says, so the value cannot be smaller.
    """

    state: State
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    measured: int
    expected: int
    at_least: bool
    parts_measured: int
    parts_expected: int
    states: Mapping[str, int]
    exclusions: Mapping[str, tuple[int, ...]]
    checks: Mapping[str, tuple[int, ...]]
    alternatives: Mapping[str, Reading]
    restated: tuple[int, ...]
    editions: tuple[int, ...]
    is_illustrative: bool


@dataclass(frozen=True, slots=True)
class _Sums:
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    at_least: bool = False


def aggregate(indicator: Indicator, figures: Mapping[int, Figure]) -> Aggregate:
    """One figure of the figures by service id, by the declared rule. The best member never stands for the rest.

    Where the rule is `none` a single figure does not apply; coverage and lists are there all the same.
    """
    members = {
        service: figure
        for service, figure in figures.items()
        if figure.state is not State.NOT_APPLICABLE and POPULATION_UNKNOWN not in figure.exclusions
    }
    sums = _sums(indicator, list(members.values()))
    caught: dict[str, dict[str, list[int]]] = {"exclusions": defaultdict(list), "checks": defaultdict(list)}
    by_other: dict[str, list[int]] = defaultdict(list)
    for service, figure in figures.items():
        for word, codes in (("exclusions", figure.exclusions), ("checks", figure.checks)):
            for code in codes:
                caught[word][code].append(service)
        for code in figure.alternatives:
            by_other[code].append(service)
    measured = [figure for figure in members.values() if figure.state is State.MEASURED]
    counted = [figure for figure in members.values() if figure.state is State.MEASURED or sums.at_least]
    return Aggregate(
        state=_state(indicator, figures, measured, sums),
        value=sums.value,
        numerator=sums.numerator,
        denominator=sums.denominator,
        measured=len(measured),
        expected=len(members),
        at_least=sums.at_least,
        parts_measured=sum(figure.measured for figure in counted),
        parts_expected=sum(figure.expected for figure in counted),
        states=dict(sorted(Counter(figure.state.value for figure in figures.values()).items())),
        exclusions={code: tuple(sorted(found)) for code, found in sorted(caught["exclusions"].items())},
        checks={code: tuple(sorted(found)) for code, found in sorted(caught["checks"].items())},
        alternatives={
            each.code: _without(indicator, members, frozenset(by_other[each.code])) for each in indicator.alternatives
        },
        restated=tuple(sorted(service for service, figure in figures.items() if figure.restated)),
        editions=tuple(sorted({edition for figure in figures.values() for edition in figure.editions})),
        is_illustrative=any(figure.is_illustrative for figure in measured),
    )


def _state(indicator: Indicator, figures: Mapping[int, Figure], measured: Sequence[Figure], sums: _Sums) -> State:
    if indicator.aggregation is Aggregation.NONE:
        return State.NOT_APPLICABLE
    if measured and (sums.value is not None or sums.numerator is not None):
        return State.MEASURED
    states = {figure.state for figure in figures.values()}
    return states.pop() if len(states) == 1 and State.MEASURED not in states else State.MISSING


def _without(indicator: Indicator, members: Mapping[int, Figure], out: frozenset[int]) -> Reading:
    sums = _sums(indicator, [figure for service, figure in members.items() if service not in out])
    return Reading(tuple(sorted(out & members.keys())), sums.value, sums.numerator, sums.denominator)


def _sums(indicator: Indicator, members: Sequence[Figure]) -> _Sums:
    """The declared rule over the members. A figure that is not measured is left out, never taken as zero."""
    measured = [figure for figure in members if figure.state is State.MEASURED]
    values = [figure.value for figure in measured if figure.value is not None]
    match indicator.aggregation:
        case Aggregation.POOLED:
            return _pooled(indicator, members)
        case Aggregation.SUM if values:
            return _Sums(sum(values, Decimal(0)))
        case Aggregation.COUNT if measured:
            told = [_told(indicator, figure) for figure in measured]
            return _Sums(Decimal(sum(told)), Decimal(sum(told)), Decimal(len(told)))
        case Aggregation.MEDIAN if values:
            return _Sums(median(values))
        case Aggregation.WEAKEST if values and indicator.direction is not comparison.Direction.NONE:
            return _Sums(min(values) if indicator.direction is comparison.Direction.UP else max(values))
        case _:
            return _Sums()


def _told(indicator: Indicator, figure: Figure) -> bool:
    return bool(figure.numerator if indicator.kind in DIVIDED else figure.value)


def _pooled(indicator: Indicator, members: Sequence[Figure]) -> _Sums:
    """Sum of numerators over sum of denominators, so that each case weighs the same.

    Over the measured services; or, where the definition says `pooled_over = "population"`, with the denominators of
    those too whose numerator is missing: then the share is a floor and says so.
    """
    whole = [figure for figure in members if figure.state is State.MEASURED and figure.denominator is not None]
    numerators = [figure.numerator for figure in whole if figure.numerator is not None]
    denominators = [figure.denominator for figure in whole if figure.denominator is not None]
    at_least = False
    if indicator.pooled_over == "population":
        unknown = [
            figure.denominator
            for figure in members
            if figure.state is not State.MEASURED and figure.denominator is not None and figure.numerator is None
        ]
        at_least = bool(unknown)
        denominators += unknown
    if not numerators:
        return _Sums()
    numerator, denominator = sum(numerators, Decimal(0)), sum(denominators, Decimal(0))
    value = (numerator / denominator).quantize(PLACES) if denominator else None
    return _Sums(value, numerator, denominator, at_least)


# ---- reviews ----------------------------------------------------------------------------------------------------


def require_reviewer(actor: Actor, holder_id: int | None, *, holder: str = "") -> None:
    """A service owner whose capacity reaches the holder reviews its services. Raises ReviewNotYours."""
    if actor.role is not Role.SERVICE_OWNER or holder_id is None or not actor.reaches(holder_id):
        raise errors.ReviewNotYours(holder=holder)


def require_reading(reading: str, decision: str, decisions: Iterable[str]) -> None:
    """A review says something and ends with a known decision. Raises ReadingNeeded or UnknownDecision."""
    if not reading.strip():
        raise errors.ReadingNeeded
    if decision not in set(decisions):
        raise errors.UnknownDecision(decision=decision)


@dataclass(frozen=True, slots=True)
class Presence:
    """Services of two periods by whether they were there: in both, only before, only now."""

    kept: frozenset[int] = field(default_factory=frozenset)
    gone: frozenset[int] = field(default_factory=frozenset)
    new: frozenset[int] = field(default_factory=frozenset)


def presence(before: frozenset[int], now: frozenset[int]) -> Presence:
    """What was kept, what went, what came."""
    return Presence(before & now, before - now, now - before)


# ---- standards as quantities ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Promise:
    """How one promise was kept, as reported. Numbers are None unless measured; shares are parts of 1."""

    claimed: str
    target: Decimal | None
    met: Decimal | None
    total: Decimal | None
    performance: Decimal | None


COUNTED = ("standards", "standards_decided", "standards_met", "standard_cases", "standard_cases_met")
"""Quantities that a service has through its standards."""


def kept(promise: Promise) -> bool | None:
    """Whether it was kept: by the source's word, else by its numbers against its target; None where neither says.

    A promise that no case put to the test was neither kept nor broken, whatever the source says of it.
    """
    if promise.total == 0:
        return None
    if promise.claimed in {"met", "not-met"}:
        return promise.claimed == "met"
    if promise.target is None:
        return None
    if promise.total and promise.met is not None:
        return promise.met >= promise.target * promise.total
    return None if promise.performance is None else promise.performance >= promise.target


def counted(promises: Sequence[Promise]) -> dict[str, Decimal | None]:
    """How many standards, of how many it is known whether they were met, how many were; and their cases.

    Cases are counted where both numbers are there and the part does not exceed the whole: a contradiction is listed
    by the import and never adds up here.
    """
    decided = [answer for answer in map(kept, promises) if answer is not None]
    cases = [
        (each.met, each.total)
        for each in promises
        if each.met is not None and each.total is not None and each.met <= each.total
    ]
    return {
        "standards": Decimal(len(promises)),
        "standards_decided": Decimal(len(decided)) if decided else None,
        "standards_met": Decimal(sum(decided)) if decided else None,
        "standard_cases": sum((total for _, total in cases), Decimal(0)) if cases else None,
        "standard_cases_met": sum((met for met, _ in cases), Decimal(0)) if cases else None,
    }
