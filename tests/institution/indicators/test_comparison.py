"""Verdicts: the tables of the decision, the order of what refuses, and what must hold of any two years."""

import itertools
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ietvars.ground.errors import Refusal
from ietvars.institution.indicators import comparison, errors
from ietvars.institution.indicators.comparison import (
    Direction,
    Floor,
    Kind,
    Point,
    Reason,
    Series,
    Thresholds,
    Verdict,
    Word,
    compare,
    settle,
)
from ietvars.institution.measurements.values import State
from tests.institution.indicators import slowly, tables

DECISION = "2026-11-23-comparison-that-can-refuse.md"
DIRECTIONS = {"up": Direction.UP, "down": Direction.DOWN, "none": Direction.NONE}
ANYTHING = {"definition": "1", "scale": "1"}


def share(numerator: Any, denominator: Any, **more: Any) -> Point:
    return Point(kind=Kind.SHARE, numerator=numerator, denominator=denominator, **{**ANYTHING, **more})


def mean(value: Any, sd: Any = None, n: Any = None, **more: Any) -> Point:
    return Point(kind=Kind.MEAN, value=value, sd=sd, n=n, **{**ANYTHING, **more})


def median(value: Any, iqr: Any = None, n: Any = None, **more: Any) -> Point:
    return Point(kind=Kind.MEDIAN, value=value, iqr=iqr, n=n, **{**ANYTHING, **more})


def count(value: Any, **more: Any) -> Point:
    return Point(kind=Kind.COUNT, value=value, **{**ANYTHING, **more})


def amount(value: Any, **more: Any) -> Point:
    return Point(kind=Kind.AMOUNT, value=value, **{**ANYTHING, **more})


def absent(state: State = State.MISSING, **more: Any) -> Point:
    return Point(kind=more.pop("kind", Kind.SHARE), state=state, **{**ANYTHING, **more})


# ---- the tables of the decision ----------------------------------------------------------------------------------

MARKS: tuple[tuple[str, Callable[[str], dict[str, Any]]], ...] = (
    (r" v(\d+)", lambda version: {"definition": version}),
    (r" scale (\S+)", lambda scale: {"scale": scale}),
    (r" (counted)", lambda _: {"source": "all"}),
    (r" (restated)", lambda _: {"restated": True}),
    (r" (no service)", lambda _: {"existed": False}),
)


# The tables give four decimals.
HALF_A_DIGIT = 0.000050001


def point(text: str) -> Point:
    """A figure as the decision writes it: `48/80`, `80±10 n40`, `20~10 n40`, `#120`, `12.50 EUR`, or a state."""
    more: dict[str, Any] = {}
    for pattern, field in MARKS:
        if found := re.search(pattern, text):
            more |= field(found[1])
            text = text.replace(found[0], "")
    if text in set(State):
        return absent(State(text), **more)
    if text.startswith("#"):
        return count(int(text[1:]), **more)
    if text.endswith(" EUR"):
        return amount(Decimal(text[:-4]), **more)
    if "/" in text:
        return share(*map(int, text.split("/")), **more)
    value, mark, rest = re.fullmatch(r"([\d.]+)([±~]?)(.*)", text).groups()  # type: ignore[union-attr]
    kind = median if mark == "~" else mean
    if not mark:
        return kind(Decimal(value), **more)
    spread, n = rest.split(" n")
    return kind(Decimal(value), Decimal(spread), int(n), **more)


@pytest.mark.parametrize(
    "row", tables.rows(DECISION, "examples"), ids=lambda row: f"{row['before']} then {row['now']}, {row['direction']}"
)
def test_two_years_give_the_verdict_that_the_decision_says(row: dict[str, str]) -> None:
    verdict = compare(point(row["before"]), point(row["now"]), DIRECTIONS[row["direction"]])
    assert (verdict.word, verdict.reason or "") == (row["verdict"], row["reason"])
    if verdict.word is Word.NOT_COMPARABLE:
        assert verdict == Verdict(Word.NOT_COMPARABLE, verdict.reason)
        return
    low, high = (float(end) for end in row["interval"].split(" to "))
    assert verdict.difference == pytest.approx(float(row["difference"]), abs=HALF_A_DIGIT)
    assert verdict.low == pytest.approx(low, abs=HALF_A_DIGIT)
    assert verdict.high == pytest.approx(high, abs=HALF_A_DIGIT)


