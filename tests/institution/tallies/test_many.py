"""How much days scatter beyond chance: plain cases give one, a day's common fate more."""

import numpy as np
import pytest
import statsmodels.api as sm

from ietvars.institution.tallies import many

DAYS, MONTHS = 360, 12
MONTH = np.repeat(np.arange(MONTHS), DAYS // MONTHS)


def summed(cells: np.ndarray, values: np.ndarray) -> many.Floats:
    return np.asarray(np.bincount(cells, values), dtype=np.float64)


def shares(hits: np.ndarray, n: np.ndarray) -> float | None:
    chi, freedom = many.of_shares(*(summed(MONTH, each) for each in (hits, n, hits**2 / n, np.ones(DAYS))))
    return many.phi(chi.sum(), freedom.sum())


def counts(x: np.ndarray, cells: np.ndarray) -> float | None:
    chi, freedom = many.of_counts(*(summed(cells, each) for each in (x, x**2, np.ones(x.size))))
    return many.phi(chi.sum(), freedom.sum())


def test_shares_of_plain_chance_scatter_like_chance() -> None:
    chance = np.random.default_rng(1)
    n = chance.poisson(40, DAYS).astype(float)
    share = np.linspace(0.5, 0.9, MONTHS)[MONTH]  # a real change over the year is no scatter
    assert shares(chance.binomial(n.astype(int), share).astype(float), n) == pytest.approx(1.0, abs=0.15)


def test_a_common_fate_of_a_day_is_seen() -> None:
    chance = np.random.default_rng(2)
    share = chance.beta(8, 2, DAYS)  # rho between cases of a day = 1 / 11, so phi = 1 + 49 / 11
    found = shares(chance.binomial(50, share).astype(float), np.full(DAYS, 50.0))
    assert found == pytest.approx(1 + 49 / 11, rel=0.2)


def test_shares_are_those_of_a_binomial_model_in_statsmodels() -> None:
    chance = np.random.default_rng(3)
    n = chance.integers(5, 60, DAYS).astype(float)
    hits = chance.binomial(n.astype(int), chance.beta(6, 3, DAYS)).astype(float)
    fit = sm.GLM(np.column_stack([hits, n - hits]), np.eye(MONTHS)[MONTH], family=sm.families.Binomial()).fit()
    assert shares(hits, n) == pytest.approx(fit.pearson_chi2 / fit.df_resid, rel=1e-6)


def test_counts_are_those_of_a_poisson_model_in_statsmodels() -> None:
    chance = np.random.default_rng(4)
    x = chance.negative_binomial(5, 0.1, DAYS).astype(float)
    fit = sm.GLM(x, np.eye(MONTHS)[MONTH], family=sm.families.Poisson()).fit()
    assert counts(x, MONTH) == pytest.approx(fit.pearson_chi2 / fit.df_resid, rel=1e-6)


def test_sundays_apart_an_office_scatters_like_chance() -> None:
    chance = np.random.default_rng(5)
    is_off = np.arange(DAYS) % 7 >= 5
    x = np.where(is_off, 0, chance.poisson(30, DAYS)).astype(float)
    assert counts(x, MONTH * 2 + is_off) == pytest.approx(1.0, abs=0.15)
    assert (counts(x, MONTH) or 0) > 5


def test_means_are_the_ratio_of_an_analysis_of_variance() -> None:
    chance = np.random.default_rng(6)
    days = [chance.normal(chance.normal(70, 5), 12, 20) for _ in range(DAYS)]
    values, day = np.concatenate(days), np.repeat(np.arange(DAYS), 20)
    fit = sm.OLS(values, np.eye(DAYS)[day]).fit()
    by_month = sm.OLS(values, np.eye(MONTHS)[np.repeat(MONTH, 20)]).fit()
    found = many.phi_of_means(by_month.ssr - fit.ssr, DAYS - MONTHS, fit.ssr, values.size - DAYS)
    assert found == pytest.approx(1 + 20 * 25 / 144, rel=0.2)
    assert found == pytest.approx(fit.compare_f_test(by_month)[0])


def test_calm_is_no_precision_and_little_says_nothing() -> None:
    assert counts(np.full(DAYS, 7.0), MONTH) == 1.0
    assert shares(np.full(DAYS, 5.0), np.full(DAYS, 5.0)) is None, "where all hit nothing scatters"
    assert many.phi(50.0, 19) is None
    assert many.phi_of_means(50.0, 19, 50.0, 500) is None
