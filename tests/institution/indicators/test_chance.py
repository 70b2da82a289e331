"""Intervals and tests against what was published, against statsmodels and scipy, and against themselves."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats import multitest, proportion, rates, weightstats

from ietvars.institution.indicators import chance
from ietvars.institution.tallies import many
from tests.institution.indicators import slowly

ALPHAS = st.sampled_from([0.2, 0.1, 0.05, 0.01, 0.001])


def array(*numbers: float) -> chance.Floats:
    return np.array(numbers, dtype=float)


def one(evidence: chance.Evidence) -> tuple[float, float, float, float]:
    difference, low, high, p = (float(column[0]) for column in evidence)
    return difference, low, high, p


def shares(now: tuple[int, int], before: tuple[int, int], alpha: float = 0.05) -> tuple[float, float, float, float]:
    one_side, other = (chance.Shares(array(hits), array(n)) for hits, n in (now, before))
    return one(chance.shares(one_side, other, alpha))


def counts(now: float, before: float, alpha: float = 0.05) -> tuple[float, float, float, float]:
    return one(chance.counts(array(now), array(before), alpha))


Sample = tuple[float, float, int]


def means(now: Sample, before: Sample, alpha: float = 0.05) -> tuple[float, float, float, float]:
    one_side, other = (chance.Samples(*map(array, side)) for side in (now, before))
    return one(chance.means(one_side, other, alpha))


def medians(now: Sample, before: Sample, grain: float = 0, alpha: float = 0.05) -> tuple[float, float, float, float]:
    one_side, other = (chance.Samples(*map(array, side)) for side in (now, before))
    return one(chance.medians(one_side, other, array(grain), alpha))


# ---- shares ------------------------------------------------------------------------------------------------------

# The eight examples of Newcombe (1998), table II, method 10.
PUBLISHED = """
56/70  48/80   0.0524  0.3339
9/10   3/10    0.1705  0.8090
6/7    2/7     0.0582  0.8062
5/56   0/29   -0.0381  0.1926
0/10   0/20   -0.1611  0.2775
0/10   0/10   -0.2775  0.2775
10/10  0/20    0.6791  1.0000
10/10  0/10    0.6075  1.0000
"""


def _share(text: str) -> tuple[int, int]:
    hits, n = text.split("/")
    return int(hits), int(n)


@pytest.mark.parametrize("row", PUBLISHED.strip().splitlines())
def test_shares_give_the_intervals_that_newcombe_published(row: str) -> None:
    now, before, low, high = row.split()
    _, found_low, found_high, _ = shares(_share(now), _share(before))
    assert (f"{found_low:.4f}", f"{found_high:.4f}") == (low, high)


@st.composite
def any_share(draw: st.DrawFn, most: int = 10**9) -> tuple[int, int]:
    n = draw(st.one_of(st.integers(1, 60), st.integers(1, most)))
    return draw(st.one_of(st.sampled_from([0, n]), st.integers(0, n))), n


@given(any_share(), any_share(), ALPHAS)
def test_shares_agree_with_statsmodels(now: tuple[int, int], before: tuple[int, int], alpha: float) -> None:
    low, high = proportion.confint_proportions_2indep(*now, *before, method="newcomb", compare="diff", alpha=alpha)
    _, found_low, found_high, _ = shares(now, before, alpha)
    assert found_low == pytest.approx(low, abs=1e-9)
    assert found_high == pytest.approx(high, abs=1e-9)


@given(any_share(10**6), any_share(10**6))
def test_shares_agree_with_the_slow_search(now: tuple[int, int], before: tuple[int, int]) -> None:
    assert shares(now, before)[3] == pytest.approx(slowly.newcombe_p(now, before), rel=1e-5, abs=1e-12)


@given(any_share(10**15), any_share(10**15), ALPHAS)
def test_the_interval_of_a_difference_of_shares_stays_a_difference_of_shares(
    now: tuple[int, int], before: tuple[int, int], alpha: float
) -> None:
    difference, low, high, p = shares(now, before, alpha)
    assert -1 - 1e-12 <= low <= difference <= high <= 1 + 1e-12
    assert 0 <= p <= 1


@given(st.integers(40, 400), st.integers(40, 400), st.data())
def test_p_of_shares_is_near_the_pooled_test_where_that_can_be_trusted(n: int, m: int, data: st.DataObject) -> None:
    hits, other = data.draw(st.integers(n * 3 // 10, n * 7 // 10)), data.draw(st.integers(m * 3 // 10, m * 7 // 10))
    _, pooled = proportion.test_proportions_2indep(hits, n, other, m, method="score", correction=False)
    assert shares((hits, n), (other, m))[3] == pytest.approx(pooled, abs=0.01)


@pytest.mark.parametrize(("n", "m"), [(30, 30), (30, 100), (100, 100)])
def test_two_samples_of_one_share_are_rarely_called_different(n: int, m: int) -> None:
    """Exact enumeration over all outcomes; the decision quotes these sizes."""
    now, before = (grid.ravel() for grid in np.meshgrid(np.arange(n + 1.0), np.arange(m + 1.0), indexing="ij"))
    one_side, other = chance.Shares(now, np.full_like(now, n)), chance.Shares(before, np.full_like(before, m))
    called = (chance.shares(one_side, other, 0.05).p < 0.05).reshape(n + 1, m + 1)
    for share in np.linspace(0.05, 0.95, 91):
        hits, others = stats.binom.pmf(np.arange(n + 1), n, share), stats.binom.pmf(np.arange(m + 1), m, share)
        assert hits @ called @ others < 0.057


# ---- means -------------------------------------------------------------------------------------------------------

SAMPLES = st.lists(st.integers(-1000, 1000), min_size=3, max_size=40).filter(lambda sample: len(set(sample)) > 1)


@given(SAMPLES, SAMPLES, ALPHAS)
def test_means_agree_with_statsmodels_on_the_single_values(now: list[int], before: list[int], alpha: float) -> None:
    compared = weightstats.CompareMeans.from_data(now, before)
    _, p, _ = compared.ttest_ind(usevar="unequal")
    low, high = compared.tconfint_diff(alpha=alpha, usevar="unequal")
    sides = [(float(np.mean(sample)), float(np.std(sample, ddof=1)), len(sample)) for sample in (now, before)]
    _, found_low, found_high, found_p = means(sides[0], sides[1], alpha)
    assert found_low == pytest.approx(low, rel=1e-7, abs=1e-7)
    assert found_high == pytest.approx(high, rel=1e-7, abs=1e-7)
    assert found_p == pytest.approx(p, rel=1e-6, abs=1e-12)


def test_spreads_near_nothing_still_give_numbers() -> None:
    _, low, high, p = means((5, 1e-12, 30), (5, 1e-12, 10**15))
    assert low < 0 < high
    assert p == 1


# ---- medians -----------------------------------------------------------------------------------------------------


def test_a_notch_of_57_hundredths_of_the_spread_is_what_mcgill_and_others_draw() -> None:
    """Their notch is 1.7 standard errors: 1.57 IQR / sqrt n, as box plots have drawn it since."""
    error = float(chance._notch(chance.Samples(array(0), array(1), array(1)))[0])
    assert 1.7 * error == pytest.approx(1.57, abs=0.005)


def test_a_step_of_the_scale_is_no_difference_between_medians() -> None:
    fine, coarse = medians((4, 2, 900), (3, 2, 900)), medians((4, 2, 900), (3, 2, 900), grain=1)
    assert fine[3] < 1e-20
    assert coarse[3] == 1
    assert coarse[1] == pytest.approx(fine[1] - 1)
    assert coarse[2] == pytest.approx(fine[2] + 1)


def test_two_samples_of_the_same_whole_days_are_not_called_different() -> None:
    """Without the step it would be about half of all pairs; the decision quotes these sizes."""
    random, pairs, n = np.random.default_rng(20261123), 2000, 100
    now, before = (np.ceil(random.lognormal(0.7, 0.6, size=(pairs, n))) for _ in range(2))
    sides = [
        chance.Samples(
            np.median(sample, axis=1),
            np.subtract(*np.percentile(sample, [75, 25], axis=1)),
            np.full(pairs, float(n)),
        )
        for sample in (now, before)
    ]
    bare = chance.medians(sides[0], sides[1], np.zeros(pairs), 0.05)
    with_step = chance.medians(sides[0], sides[1], np.ones(pairs), 0.05)
    assert (bare.p < 0.05).mean() > 0.4
    assert (with_step.p < 0.05).mean() < 0.01


# ---- counts ------------------------------------------------------------------------------------------------------

COUNTS = st.one_of(st.integers(0, 40), st.integers(0, 400_000))


@given(COUNTS, COUNTS, ALPHAS)
def test_counts_agree_with_the_exact_binomial(now: int, before: int, alpha: float) -> None:
    assume(now + before > 0)
    n = now + before
    exact = stats.binomtest(now, n, 0.5)
    low, high = exact.proportion_ci(1 - alpha, method="exact")
    _, found_low, found_high, p = counts(now, before, alpha)
    assert p == pytest.approx(exact.pvalue, rel=1e-6, abs=1e-15)
    assert found_low == pytest.approx(n * (2 * low - 1), rel=1e-6, abs=1e-6 * n)
    assert found_high == pytest.approx(n * (2 * high - 1), rel=1e-6, abs=1e-6 * n)


@given(st.integers(10, 2000), st.integers(10, 2000))
def test_counts_agree_with_the_conditional_poisson_test(now: int, before: int) -> None:
    p = rates.test_poisson_2indep(now, 1, before, 1, method="exact-cond").pvalue
    assert counts(now, before)[3] == pytest.approx(p, rel=1e-6, abs=1e-15)


@given(st.integers(500_001, 10**12), st.integers(500_001, 10**12), ALPHAS)
def test_large_counts_agree_with_wilsons_interval(now: int, before: int, alpha: float) -> None:
    n = now + before
    low, high = proportion.proportion_confint(now, n, alpha=alpha, method="wilson")
    _, found_low, found_high, _ = counts(now, before, alpha)
    assert found_low == pytest.approx(n * (2 * low - 1), rel=1e-6, abs=1e-6 * n**0.5)
    assert found_high == pytest.approx(n * (2 * high - 1), rel=1e-6, abs=1e-6 * n**0.5)


@pytest.mark.parametrize("z", [0.5, 1, 1.96, 3, 5])
def test_exact_and_normal_meet_where_one_gives_way_to_the_other(z: float) -> None:
    now = round((chance.MOST_CASES_EXACT + z * 1000) / 2)
    exact = counts(now, chance.MOST_CASES_EXACT - now)
    normal = counts(now + 1, chance.MOST_CASES_EXACT - now)
    assert exact[3] == pytest.approx(normal[3], rel=0.02)
    assert exact[1] == pytest.approx(normal[1], abs=3)
    assert exact[2] == pytest.approx(normal[2], abs=3)


# ---- p and interval are one statement ----------------------------------------------------------------------------

PAIRS = st.one_of(
    st.tuples(st.just("shares"), any_share(), any_share()),
    st.tuples(st.just("counts"), st.integers(1, 10**7), st.integers(0, 10**7)),
    st.tuples(st.just("means"), *[st.tuples(st.floats(0, 10), st.floats(0.01, 10), st.integers(2, 500))] * 2),
    st.tuples(st.just("medians"), *[st.tuples(st.floats(0, 10), st.floats(0.01, 10), st.integers(2, 500))] * 2),
)
TESTS = {"shares": shares, "counts": counts, "means": means, "medians": medians}


@given(PAIRS, ALPHAS)
def test_p_and_interval_never_contradict_each_other(pair: tuple[str, object, object], alpha: float) -> None:
    name, now, before = pair
    arguments = (now, before, 1.0, alpha) if name == "medians" else (now, before, alpha)
    _, low, high, p = TESTS[name](*arguments)  # type: ignore[operator]
    assume(abs(p - alpha) > 1e-9)
    assert (p < alpha) == (not low <= 0 <= high)


@given(PAIRS, ALPHAS)
def test_a_test_read_the_other_way_round_is_its_mirror(pair: tuple[str, object, object], alpha: float) -> None:
    name, now, before = pair
    assume(name != "counts" or before)
    grain = (1.0,) if name == "medians" else ()
    there, back = (TESTS[name](*sides, *grain, alpha) for sides in ((now, before), (before, now)))  # type: ignore[operator]
    assert (back[0], back[1], back[2]) == (-there[0], -there[2], -there[1])
    assert back[3] == pytest.approx(there[3], rel=1e-12)


# ---- many tests --------------------------------------------------------------------------------------------------

# The fifteen p of the example in Benjamini and Hochberg (1995), who reject the first four at 5 %.
FIFTEEN = array(
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0
)  # fmt: skip


def in_one_family(p: chance.Floats) -> chance.Floats:
    return many.benjamini_hochberg(p, np.zeros(p.size, dtype=np.intp))


def test_the_published_example_keeps_the_first_four() -> None:
    assert (in_one_family(FIFTEEN) <= 0.05).tolist() == [True] * 4 + [False] * 11


P_VALUES = st.lists(st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.01, 0.05, 1.0])), min_size=1, max_size=40)


@given(P_VALUES)
def test_the_correction_agrees_with_statsmodels_and_with_its_definition(p: list[float]) -> None:
    found = in_one_family(array(*p)).tolist()
    assert found == pytest.approx(multitest.multipletests(p, method="fdr_bh")[1].tolist())
    assert found == pytest.approx(slowly.adjusted(p))


@given(P_VALUES, st.data())
def test_families_are_corrected_each_for_itself(p: list[float], data: st.DataObject) -> None:
    families = data.draw(st.lists(st.integers(0, 3), min_size=len(p), max_size=len(p)))
    found = many.benjamini_hochberg(array(*p), np.array(families, dtype=np.intp))
    for family in set(families):
        of_it = [at for at, other in enumerate(families) if other == family]
        assert found[of_it].tolist() == in_one_family(array(*(p[at] for at in of_it))).tolist()


@given(P_VALUES)
def test_the_correction_keeps_the_order_and_never_makes_p_smaller(p: list[float]) -> None:
    found = in_one_family(array(*p))
    assert (found >= array(*p) * (1 - 1e-15)).all()
    assert (found <= 1).all()
    assert (np.diff(found[np.argsort(p, kind="stable")]) >= 0).all()


@given(P_VALUES, st.data())
def test_a_smaller_p_beside_it_never_makes_an_adjusted_p_larger(p: list[float], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(p) - 1))
    smaller = p.copy()
    smaller[at] = p[at] * data.draw(st.floats(0, 1))
    assert (in_one_family(array(*smaller)) <= in_one_family(array(*p)) * (1 + 1e-12)).all()