def test_the_obstacles_stand_in_the_order_that_the_decision_lists() -> None:
    listed = [row["reason"] for row in tables.rows(DECISION, "obstacles")]
    assert [reason for reason, _ in comparison.OBSTACLES] == listed
    assert list(slowly.REFUSING) == listed


def test_the_decision_shows_every_word_and_every_reason() -> None:
    shown = tables.rows(DECISION, "examples")
    assert {row["verdict"] for row in shown} == set(Word)
    missing = set(Reason) - {row["reason"] for row in shown}
    assert missing == {
        Reason.MISSING_NOW,
        Reason.UNREADABLE_NOW,
        Reason.NOT_APPLICABLE_BEFORE,
        Reason.NOT_ASKED_BEFORE,
        Reason.UNREADABLE_BEFORE,
        Reason.CHANCE_AMONG_MANY,
    }


# ---- what refuses, and in which order ----------------------------------------------------------------------------

Pair = tuple[Point, Point]


def _state(side: int, state: State) -> Callable[[Pair], Pair]:
    def spoil(pair: Pair) -> Pair:
        gap = replace(pair[side], state=state, value=None, numerator=None)
        return (gap, pair[1]) if side == 0 else (pair[0], gap)

    return spoil


def _now(**fields: Any) -> Callable[[Pair], Pair]:
    return lambda pair: (pair[0], replace(pair[1], **fields))


SPOILED: dict[Reason, Callable[[Pair], Pair]] = {
    Reason.SERVICE_GONE: _now(existed=False),
    Reason.SERVICE_NEW: lambda pair: (replace(pair[0], existed=False), pair[1]),
    Reason.MISSING_NOW: _state(1, State.MISSING),
    Reason.NOT_APPLICABLE_NOW: _state(1, State.NOT_APPLICABLE),
    Reason.NOT_ASKED_NOW: _state(1, State.NOT_ASKED),
    Reason.UNREADABLE_NOW: _state(1, State.UNREADABLE),
    Reason.MISSING_BEFORE: _state(0, State.MISSING),
    Reason.NOT_APPLICABLE_BEFORE: _state(0, State.NOT_APPLICABLE),
    Reason.NOT_ASKED_BEFORE: _state(0, State.NOT_ASKED),
    Reason.UNREADABLE_BEFORE: _state(0, State.UNREADABLE),
    Reason.DEFINITION_CHANGED: _now(definition="2"),
    Reason.SCALE_CHANGED: _now(method="telephone"),
    Reason.SOURCE_CHANGED: _now(source="all"),
    Reason.RESTATED: _now(restated=True),
    Reason.TOO_FEW: _now(n=3),
    Reason.NO_SPREAD: _now(sd=None),
}
WHOLE: Pair = (mean(70, 10, 100), mean(80, 10, 100))


def test_every_obstacle_is_tried_here() -> None:
    assert tuple(SPOILED) == slowly.REFUSING
    assert compare(*WHOLE).word is Word.CHANGED


@pytest.mark.parametrize("reason", slowly.REFUSING)
def test_each_obstacle_alone_refuses(reason: Reason) -> None:
    assert compare(*SPOILED[reason](WHOLE)) == Verdict(Word.NOT_COMPARABLE, reason)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pair
        for pair in itertools.combinations(slowly.REFUSING, 2)
        # A figure is in one state at a time.
        if not all(str(reason).endswith("_now") for reason in pair)
        and not all(str(reason).endswith("_before") for reason in pair)
    ],
)
def test_of_two_obstacles_the_earlier_is_the_reason(first: Reason, second: Reason) -> None:
    for order in ((first, second), (second, first)):
        pair = WHOLE
        for reason in order:
            pair = SPOILED[reason](pair)
        assert comparison.obstacle(*pair) is first


