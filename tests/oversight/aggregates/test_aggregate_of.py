"""One figure of many: by the declared rule, with coverage, or refused. Beside it a slow and obvious second opinion."""

from __future__ import annotations

from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ietvars.institution.indicators import queries as indicators
from ietvars.institution.indicators.definitions import Indicator
from ietvars.institution.indicators.facts import Figure
from ietvars.institution.measurements.values import State
from ietvars.oversight.aggregates import errors, queries, rules

if TYPE_CHECKING:
    from tests.oversight.measuring import MeasuredState

NATIONAL = {each.code: each for each in indicators.shipped().indicators if each.version == 1}


def test_shares_are_pooled_so_that_each_case_weighs_the_same(state: MeasuredState) -> None:
    for code in ("small", "large"):
        state.world.service(code)
    state.report("2025", small={"on_time": (1, 10)}, large={"on_time": (990, 990)})
    state.compute("2025")
    made = queries.aggregate_of("on-time", "2025").now
    assert made is not None
    assert (made.value, made.numerator, made.denominator, made.measured) == (
        Decimal("0.991"),
        Decimal(991),
        Decimal(1000),
        2,
    )


def test_an_aggregate_over_some_bodies_holds_only_their_services(state: MeasuredState) -> None:
    one, other = state.world.body("one"), state.world.body("other")
    state.world.service("a", holder="one")
    state.world.service("b", holder="other")
    state.report("2025", a={"requests": 3}, b={"requests": 4})
    state.compute("2025")

    def requests(*bodies: int) -> object:
        made = queries.aggregate_of("demand", "2025", body_ids=bodies).now
        return made.value if made else None

    assert (requests(one.pk), requests(other.pk), requests(one.pk, other.pk)) == (3, 4, 7)


def test_an_indicator_without_a_rule_has_no_single_figure(state: MeasuredState) -> None:
    with pytest.raises(errors.NoRule):
        queries.aggregate_of("time-p90", "2025")


def test_the_indicators_of_several_services_stand_beside_the_year_before(state: MeasuredState) -> None:
    for code in ("a", "b"):
        state.world.service(code)
    state.report("2024", a={"on_time": (400, 500), "time": 9}, b={"on_time": (400, 500), "time": 9})
    state.report("2025", a={"on_time": (490, 500), "time": 9}, b={"on_time": (200, 500), "time": 11})
    state.compute("2025")
    seen = queries.picture("2025")
    found = {each.indicator.code: each for each in queries.by_indicator(seen, seen.leaves)}
    on_time = found["on-time"]
    assert on_time.now is not None
    assert on_time.before is not None
    assert (on_time.now.value, on_time.before.value) == (Decimal("0.69"), Decimal("0.8"))
    assert (on_time.verdicts["better"], on_time.verdicts["worse"]) == (1, 1)
    assert found["time-p90"].now is None
    # The wording of the cost changed in 2025, so its two figures may not stand side by side unsaid.
    assert (on_time.same_wording, found["cost-per-case"].same_wording) == (True, False)


def naive(indicator: Indicator, figures: list[Figure]) -> Decimal | None:
    """The same by hand, one rule at a time, without looking at how the room does it."""
    measured = [figure for figure in figures if figure.state is State.MEASURED]
    if not measured:
        return None
    values = [figure.value for figure in measured if figure.value is not None]
    match indicator.aggregation.value:
        case "sum":
            return sum(values, Decimal(0))
        case "median":
            return median(values)
        case "pooled":
            above, below = Decimal(0), Decimal(0)
            for figure in measured:
                assert figure.numerator is not None
                assert figure.denominator is not None
                above, below = above + figure.numerator, below + figure.denominator
            return (above / below).quantize(Decimal("0.000001"))
        case other:
            raise AssertionError(other)


def _figures(code: str) -> st.SearchStrategy[list[Figure]]:
    other = st.sampled_from([State.MISSING, State.NOT_APPLICABLE, State.NOT_ASKED, State.UNREADABLE]).map(
        lambda state: Figure(state=state)
    )
    if code == "on-time":
        pairs = st.tuples(st.integers(0, 999), st.integers(1, 999)).map(lambda pair: (min(pair), max(*pair)))
        measured = pairs.map(
            lambda pair: Figure(
                state=State.MEASURED,
                value=Decimal(pair[0]) / pair[1],
                numerator=Decimal(pair[0]),
                denominator=Decimal(pair[1]),
            )
        )
    else:
        measured = st.integers(0, 10**6).map(lambda number: Figure(state=State.MEASURED, value=Decimal(number)))
    return st.lists(st.one_of(other, measured), max_size=12)


@pytest.mark.parametrize("code", ["demand", "time-median", "on-time"])
@given(data=st.data())
def test_the_rule_agrees_with_a_slow_and_obvious_twin(code: str, data: Any) -> None:
    figures = data.draw(_figures(code))
    made = rules.aggregate(NATIONAL[code], dict(enumerate(figures)))
    assert made.value == naive(NATIONAL[code], figures)
    assert made.measured == sum(figure.state is State.MEASURED for figure in figures)
    assert made.expected == sum(figure.state is not State.NOT_APPLICABLE for figure in figures)
