"""Periods are values: codes, ends, neighbours; and working days of Latvia."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ietvars.ground.periods import errors, rules

PERIODS = st.one_of(
    st.integers(1950, 2090).map(rules.year),
    st.integers(1950, 2090).map(rules.fiscal_year),
    st.builds(rules.quarter, st.integers(1950, 2090), st.integers(1, 4)),
    st.builds(rules.month, st.integers(1950, 2090), st.integers(1, 12)),
)

# text | code | first day | last day
TABLE = """
2025      | 2025    | 2025-01-01 | 2025-12-31
2023-24   | 2023-24 | 2023-04-01 | 2024-03-31
2023-2024 | 2023-24 | 2023-04-01 | 2024-03-31
2023/24   | 2023-24 | 2023-04-01 | 2024-03-31
1999-00   | 1999-00 | 1999-04-01 | 2000-03-31
2025-Q1   | 2025-Q1 | 2025-01-01 | 2025-03-31
2025q4    | 2025-Q4 | 2025-10-01 | 2025-12-31
2024-02   | 2024-02 | 2024-02-01 | 2024-02-29
2011-12   | 2011-12 | 2011-04-01 | 2012-03-31
2011-M12  | 2011-M12| 2011-12-01 | 2011-12-31
"""


@pytest.mark.parametrize("row", TABLE.strip().splitlines())
def test_a_code_names_its_days(row: str) -> None:
    text, code, first, last = (cell.strip() for cell in row.split("|"))
    period = rules.parse(text)
    assert (period.code, period.start, period.end) == (code, date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("text", ["", "last year", "2023-25", "2025-13", "2025-Q5", "20251", "2025-00", "2025-3"])
def test_what_names_no_period_is_refused_with_examples(text: str) -> None:
    with pytest.raises(errors.UnknownPeriod, match="write a year"):
        rules.parse(text)


@given(PERIODS)
def test_every_code_reads_back_as_the_same_period(period: rules.Period) -> None:
    assert rules.parse(period.code) == period


@given(PERIODS)
def test_the_period_before_ends_the_day_before_and_is_of_the_same_kind(period: rules.Period) -> None:
    before = rules.previous(period)
    assert before.end + timedelta(days=1) == period.start
    assert before.kind == period.kind


@given(PERIODS)
def test_last_years_period_starts_on_the_same_day_of_its_year(period: rules.Period) -> None:
    then = rules.of_last_year(period)
    assert (then.start.year, then.start.month, then.start.day) == (period.start.year - 1, period.start.month, 1)


# day | works
HOLIDAYS = """
2025-11-17 | no  | Monday before the Proclamation Day, moved by the Cabinet
2025-11-08 | yes | Saturday worked instead of that Monday
2025-11-18 | no  | Proclamation Day
2025-06-23 | no  | Līgo Day
2025-06-24 | no  | Jāņi Day
2025-05-05 | no  | 4 May fell on a Sunday, so the Monday after is free
2025-12-24 | no  | Christmas Eve
2025-12-29 | yes | Monday between the feasts
2025-11-22 | no  | Saturday
"""


@pytest.mark.parametrize("row", HOLIDAYS.strip().splitlines())
def test_working_days_follow_the_law_on_holidays(row: str) -> None:
    day, works, _why = (cell.strip() for cell in row.split("|"))
    assert rules.is_working_day(date.fromisoformat(day)) is (works == "yes")


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 60))
def test_a_term_counted_forward_counts_back_to_the_same_number(start: date, days: int) -> None:
    end = rules.add_working_days(start, days)
    assert rules.working_days_between(start, end) == days


def test_the_day_of_the_event_is_not_counted() -> None:
    friday = date(2025, 11, 14)  # then a weekend, a moved Monday and the Proclamation Day
    assert rules.add_working_days(friday, 1) == date(2025, 11, 19)
    assert rules.working_days_between(friday, friday) == 0


@pytest.mark.parametrize("text", ["0000", "0001", "0001-02", "1799", "2200", "9999", "9999-00", "9999-12", "٢٠٢٥"])
def test_a_number_that_is_no_year_of_ours_is_refused(text: str) -> None:
    with pytest.raises(errors.UnknownPeriod):
        rules.parse(text)


@pytest.mark.parametrize("text", ["1800", "1800-01", "1800-Q1", "2199-00", "2199-12"])
def test_the_first_and_last_periods_have_neighbours(text: str) -> None:
    found = rules.parse(text)
    assert rules.of_last_year(found).start < found.start
    assert rules.previous(found).end < found.start