def test_a_scale_and_a_method_are_both_part_of_how_it_was_measured() -> None:
    assert compare(mean(70, 10, 100, scale="1-10"), mean(80, 10, 100)).reason is Reason.SCALE_CHANGED
    assert compare(mean(70, 10, 100, method="post"), mean(80, 10, 100)).reason is Reason.SCALE_CHANGED


@pytest.mark.parametrize("spread", [None, 0, 1e-13, Decimal("0.000000")])
def test_a_spread_of_nothing_is_no_spread(spread: Any) -> None:
    for point in (mean(70, spread, 100), median(70, spread, 100)):
        other = replace(point, value=80, sd=9, iqr=9)
        assert compare(point, other).reason is Reason.NO_SPREAD
        assert compare(other, point).reason is Reason.NO_SPREAD


def test_a_restatement_of_either_year_is_told() -> None:
    assert compare(count(100, restated=True), count(900)).reason is Reason.RESTATED
    assert compare(count(100), count(900, restated=True)).reason is Reason.RESTATED


def test_a_definition_may_change_its_kind_with_its_version_only() -> None:
    assert compare(share(1, 50, definition="1"), mean(5, definition="2")).reason is Reason.DEFINITION_CHANGED
    with pytest.raises(errors.UnlikeKinds):
        compare(share(1, 50), mean(5))


@pytest.mark.parametrize(
    ("few", "enough"),
    [
        ((share(20, 29), share(20, 30)), (share(20, 30), share(20, 30))),
        ((mean(5, 1, 30), mean(5, 1, 29)), (mean(5, 1, 30), mean(5, 1, 30))),
        ((median(5, 1, 29), median(5, 1, 30)), (median(5, 1, 30), median(5, 1, 30))),
        ((count(19), count(0)), (count(20), count(0))),
    ],
)
def test_the_least_number_of_cases_is_counted_to_the_last_one(few: Pair, enough: Pair) -> None:
    assert compare(*few).reason is Reason.TOO_FEW
    assert compare(*enough).word is not Word.NOT_COMPARABLE


def test_a_state_may_set_its_own_least_but_no_case_at_all_is_never_enough() -> None:
    lax = Thresholds(least_cases=dict.fromkeys(Kind, 0))
    series = [
        Series(before=share(0, 0), now=share(1, 1)),
        Series(before=share(0, 1), now=share(1, 1)),
        Series(before=mean(5, 1, 1), now=mean(5, 1, 2)),
        Series(before=mean(5, 1, 2), now=mean(5, 1, 2)),
        Series(before=count(0), now=count(0)),
        Series(before=count(0), now=count(1)),
    ]
    few, one, two = Reason.TOO_FEW, Reason.WITHIN_CHANCE, Reason.WITHIN_CHANCE
    assert [verdict.reason for verdict in settle(series, thresholds=lax)] == [few, one, few, two, few, one]


