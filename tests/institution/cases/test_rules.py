"""Quantiles off counts, and what stands open at the end of a month."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ietvars.institution.cases import rules, schema


@given(st.dictionaries(st.integers(-50, 3000), st.integers(1, 40), min_size=1, max_size=30), st.floats(0, 1))
def test_a_quantile_off_counts_is_that_of_the_single_values(counts: dict[int, int], at: float) -> None:
    values = [value for value, n in counts.items() for _ in range(n)]
    found = rules.quantile(counts, at)
    assert found is not None
    assert abs(found - float(np.quantile(values, at))) < 1e-6


def test_no_values_have_no_quantile() -> None:
    assert rules.quantile({}, 0.5) is None


def test_the_middle_of_a_bucket_is_within_one_percent_of_every_time_in_it() -> None:
    for bucket in (1, 500, 1400):
        middle, upper = rules.middle_us(bucket), rules.upper_us(bucket)
        assert abs(middle / upper - 1) <= 0.01
        assert abs(middle / (upper / schema.GAMMA) - 1) <= 0.0101


def test_backlog_carries_over_months_without_events() -> None:
    assert rules.backlog({202511: 3}, {202602: 1}, [202512, 202601, 202602]) == {202512: 3, 202601: 3, 202602: 2}


def test_months_run_over_the_turn_of_the_year() -> None:
    assert rules.months_between(202511, 202602) == [202511, 202512, 202601, 202602]
