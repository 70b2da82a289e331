"""The funnel and the league table, held against scipy and statsmodels."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from ietvars.institution.tallies import peers
from ietvars.institution.tallies.peers import Peer, Place


def alike(seed: int, services: int = 40, share: float = 0.8, between: float = 0.0) -> list[Peer]:
    chance = np.random.default_rng(seed)
    n = chance.integers(30, 3000, services)
    p = np.clip(chance.normal(share, between, services), 0.01, 0.99)
    return [Peer(at, int(chance.binomial(n[at], p[at])), int(n[at])) for at in range(services)]


@pytest.mark.parametrize("target", [0.03, 0.5, 0.93])
@pytest.mark.parametrize("n", [10, 57, 1000, 250_000])
def test_limits_are_the_interpolated_binomial_quantiles_of_scipy(target: float, n: int) -> None:
    found = peers.Funnel(target, 1.0, ()).limits(n)
    for p, limit in ((0.001, found.outer_low), (0.025, found.inner_low), (0.975, found.inner_high)):
        at = int(stats.binom.ppf(p, n, target))
        under, reached = stats.binom.cdf(at - 1, n, target), stats.binom.cdf(at, n, target)
        expected = (at - (reached - p) / (reached - under)) / n
        assert limit == pytest.approx(max(expected, 0), abs=1e-9)


def test_wilson_is_that_of_statsmodels() -> None:
    hits, n = np.array([0.0, 3, 50, 100]), np.array([10.0, 17, 90, 100])
    low, high = proportion_confint(hits, n, 0.05, method="wilson")
    found = peers.wilson(hits, n, 0.95)
    assert found[0] == pytest.approx(low, abs=1e-12)
    assert found[1] == pytest.approx(high, abs=1e-12)


def test_services_of_one_mind_lie_inside_and_their_scatter_is_chance() -> None:
    outside = far = 0
    for seed in range(40):
        found = peers.funnel(alike(seed))
        assert found is not None
        assert found.target == pytest.approx(0.8, abs=0.01)
        outside += sum(one.place is not Place.INSIDE for one in found.peers)
        far += sum(one.place in {Place.FAR_HIGH, Place.FAR_LOW} for one in found.peers)
    assert outside / 1600 == pytest.approx(0.05, abs=0.02)
    assert far / 1600 < 0.006


def test_one_that_falls_behind_lies_far_below_all() -> None:
    found = peers.funnel([*alike(1), Peer("slow", 600, 1000)])
    assert found is not None
    placed = {one.key: one for one in found.peers}
    assert placed["slow"].place is Place.FAR_LOW
    assert placed["slow"].first_place == placed["slow"].last_place == 41


def test_where_all_scatter_the_limits_are_widened() -> None:
    found = peers.funnel(alike(2, between=0.08))
    assert found is not None
    assert found.phi > 3
    narrow = peers.Funnel(found.target, 1.0, ()).limits(500)
    wide = found.limits(500)
    assert wide.inner_low - found.target == pytest.approx(np.sqrt(found.phi) * (narrow.inner_low - found.target))
    assert sum(one.place in {Place.FAR_HIGH, Place.FAR_LOW} for one in found.peers) <= 2


def test_one_wild_service_does_not_widen_the_limits_for_itself() -> None:
    z = np.concatenate([np.random.default_rng(3).standard_normal(60), [40.0]])
    assert peers.dispersion(z) < 1.7


def test_places_of_equals_overlap_and_those_of_unequals_do_not() -> None:
    found = peers.funnel([Peer(at, 800, 1000) for at in range(6)] + [Peer("best", 950, 1000)])
    assert found is not None
    best, *rest = found.peers
    assert (best.key, best.first_place, best.last_place) == ("best", 1, 1)
    assert {(one.first_place, one.last_place) for one in rest} == {(2, 7)}


def test_few_peers_or_nothing_to_tell_give_no_funnel() -> None:
    assert peers.funnel(alike(1, services=4)) is None
    assert peers.funnel([Peer(at, 9, 9) for at in range(9)]) is None
    assert peers.funnel([Peer(at, 50, 50) for at in range(9)]) is None


def test_a_service_with_few_cases_is_left_out() -> None:
    found = peers.funnel([*alike(1), Peer("small", 1, 9)])
    assert found is not None
    assert "small" not in {one.key for one in found.peers}