# ---- figures that cannot be ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "refusal"),
    [
        (lambda: share(81, 80), errors.PartExceedsWhole),
        (lambda: share(Decimal("80.0000001"), 80), errors.PartNotWhole),
        (lambda: share(-1, 80), errors.PartBelowZero),
        (lambda: share(0, -80), errors.PartBelowZero),
        (lambda: share(None, 80), errors.PartNotGiven),
        (lambda: share(1, None), errors.PartNotGiven),
        (lambda: mean(None, 1, 40), errors.PartNotGiven),
        (lambda: mean(5, -1, 40), errors.PartBelowZero),
        (lambda: mean(5, 1, -40), errors.PartBelowZero),
        (lambda: mean(5, 1, 40.5), errors.PartNotWhole),
        (lambda: mean(math.nan, 1, 40), errors.NotFinite),
        (lambda: mean(Decimal("NaN"), 1, 40), errors.NotFinite),
        (lambda: mean(5, math.inf, 40), errors.NotFinite),
        (lambda: median(5, -1, 40), errors.PartBelowZero),
        (lambda: median(5, 1, 40, grain=-1), errors.PartBelowZero),
        (lambda: count(-1), errors.PartBelowZero),
        (lambda: count(Decimal("1.5")), errors.PartNotWhole),
        (lambda: count(10**15 + 1), errors.PartTooLarge),
        (lambda: count(10**5000), errors.PartTooLarge),
        (lambda: count(Decimal("sNaN")), errors.NotFinite),
        (lambda: count(Decimal("1E+999999")), errors.PartTooLarge),
        (lambda: amount(None), errors.PartNotGiven),
        (lambda: absent(value=0), errors.StateAndNumberDisagree),
        (lambda: absent(State.NOT_ASKED, numerator=0), errors.StateAndNumberDisagree),
    ],
)
def test_a_figure_that_cannot_be_is_refused_aloud(made: Callable[[], Point], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        made()


def test_a_loss_is_a_possible_amount_and_a_temperature_a_possible_mean() -> None:
    assert compare(mean(-5, 1, 400), mean(-6, 1, 400), Direction.UP).word is Word.WORSE
    assert amount(-12).value == -12


@pytest.mark.parametrize("alpha", [0, 1, -0.05, 5, math.nan])
def test_a_level_that_is_no_chance_is_refused(alpha: float) -> None:
    with pytest.raises(errors.NotALevel):
        settle([], alpha)


@pytest.mark.parametrize("number", [-0.01, math.nan, math.inf])
def test_a_floor_that_is_none_is_refused(number: float) -> None:
    with pytest.raises(errors.NotAFloor):
        Floor(absolute=number)
    with pytest.raises(errors.NotAFloor):
        Floor(relative=number)


def test_families_that_do_not_fit_their_series_are_refused() -> None:
    with pytest.raises(errors.FamiliesDoNotFit):
        settle([Series(before=count(100), now=count(200))], families=[])


# ---- floors --------------------------------------------------------------------------------------------------------

MANY = 10**8


@pytest.mark.parametrize(
    ("before", "now", "word"),
    [
        (share(56 * MANY // 100, MANY), share(57 * MANY // 100, MANY), Word.CHANGED),
        (share(57 * MANY // 100, MANY), share(56 * MANY // 100, MANY), Word.CHANGED),
        (share(56 * MANY // 100, MANY), share(57 * MANY // 100 - 1, MANY), Word.NO_CLEAR_CHANGE),
        (mean(98, 1, MANY), mean(100, 1, MANY), Word.CHANGED),
        (mean(98.01, 1, MANY), mean(100, 1, MANY), Word.NO_CLEAR_CHANGE),
        (median(49, 1, MANY), median(50, 1, MANY, grain=0), Word.CHANGED),
        (count(95_000_000), count(100_000_000), Word.CHANGED),
        (count(95_000_001), count(100_000_000), Word.NO_CLEAR_CHANGE),
    ],
)
def test_the_floor_is_met_exactly(before: Point, now: Point, word: Word) -> None:
    there, back = compare(before, now), compare(now, before)
    assert (there.word, back.word) == (word, word)
    assert there.reason is (None if word is Word.CHANGED else Reason.BELOW_FLOOR)


def test_a_definition_may_set_its_own_floor() -> None:
    pair = (mean(80, 5, 4000), mean(81, 5, 4000))
    assert compare(*pair).reason is Reason.BELOW_FLOOR
    verdict = compare(*pair, Direction.UP, floor=Floor(absolute=1.0))
    assert (verdict.word, verdict.floor) == (Word.BETTER, 1.0)


def test_thresholds_that_name_one_kind_leave_the_others_alone() -> None:
    strict = Thresholds(floors={Kind.COUNT: Floor(relative=0.5)})
    assert strict.floors[Kind.SHARE] == comparison.THRESHOLDS.floors[Kind.SHARE]
    series = [Series(before=count(1000), now=count(1400)), Series(before=share(100, 400), now=share(200, 400))]
    assert [verdict.word for verdict in settle(series, thresholds=strict)] == [Word.NO_CLEAR_CHANGE, Word.CHANGED]


# ---- many series ---------------------------------------------------------------------------------------------------


def test_one_clear_difference_among_many_unchanged_ones_may_be_chance_among_many() -> None:
    lucky = Series(before=share(40, 100), now=share(55, 100), direction=Direction.UP)
    assert settle([lucky])[0].word is Word.BETTER
    unchanged = [Series(before=share(50, 100), now=share(50 + k % 3, 100)) for k in range(40)]
    among = settle([lucky, *unchanged])[0]
    assert (among.word, among.reason) == (Word.NO_CLEAR_CHANGE, Reason.CHANCE_AMONG_MANY)
    assert among.low is not None
    assert among.low > 0
    apart = settle([lucky, *unchanged], families=["a", *["b"] * 40])[0]
    assert apart.word is Word.BETTER


def test_no_series_give_no_verdicts() -> None:
    assert settle([]) == ()


# ---- of any two years ----------------------------------------------------------------------------------------------


@st.composite
def shares(draw: st.DrawFn) -> Point:
    n = draw(st.one_of(st.integers(30, 300), st.integers(30, 10**9)))
    return share(draw(st.integers(0, n)), n)


SPREADS = st.floats(0.01, 50)
CASES = st.integers(30, 10**6)
COMPARABLE: dict[Kind, st.SearchStrategy[Point]] = {
    Kind.SHARE: shares(),
    Kind.MEAN: st.builds(mean, st.floats(-100, 100), SPREADS, CASES),
    Kind.MEDIAN: st.builds(
        median,
        st.one_of(st.integers(0, 60), st.floats(0, 60)),
        SPREADS,
        CASES,
        grain=st.sampled_from([None, None, 0.5, Decimal(1)]),
    ),
    Kind.COUNT: st.builds(count, st.integers(10, 1000)),
}
GAPS = st.builds(
    absent, st.sampled_from([state for state in State if state is not State.MEASURED]), existed=st.booleans()
)
FLOORS = st.one_of(st.none(), st.builds(Floor, st.floats(0, 2), st.floats(0, 0.2)))


@st.composite
def comparable(draw: st.DrawFn) -> Series:
    points = COMPARABLE[draw(st.sampled_from(list(COMPARABLE)))]
    before, now = draw(points), draw(points)
    return Series(before=before, now=now, direction=draw(st.sampled_from(Direction)), floor=draw(FLOORS))


@st.composite
def refused(draw: st.DrawFn) -> Series:
    gap, other = draw(GAPS), draw(st.one_of(GAPS, shares()))
    before, now = (gap, other) if draw(st.booleans()) else (other, gap)
    return Series(before=before, now=now, direction=draw(st.sampled_from(Direction)))


SERIES = st.one_of(comparable(), refused())


def _is_on_the_edge(verdict: Verdict, alpha: float = 0.05) -> bool:
    """Whether the last digits of a float decide."""
    return any(
        value is not None and math.isclose(value, edge, rel_tol=1e-6, abs_tol=1e-9)
        for value, edge in (
            (verdict.p, alpha),
            (verdict.p_adjusted, alpha),
            (abs(verdict.difference or 0), verdict.floor or -1),
            (verdict.low, 0),
            (verdict.high, 0),
        )
    )


@given(st.lists(comparable(), min_size=1, max_size=12))
def test_the_arrays_agree_with_the_slow_second_opinion(series: list[Series]) -> None:
    for verdict, (word, difference, (low, high), p, p_adjusted) in zip(
        settle(series), slowly.judged(series, 0.05), strict=True
    ):
        scale = max(1.0, abs(difference))
        assert verdict.difference == pytest.approx(difference, abs=1e-9 * scale)
        assert verdict.low == pytest.approx(low, abs=1e-6 * scale)
        assert verdict.high == pytest.approx(high, abs=1e-6 * scale)
        assert verdict.p == pytest.approx(p, rel=1e-5, abs=1e-12)
        assert verdict.p_adjusted == pytest.approx(p_adjusted, rel=1e-5, abs=1e-12)
        if not _is_on_the_edge(verdict):
            assert verdict.word is word


MIRRORED = {Word.BETTER: Word.WORSE, Word.WORSE: Word.BETTER}


@given(st.lists(SERIES, max_size=8))
def test_reading_the_years_the_other_way_round_mirrors_every_verdict(series: list[Series]) -> None:
    there = settle(series)
    back = settle([replace(each, before=each.now, now=each.before) for each in series])
    for one, other in zip(there, back, strict=True):
        assert other.word is MIRRORED.get(one.word, one.word)
        assert other.floor == one.floor
        if one.difference is not None:
            assert one.low is not None
            assert one.high is not None
            assert (other.difference, other.low, other.high) == (-one.difference, -one.high, -one.low)
            assert other.p == pytest.approx(one.p, rel=1e-12)


@given(GAPS, shares())
def test_a_gap_is_told_of_the_side_on_which_it_is(gap: Point, figure: Point) -> None:
    there, back = compare(gap, figure).reason, compare(figure, gap).reason
    if gap.existed:
        assert (there, back) == (f"{gap.state}_before", f"{gap.state}_now")
    else:
        assert (there, back) == (Reason.SERVICE_NEW, Reason.SERVICE_GONE)


@given(st.lists(SERIES, max_size=8))
def test_turning_the_direction_swaps_better_and_worse_and_nothing_else(series: list[Series]) -> None:
    turned = {Direction.UP: Direction.DOWN, Direction.DOWN: Direction.UP, Direction.NONE: Direction.NONE}
    there = settle(series)
    back = settle([replace(each, direction=turned[each.direction]) for each in series])
    assert back == tuple(replace(verdict, word=MIRRORED.get(verdict.word, verdict.word)) for verdict in there)


@given(st.lists(SERIES, max_size=8), refused(), st.integers(0, 8))
def test_adding_a_series_that_cannot_be_compared_changes_no_other_verdict(
    series: list[Series], gap: Series, at: int
) -> None:
    verdicts = list(settle([*series[:at], gap, *series[at:]]))
    added = verdicts.pop(min(at, len(series)))
    assert tuple(verdicts) == settle(series)
    assert added.word is Word.NOT_COMPARABLE


@given(st.lists(comparable(), max_size=8), comparable())
def test_company_never_makes_a_verdict_clear_that_was_not_clear_alone(series: list[Series], each: Series) -> None:
    alone, among = settle([each])[0], settle([each, *series])[0]
    if alone.word is Word.NO_CLEAR_CHANGE:
        assert among.word is Word.NO_CLEAR_CHANGE
    assert among.p == alone.p


@given(st.lists(SERIES, max_size=8), st.permutations(range(8)))
def test_the_order_of_the_series_does_not_matter(series: list[Series], order: Sequence[int]) -> None:
    order = [at for at in order if at < len(series)]
    verdicts = settle(series)
    for at, verdict in zip(order, settle([series[at] for at in order]), strict=True):
        assert verdict.word is verdicts[at].word
        assert verdict.p_adjusted == verdicts[at].p_adjusted


@given(st.lists(SERIES, max_size=8), st.data())
def test_families_are_settled_each_for_itself(series: list[Series], data: st.DataObject) -> None:
    families = data.draw(st.lists(st.sampled_from("abc"), min_size=len(series), max_size=len(series)))
    verdicts = settle(series, families=families)
    for family in set(families):
        of_it = [at for at, other in enumerate(families) if other == family]
        assert settle([series[at] for at in of_it]) == tuple(verdicts[at] for at in of_it)


@given(SERIES, st.sampled_from([0.2, 0.1, 0.05, 0.01, 0.001]))
def test_a_verdict_is_clear_only_with_all_three_grounds(each: Series, alpha: float) -> None:
    verdict = settle([each], alpha)[0]
    assume(not _is_on_the_edge(verdict, alpha))
    numbers = (verdict.difference, verdict.low, verdict.high, verdict.p, verdict.p_adjusted, verdict.floor)
    if verdict.word is Word.NOT_COMPARABLE:
        assert verdict.reason in slowly.REFUSING
        assert set(numbers) == {None}
        return
    assert all(number is not None and math.isfinite(number) for number in numbers)
    difference, low, high, _, p_adjusted, floor = (float(number or 0) for number in numbers)
    grounds = {
        Reason.WITHIN_CHANCE: not low <= 0 <= high,
        Reason.CHANCE_AMONG_MANY: p_adjusted <= alpha,
        Reason.BELOW_FLOOR: abs(difference) >= floor,
    }
    failed = [reason for reason, holds in grounds.items() if not holds]
    assert verdict.reason is (failed[0] if failed else None)
    assert (verdict.word is Word.NO_CLEAR_CHANGE) == bool(failed)
    assert (verdict.word is Word.CHANGED) == (not failed and each.direction is Direction.NONE)


@given(st.integers(0, 10**15), st.integers(0, 10**15), st.integers(0, 10**15), st.integers(0, 10**15))
def test_the_largest_figures_of_any_state_give_numbers(a: int, b: int, c: int, d: int) -> None:
    before, now = share(min(a, b), max(a, b)), share(min(c, d), max(c, d))
    for pair in ((before, now), (count(a), count(c)), (mean(a, b, 10**15), mean(c, d, 10**15))):
        verdict = compare(*pair)
        numbers = (verdict.difference, verdict.low, verdict.high, verdict.p)
        assert verdict.word is Word.NOT_COMPARABLE or all(math.isfinite(number or 0) for number in numbers)


@pytest.mark.parametrize("number", [12, 12.0, Decimal(12), Decimal("12.000000")])
def test_a_number_may_come_as_it_is_kept(number: Any) -> None:
    assert compare(share(number, 40), share(30, 40)) == compare(share(12, 40), share(30, 40))


# ---- scatter beyond chance ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("heap", [4, 25])
def test_days_that_scatter_count_as_so_many_times_fewer_cases(heap: int) -> None:
    thin = compare(share(160, 200), share(170, 200))
    thick = compare(share(160 * heap, 200 * heap, scatter=heap), share(170 * heap, 200 * heap, scatter=heap))
    assert (thick.low, thick.high, thick.p) == pytest.approx((thin.low, thin.high, thin.p))
    thin_mean, thick_mean = (
        compare(mean(70, 10, n, scatter=scatter), mean(72, 10, n, scatter=scatter))
        for n, scatter in ((100, None), (100 * heap, heap))
    )
    assert thick_mean.p == pytest.approx(thin_mean.p)
    counted = compare(count(1000 * heap, scatter=heap), count(1100 * heap, scatter=1.0))
    plain = compare(count(1000), count(1100))
    assert (counted.low, counted.p) == pytest.approx((float(plain.low or 0) * heap, plain.p))
    assert counted.difference == 100 * heap


def test_calm_days_make_nothing_more_certain() -> None:
    calm = compare(share(160, 200, scatter=0.2), share(170, 200, scatter=None))
    assert calm == compare(share(160, 200), share(170, 200))


def test_a_few_cases_in_one_heap_are_still_no_more_than_two() -> None:
    assert compare(mean(70, 10, 30, scatter=400), mean(80, 10, 30, scatter=400)).reason is Reason.WITHIN_CHANCE
