"""The product-limit estimate, held against statsmodels and against cases that can be followed by hand."""

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from ietvars.institution.tallies import survival


def waits(days: np.ndarray, has_ended: np.ndarray) -> survival.Waits:
    all_days = np.unique(days)
    return survival.Waits(
        all_days.tolist(),
        [int(np.sum((days == day) & has_ended)) for day in all_days],
        [int(np.sum((days == day) & ~has_ended)) for day in all_days],
    )


def drawn(seed: int, cases: int = 300) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    needed, looked = np.ceil(chance.gamma(2, 8, cases)), np.ceil(chance.uniform(0, 40, cases))
    return np.minimum(needed, looked), needed <= looked


@pytest.mark.parametrize("seed", range(5))
def test_curve_error_and_quantiles_are_those_of_statsmodels(seed: int) -> None:
    days, has_ended = drawn(seed)
    found = survival.estimate(waits(days, has_ended))
    oracle = SurvfuncRight(days, has_ended)
    assert found is not None
    assert found.days == tuple(oracle.surv_times.astype(int))
    assert found.waiting == pytest.approx(oracle.surv_prob, abs=1e-12)
    at_risk = oracle.n_risk > oracle.n_events  # where nobody is left statsmodels has no error, we have none either
    assert np.array(found.error)[at_risk] == pytest.approx(oracle.surv_prob_se[at_risk], abs=1e-12)
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = oracle.quantile_ci(0.5, method="cloglog")
    assert found.median.days == oracle.quantile(0.5)
    assert found.median.low == pytest.approx(low, abs=1)
    assert found.median.high == pytest.approx(high, abs=1)


def test_six_cases_by_hand_leave_what_the_formula_says() -> None:
    # Two results on day 1, one case out of sight on day 2, one result on day 3; twice over, to have enough cases.
    found = survival.estimate(survival.Waits([1, 2, 3, 9], [4, 0, 2, 0], [0, 2, 0, 4]))
    assert found is not None
    assert found.days == (1, 3)
    assert found.at_risk == (12, 6)
    assert found.waiting == pytest.approx((8 / 12, 8 / 12 * 4 / 6))
    assert found.error[0] == pytest.approx(np.sqrt((8 / 12) ** 2 * 4 / (12 * 8)))
    assert (found.cases, found.open) == (12, 6)


def test_a_case_seen_no_longer_on_the_day_of_a_result_still_waited_that_day() -> None:
    found = survival.estimate(survival.Waits([5], [5], [5]))
    assert found is not None
    assert found.waiting == (0.5,)


def test_open_cases_lengthen_what_the_ended_alone_would_say() -> None:
    ended_alone = survival.estimate(survival.Waits([1, 10], [10, 10], [0, 0]))
    with_open = survival.estimate(survival.Waits([1, 10, 30], [10, 10, 0], [0, 0, 20]))
    assert ended_alone is not None
    assert with_open is not None
    assert ended_alone.median.days == 1
    assert with_open.median.days == 10
    assert with_open.ninth_tenth.days is None, "nobody has seen nine of ten end"


def test_the_interval_never_leaves_zero_to_one_and_holds_the_curve() -> None:
    days, has_ended = drawn(7, 40)
    found = survival.estimate(waits(days, has_ended))
    assert found is not None
    assert all(0 <= low <= at <= high <= 1 for low, at, high in zip(found.low, found.waiting, found.high, strict=True))


def test_few_cases_or_none_with_a_result_give_no_curve() -> None:
    assert survival.estimate(survival.Waits([1], [9], [0])) is None
    assert survival.estimate(survival.Waits([1], [0], [50])) is None
    assert survival.estimate(survival.Waits([], [], [])) is None


def test_it_is_shown_until_nineteen_of_twenty_have_ended() -> None:
    assert survival.is_shown(94, 100)
    assert not survival.is_shown(95, 100)
    assert not survival.is_shown(1, 9)


def test_the_interval_of_the_median_holds_the_truth_about_as_often_as_it_says() -> None:
    truth, held = None, 0
    for seed in range(200):
        chance = np.random.default_rng(1000 + seed)
        needed, looked = np.ceil(chance.exponential(20, 200)), np.ceil(chance.uniform(0, 60, 200))
        truth = int(np.ceil(20 * np.log(2)))
        found = survival.estimate(waits(np.minimum(needed, looked), needed <= looked))
        assert found is not None
        assert found.median.low is not None
        held += found.median.low <= truth <= (found.median.high or 999)
    assert held / 200 >= 0.92
